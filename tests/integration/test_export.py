"""Results taken elsewhere: the workbook opened again, cell by cell, and tables as CSV."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from talentsim.calibration.scorecard import forecasts, history_off, scorecard, summary
from talentsim.calibration.targets import targets_of
from talentsim.commands.cli import run
from talentsim.ensemble.opened import open_results
from talentsim.report.dictionary import COLUMNS, TABLES
from talentsim.report.dictionary_of_others import OTHER_COLUMNS, OTHER_TABLES, RUNS, described
from workbook_sheets import sheets

SHEETS = ["Asked", "Headline", "Over time", "By origin", "By tier", "By sector", "Diverted", "Scenarios", "Dictionary"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison in the toy world with a title that a sheet would take for a formula, written with its workbook."""
    folder = tmp_path_factory.mktemp("export")
    assert run(["world=toy", "scenario=visa_tightening", "executor=serial", "ensemble.replications=2", "output.figures=false", "output.report=false",
                "compare.structure=null", "compare.alone=null", "output.xlsx=true", 'scenario.description="=1+1"', f"output.dir={folder}"]) == 0
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


def test_every_column_is_in_the_dictionary(written: Path) -> None:
    results = open_results(written)
    names = [name.removesuffix(".parquet") for name in results.manifest["files"] if name.endswith(".parquet")]
    assert set(names) <= set(TABLES)
    assert {column for name in names for column in results.table(name).columns} <= set(COLUMNS)
    assert all(len(row) >= 4 for row in sheets(written / "comparison.xlsx")["Dictionary"])


def test_every_column_of_a_run_is_in_the_dictionary_and_none_besides(written: Path) -> None:
    store = written.parents[1] / "store"
    found = {path.stem: tuple(pq.read_schema(path).names) for path in store.glob("*/*.parquet")}
    assert found == {name: each.columns for name, each in OTHER_TABLES.items() if each.command == RUNS}


def test_the_dictionary_of_other_commands_is_whole() -> None:
    """Each column is described once, each description is of a column, and the tables of functions that are cheap have just these."""
    assert all(described(name, column).meaning for name, each in OTHER_TABLES.items() for column in each.columns)
    assert not OTHER_COLUMNS.keys() & COLUMNS.keys() and OTHER_COLUMNS.keys() <= {column for each in OTHER_TABLES.values() for column in each.columns}
    targets = targets_of("ai")
    card = scorecard(targets, np.full((3, len(targets)), 1.0))
    made = {"scorecard": card, "forecasts": forecasts(targets, np.full((3, len(targets)), 1.0)), "summary": summary(card), "history": history_off(targets, np.ones((3, len(targets))), {})}
    assert {name: tuple(table.columns) for name, table in made.items()} == {name: OTHER_TABLES[name].columns for name in made}


def test_results_that_exist_are_exported(written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(written, tmp_path / "results"))
    (folder / "comparison.xlsx").unlink()
    assert run(["export", str(folder), "--xlsx", "--csv"]) == 0
    assert sheets(folder / "comparison.xlsx")["Headline"] == sheets(written / "comparison.xlsx")["Headline"]
    assert len(pd.read_csv(folder / "headline.csv")) == len(pd.read_parquet(folder / "headline.parquet"))
    assert "comparison.xlsx" in capsys.readouterr().out
    assert run(["export", str(folder)]) == 2 and re.search("--xlsx, --csv", capsys.readouterr().err)
