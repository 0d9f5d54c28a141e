"""The difference broken down: by country of first degree, among the ablest, and by sector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.comparison.groups import codes_shown, put_together
from talentsim.comparison.pair import PairRuns
from talentsim.ensemble.accounts import dense
from talentsim.ensemble.ensemble import Ensemble
from talentsim.intervals import COUNT, SHARE, Bounds, counts_spread_of_difference
from talentsim.model.outcomes import percent

ARMS = ("baseline", "scenario")

PARTS = {"tiers": "tier", "sectors": "sector"}
"""Tables of a run that tell parts of the people apart, and the axis that does."""

Counts = Mapping[str, Sequence[Mapping[str, Floats]]]
"""Counts of every replication by arm, "baseline" and "scenario"."""


def counts_of_run(arm: Ensemble, place: int) -> dict[str, Floats]:
    """Return a replication's people by (year, origin, country of work), and where it has them people and works by (year, tier or sector, country)."""
    years = arm.years.tolist()
    found = {"stocks researchers": dense(arm.of_run(place, "stocks"), "researchers", ("origin", "work"), years)}
    for table, axis in PARTS.items():
        if table in arm.manifests[0]["tables"]:
            parts = arm.of_run(place, table)
            found |= {f"{table} {value}": dense(parts, value, (axis, "work"), years) for value in ("researchers", "works")}
    return found


def by_origin(runs: PairRuns, counts: Counts | None = None) -> pd.DataFrame:
    """Return people by origin and country of work, in both arms and as paired difference, every year.

    Parameters
    ----------
    counts
        Of both arms, where they are there already.

    Returns
    -------
    origin, country, year, baseline, scenario, difference, low, high.
    """
    one, other = (each * arm.weight for each, arm in zip(_stacked(runs, counts, "stocks researchers"), runs, strict=True))
    return _long(one, other, runs.scenario, {"origin": runs.scenario.codes}, COUNT)


def by_tier(runs: PairRuns, counts: Counts | None = None) -> pd.DataFrame:
    """Return people and shares of works among the ablest, in both arms and as paired difference, every year.

    The tiers are fixed cut-offs of ability, the same in both arms. A share is what part of its tier's works a country hosts; it is left out
    of years in which some replication has nobody in the tier, for a mean would count that as a share of 0 everywhere.

    Parameters
    ----------
    counts
        As `by_origin`.

    Returns
    -------
    tier, country, year, baseline, scenario, difference, low, high, outcome; no rows where the runs have no tiers.
    """
    return _by_part(runs, counts, "tiers")


def by_sector(runs: PairRuns, counts: Counts | None = None) -> pd.DataFrame:
    """Return people and shares of works by sector of the employer, in both arms and as paired difference, every year.

    Doctoral students are in academia. A share is what part of its sector's works a country hosts.

    Parameters
    ----------
    counts
        As `by_origin`.

    Returns
    -------
    sector, country, year, baseline, scenario, difference, low, high, outcome; no rows where the runs have no sectors.
    """
    return _by_part(runs, counts, "sectors")


def _by_part(runs: PairRuns, counts: Counts | None, table: str) -> pd.DataFrame:
    """Return people, and each country's share of the works of a part of them, for all parts that a table of the runs tells apart."""
    baseline, scenario = runs
    if table not in scenario.manifests[0]["tables"]:
        return pd.DataFrame()
    axis = PARTS[table]
    names, parts = list(scenario.of_run(0, table)[axis].cat.categories), []
    for outcome, value in (("work_share", "works"), ("researchers", "researchers")):
        one, other = _stacked(runs, counts, f"{table} {value}")
        one, other = _shares(one, other) if outcome == "work_share" else (one * baseline.weight, other * scenario.weight)
        parts.append(_long(one, other, scenario, {axis: names}, SHARE if outcome == "work_share" else COUNT).assign(outcome=outcome))
    return pd.concat(parts, ignore_index=True)


def _shares(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Return works by (replication, year, part, country) of both arms as shares of the part's; NaN in years in which some replication has nobody of it."""
    nobody = np.any([(each.sum(axis=-1, keepdims=True) == 0.0).any(axis=0) for each in (one, other)], axis=0)
    return np.where(nobody, np.nan, percent(one)), np.where(nobody, np.nan, percent(other))


def _stacked(runs: PairRuns, counts: Counts | None, name: str) -> list[Floats]:
    """Return counts of both arms over (replication, year, *axes)."""
    found = counts or {arm: [counts_of_run(each, place) for place in range(len(each))] for arm, each in zip(ARMS, runs, strict=True)}
    return [np.stack([each[name] for each in found[arm]]) for arm in ARMS]


def _long(one: Floats, other: Floats, arm: Ensemble, axes: dict[str, list[str]], within: Bounds) -> pd.DataFrame:
    """Lay arrays of shape (replication, year, *axes, country) out in long form, countries of a focus of several put together.

    Cells that are zero in both arms are left out.
    """
    one, other, axes = put_together(one, arm.config), put_together(other, arm.config), axes | {"country": codes_shown(arm.config)}
    mean, low, high = counts_spread_of_difference(one, other, arm.config.compare.level, arm.config.over_draws, within)
    before, after = one.mean(axis=0), other.mean(axis=0)
    where = np.nonzero(((before != 0) | (after != 0)) & np.isfinite(before) & np.isfinite(after))
    labels = {name: pd.Categorical.from_codes(place, names) for (name, names), place in zip(axes.items(), where[1:], strict=True)}
    columns = {"baseline": before, "scenario": after, "difference": mean, "low": low, "high": high}
    return pd.DataFrame({**labels, "year": arm.years[where[0]], **{name: each[where] for name, each in columns.items()}})


def change_of_works(over_time: pd.DataFrame, focus: str, year: int) -> tuple[float, float]:
    """Return by how many per cent the works of the world and those of one country change; not a number where none are made.

    Of means over the replications, which add up over countries as medians do not.
    """
    rows = over_time[(over_time["outcome"].astype(str) == "works") & (over_time["year"] == year)]
    of_world, of_focus = (each.groupby(each["arm"].astype(str))["mean"].sum().reindex(["baseline", "scenario"], fill_value=0.0)
                          for each in (rows, rows[rows["country"].astype(str) == focus]))
    world, here = (100.0 * (made["scenario"] / made["baseline"] - 1.0) if made["baseline"] else np.nan for made in (of_world, of_focus))
    return float(world), float(here)
