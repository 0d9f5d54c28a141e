"""The loader reads the panel as it is published, and says what is wrong with one that is not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scholars.conftest import CODES
from talentsim.config import Config, UserError
from talentsim.panel.panel import Panel, load_panel
from talentsim.panel.paths import panel_paths

Edit = Callable[[pd.DataFrame], pd.DataFrame]


def test_the_panel_is_read_in_the_order_of_the_codes(panel: Panel, data_dir: Path) -> None:
    flows = pd.read_parquet(data_dir / "flows.parquet")
    stocks = pd.read_parquet(data_dir / "stocks.parquet").query("source == 'scopus'")
    one = flows.query("origin == 'IND' and destination == 'CHE' and year == 2011").migrations.item()
    assert panel.migrations[2011 - 1998, CODES.index("IND"), CODES.index("CHE")] == one
    assert panel.migrations.sum() == flows.migrations.sum()
    assert panel.stock[panel.place(2005), CODES.index("KOR")] == stocks.query("region == 'KOR' and year == 2005").researchers.item()
    assert (np.diagonal(panel.migrations, axis1=1, axis2=2) == 0).all()


def test_until_knows_nothing_later(panel: Panel) -> None:
    known = panel.until(2009)
    assert known.years[-1] == 2009 and len(known.migrations) == len(known.years) == 12
    assert len(known.stock) == len(known.years) and known.gdp_years[-1] == 2009 and len(known.gdp) == len(known.gdp_years)


def broken(data_dir: Path, folder: Path, name: str, edit: Edit) -> str:
    """Return a copy of the folder in which one table has been edited."""
    shutil.copytree(data_dir, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
    edit(pd.read_parquet(folder / f"{name}.parquet")).to_parquet(folder / f"{name}.parquet")
    return str(folder)


FAULTS: dict[str, tuple[str, Edit, str]] = {
    "column": ("flows", lambda t: t.drop(columns="migrations"), "column 'migrations' is missing"),
    "source": ("stocks", lambda t: t[t.source == "openalex"], "no row has source 'scopus'"),
    "code": ("flows", lambda t: t.replace({"origin": {"USA": "USSR"}}), "no region of this world called 'USSR'"),
    "negative": ("flows", lambda t: t.assign(migrations=t.migrations.where(t.index != 77, -3)), "'migrations' is negative"),
    "gap": ("flows", lambda t: t[t.year != 2004], "year 2004 is missing between 1998 and 2018"),
    "corridor": ("flows", lambda t: t.drop(index=5), "is missing"),
    "twice": ("flows", lambda t: pd.concat([t, t.iloc[[3]]]), "is there twice"),
    "nobody": ("stocks", lambda t: t.assign(researchers=t.researchers.where((t.region != "KOR") | (t.year != 2003), 0)),
               "region KOR, year 2003 has no researchers"),
    "at home": ("flows", lambda t: pd.concat([t, t.iloc[[0]].assign(origin="USA", destination="USA", year=2005, migrations=4)]),
                "origin USA, destination USA, year 2005 is a flow from a region to itself"),
    "unit": ("flows", lambda t: t.assign(migrations=t.migrations * 1000), "where .* were the year before"),
    "columns": ("flows", lambda t: t.drop(columns=["migrations", "year"]), "columns year, migrations are missing"),
    "sources": ("stocks", lambda t: t.drop(columns="source"), "with rows of several sources, a column 'source' that says 'scopus'"),
    "pair twice": ("covariates_pair", lambda t: pd.concat([t, t.iloc[[3]]]), r"origin \w+, destination \w+ is there twice"),
    "text": ("covariates", lambda t: t.assign(gdp_pc_ppp_rw=t.gdp_pc_ppp_rw.astype(str).where(t.index != 9, "n/a")), "is not a number"),
    "stock": ("stocks", lambda t: t[~((t.region == "SGP") & (t.year == 2001))], "region SGP, year 2001 is missing"),
    "half a year": ("flows", lambda t: t.assign(year=t.year + 0.5), "'year' is"),
    "pair": ("covariates_pair", lambda t: t.drop(columns="dist_km"), "column 'dist_km' is missing"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_place(data_dir: Path, tmp_path: Path, fault: str) -> None:
    name, edit, message = FAULTS[fault]
    folder = broken(data_dir, tmp_path / "panel", name, edit)
    with pytest.raises(UserError, match="(?s)" + message.replace("(", r"\(")) as error:
        load_panel(folder, CODES)
    assert f"{name}.parquet" in error.value.where


def test_a_missing_folder_and_a_missing_table_say_how_to_make_them(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder") as error:
        load_panel(str(tmp_path / "nowhere"), CODES)
    assert "talentsim data scholars" in error.value.message
    shutil.copytree(data_dir, tmp_path / "panel", copy_function=shutil.copyfile)
    (tmp_path / "panel" / "stocks.parquet").unlink()
    with pytest.raises(UserError, match=r"stocks\.parquet: this table is missing"):
        load_panel(str(tmp_path / "panel"), CODES)


def test_one_table_of_covariates_alone_is_refused(data_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(data_dir, tmp_path / "panel", copy_function=shutil.copyfile)
    (tmp_path / "panel" / "covariates.parquet").unlink()
    with pytest.raises(UserError, match="only covariates_pair is there"):
        load_panel(str(tmp_path / "panel"), CODES)


def test_csv_stands_in_for_parquet(data_dir: Path, tmp_path: Path, panel: Panel) -> None:
    for table in data_dir.glob("*.parquet"):
        pd.read_parquet(table).to_csv(tmp_path / f"{table.stem}.csv", index=False)
    same = load_panel(str(tmp_path), CODES)
    assert np.array_equal(same.migrations, panel.migrations) and np.array_equal(same.stock, panel.stock)
    assert np.allclose(same.pair["dist_km"], panel.pair["dist_km"])


def test_tables_that_have_changed_are_read_anew(scholars: Config, data_dir: Path, tmp_path: Path) -> None:
    """Within one process, too: a run's identity speaks of the tables as they are."""
    folder = broken(data_dir, tmp_path, "flows", lambda table: table)
    assert scholars.world.panel is not None
    rules = scholars.world.panel.model_copy(update={"known_until": 2008, "fit_from": 2000})
    config = scholars.model_copy(update={"world": scholars.world.model_copy(update={
        "data_dir": folder, "burn_in_year": 1993, "end_year": 2008, "panel": rules})})
    panel, paths = load_panel(folder, CODES), panel_paths(config)
    broken(data_dir, tmp_path, "flows", lambda table: table.assign(migrations=2 * table["migrations"]))
    assert load_panel(folder, CODES).migrations.sum() == 2 * panel.migrations.sum()
    assert (panel_paths(config).corridor[-1] > paths.corridor[-1] + 0.3).mean() > 0.8


def test_a_year_that_the_panel_lacks_is_no_other_year(panel: Panel) -> None:
    """Counted from the end, a year before the first would be one of the last."""
    for year in (1997, 2019):
        with pytest.raises(ValueError, match="runs from 1998 to 2018"):
            panel.place(year)


def test_covariates_must_cover_the_flows(data_dir: Path, tmp_path: Path) -> None:
    folder = broken(data_dir, tmp_path, "covariates", lambda table: table[table["year"] >= 2000])
    with pytest.raises(UserError, match="covariates of 2000 to 2023 do not cover the flows"):
        load_panel(folder, CODES)
