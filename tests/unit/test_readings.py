"""What the report says of each picture, against tables small enough to do by hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import figure_tables as tables
from talentsim.comparison.pair import Pair
from talentsim.ensemble.opened import Results
from talentsim.report.document import readings
from talentsim.report.document.scene import Scene
from talentsim.report.numbers import in_percent
from talentsim.report.words import leaning
from worlds import edited, policy

Plain = dict[str, Any]
MINUS = "\N{MINUS SIGN}"


def headline(*rows: tuple[str, str, float, float, float, float]) -> pd.DataFrame:
    """Make a headline from outcome, country, baseline, scenario, low and high."""
    frame = pd.DataFrame(rows, columns=["outcome", "country", "baseline", "scenario", "low", "high"])
    return frame.assign(difference=frame.scenario - frame.baseline, unit="% of works", year=2035)


@pytest.fixture
def scene(plain_toy: Plain) -> Any:
    """Make a scene of a headline."""
    pair = Pair(edited(plain_toy), edited(plain_toy, {"policy": {"x": policy("student_refusal", value=0.2)}, "scenario.title": "Tight"}))
    return lambda table: Scene(Results(Path(), {"files": {}}, {"headline": table}), pair)


def test_the_answer_in_a_sentence(scene: Any) -> None:
    text = readings.headline_sentence(scene(headline(("work_share", "USA", 32.0, 28.5, -3.6, -3.4))))
    assert "the United States makes 32.0 % of the world's research output in 2035 without" in text and "and 3.50 percentage points less with it" in text
    assert "28.5" not in text, "over draws the scenario's own median is not the sum of the other two"
    assert f"{MINUS}3.60 to {MINUS}3.40" in text
    same = readings.headline_sentence(scene(headline(("work_share", "USA", 32.0, 32.0, 0.0, 0.0))))
    assert "exactly as without it" in same
    assert "has no figures for" in readings.headline_sentence(scene(headline(("works", "USA", 1.0, 2.0, 0.0, 0.0))))


def test_who_gains_counts_only_what_chance_does_not_explain(scene: Any) -> None:
    table = headline(("work_share", "USA", 30.0, 26.0, -4.5, -3.5), ("work_share", "CAN", 10.0, 12.0, 1.5, 2.5), ("work_share", "CHN", 20.0, 20.1, -0.5, 0.7))
    text = readings.who_gains(scene(table), "work_share")
    assert "1 of 3 countries and regions gains, 1 loses, clear of zero" in text and f"United States {MINUS}4.00, Canada +2.00 percentage points" in text and "China" not in text
    assert "told from chance" in readings.who_gains(scene(table.assign(low=-9.0, high=9.0)), "work_share")
    barely = headline(("work_share", "USA", 30.0, 26.0, -4.5, -3.5), ("work_share", "CHN", 20.0, 20.002, 0.0001, 0.004))
    assert "0 of 2 countries and regions gain, 1 loses" in readings.who_gains(scene(barely), "work_share"), "an interval that is printed as 0.00 is not clear of zero"


def test_over_time_tells_half_way_and_the_end(scene: Any) -> None:
    years = range(2020, 2036)
    table = pd.DataFrame({"outcome": "work_share", "country": "USA", "year": years, "difference": [-0.5 * max(0, year - 2025) for year in years]})
    text = readings.over_time(scene(headline(("work_share", "USA", 1.0, 1.0, 0.0, 0.0))), table)
    assert "Until 2025 both worlds are the same" in text and "2.50 points below the baseline in 2030 and 5.00 points below the baseline in 2035" in text


def test_over_time_with_a_start_that_no_row_shows(plain_toy: Plain) -> None:
    """A policy from before the first year, worlds that differ in more than policies, a headline before the policy, and a world that is the same."""
    table = pd.DataFrame({"outcome": "work_share", "country": "USA", "year": range(2020, 2036), "difference": [-1.0] * 16})

    def told(differences: pd.DataFrame, **changes: Any) -> str:
        return readings.over_time(Scene(Results(Path(), {"files": {}}, {}), Pair(edited(plain_toy), edited(plain_toy, changes))), differences)

    always = "The share of the United States is 1.00 points below the baseline in 2027 and 1.00 points below the baseline in 2035."
    assert told(table, policy={"x": policy("pay", value=1.0, start=1950)}) == told(table, **{"behaviour.exit.rate": 0.06}) == always
    late = {"policy": {"x": policy("pay", value=1.0, start=2030)}, "compare.year": 2025}
    assert told(table, **late) == "Until 2029 both worlds are the same, and so they are in 2025."
    assert told(table.assign(difference=0.0), **late) == "The share of the United States is the same in every year."
    assert told(table.assign(difference=0.0)) == "The two worlds are the same in every year."


def test_levels_are_told_as_they_are_given() -> None:
    assert [in_percent(each) for each in (0.9, 0.95, 0.999, 0.07, 0.505)] == ["90", "95", "99.9", "7", "50.5"]


def test_the_number_of_works_is_in_per_cent_of_each_worlds(scene: Any) -> None:
    made = {("USA", "baseline"): 100.0, ("USA", "scenario"): 88.0, ("CHN", "baseline"): 300.0, ("CHN", "scenario"): 308.0}
    years = pd.DataFrame([("works", *which, year, value * (year == 2035) + 1.0 * (year != 2035)) for which, value in made.items() for year in (2034, 2035)],
                         columns=["outcome", "country", "arm", "year", "mean"])
    asked = scene(headline(("works", "USA", 1.0, 2.0, 0.0, 0.0)))       # medians, which do not add up, play no part
    assert readings.all_works(asked, years) == f"The number of works changes by {MINUS}1.00 % in the world and by {MINUS}12.0 % in the United States."


def test_the_same_people_elsewhere(scene: Any) -> None:
    table = pd.DataFrame({"baseline_country": ["USA", "USA", "CAN"], "scenario_country": ["USA", "CHN", "USA"], "researchers": [950.0, 50.0, 20.0]})
    text = readings.diverted(scene(headline(("work_share", "USA", 1.0, 1.0, 0.0, 0.0))), table)
    assert text.startswith("50 people (5.0 % of those there) who are in the United States in the baseline are elsewhere")
    assert "50 in China alone; 20 go the other way" in text


def test_corridors_stay_rates_and_refusals(scene: Any) -> None:
    here = scene(headline(("work_share", "USA", 1.0, 1.0, 0.0, 0.0)))
    table = pd.DataFrame({"from": ["CHN", "IND"], "to": ["USA", "CAN"], "baseline": [100.0, 10.0], "difference": [-20.0, 4.0]})
    assert readings.narrowed(here, table) == ("From China to the United States go 20 fewer people a year (100 in the baseline); from India to Canada go "
                                              "4.0 more people a year (10.0 in the baseline).")
    assert readings.narrowed(here, table.assign(difference=0.0)) == "No corridor changes."
    assert "75.0 % are still there after 10 years, 85.0 % in the baseline" in readings.stayed(here, tables.stay(["CHN", "IND"]), "USA")
    assert readings.stayed(here, tables.stay(["CHN"]), "CAN") == ""
    assert readings.refused(here, tables.funnel(("student_visa",))) == ("Granted: 80.0 % of the applications by way of student visa, 90.0 % in the baseline.")


def test_a_sign_that_turns_is_said_to_turn() -> None:
    table = pd.DataFrame({"variant": ["as it is", "open", "closed"], "difference": [-2.0, -3.0, -1.0]})
    assert readings.structure(table).endswith("The sign is the same in all of them.")
    turned = readings.structure(table.assign(difference=[-2.0, 1.0, -1.0]))
    assert turned.startswith(f"{MINUS}2.00 points become {MINUS}2.00 to +1.00") and turned.endswith("Even the sign is not the same in all of them.")


def test_other_structures_are_counted_by_what_they_do_beside_the_same_draws() -> None:
    """Two that lie on one side of the answer over all draws do not count by that: beside their own draws one of them makes the loss smaller."""
    table = pd.DataFrame({"variant": ["as it is", "a", "b", "c", "d"], "difference": [-2.0, -3.0, -2.5, -2.2, 0.1], "effect": [np.nan, -0.5, -0.25, 0.3, 2.6]})
    assert leaning(table) == ("Of 4 other structures, each beside the same draws or runs, 2 make the loss larger by up to 0.50 points, "
                              "1 makes the loss smaller by 0.30 points and 1 turns it into a gain")
    assert readings.structure(table) == (f"What one other assumption adds to {MINUS}2.00 points, beside the same sets of figures: a ({MINUS}0.50); b ({MINUS}0.25); "
                                         "c (+0.30); d (+2.60). Even the sign is not the same in all of them.")
    assert leaning(table.drop(columns="effect")) == leaning(table.head(1)) == ""


def test_shares_of_the_range_are_told_to_a_hundred() -> None:
    table = pd.DataFrame({"group": [*"abcde", "chance"], "share": [0.3, 0.2, 0.15, 0.1, 0.05, 0.2], "draws": 64})
    assert [int(each) for each in re.findall(r"(\d+)\N{NO-BREAK SPACE}?\s?%", readings.variance_shares(table))] == [30, 20, 15, 15, 20]


@pytest.mark.parametrize(("name", "text"), [("United States", "the United States"), ("Netherlands", "the Netherlands"), ("China", "China"), ("Rest of Europe", "the Rest of Europe")])
def test_articles(name: str, text: str) -> None:
    assert readings.the(name) == text
