"""One world described by itself: levels, growth by country, and who trains, hosts and owns."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from talentsim.comparison.compare import Comparison
from talentsim.comparison.groups import codes_shown
from talentsim.comparison.pair import Pair

SHARES = {"hosted": "work_share", "trained": "training_share", "owned": "hq_share", "first_degrees": "origin_share"}
"""Columns of the portrait -> outcome, in % of the world's works."""

OF_ONE_WORLD = ("fit", "departures")
"""Tables beside a comparison that speak of the baseline alone."""


def portrait_of(over_time: pd.DataFrame, pair: Pair) -> pd.DataFrame:
    """Return what a world is like in the year of the headline, and how it came there from its first reported year.

    Returns
    -------
    country, from_year, year, people_before, people, growth (% a year), hosted_before, hosted, low, high (the middle 90 % of single
    replications), trained, owned, first_degrees (% of the world's works): the largest hosts first, and a last row for the world.
    """
    arm, first, last = pair.baseline, pair.baseline.world.start_year, pair.baseline.headline_year
    levels = over_time[over_time.arm == "baseline"].set_index(["outcome", "year", "country"]).sort_index()
    people = {year: levels["mean"].loc["researchers", year] for year in (first, last)}
    table = pd.DataFrame({"people_before": people[first], "people": people[last]})
    table["hosted_before"] = levels["mean"].loc["work_share", first]
    for column, outcome in SHARES.items():
        table[column] = levels["mean"].loc[outcome, last]
    table[["low", "high"]] = levels[["low", "high"]].loc["work_share", last]
    table = table.loc[codes_shown(arm)].sort_values("hosted", ascending=False, kind="stable")
    world = table[["people_before", "people"]].sum().rename("world")
    table = pd.concat([table, world.to_frame().T])
    years = last - first
    table["growth"] = 100.0 * ((table["people"] / table["people_before"].where(table["people_before"] > 0)) ** (1.0 / years) - 1.0) if years else float("nan")
    return table.rename_axis("country").reset_index().assign(from_year=first, year=last)[
        ["country", "from_year", "year", "people_before", "people", "growth", "hosted_before", "hosted", "low", "high", *list(SHARES)[1:]]]


def tables_of_one(result: Comparison, extra: Mapping[str, pd.DataFrame], pair: Pair) -> dict[str, pd.DataFrame]:
    """Return the tables of a world that is compared with itself: its own, and none of differences."""
    over_time = result.over_time[result.over_time.arm == "baseline"]
    return {"portrait": portrait_of(over_time, pair), "over_time": over_time, **{name: extra[name] for name in OF_ONE_WORLD if name in extra}}
