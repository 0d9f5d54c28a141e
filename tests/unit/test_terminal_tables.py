"""What the terminal prints of tables that are small enough to write by hand: each value stands where its column says."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from talentsim.comparison.diversion import NO_LIFE
from talentsim.ensemble.reasons import Reason, Told
from talentsim.report.terminal.indicators import indicator_list, indicator_table, indicators_over_time
from talentsim.report.terminal.person import examples_table, lives_table
from talentsim.report.terminal.progress import progress
from talentsim.report.terminal.reasons import MOST, reason_lines
from talentsim.report.terminal.runs import run_lines
from talentsim.report.terminal.sides import decomposition_table, structure_table, variance_line
from talentsim.report.terminal.summaries import parting_summary
from talentsim.report.terminal.sweep import failure_table
from talentsim.report.terminal.terminal import PIPED_WIDTH, terminal


def printed(table: Any) -> list[str]:
    """Return the lines of a table, without the spaces at their ends and the frame."""
    console = Console(file=io.StringIO(), width=220)
    console.print(table)
    return [" ".join(line.replace("│", " ").replace("┃", " ").split()) for line in console.file.getvalue().splitlines()]      # type: ignore[attr-defined]


def test_a_persons_years_stand_side_by_side_and_those_that_differ_stand_out() -> None:
    who = pd.Series({"uid": (1 << 56) | (2020 << 40) | 7, "origin": "CHN", "entry_year": 2020, "doctorate_year": 2025, "ability": 1.25, "is_listed": True})
    years = pd.DataFrame({"year": [2020, 2021], "baseline": ["USA, student", "USA, student"], "baseline_events": ["went to study", ""],
                          "scenario": ["USA, student", "CHN, student"], "scenario_events": ["went to study", "visa refused"]})
    table = lives_table(who, years, ["USA", "CHN"])
    lines = printed(table)
    assert lines[0].startswith("CHN-2020-7:") and "ability 1.25 of a typical researcher, tied to a listed institution" in " ".join(lines[:3])
    assert [row.style for row in table.rows] == ["", "bold"] and any("2021 USA, student CHN, student visa refused" in line for line in lines)
    assert "listed" not in " ".join(printed(lives_table(who.drop("is_listed"), years, ["USA", "CHN"])))


def test_examples_name_the_first_decision_of_both_worlds() -> None:
    people = pd.DataFrame({"name": ["CHN-2020-7"], "year": [2027], "baseline_decision": ["went to study"], "scenario_decision": ["visa refused"]})
    assert any("CHN-2020-7 2027 went to study visa refused" in line for line in printed(examples_table(people)))


def test_runs_are_put_together_by_arm_and_seed() -> None:
    run = {"run": "abcdef012345", "arm": "x", "written": "2026-11-28T03:04:05", "world": "toy", "entry": "trend", "policies": "", "scale": 0.5, "seed": 7,
           "replication": 0, "megabytes": 1.5, "seconds": 2.0, "model": "this", "fault": ""}
    runs = pd.DataFrame([run, run | {"run": "b", "seconds": 4.0}, run | {"arm": "y", "policies": "f1_refusal", "model": "other"}, run | {"run": "badbadbadbad", "fault": "runs.parquet is missing"}])
    lines = run_lines(runs, "outputs/store")
    assert lines[0] == "4 runs in outputs/store" and lines[2].split() == ["run", "last", "written", "world", "entry", "scale", "seed", "runs", "MB", "s/run"]
    together, alone = (line.split() for line in lines if line.startswith("abcdef0123"))
    assert together[-4:] == ["7", "2", "3.0", "3.00"] and alone[-4:] == ["7", "1", "1.5", "2.00"]
    assert "of another version of the model; policies: f1_refusal" in lines[-3] and lines[-2] == "badbadbadb  damaged" and lines[-1].strip() == "runs.parquet is missing"


@pytest.mark.parametrize(("n", "last"), [(0, "Nothing that a result depends on differs: both are the same to the last bit."), (1, "  setting: seed 0: A 1, B 2"), (MOST + 3, "  ... and 3 more")])
def test_reasons_are_counted_and_cut_at_a_page(n: int, last: str) -> None:
    one, other = Told("first", {}, {}, number="1.0"), Told("second", {}, {})
    lines = reason_lines(one, other, [Reason("setting", f"seed {each}", "1", "2") for each in range(n)])
    assert lines[:3] == ["A  first", "   1.0", "B  second"] and lines[-1] == last
    assert reason_lines(one, other, [Reason("version", "talentsim", "1", "2")])[-1].startswith("CHANGELOG.md")


def test_a_failed_job_is_told_with_its_overrides() -> None:
    lines = printed(failure_table(pd.DataFrame({"job": [3], "overrides": ["seed=[1]"], "message": ["no [room]"]})))
    assert lines[0].startswith("1 failed") and any("3 seed=[1] no [room]" in line for line in lines), "brackets are text"


def test_indicators_hide_no_partner_that_matters_and_keep_their_unit() -> None:
    rows = [("return_rate", "% a year", 2035, "USA", "", 2.0, 3.0), ("hhi", "HHI", 2035, "USA", "", 0.25, 0.24), ("return_rate", "% a year", 2030, "USA", "", 1.0, 1.0),
            ("return_rate", "% a year", 2035, "CAN", "", 9.0, 9.0)]
    table = pd.DataFrame(rows, columns=["indicator", "unit", "year", "country", "partner", "baseline", "scenario"]).assign(low=0.5, high=1.5)
    table["difference"] = table.scenario - table.baseline
    lines = printed(indicator_table(table, {"return_rate": "Return", "hhi": "Concentration"}, "USA", 2035, 0.9))
    assert "90% interval" in " ".join(lines) and any(line.startswith("Return, % a year 2.00 3.00 +1.00") for line in lines)
    assert any(line.startswith("Concentration, HHI 0.2500 0.2400 -0.0100") for line in lines) and not any("9.00" in line for line in lines)
    assert any(line.startswith("Return, % a year 1.00 2.00") for line in printed(indicators_over_time(table, {"return_rate": "Return"}, ["USA"], 2035)))
    assert any("hhi Concentration HHI" in line for line in printed(indicator_list({"hhi": ("Concentration", "HHI")})))


def sides() -> pd.DataFrame:
    """Return a headline, one other structure and one policy alone."""
    rows = [("as configured", "as configured", "As configured", 8, 40.0, 38.0, -2.1, -1.9), ("structure", "no_feedback", "Ecosystems do not feed back", 1, 40.0, 35.0, None, None),
            ("policy alone", "h1b", "Odds halve", 8, 40.0, 39.0, -1.1, -0.9), ("interaction", "", "", 8, -2.0, -2.0, -0.1, 0.1)]
    table = pd.DataFrame(rows, columns=["kind", "name", "title", "replications", "baseline", "scenario", "low", "high"])
    return table.assign(country="USA", year=2035, difference=table.scenario - table.baseline)


def test_structures_are_shown_beside_the_headline_and_named_the_uncertainty_only_where_they_are() -> None:
    lines = printed(structure_table(sides(), 0.95))
    assert lines[0].startswith("The uncertainty comes from structure, not from sampling") and any(line.startswith("Ecosystems do not feed back 1 40.00 35.00 -5.00") for line in lines)
    calm = sides().assign(difference=lambda each: each.difference.where(each.kind != "structure", -2.01))
    assert printed(structure_table(calm, 0.95))[0].startswith("Under other structures")


def test_policies_are_taken_apart() -> None:
    lines = printed(decomposition_table(sides(), 0.95))
    assert any(line.startswith("h1b, alone 8 40.00 39.00 -1.00") for line in lines) and any(line.startswith("All together 8") for line in lines)
    assert any(line.startswith("How they act on each other 8 -2.00 -2.00") for line in lines)


def test_groups_of_parameters_are_told_in_parts_of_the_whole() -> None:
    shares = pd.DataFrame({"group": ["study", "chance"], "share": [0.75, 0.25], "draws": 64, "r2": 0.8})
    assert "over 64 draws: study 75 %, chance 25 % (R2 for draws left out 0.80)" in variance_line(shares)


def test_what_is_no_terminal_is_wide_and_shows_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal().width == PIPED_WIDTH and terminal(piped_width=90).width == 90
    with progress(shown=True) as report:
        report(1, 2)
    assert capsys.readouterr().err == ""
    with pytest.raises(BrokenPipeError):
        terminal().on_broken_pipe()


def test_lives_part_by_what_befell_somebody_in_either_world() -> None:
    """No employer who asks is no choice, and who was refused in the baseline alone did not choose otherwise either."""
    rows = [("search", "not_filed", 7.0), ("refused", "study", 5.0), ("refused", "no change", 4.0), ("search", "no change", 3.0), ("refused", "lost_lottery", 2.0),
            ("entered", NO_LIFE, 1.0)]
    said = parting_summary(pd.DataFrame(rows, columns=["baseline_decision", "scenario_decision", "people"]))
    for words in ("visa refused in the baseline alone 9", "no employer asked, for the fee 7", "chose otherwise 3", "lost the lottery 2", "in research in one world alone 1"):
        assert words in said
