"""The headline under other conditions: other structures, single policies, policies left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.comparison.pair import Pair, PairRuns, run_pairs
from talentsim.config import Config, Policy
from talentsim.ensemble.runner import Progress
from talentsim.ensemble.store import Store
from talentsim.intervals import bounds_of, spread, spread_of_difference
from talentsim.model.outcomes import HEADLINE, OUTCOMES


@dataclass(frozen=True)
class Side:
    """One more pair of arms: `kind` is "structure", "policy alone" or "policy left out"."""

    kind: str
    name: str
    title: str
    pair: Pair


def structure_side(name: str, title: str, pair: Pair) -> Side:
    """Return a pair under another structure, with the replications that side arms get."""
    return Side("structure", name, title, fewer(pair))


def policies_alone(pair: Pair) -> list[Side]:
    """Return the policies that `compare.alone` asks for, each by itself, with what is to be said of it.

    A policy that this comparison does not have is passed over: the list belongs to the scenario's file.
    """
    return [Side("policy alone", name, words, fewer(_alone(pair, name)))
            for name, words in (pair.scenario.compare.alone or {}).items() if words is not None and name in pair.differing]


def decomposition(pair: Pair) -> list[Side]:
    """Return each policy that differs alone, and the scenario without it, at full replications; of a stack, each of its parts.

    What policies of a stack's own, or of the command line, change stands beside the parts.
    """
    parts = {name: [each for each in policies if each in pair.differing] for name, policies in pair.scenario.scenario.parts.items()}
    of_a_part = {each for policies in parts.values() for each in policies}
    groups = {name: (name, policies) for name, policies in parts.items() if policies}
    groups |= {name: (policy.title or name, [name]) for name, policy in pair.differing.items() if name not in of_a_part}
    sides = []
    for name, (title, policies) in groups.items():
        sides.append(Side("policy alone", name, title, _alone(pair, *policies)))
        sides.append(Side("policy left out", name, title, Pair(pair.baseline, _with_policies(pair.scenario, pair.baseline, policies))))
    return sides


def _alone(pair: Pair, *names: str) -> Pair:
    return Pair(pair.baseline, _with_policies(pair.baseline, pair.scenario, names))


def compare_sides(sides: Sequence[Side], store: Store | None = None, progress: Progress | None = None, whole: PairRuns | None = None) -> pd.DataFrame:
    """Run what is missing of every side and return the headline of each: the focus country's share of the works.

    With the `whole` of a decomposition a last row of kind "interaction" says how its parts act on each other, replication by
    replication: `baseline` is what they would come to if their effects alone added up, `scenario` what they come to together.

    Returns
    -------
    kind, name, title, country, year, replications, baseline, scenario, difference, low, high; in % and points.
    """
    found = list(zip(sides, run_pairs([side.pair for side in sides], store, progress), strict=True))
    rows = [{"kind": side.kind, "name": side.name, "title": side.title} | headline_row(runs) for side, runs in found]
    alone = [runs for side, runs in found if whole is not None and side.kind == "policy alone" and len(runs.scenario) == len(whole.scenario)]
    if whole is not None and len(alone) > 1:
        one, other = levels(whole)
        added_up = one + np.sum([np.subtract(*levels(runs)[::-1]) for runs in alone], axis=0)
        rows.append({"kind": "interaction", "name": "interaction", "title": "How they act on each other"} | _row(whole, added_up, other))
    return pd.DataFrame(rows)


def with_effects(table: pd.DataFrame, runs: PairRuns) -> pd.DataFrame:
    """Return a table of sides with `effect`: what another structure adds to the difference that the same replications have as configured.

    Side arms have fewer replications: beside the difference over all of them, what other draws do would be taken for the structure's.
    The column is missing (NaN) where a row is of another kind.
    """
    is_structure = table["kind"] == "structure"
    same = {n: float(cast(float, headline_row(PairRuns(*(replace(arm, runs=arm.runs[:n]) for arm in runs)))["difference"]))
            for n in set(table.loc[is_structure, "replications"])}
    return table.assign(effect=(table["difference"] - table["replications"].map(same)).where(is_structure))


def headline_row(runs: PairRuns) -> dict[str, object]:
    """Return the focus country's share of the works in the headline's year, in both arms, with the paired interval."""
    return _row(runs, *levels(runs))


def levels(runs: PairRuns) -> tuple[Floats, Floats]:
    """Return the focus country's share of the works in the headline's year by replication, in the baseline and in the scenario."""
    config = runs.scenario.config
    year, focus = config.headline_year - config.world.start_year, [runs.scenario.codes.index(each) for each in config.focus_countries]
    one, other = (np.asarray(arm.outcomes[HEADLINE][:, year, focus].sum(axis=1)) for arm in runs)
    return one, other


def _row(runs: PairRuns, one: Floats, other: Floats) -> dict[str, object]:
    config, n = runs.scenario.config, len(runs.scenario)
    level, drawn = config.compare.level, config.over_draws
    middle, low, high = spread_of_difference(one, other, level, drawn, bounds_of(OUTCOMES[HEADLINE].is_share))
    return {"country": config.focus, "year": config.headline_year, "replications": n,
            "baseline": float(spread(one, level, drawn)[0]), "scenario": float(spread(other, level, drawn)[0]), "difference": float(middle),
            "low": low, "high": high}


def _with_policies(arm: Config, other: Config, names: Sequence[str]) -> Config:
    """Return an arm with some policies as the other arm has them, which may be not at all."""
    policies: dict[str, Policy | None] = {**arm.policies, **{name: other.policies.get(name) for name in names}}
    return arm.model_copy(update={"policy": {each: policy for each, policy in policies.items() if policy is not None}})


def fewer(pair: Pair) -> Pair:
    """Return a pair with the replications that side arms get."""
    return pair.with_replications(min(pair.scenario.compare.side_replications, pair.scenario.ensemble.replications))
