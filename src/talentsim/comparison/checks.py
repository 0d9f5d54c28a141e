"""What must hold exactly of the very runs that are compared: a placebo, the years before the start, the accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from talentsim.config import Config, Policy
from talentsim.ensemble.ensemble import Ensemble
from talentsim.model.policy import first_year


@dataclass(frozen=True)
class Check:
    """A property that must hold exactly, and whether it did."""

    name: str
    passed: bool
    detail: str


def start_of_difference(baseline: Config, scenario: Config) -> int | None:
    """Return the first year in which the arms may differ; None when they differ in more than dated policies."""
    outside = set(type(scenario).model_fields) - {"policy", "scenario", "baseline", "sources", "executor", "compare", "focus",
                                                  "output", "ensemble", "observers"}
    if baseline.model_dump(include=outside) != scenario.model_dump(include=outside):
        return None
    start = first_year(differing_policies(baseline, scenario))
    return scenario.world.end_year + 1 if start is None else start


def differing_policies(baseline: Config, scenario: Config) -> dict[str, Policy]:
    """Return the policies of either arm that the other lacks or has otherwise; the scenario's where both have it."""
    one, other = baseline.policies, scenario.policies
    return {name: policy for name, policy in (one | other).items() if one.get(name) != other.get(name)}


def without_effect(config: Config) -> Config:
    """Return the arm with every policy kept but changing nothing: zero added, multiplied by one, set after the end."""
    def idle(policy: Policy) -> Policy:
        if policy.change == "set":
            start = policy.start.replace(year=config.world.end_year + 1, day=1)
            return policy.model_copy(update={"start": start, "end": None})
        return policy.model_copy(update={"value": 0.0 if policy.change == "add" else 1.0, "path": None})

    return config.model_copy(update={"policy": {name: idle(policy) for name, policy in config.policies.items()}})


def verify(baseline: Ensemble, scenario: Ensemble, placebo: Ensemble | None = None) -> tuple[Check, ...]:
    """Check on the runs at hand what must hold exactly.

    Parameters
    ----------
    placebo
        Replications of the scenario without effect, against the same ones of the scenario without its policies; None
        where there is none.
    """
    checks = [_same_before_start(baseline, scenario)]
    if placebo is not None:
        bare = {run.replication: each for run, each in zip(baseline.runs, baseline.manifests, strict=True)}
        same = all(each["years"] == bare[run.replication]["years"] for run, each in zip(placebo.runs, placebo.manifests, strict=True))
        checks.append(Check("placebo", same, f"with policies that change nothing the scenario {'equals' if same else 'DOES NOT equal'} "
                            f"the baseline bit for bit in every year, {_count(placebo)}"))
    closed = all(each["conserved"] for arm in (baseline, scenario) for each in arm.manifests)
    checks.append(Check("conservation", closed, "researchers(t) = researchers(t-1) + entrants - exits, "
                        "and stock differences equal flows, " + ("in every run" if closed else "NOT in every run")))
    return tuple(checks)


def _same_before_start(baseline: Ensemble, scenario: Ensemble) -> Check:
    start, end = start_of_difference(baseline.config, scenario.config), scenario.config.world.end_year
    if start is None:
        return Check("before start", True, "not checked: the arms differ in more than dated policies")
    before = [str(year) for year in scenario.years if year < start]
    same = all(one["years"].get(year) == other["years"].get(year)
               for one, other in zip(baseline.manifests, scenario.manifests, strict=True) for year in before)
    name = "placebo" if start > end else "before start"
    span = "every year" if start > end else f"{len(before)} years before {start}"
    return Check(name, same, f"arms {'equal' if same else 'DIFFER'} bit for bit in {span}, {_count(scenario)}")


def _count(ensemble: Ensemble | Sequence[Any]) -> str:
    return f"{len(ensemble)} replication{'s' if len(ensemble) != 1 else ''}"
