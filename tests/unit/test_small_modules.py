"""Modules of one idea each: rounding, codes of countries, what a result was made with, the headline in words, arrivals of a sweep."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import talentsim
from talentsim.comparison.effective import out_of_range
from talentsim.comparison.pair import Pair
from talentsim.comparison.portrait import SHARES, portrait_of
from talentsim.config import UserError
from talentsim.config.compose import parse
from talentsim.config.overrides import chosen_scenario, is_choice, is_figure, policy_name, refuse_all_policies
from talentsim.config.series import Point, Series
from talentsim.dashboard.exports import tables_zip
from talentsim.data.shipped import shipped
from talentsim.digits import figure
from talentsim.ensemble.labelled import Outcomes
from talentsim.ensemble.opened import Results
from talentsim.ensemble.provenance import git_state, made_with, version_of
from talentsim.panel.places import COUNTRY_CODES
from talentsim.report.headline import headline_in_words
from worlds import edited, policy

Plain = dict[str, Any]


@pytest.mark.parametrize(("value", "digits", "text"), [
    (0.35, 6, "0.35"), (1234.5, 6, "1,234.5"), (100_000.0, 6, "100,000"), (0.00002, 6, "0.00002"), (0.0, 6, "0"), (-0.0, 6, "0"),
    (-1234567.8, 3, "-1,234,568"), (0.123456789, 3, "0.123"), (9.9999, 2, "10"), (float("inf"), 6, "no limit"), (float("nan"), 6, "n/a")])
def test_a_figure_has_so_many_digits_and_all_of_those_before_the_point(value: float, digits: int, text: str) -> None:
    assert figure(value, digits) == text


def test_codes_of_countries_are_those_of_the_standard_and_kosovos() -> None:
    assert len(COUNTRY_CODES) == 249 + 1 and {"USA", "CHN", "TWN", "HKG", "XKX"} <= COUNTRY_CODES
    assert all(len(each) == 3 and each.isalpha() and each.isupper() for each in COUNTRY_CODES)
    assert not {"ROW", "EUR", "WLD", "EUU", "SUN"} & COUNTRY_CODES, "no sum over countries, and none that is no more"


def test_what_a_result_was_made_with_is_what_is_installed() -> None:
    made = made_with()
    assert made["versions"]["numpy"] == np.__version__ == version_of("numpy") and made["talentsim"] == talentsim.__version__
    assert version_of("no-such-package-at-all") is None and len(made["source_sha256"]) >= 20
    state = git_state()
    if state is not None:
        here = Path(__file__).parent
        assert state["commit"] == subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=True).stdout.strip()


def test_the_headline_in_words_is_the_row_of_the_focus() -> None:
    rows = [("work_share", country, 2035, "% of works", base, base - 1.5, -1.5) for country, base in (("USA", 60.0), ("CAN", 5.0))]
    table = pd.DataFrame(rows, columns=["outcome", "country", "year", "unit", "baseline", "scenario", "difference"])
    arms = {name: {"config": {"focus": "USA", "scenario": {"name": "mine"}}} for name in ("baseline", "scenario")}
    said = headline_in_words(Results(Path(), {"files": {}, "arms": arms}, {"headline": table}))
    assert said.startswith("mine: ") and "USA, 2035" in said and said.endswith("baseline 60.000, scenario 58.500, difference -1.500")
    assert headline_in_words(Results(Path(), {"files": {}, "arms": arms})) == ""
    assert headline_in_words(Results(Path(), {"files": {}, "arms": arms}, {"headline": table[table.country == "CAN"]})) == ""


@pytest.mark.parametrize(("line", "named", "chooses", "sets"), [
    ("policy.mine.value=1", "mine", False, True), ("scenario=visa_tightening", None, True, False), ("seed=3", None, False, True),
    ("+policy.mine={lever: pay}", "mine", False, True), ("~policy.mine", "mine", False, False), ("entry=plateau", None, True, False),
    ("hydra.run.dir=x", None, False, False), ("seed=1,2", None, False, False), ("world.countries.USA.pay.value=${seed}", None, False, False)])
def test_what_an_override_is_about(line: str, named: str | None, chooses: bool, sets: bool) -> None:
    (override,) = parse([line])
    assert (policy_name(override), is_choice(override), is_figure(override)) == (named, chooses, sets)


def test_the_scenario_chosen_last_counts_and_policies_are_set_one_by_one() -> None:
    assert chosen_scenario(parse(["seed=1"])) == "baseline"
    assert chosen_scenario(parse(["scenario=a", "seed=1", "scenario=b"])) == "b"
    assert chosen_scenario(parse(["scenario=a", "+scenario=b"])) is None
    with pytest.raises(UserError, match="one by one"):
        refuse_all_policies(parse(["policy={}"]))


@pytest.mark.parametrize(("rules", "expected"), [
    ({}, [1.0, 1.0, 2.0, 3.5, 4.0]), ({"between": "hold"}, [1.0, 1.0, 1.0, 3.0, 4.0]),
    ({"before": "trend", "after": "trend"}, [-1.0, 1.0, 2.0, 3.5, 5.0]),
    ({"after": "trend", "bounds": (0.0, 4.5)}, [1.0, 1.0, 2.0, 3.5, 4.5])])
def test_a_series_between_its_points_and_beyond_them(rules: Plain, expected: list[float]) -> None:
    series = Series(points={2010: Point(value=1.0), 2020: Point(value=3.0), 2030: Point(value=4.0)}, **rules)
    assert series.over(np.array([2000, 2010, 2015, 2025, 2040])).tolist() == pytest.approx(expected)
    assert (series.first, series.last, series.kind_in(2010), series.kind_in(2040)) == (2010, 2030, "given", rules.get("after", "hold"))


def test_what_a_policy_makes_of_a_figure_is_told_where_it_leaves_its_range(plain_toy: Plain) -> None:
    base = edited(plain_toy)
    high = float(base.world.countries["USA"].pay.range[1]) / float(base.world.countries["USA"].pay)
    for factor, n in ((0.999 * high, 0), (1.001 * high, 1)):
        arm = edited(plain_toy, {"policy": {"x": policy("pay", change="multiply", value=factor)}})
        told = out_of_range(arm, base)
        assert len(told) == n and all("Pay of researchers, United States: becomes " in each and "from 2026 (policy.x, " in each for each in told)
        assert out_of_range(arm, arm) == [], "what both arms have is not looked at"


def test_a_portrait_lists_the_largest_host_first_and_grows_at_compound_rates(plain_toy: Plain) -> None:
    config = edited(plain_toy)
    first, last, codes = config.world.start_year, config.world.end_year, list(config.world.countries)
    rows = [("baseline", outcome, year, code, number, number - 1.0, number + 1.0)
            for year, growth in ((first, 1.0), (last, 2.0)) for outcome in ("researchers", *SHARES.values())
            for number, code in zip((10.0 * growth, 40.0, 20.0, 30.0), codes, strict=True)]
    table = portrait_of(pd.DataFrame(rows, columns=["arm", "outcome", "year", "country", "mean", "low", "high"]), Pair(config, config))
    assert table.country.tolist()[:2] == [codes[1], codes[3]] and table.country.tolist()[4] == "world" and table.hosted[:4].is_monotonic_decreasing
    table = table.set_index("country")
    assert table.hosted[codes[0]] == 20.0 and table.hosted_before[codes[0]] == 10.0 and table.low[codes[1]] == 39.0
    assert table.growth[codes[0]] == pytest.approx(100.0 * (2.0 ** (1.0 / (last - first)) - 1.0)) and table.growth[codes[1]] == 0.0
    several = edited(plain_toy, {"focus": [codes[1], codes[3]]})
    shown = [[*row[:3], several.focus if row[3] == codes[1] else row[3], *row[4:]] for row in rows if row[3] != codes[3]]
    together = portrait_of(pd.DataFrame(shown, columns=["arm", "outcome", "year", "country", "mean", "low", "high"]), Pair(several, several))
    assert set(together.country) == {several.focus, codes[0], codes[2], "world"} and together.people.iloc[-1] == together.people[:-1].sum()
    assert table.people["world"] == 110.0 and table.growth["world"] == pytest.approx(100.0 * (1.1 ** (1.0 / (last - first)) - 1.0))


def test_what_is_shipped_reads_the_same_with_either_reader() -> None:
    text = (Path(talentsim.__file__).parent / "data" / "sources.yaml").read_text(encoding="utf-8")
    assert shipped("sources.yaml") == yaml.safe_load(text)


def test_outcomes_know_their_axes_and_are_the_same_in_long_form() -> None:
    values = np.arange(12.0).reshape(2, 3, 2)
    outcomes = Outcomes({"work_share": values}, [2033, 2034, 2035], ["CAN", "USA"])
    long = outcomes.frame()
    assert outcomes.axes == {"replication": [0, 1], "year": [2033, 2034, 2035], "country": ["CAN", "USA"]} and outcomes.units == {"work_share": "% of works"}
    assert long.loc[(long.replication == 1) & (long.year == 2034) & (long.country == "USA"), "value"].item() == values[1, 1, 1]
    assert "work_share [% of works]" in repr(outcomes) and "year (3: 2033 to 2035)" in repr(outcomes)


def test_tables_leave_the_page_as_csv_in_one_archive() -> None:
    table = pd.DataFrame({"country": ["CAN", "USA"], "value": [0.1, 2.0]})
    with zipfile.ZipFile(io.BytesIO(tables_zip({"headline": table}))) as archive:
        assert archive.namelist() == ["headline.csv"]
        pd.testing.assert_frame_equal(pd.read_csv(archive.open("headline.csv")), table)
