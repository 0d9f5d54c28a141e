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
from talentsim.intervals import COUNT, counts_spread_of_difference
from talentsim.measures.staying import stay_curves

Arms = Mapping[str, pd.DataFrame]
"""A table by arm, "baseline" and "scenario", with a column `replication`."""

STAGES = ("training", "work", "hq")
FUNNEL = ("applied", "refused", "lost_lottery", "granted")


def flow_tables(runs: PairRuns) -> dict[str, pd.DataFrame]:
    """Return every table that the flow figures need and that has rows, by name.

    They speak of the years from the first in which the arms may differ to the headline's, of all up to it where they never do.
    """
    scenario, start, arms = runs.scenario, runs.pair.start, {"baseline": runs.baseline, "scenario": runs.scenario}
    config = scenario.config
    year, first = config.headline_year, config.world.start_year
    years = first if start is None or start > year else max(start, first), year
    weight, replications = scenario.weight, len(scenario)
    long = {name: {arm: each.agents(name) for arm, each in arms.items()} for name in ("works", "flows", "visas")}
    if len(config.focus_countries) > 1:
        for name, columns in (("works", STAGES), ("flows", ("from", "to")), ("visas", ("country",))):
            long[name] = {arm: relabelled(table, config, columns) for arm, table in long[name].items()}
        long["flows"] = {arm: table[table["from"] != table["to"]] for arm, table in long["flows"].items()}
    tables = {"pathways": pathways(long["works"], year, weight, replications),
              "corridors": corridors(long["flows"], years, weight, replications, config.compare.level, config.over_draws),
              "visa_funnel": visa_funnel(long["visas"], years, weight, replications),
              "stay_curves": stay_curves(arms, config.focus_countries, *years, name=config.focus)}
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
    keys, parts = ["country", "origin", "route"], []
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
