"""The difference broken down: by country of first degree, and among the ablest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.comparison.pair import PairRuns
from talentsim.ensemble.accounts import dense
from talentsim.ensemble.ensemble import Ensemble
from talentsim.intervals import COUNT, SHARE, Bounds, counts_spread_of_difference
from talentsim.model.outcomes import percent


def by_origin(runs: PairRuns) -> pd.DataFrame:
    """Return people by origin and country of work, in both arms and as paired difference, every year.

    Returns
    -------
    origin, country, year, baseline, scenario, difference, low, high.
    """
    one, other = (_per_run(arm, "stocks", "researchers", ("origin", "work")) * arm.weight for arm in runs)
    scenario = runs.scenario
    return _long(one, other, scenario, {"origin": scenario.codes, "country": scenario.codes}, COUNT)


def by_tier(runs: PairRuns) -> pd.DataFrame:
    """Return people and shares of works among the ablest, in both arms and as paired difference, every year.

    The tiers are fixed cut-offs of ability, the same in both arms. A share is what part of its tier's works a country hosts.

    Returns
    -------
    tier, country, year, baseline, scenario, difference, low, high, outcome; no rows where the runs have no tiers.
    """
    baseline, scenario = runs
    if "tiers" not in scenario.manifests[0]["tables"]:
        return pd.DataFrame()
    tiers, parts = list(scenario.of_run(0, "tiers")["tier"].cat.categories), []
    for outcome, value in (("work_share", "works"), ("researchers", "researchers")):
        one, other = (_per_run(arm, "tiers", value, ("tier", "work")) for arm in runs)
        one, other = (percent(one), percent(other)) if outcome == "work_share" else (one * baseline.weight, other * scenario.weight)
        parts.append(_long(one, other, scenario, {"tier": tiers, "country": scenario.codes}, SHARE if outcome == "work_share" else COUNT).assign(outcome=outcome))
    return pd.concat(parts, ignore_index=True)


def _per_run(arm: Ensemble, table: str, value: str, axes: tuple[str, ...]) -> Floats:
    """Sum a value over (replication, year, *axes)."""
    rows, n_years = arm.agents(table), len(arm.years)
    rows["year"] = rows["year"].to_numpy() - int(arm.years[0]) + n_years * rows["replication"].to_numpy()
    total = dense(rows, value, axes, range(len(arm) * n_years))
    return total.reshape(len(arm), n_years, *total.shape[1:])


def _long(one: Floats, other: Floats, arm: Ensemble, axes: dict[str, list[str]], within: Bounds) -> pd.DataFrame:
    """Lay arrays of shape (replication, year, *axes) out in long form, cells that are zero in both arms left out."""
    mean, low, high = counts_spread_of_difference(one, other, arm.config.compare.level, arm.config.over_draws, within)
    before, after = one.mean(axis=0), other.mean(axis=0)
    where = np.nonzero((before != 0) | (after != 0))
    labels = {name: pd.Categorical.from_codes(place, names) for (name, names), place in zip(axes.items(), where[1:], strict=True)}
    columns = {"baseline": before, "scenario": after, "difference": mean, "low": low, "high": high}
    return pd.DataFrame({**labels, "year": arm.years[where[0]], **{name: each[where] for name, each in columns.items()}})
