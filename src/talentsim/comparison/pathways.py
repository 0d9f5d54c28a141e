"""How people and work pass through the world: what the flow figures and the report are drawn from.

All but the first function take one table of both arms by name, with every replication in long form, and return a tidy
table of means over replications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.comparison.groups import relabelled
from talentsim.comparison.pair import PairRuns
from talentsim.ensemble.ensemble import Ensemble
from talentsim.intervals import COUNT, counts_spread_of_difference
from talentsim.measures.staying import stay_curves

Arms = Mapping[str, pd.DataFrame]
"""A table by arm, "baseline" and "scenario", with a column `replication`."""

STAGES = ("training", "work", "hq")
FUNNEL_BY = ["country", "origin", "route"]
FUNNEL = ("applied", "refused", "lost_lottery", "granted")


def span_of(runs: PairRuns) -> tuple[int, int]:
    """Return the first and last year that flows speak of: from the first in which the arms may differ to the headline's, all up to it where they never do."""
    start, config = runs.pair.start, runs.scenario.config
    year, first = config.headline_year, config.world.start_year
    return first if start is None or start > year else max(start, first), year


def rows_of_run(arm: Ensemble, years: tuple[int, int], place: int) -> dict[str, pd.DataFrame]:
    """Return of a replication's works, flows and visas what the flow tables are made of, by table.

    Works are those of the last year; moves and applications are summed over all years, and stand in the last.
    """
    works, flows, visas = (arm.of_run(place, name) for name in ("works", "flows", "visas"))
    rows = {"works": works[works["year"] == years[1]], "flows": _summed(flows, years, ["from", "to"], ["moves"])}
    return rows | {"visas": _summed(visas, years, FUNNEL_BY, list(FUNNEL)) if "route" in visas else visas}


def _summed(long: pd.DataFrame, years: tuple[int, int], keys: list[str], values: list[str]) -> pd.DataFrame:
    found = long[long["year"].between(*years)].groupby(keys, observed=True, as_index=False)[values].sum()
    return found.assign(year=years[1])


def flow_tables(runs: PairRuns, rows: Mapping[str, Sequence[Mapping[str, pd.DataFrame]]] | None = None,
                stays: Mapping[str, Sequence[Floats]] | None = None) -> dict[str, pd.DataFrame]:
    """Return every table that the flow figures need and that has rows, by name; of which years, `span_of` says.

    Parameters
    ----------
    rows, stays
        Every replication's by arm, as `rows_of_run` and `staying.counts_of_stay`, where they are there already.
    """
    scenario, arms, years = runs.scenario, {"baseline": runs.baseline, "scenario": runs.scenario}, span_of(runs)
    config, year = scenario.config, years[1]
    weight, replications = scenario.weight, len(scenario)
    found = rows or {arm: [rows_of_run(each, years, place) for place in range(replications)] for arm, each in arms.items()}
    long = {name: {arm: pd.concat([each[name].assign(replication=place) for place, each in enumerate(found[arm])], ignore_index=True) for arm in arms}
            for name in ("works", "flows", "visas")}
    if len(config.focus_countries) > 1:
        for name, columns in (("works", STAGES), ("flows", ("from", "to")), ("visas", ("country",))):
            long[name] = {arm: relabelled(table, config, columns) for arm, table in long[name].items()}
        long["flows"] = {arm: table[table["from"] != table["to"]] for arm, table in long["flows"].items()}
    tables = {"pathways": pathways(long["works"], year, weight, replications),
              "corridors": corridors(long["flows"], years, weight, replications, config.compare.level, config.over_draws),
              "visa_funnel": visa_funnel(long["visas"], years, weight, replications),
              "stay_curves": stay_curves(arms, config.focus_countries, *years, name=config.focus, counts=stays)}
    return {name: table for name, table in tables.items() if len(table)}


def pathways(works: Arms, year: int, weight: float, replications: int) -> pd.DataFrame:
    """Return the works of a year by the country of training, of work and of the employer's headquarters.

    Parameters
    ----------
    weight
        Researchers that an agent stands for.

    Returns
    -------
    arm, training, work, hq (where it is recorded), works.
    """
    parts = []
    for arm, long in works.items():
        stages = [stage for stage in STAGES if stage in long]
        summed = long[long["year"] == year].groupby(stages, observed=True, as_index=False)["works"].sum()
        parts.append(summed.assign(works=weight * summed["works"] / replications, arm=arm))
    return _tidy(pd.concat(parts, ignore_index=True))


def corridors(flows: Arms, years: tuple[int, int], weight: float, replications: int, level: float,
              over_draws: bool = False) -> pd.DataFrame:
    """Return moves a year between each pair of countries, both ends of `years` included, with their paired difference.

    Returns
    -------
    from, to, baseline, scenario, difference, low, high; pairs without a move in either arm are left out.
    """
    codes = list(flows["baseline"]["from"].cat.categories)
    moved = {arm: weight * _moves_a_year(long, years, codes, replications) for arm, long in flows.items()}
    difference, low, high = counts_spread_of_difference(moved["baseline"], moved["scenario"], level, over_draws, COUNT)
    means = {arm: each.mean(axis=0) for arm, each in moved.items()}
    one, other = np.nonzero(means["baseline"] + means["scenario"])
    columns = {**means, "difference": difference, "low": low, "high": high}
    names = {"from": np.array(codes)[one], "to": np.array(codes)[other]}
    return pd.DataFrame(names | {name: values[one, other] for name, values in columns.items()})


def visa_funnel(visas: Arms, years: tuple[int, int], weight: float, replications: int) -> pd.DataFrame:
    """Return what became of applications for visas, a year, both ends of `years` included.

    Returns
    -------
    arm, country, origin, route, applied, refused, lost_lottery, granted; empty where applications are not recorded.
    """
    keys, parts = FUNNEL_BY, []
    for arm, long in visas.items():
        if "route" in long:
            summed = long[long["year"].between(*years)].groupby(keys, observed=True, as_index=False)[list(FUNNEL)].sum()
            summed[list(FUNNEL)] = summed[list(FUNNEL)] * (weight / replications / (years[1] - years[0] + 1))
            parts.append(summed.assign(arm=arm))
    empty = pd.DataFrame(columns=["arm", *keys, *FUNNEL]).astype(dict.fromkeys(FUNNEL, float))
    return _tidy(pd.concat(parts, ignore_index=True)) if parts else empty


def _moves_a_year(long: pd.DataFrame, years: tuple[int, int], codes: Sequence[str], replications: int) -> Floats:
    """Return moves by replication, country left and country reached, in agents a year."""
    rows, n = long[long["year"].between(*years)], len(codes)
    run, left, reached = (each.to_numpy(np.int64) for each in (rows["replication"], rows["from"].cat.codes, rows["to"].cat.codes))
    place = (run * n + left) * n + reached
    counted = np.bincount(place, rows["moves"].to_numpy(float), minlength=replications * n * n)
    return counted.reshape(replications, n, n) / (years[1] - years[0] + 1)


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Put the arm first and turn categories into codes."""
    table = table[["arm", *(column for column in table.columns if column != "arm")]]
    return table.astype(dict.fromkeys(table.select_dtypes("category").columns, str))
