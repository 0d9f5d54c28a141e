"""A focus of several countries: sums of its members, and nobody who moves among them is diverted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from talentsim.comparison.compare import Comparison, compare
from talentsim.comparison.groups import codes_shown, put_together
from talentsim.comparison.pair import Pair, run_pair
from talentsim.comparison.sides import headline_row
from talentsim.config import Config, UserError
from talentsim.config.arms import load_arms
from talentsim.ensemble.store import Store
from talentsim.model.outcomes import OUTCOMES
from talentsim.report.terminal.brief import origins_line
from worlds import edited


def test_names_of_a_focus() -> None:
    focus = {given: Config.load("world=ai", f"focus={given}") for given in ("CAN", "[FRA,DEU]", "EUROPE")}
    assert focus["CAN"].focus_countries == ("CAN",) and focus["CAN"].focus_name == "Canada"
    assert focus["[FRA,DEU]"].focus == "FRA+DEU" and focus["[FRA,DEU]"].focus_name == "France and Germany"
    assert set(focus["EUROPE"].focus_countries) == {"GBR", "DEU", "FRA", "CHE", "NLD", "REU"} and focus["EUROPE"].focus_name == "Europe"
    assert codes_shown(focus["[FRA,DEU]"])[3:6] == ["GBR", "FRA+DEU", "CAN"]
    for wrong in ("[FRA,XYZ]", "EUROPA"):
        with pytest.raises(UserError, match="EUROPE"):
            Config.load("world=ai", f"focus={wrong}")


def test_a_region_of_one_country_is_that_country(plain_toy: dict[str, Any]) -> None:
    """Tables hold its code, under which it is looked up."""
    config = edited(plain_toy, {"focus": "EAST_ASIA"})
    assert config.focus == "CHN" == codes_shown(config)[1] and put_together(np.arange(4.0), config).tolist() == [0.0, 1.0, 2.0, 3.0]


def test_values_are_put_together_by_sums() -> None:
    config = Config.load("world=toy", "focus=[USA,IND]")
    values = np.arange(16.0).reshape(4, 4)
    assert put_together(values[0], config).tolist() == [2.0, 1.0, 3.0]
    assert put_together(values, config, axes=(0, 1)).tolist() == [[20.0, 10.0, 14.0], [10.0, 5.0, 7.0], [26.0, 13.0, 15.0]]


@pytest.mark.whole
def test_a_comparison_of_a_group(tmp_path: Path) -> None:
    """Headline, differences and diversion are the members' sums; the checks and the others' rows are those of one country."""
    common = ["world=toy", "scenario=visa_tightening", "ensemble.replications=3", "population.scale=3", "executor=serial"]
    store = Store(tmp_path)
    one, group = (load_arms([*common, f"focus={focus}"]) for focus in ("USA", "[USA,CAN]"))
    single, several = compare(*one, store=store), compare(*group, store=store)
    for name in ("headline", "differences"):
        mine, theirs = (getattr(each, name).set_index(["outcome", "country", "year"]) for each in (several, single))
        label = mine.xs("USA+CAN", level="country")["difference"]
        parts = theirs.xs("USA", level="country")["difference"] + theirs.xs("CAN", level="country")["difference"]
        assert label.to_numpy() == pytest.approx(parts.to_numpy())
        assert mine.xs("CHN", level="country").equals(theirs.xs("CHN", level="country"))
    year = single.diversion[single.diversion["baseline_country"] == "CHN"].set_index("scenario_country")["researchers"]
    both = several.diversion[several.diversion["baseline_country"] == "CHN"].set_index("scenario_country")["researchers"]
    assert both["USA+CAN"] == pytest.approx(year["USA"] + year["CAN"])
    assert several.diversion["researchers"].sum() == pytest.approx(single.diversion["researchers"].sum())
    for name, axis in (("by_origin", ["origin"]), ("by_tier", ["tier", "outcome"]), ("by_sector", ["sector", "outcome"])):
        mine, theirs = (getattr(each, name).astype(dict.fromkeys([*axis, "country"], str)).set_index([*axis, "year", "country"]) for each in (several, single))
        both = theirs[theirs.index.get_level_values("country").isin(["USA", "CAN"])].groupby([*axis, "year"])[["baseline", "scenario", "difference"]].sum()
        put = mine.xs("USA+CAN", level="country")[["baseline", "scenario", "difference"]]
        assert put.to_numpy() == pytest.approx(both.loc[put.index].to_numpy()) and len(put) == len(both)
        assert mine.xs("CHN", level="country").equals(theirs.xs("CHN", level="country"))
    for each in (single, several):
        hold_partitions(each)
    said = origins_line(several.by_origin, Pair(*group), str)
    assert said.startswith("By first degree, means: ") and "all " in said
    assert all(each.passed for each in several.checks)
    row = headline_row(run_pair(Pair(*group), store))
    shown = several.headline[(several.headline.outcome == "work_share") & (several.headline.country == "USA+CAN")].iloc[0]
    assert (row["difference"], row["low"]) == pytest.approx((shown.difference, shown.low))


def hold_partitions(found: Comparison) -> None:
    """Every table that takes people or works apart adds up to them, in every year, country and arm."""
    arms, keys = ["baseline", "scenario"], ["country", "year"]

    def sums(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
        return table.astype({"country": str}).groupby(by)[arms].sum()

    levels = found.differences.set_index(["outcome", *keys])[arms]
    people, works = (levels.loc[name] for name in ("researchers", "work_share"))
    of_all = found.by_tier[found.by_tier["tier"].astype(str) == "all"]
    parts = {"origin": found.by_origin, "sector": found.by_sector[found.by_sector.outcome == "researchers"], "tier": of_all[of_all.outcome == "researchers"]}
    for name, table in parts.items():
        added = sums(table, keys)
        assert added.to_numpy() == pytest.approx(people.loc[added.index].to_numpy()), name
        assert (people.drop(added.index) == 0.0).all(axis=None), name
    added = sums(of_all[of_all.outcome == "work_share"], keys)
    assert added.to_numpy() == pytest.approx(works.loc[added.index].to_numpy())
    for outcome in (name for name in OUTCOMES if OUTCOMES[name].is_share):
        assert sums(levels.loc[outcome].reset_index(), ["year"]).to_numpy() == pytest.approx(100.0), outcome
    for axis, table in (("tier", found.by_tier), ("sector", found.by_sector)):
        assert sums(table[table.outcome == "work_share"].astype({axis: str}), [axis, "year"]).to_numpy() == pytest.approx(100.0), axis
    in_both = found.lives.matrix.groupby("year")["researchers"].sum()
    assert (in_both <= people.groupby("year").sum().min(axis=1) + 1e-6).all() and in_both.min() > 0.0
