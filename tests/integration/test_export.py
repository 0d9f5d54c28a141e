"""Results taken elsewhere: the workbook opened again, cell by cell, and tables as CSV."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from described_files import hold, hold_comparison
from talentsim.calibration.scorecard import forecasts, history_off, scorecard, summary
from talentsim.calibration.targets import targets_of
from talentsim.commands.cli import run
from talentsim.ensemble.opened import open_results
from talentsim.report.dictionary import COLUMNS, COMPARISON
from talentsim.report.dictionary_of_others import INDICATORS, OTHERS, RUNS, SCORES, VISAS
from workbook_sheets import sheets

SHEETS = ["Asked", "Headline", "Over time", "By origin", "By tier", "By sector", "Diverted", "Scenarios", "Dictionary"]


ASKED = ["world=toy", "scenario=visa_tightening", "executor=serial", "ensemble.replications=2"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison in the toy world with a title that a sheet would take for a formula, written with its workbook."""
    folder = tmp_path_factory.mktemp("export")
    assert run([*ASKED, "output.figures=false", "output.report=false",
                *(f"compare.structure.entry_{name}=null" for name in ("plateau", "surge_china", "surge_india", "decline")), "compare.alone=null", "output.xlsx=true", 'scenario.description="=1+1"', f"output.dir={folder}"]) == 0
    (manifest,) = (path for path in folder.glob("*/*/manifest.json") if "store" not in path.parts)
    return manifest.parent


def test_the_workbook_holds_the_tables_of_the_results(written: Path) -> None:
    book, results = sheets(written / "comparison.xlsx"), open_results(written)
    assert list(book) == SHEETS and "comparison.xlsx" in results.manifest["files"]
    headline = results.table("headline").set_index(["outcome", "country"])
    head, *rows = book["Headline"]
    place = {str(name): at for at, name in enumerate(head)}
    assert len(rows) == len(headline)
    for row in rows:
        told = headline.loc[(row[place["outcome"]], row[place["country"]])]
        assert row[place["difference"]] == pytest.approx(told.difference) and row[place["baseline"]] == pytest.approx(told.baseline)
    assert any(row[place["country name"]] == "United States" for row in rows)


def test_years_stand_side_by_side_with_units(written: Path) -> None:
    results = open_results(written)
    head, *rows = sheets(written / "comparison.xlsx")["Over time"]
    differences = results.table("differences")
    assert head[-26:] == [float(year) for year in range(2010, 2036)]
    (row,) = (each for each in rows if each[0] == "work_share" and "USA" in each and "difference" in each)
    told = differences[(differences.outcome == "work_share") & (differences.country == "USA")].sort_values("year").difference
    assert row[-26:] == pytest.approx(told.tolist()) and "percentage points" in row
    assert {"% of works", "people", "works"} <= {str(cell) for each in rows for cell in each}


def test_years_of_results_that_an_older_version_wrote(written: Path, tmp_path: Path) -> None:
    """Their differences have no levels: the workbook has the means that they have, and calls them so."""
    older = shutil.copytree(written, tmp_path / "older")
    path = older / "differences.parquet"
    pd.read_parquet(path).drop(columns=["baseline", "scenario"]).to_parquet(path)
    manifest = json.loads((older / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (older / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert run(["export", str(older), "--xlsx"]) == 0
    means = open_results(older).table("over_time").astype({"arm": str}).query("outcome == 'work_share' and country == 'USA' and arm == 'scenario'")
    _, *rows = sheets(older / "comparison.xlsx")["Over time"]
    (row,) = (each for each in rows if each[0] == "work_share" and "USA" in each and "scenario, mean" in each)
    assert row[-26:] == pytest.approx(means.sort_values("year")["mean"].tolist())


def test_what_was_asked_stands_in_it_as_text(written: Path) -> None:
    book = sheets(written / "comparison.xlsx")
    asked = [row[1] for row in book["Asked"]]
    assert any("scenario=visa_tightening" in str(each) for each in asked) and any(str(each).startswith("holds: ") for each in asked)
    assert any("=1+1" in str(cell) for row in book["Scenarios"] for cell in row)


ELSEWHERE = {"sensitivity", "variance_shares", "fit", "portrait", "departures"}
"""Tables that the toy world's comparison has no cause to write: the tests that write them hold them against the dictionary."""


def test_every_table_of_a_comparison_is_in_the_dictionary_and_none_besides(written: Path) -> None:
    assert hold_comparison(written) == COMPARISON.keys() - ELSEWHERE
    rows = sheets(written / "comparison.xlsx")["Dictionary"]
    described = {(row[0], row[2]): row[3] for row in rows[1:]}
    results = open_results(written)
    assert described.keys() == {(name, column) for name in results.names for column in results.table(name).columns} and all(described.values())


def test_every_table_of_a_run_is_in_the_dictionary_and_none_besides(written: Path) -> None:
    for folder in (written.parents[1] / "store").iterdir():
        if (folder / "events.parquet").exists():        # of structures no lives are kept
            hold(folder, RUNS)


def test_indicators_are_in_the_dictionary_and_none_besides(written: Path) -> None:
    assert run(["indicators", "stay_rate_5", *ASKED, "output.csv=true", f"output.dir={written.parents[1]}"]) == 0      # of runs that are there
    (folder,) = written.parents[1].glob("*/*-indicators")
    hold(folder, INDICATORS)
    (folder / "indicators.csv").unlink()
    assert run(["export", str(folder), "--csv"]) == 0 and (folder / "indicators.csv").exists()
    assert run(["export", str(folder), "--xlsx"]) == 2 and run(["report", str(folder)]) == 2


def test_each_description_is_of_a_column_and_says_what_it_is() -> None:
    """No table describes a column that it lacks; one that all describe alike stands in the common list, of which nothing is idle."""
    tables = [*COMPARISON.values(), *OTHERS]
    assert len({(each.command, each.name) for each in tables}) == len(tables)
    for each in tables:
        assert each.own.keys() <= {*each.columns, *SCORES, "baseline", "scenario", "low", "high", *VISAS}, each.name
        assert all(each.column(name).meaning for name in each.columns) and all(column.meaning for column in each.besides.values())
    assert {name for each in tables for name in each.columns if name not in each.own} == COLUMNS.keys()


def test_tables_of_functions_that_are_cheap_have_just_the_columns_described() -> None:
    """Those that `talentsim validate` writes; it is run itself among the slow tests."""
    targets = targets_of("ai")
    card = scorecard(targets, np.full((3, len(targets)), 1.0))
    made = {"scorecard": card, "forecasts": forecasts(targets, np.full((3, len(targets)), 1.0)), "summary": summary(card), "history": history_off(targets, np.ones((3, len(targets))), {})}
    assert {name: tuple(table.columns) for name, table in made.items()} == {each.name: each.columns for each in OTHERS if each.name in made}


def test_results_that_exist_are_exported(written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(written, tmp_path / "results"))
    (folder / "comparison.xlsx").unlink()
    assert run(["export", str(folder), "--xlsx", "--csv"]) == 0
    assert sheets(folder / "comparison.xlsx")["Headline"] == sheets(written / "comparison.xlsx")["Headline"]
    assert hold_comparison(folder) == COMPARISON.keys() - ELSEWHERE and len(list(folder.glob("*.csv"))) == len(list(folder.glob("*.parquet")))
    assert len(pd.read_csv(folder / "headline.csv")) == len(pd.read_parquet(folder / "headline.parquet"))
    assert "comparison.xlsx" in capsys.readouterr().out
    assert run(["export", str(folder)]) == 2 and re.search("--xlsx, --csv", capsys.readouterr().err)
