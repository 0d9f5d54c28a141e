"""Stylised facts and patterns of careers: the definitions reproduce the published table on the panel itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from talentsim.config import Config
from talentsim.panel.panel import Panel
from talentsim.panel.paths import replay_of
from talentsim.scholars.careers import Careers, counted_careers, expected_careers, moments
from talentsim.scholars.fact_table import NOT_SHOWN, fact_table
from talentsim.scholars.scores import largest
from talentsim.scholars.stylised import FACTS, Series


@pytest.fixture(scope="module")
def table(panel: Panel, data_dir: Path) -> pd.DataFrame:
    """The facts with the panel in the place of the model."""
    itself = Series(panel, panel.migrations, panel.stock)
    return fact_table(pd.read_csv(data_dir / "stylised_facts.csv"), itself, itself, {}, 2014).set_index("id")


def test_the_panel_has_the_published_facts(table: pd.DataFrame) -> None:
    """But for G4, whose cumulated flow depreciates in a way that is not published."""
    shown = table.dropna(subset=["panel"])
    assert len(shown) == 31
    outside = shown[(shown.panel - shown.target).abs() > shown.tolerance]
    assert list(outside.index) == ["G4"]
    assert outside.panel["G4"] == pytest.approx(0.94, abs=0.05)


def test_facts_of_runs_are_means_of_what_each_run_shows(panel: Panel, data_dir: Path) -> None:
    """A run with half the moves from China to the United States and one with all of them: the share is between the two."""
    halved = panel.migrations.copy()
    halved[:, 1, 0] /= 2.0
    runs = [Series(panel, panel.migrations, panel.stock), Series(panel, halved, panel.stock)]
    found = fact_table(pd.read_csv(data_dir / "stylised_facts.csv"), runs[0], runs[0], {"R1": 0.3}, 2014, runs).set_index("id")
    share = found.model["C2"]
    assert found.runs["C2"] == pytest.approx((share + 0.5 * share / (1.0 - 0.5 * share)) / 2.0) and found.runs_inside["C2"] == 0.0
    assert found.runs["S16"] == found.model["S16"] and found.runs_inside["S16"] == 1.0
    assert found.runs["R1"] == 0.3 and found.runs_inside["R1"] == 0.0
    assert 0.0 < abs(found.runs_ahead["S5"] - found.model_ahead["S5"]) < 0.01


def test_facts_to_calibrate_to_end_in_2014(table: pd.DataFrame) -> None:
    calibrated = table[(table.use == "calibrate") & table["last"].notna()]
    assert set(calibrated.index) == {"S1", "S14", "S15", "S20", "S21", "C1"}
    assert calibrated["last"].max() == 2014
    assert table.target["S20"] == table.panel["S20"] != 0.57


def test_every_fact_is_computed_or_named_as_not_shown(table: pd.DataFrame) -> None:
    persons = {"R1", "R2", "R3", "R4", "R5", "R6", "R7"}
    assert set(table.index) == set(FACTS) | set(NOT_SHOWN) | persons
    assert (table.loc[list(NOT_SHOWN), "remark"] != "").all() and table.loc[list(NOT_SHOWN), "inside"].isna().all()


def test_without_covariates_gravity_is_left_out(panel: Panel, data_dir: Path) -> None:
    bare = Panel(panel.codes, panel.years, panel.migrations, panel.stock, np.empty(0, int), np.empty((0, 20)), {})
    itself = Series(bare, bare.migrations, bare.stock)
    found = fact_table(pd.read_csv(data_dir / "stylised_facts.csv"), itself, itself, {}, 2014).set_index("id")
    assert found.loc[["G1", "G2", "G6", "G7"], "inside"].isna().all() and found.inside["G4"] == 0.0


def test_careers_are_counted_by_hand() -> None:
    """Three people: 7 goes abroad in 2003 and returns in 2005; 8 goes abroad, on, and back to the first host; 9 stays."""
    codes = ["AAA", "BBB", "CCC"]
    people = pd.DataFrame({"uid": np.array([9, 7, 8], np.uint64), "origin": pd.Categorical.from_codes([1, 0, 0], codes),
                           "entry_year": [2001, 2000, 2000], "exit_year": [2004, 2010, 2006]})
    moves = [(8, 2001, 0, 1), (7, 2003, 0, 2), (8, 2003, 1, 2), (7, 2005, 2, 0), (8, 2006, 2, 1), (9, 2004, 1, 1)]
    events = pd.DataFrame(moves, columns=["uid", "year", "from", "to"]).astype({"uid": np.uint64})
    for name in ("from", "to"):
        events[name] = pd.Categorical.from_codes(events[name], codes)
    found = counted_careers(people, events, 2000, 2010)
    assert found.never_moved[1:5].tolist() == [3, 2, 2, 0]          # 9 is at risk in 2002 to 2004, 7 to 2003, 8 in 2001
    assert found.first_moves[1:5].tolist() == [1, 0, 1, 0]
    assert found.moved[1:4].tolist() == [4, 4, 2] and found.moved[5] == 1       # 7 at home again, up to 2010
    assert found.later_moves[1:4].tolist() == [0, 2, 1]
    assert found.abroad[1:4].tolist() == [3, 3, 1]
    assert found.returns[1:4].tolist() == [0, 1, 1]
    assert (found.n_moves, found.n_later_moves, found.n_returns) == (5, 3, 2)
    later = counted_careers(people, events, 2004, 2010)
    assert later.n_moves == 2 and later.returns.sum() == 2 and later.first_moves.sum() == 0


def test_moments_of_known_hazards() -> None:
    years = np.arange(16)
    hazard = np.where(years > 0, 0.06 * np.maximum(years, 1.0) ** -0.65, 0.0)
    people = np.full(16, 1e6)
    found = moments(Careers(people, np.full(16, 2e4), people, np.full(16, 5e4), people, people * hazard, 10.0, 4.0, 2.0))
    assert found["R4"] == pytest.approx(-0.65) and found["R5"] == pytest.approx(6.0)
    assert found["R6"] == pytest.approx(2.5) and found["R7"] == pytest.approx(2.0)
    assert found["R1"] == pytest.approx(1.0 - np.prod(1.0 - hazard[1:6]))
    assert found["R2"] == 0.2 and found["R3"] == 0.5


def test_the_shipped_figures_hold_the_patterns_of_careers(scholars: Config, data_dir: Path) -> None:
    targets = pd.read_csv(data_dir / "stylised_facts.csv").set_index("id")
    found = moments(expected_careers(replay_of(scholars), 2004, 2014))
    for name in ("R1", "R2", "R4", "R5", "R6", "R7"):
        assert found[name] == pytest.approx(targets.target[name], abs=targets.tolerance[name]), name


def test_facts_of_years_before_a_panel_are_not_shown(panel: Panel, data_dir: Path) -> None:
    """A panel from 2003 on: what looks at earlier years has no figure, and everything else the same one."""
    late = panel.years >= 2003
    short = Panel(panel.codes, panel.years[late], panel.migrations[late], panel.stock[:len(late)][late], panel.gdp_years, panel.gdp, panel.pair)
    whole, later = (Series(each, each.migrations, each.stock[:len(each.years)]) for each in (panel, short))
    targets = pd.read_csv(data_dir / "stylised_facts.csv")
    one, other = (fact_table(targets[targets.id.isin([*["S1", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "S20", "S22", "S24"]])], each, each, {}, 2014).set_index("id") for each in (whole, later))
    gone = other.index[other.panel.isna()]
    assert set(gone) == {"S8", "S24"} and (other.remark[gone] == "the panel begins in 2003").all()
    assert other.panel.drop(gone).to_numpy() == pytest.approx(one.panel.drop(gone).to_numpy())


def test_iran_loses_from_the_year_after_its_last_gain(panel: Panel) -> None:
    """A year of losses before years of gains is not the turn."""
    years, moves = np.arange(2000, 2019), panel.migrations.copy()
    here, there = panel.codes.index("IRN"), panel.codes.index("USA")
    series = Series(panel, moves, panel.stock)
    assert FACTS["S24"][2](series, years) == 2008.0
    moves[panel.place(2003), here, there] += 3000.0
    assert series.net_rate(2003)[here] < 0.0 and FACTS["S24"][2](series, years) == 2008.0
    moves[panel.place(2018), there, here] += 1e5
    assert np.isnan(FACTS["S24"][2](series, years))


def test_a_small_panel_has_fewer_large_corridors(panel: Panel) -> None:
    """Six named regions have 30 corridors: none from a region to itself, and none of the rest, fills the list up."""
    chosen = largest(Panel(("USA", "CHN", "IND", "GBR", "DEU", "FRA", "ROW"), panel.years, panel.migrations, panel.stock, panel.gdp_years, panel.gdp, {}), np.ones((7, 7)))
    assert chosen.sum() == 30 and not np.diagonal(chosen).any() and not chosen[-1].any() and not chosen[:, -1].any()
