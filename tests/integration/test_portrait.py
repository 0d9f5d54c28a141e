"""`scenario=baseline` describes the baseline: levels, growth, who trains, hosts and owns; no table of differences."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console
from rich.table import Table

from described_files import hold_comparison
from talentsim.commands.job import compare_and_write
from talentsim.comparison.pair import Pair
from talentsim.config.arms import load_arms
from talentsim.ensemble.opened import open_results
from talentsim.report.document.document import report_of
from talentsim.report.numbers import PEOPLE, plain
from talentsim.report.terminal.comparison import print_comparison
from talentsim.report.terminal.portrait import portrait_lines
from talentsim.report.terminal.summaries import shown
from talentsim.report.workbook import sheets_of
from talentsim.spoken import namer

ASKED = ("world=toy", "scenario=baseline", "ensemble.replications=3", "executor=serial", "output.figures=false", "output.report=false", "output.people=false")


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of results of the toy world's baseline."""
    place = tmp_path_factory.mktemp("portrait")
    pair = Pair(*load_arms([*ASKED, f"output.dir={place / 'outputs'}"]))
    assert pair.is_one
    compare_and_write(pair, place / "results", list(ASKED))
    return place / "results"


def test_it_is_levels_and_growth_and_no_difference(described: Path) -> None:
    results = open_results(described)
    assert hold_comparison(described) == set(results.names) == {"portrait", "over_time"} and set(results.table("over_time")["arm"]) == {"baseline"}
    portrait = results.table("portrait").set_index("country")
    assert list(portrait.index)[-1] == "world" and portrait["people"].iloc[:-1].sum() == pytest.approx(portrait["people"]["world"])
    for column in ("hosted_before", "hosted", "trained", "owned", "first_degrees"):
        assert portrait[column].iloc[:-1].sum() == pytest.approx(100.0)
    years = portrait["year"] - portrait["from_year"]
    pd.testing.assert_series_equal(portrait["people_before"] * (1.0 + portrait["growth"] / 100.0) ** years, portrait["people"], check_names=False)
    assert portrait["hosted"].iloc[:-1].is_monotonic_decreasing


def test_the_terminal_says_it_in_thirty_lines(described: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pair = Pair(*load_arms([*ASKED, f"output.dir={described.parent / 'outputs'}"]))
    capsys.readouterr()
    compare_and_write(pair, described.parent / "again", list(ASKED))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 30 and max(map(len, lines[:-1])) <= 100
    text = " ".join(lines)
    assert "described by itself" in text and "hosts more than it trained" in text and "conservation" in text
    assert not re.search("difference|placebo|scenario,|paired", text)


def test_what_the_terminal_prints_is_the_table(described: Path) -> None:
    portrait = open_results(described).table("portrait")
    pair = Pair(*load_arms([*ASKED, f"output.dir={described.parent / 'outputs'}"]))
    printed, name = io.StringIO(), namer(pair.baseline.world.countries)
    result = compare_and_write(pair, described.parent / "printed", list(ASKED), told=False)
    print_comparison(Console(file=printed, width=100), result, {"portrait": portrait}, pair, described, 1.25, ["the targets of the calibration"])
    lines = printed.getvalue().splitlines()
    rows = [line for line in lines if "  " in line and line.startswith(tuple(name(code) for code in pair.baseline.world.countries))]
    assert [line.split("  ")[0].strip() for line in rows] == [name(code) for code in portrait.country[portrait.country != "world"]]
    for line, row in zip(rows, portrait.itertuples(), strict=False):
        assert shown(row.people, PEOPLE) in line and plain(row.trained, 1) in line and plain(row.owned, 1) in line
    assert "Calibrated for another version: the targets of the calibration changed" in " ".join(lines)
    assert lines[-1].startswith("1.2 s. Results: ") and not any("Closest to what is observed" in line for line in lines)
    table = next(each for each in portrait_lines({"portrait": portrait}, pair) if isinstance(each, Table))
    assert table.row_count == len(rows) == len(portrait) - 1


def test_report_and_workbook_describe_it_too(described: Path) -> None:
    results = open_results(described)
    text = report_of(results)
    assert "nothing is compared" in text and "Every figure, and its source" in text and "in the scenario" not in text
    assert list(sheets_of(results)) == ["Asked", "World", "Over time", "Dictionary"]


def test_a_world_with_a_policy_more_is_compared() -> None:
    idle = "+policy.idle={lever: pay, countries: [USA], start: 2040, change: multiply, value: 2.0}"
    assert not Pair(*load_arms([*ASKED, idle])).is_one and not Pair(*load_arms(["world=toy", "scenario=visa_opening"])).is_one
