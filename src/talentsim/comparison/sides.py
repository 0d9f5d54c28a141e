"""The headline under other conditions: other structures, single policies, policies left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from talentsim.comparison.pair import differing_policies
from talentsim.config import Config, Policy
from talentsim.ensemble.ensemble import Ensemble, run_ensembles
from talentsim.ensemble.runner import Progress
from talentsim.ensemble.store import Store
from talentsim.intervals import spread

OUTCOME = "work_share"


@dataclass(frozen=True)
class Side:
    """One more pair of arms: `kind` is "structure", "policy alone" or "policy left out"."""

    kind: str
    name: str
    title: str
    baseline: Config
    scenario: Config


def structure_side(name: str, title: str, baseline: Config, scenario: Config) -> Side:
    """Return a pair under another structure, with the replications that side arms get."""
    return Side("structure", name, title, fewer(baseline), fewer(scenario))


def policies_alone(baseline: Config, scenario: Config) -> list[Side]:
    """Return the policies that `compare.alone` asks for, each by itself, with what is to be said of it.

    A policy that this comparison does not have is passed over: the list belongs to the scenario's file.
    """
    differing = differing_policies(baseline, scenario)
    return [Side("policy alone", name, words, fewer(baseline), fewer(_with_policy(baseline, scenario, name)))
            for name, words in (scenario.compare.alone or {}).items() if words is not None and name in differing]


def decomposition(baseline: Config, scenario: Config) -> list[Side]:
    """Return each policy that differs alone, and the scenario without it, at full replications."""
    sides = []
    for name, policy in differing_policies(baseline, scenario).items():
        title = policy.title or name
        sides.append(Side("policy alone", name, title, baseline, _with_policy(baseline, scenario, name)))
        sides.append(Side("policy left out", name, title, baseline, _with_policy(scenario, baseline, name)))
    return sides


def compare_sides(sides: Sequence[Side], store: Store | None = None, progress: Progress | None = None) -> pd.DataFrame:
    """Run what is missing of every side and return the headline of each: the focus country's share of the works.

    Returns
    -------
    kind, name, title, country, year, replications, baseline, scenario, difference, low, high; in % and points.
    """
    if not sides:
        return pd.DataFrame()
    ensembles = run_ensembles([arm for side in sides for arm in (side.baseline, side.scenario)], store, progress)
    pairs = zip(ensembles[::2], ensembles[1::2], strict=True)
    return pd.DataFrame([{"kind": side.kind, "name": side.name, "title": side.title} | headline_row(*pair)
                         for side, pair in zip(sides, pairs, strict=True)])


def headline_row(baseline: Ensemble, scenario: Ensemble) -> dict[str, object]:
    """Return the focus country's share of the works in the headline's year, in both arms, with the paired interval."""
    config = scenario.config
    at = config.headline_year - config.world.start_year, scenario.codes.index(config.focus)
    one, other = (arm.outcomes[OUTCOME][:, at[0], at[1]] for arm in (baseline, scenario))
    level, drawn = config.compare.level, config.over_draws
    middle, low, high = spread(np.asarray(other - one), level, drawn)
    return {"country": config.focus, "year": config.headline_year, "replications": len(scenario),
            "baseline": float(spread(one, level, drawn)[0]), "scenario": float(spread(other, level, drawn)[0]), "difference": float(middle),
            "low": low, "high": high}


def _with_policy(arm: Config, other: Config, name: str) -> Config:
    """Return an arm with one policy as the other arm has it, which may be not at all."""
    policies: dict[str, Policy | None] = {**arm.policies, name: other.policies.get(name)}
    return arm.model_copy(update={"policy": {each: policy for each, policy in policies.items() if policy is not None},
                                  "compare": other.compare, "focus": other.focus})


def fewer(config: Config) -> Config:
    """Return an arm with the replications that side arms get."""
    n = min(config.compare.side_replications, config.ensemble.replications)
    return config.model_copy(update={"ensemble": config.ensemble.model_copy(update={"replications": n})})
