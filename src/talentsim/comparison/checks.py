"""What must hold exactly of the very runs that are compared: a placebo, the years before the start, the accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from talentsim.comparison.pair import PairRuns
from talentsim.ensemble.ensemble import Ensemble


@dataclass(frozen=True)
class Check:
    """A property that must hold exactly, and whether it did."""

    name: str
    passed: bool
    detail: str


def verify(runs: PairRuns) -> tuple[Check, ...]:
    """Check on the runs at hand what must hold exactly."""
    baseline, placebo = runs.baseline, runs.placebo
    checks = [_same_before_start(runs)]
    if placebo is not None:
        bare = {run.replication: each for run, each in zip(baseline.runs, baseline.manifests, strict=True)}
        same = all(each["years"] == bare[run.replication]["years"] for run, each in zip(placebo.runs, placebo.manifests, strict=True))
        checks.append(Check("placebo", same, f"with policies that change nothing the scenario {'equals' if same else 'DOES NOT equal'} "
                            f"the baseline bit for bit in every year, {_count(placebo)}"))
    closed = all(each["conserved"] for arm in runs for each in arm.manifests)
    checks.append(Check("conservation", closed, "researchers(t) = researchers(t-1) + entrants - exits, "
                        "and stock differences equal flows, " + ("in every run" if closed else "NOT in every run")))
    return tuple(checks)


def _same_before_start(runs: PairRuns) -> Check:
    start, (baseline, scenario) = runs.pair.start, runs
    if start is None:
        return Check("before start", True, "not checked: the worlds differ in more than dated policies")
    before = [str(year) for year in scenario.years if year < start]
    pairs = list(zip(baseline.manifests, scenario.manifests, strict=True))
    apart = [both for both in pairs if all(each.get("root") is None for each in both)]
    name = "placebo" if runs.pair.is_placebo else "before start"
    if not apart:
        return Check(name, True, "not checked: no replication was simulated from the first year on in both worlds")
    same = all(one["years"].get(year) == other["years"].get(year) for one, other in apart for year in before)
    span = "every year" if runs.pair.is_placebo else f"{len(before)} years before {start}"
    shared = f"; {len(pairs) - len(apart)} share these years" if len(apart) < len(pairs) else ""
    return Check(name, same, f"both worlds {'equal' if same else 'DIFFER'} bit for bit in {span}, {_count(apart)}{shared}")


def _count(ensemble: Ensemble | Sequence[Any]) -> str:
    return f"{len(ensemble)} replication{'s' if len(ensemble) != 1 else ''}"
