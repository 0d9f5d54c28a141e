"""The tables come out of files like the published ones, and the commands use them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from described_files import hold
from talentsim.commands.cli import run
from talentsim.config import Config, UserError
from talentsim.panel.panel import Panel, load_panel, read_table
from talentsim.panel.published import COVARIATES, make_tables, write_tables
from talentsim.report.dictionary_of_others import OTHERS, PANEL_CALIBRATE, PANEL_DATA, PANEL_VALIDATE
from talentsim.scholars.forecast import as_configured, forecast, live
from talentsim.scholars.scores import score


def publish(panel: Panel, folder: Path, raw: bool = False, csv: bool = True) -> None:
    """Write the panel as the database publishes countries, with the rest of the world as two countries."""
    named = panel.codes[:-1]
    rows, flows = [], []
    for y, year in enumerate(panel.years):
        moves = panel.migrations[y]
        arrive, leave = moves.sum(axis=0), moves.sum(axis=1)
        for k, code in enumerate(named):
            rows.append((code, year, panel.stock[y, k], arrive[k], leave[k]))
            flows += [(year, code, other, moves[k, j]) for j, other in enumerate(named) if moves[k, j] and j != k]
            flows += [(year, code, "BEL", moves[k, -1] // 2), (year, "AUT", code, moves[-1, k] // 3)]    # seen in part only
        third = panel.stock[y, -1] // 3
        rows += [("BEL", year, third, 5, 6), ("AUT", year, panel.stock[y, -1] - third, 7, 8)]
        flows.append((year, "BEL", "AUT", 99))
    code = "countrycode" if raw else "iso3code"
    country = pd.DataFrame(rows, columns=[code, "year", "padded_population_of_researchers", "number_of_inmigrations", "number_of_outmigrations"])
    names = ("migrationfrom", "migrationto") if raw else ("iso3codefrom", "iso3codeto")
    between = pd.DataFrame(flows, columns=["year", *names, "n_migrations"])
    if raw:
        country[code] = country[code].str.lower()
    else:                                                       # as for Taiwan, which has no code of the World Bank's
        country["countrycode"] = country[code]
        country.loc[country[code] == "BEL", code] = None
    for stem, table in (("country", country.astype({"year": float})), ("countryflows", between)):
        path = folder / f"scopus_2024_V1_scholarlymigration_{stem}{'' if raw else '_enriched'}"
        if csv:
            table.to_csv(f"{path}.csv", index=False)
        else:
            table.to_parquet(f"{path}.parquet", index=False)


@pytest.mark.parametrize(("raw", "csv"), [(False, True), (True, False)])
def test_published_files_become_the_panel(panel: Panel, tmp_path: Path, raw: bool, csv: bool) -> None:
    publish(panel, tmp_path, raw, csv)
    made = make_tables(tmp_path, panel.codes)
    assert [path.parent for path in made.files] == [tmp_path, tmp_path]
    write_tables(made.tables, tmp_path / "out", panel.codes)
    hold(tmp_path / "out", PANEL_DATA, without=["covariates", "covariates_pair"])
    again = load_panel(str(tmp_path / "out"), panel.codes)
    assert np.array_equal(again.migrations, panel.migrations) and np.array_equal(again.stock, panel.stock[:len(panel.years)])
    assert not again.has_covariates


def test_covariates_that_lie_beside_come_along(panel: Panel, data_dir: Path, tmp_path: Path) -> None:
    """With whatever else stands in them."""
    for name in COVARIATES:
        shutil.copyfile(data_dir / f"{name}.parquet", tmp_path / f"{name}.parquet")
    publish(panel, tmp_path)
    write_tables(make_tables(tmp_path, panel.codes).tables, tmp_path / "out", panel.codes)
    assert load_panel(str(tmp_path / "out"), panel.codes).has_covariates
    described = {each.name: each.columns for each in OTHERS if each.command == PANEL_DATA}
    hold(tmp_path / "out", PANEL_DATA, {name: set(read_table(data_dir, name).columns) - set(described[name]) for name in COVARIATES})


def test_what_is_missing_is_named(panel: Panel, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        make_tables(tmp_path / "nowhere", panel.codes)
    with pytest.raises(UserError, match="there is no country file"):
        make_tables(tmp_path, panel.codes)
    publish(panel, tmp_path)
    path = next(tmp_path.glob("*country_enriched.csv"))
    table = pd.read_csv(path)
    table.drop(columns="number_of_inmigrations").to_csv(path, index=False)
    with pytest.raises(UserError, match="column 'number_of_inmigrations' is missing"):
        make_tables(tmp_path, panel.codes)
    table[table.iso3code != "KOR"].to_csv(path, index=False)
    with pytest.raises(UserError, match="there is no country 'KOR'"):
        make_tables(tmp_path, panel.codes)


def test_the_commands_from_published_files_to_scores(panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                     capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "source"
    source.mkdir()
    publish(panel, source)
    assert run(["data", "scholars", str(source)]) == 0
    said = capsys.readouterr().out
    assert "No covariates" in said and "world.data_dir=outputs/data/scholars" in said
    assert run(["validate", "world=scholars", "world.data_dir=outputs/data/scholars"]) == 0
    said = capsys.readouterr().out
    assert "persistence" in said and "gravity" not in said and "No stylised facts" in said
    folder = next(tmp_path.glob("outputs/*/*-validate"))
    hold(folder, PANEL_VALIDATE)
    hold(tmp_path / "outputs" / "data" / "scholars", PANEL_DATA, without=["covariates", "covariates_pair"])
    assert pd.read_parquet(folder / "scores.parquet").set_index("model").wlogRMSE["persistence"] == pytest.approx(0.1771, abs=1e-4)
    flows, stocks = (pd.read_parquet(folder / f"forecast_{name}.parquet").set_index("model").loc["model, expected numbers"]
                     for name in ("flows", "stocks"))
    share = stocks.groupby("year")[["forecast", "observed"]].transform(lambda x: x / x.sum())
    scores = pd.read_parquet(folder / "scores.parquet").set_index("model").loc["model, expected numbers"]
    assert 0.5 * (share.forecast - share.observed).abs().groupby(stocks.year).sum().mean() == pytest.approx(scores.TVD_stock)
    assert 2.0 * flows[["forecast", "observed"]].min(axis=1).sum() / (flows.forecast.sum() + flows.observed.sum()) == pytest.approx(scores.CPC)
    assert len(flows) == 4 * 380 and flows.query("`from` == 'CHN' and to == 'USA' and year == 2016").observed.item() == panel.migrations[18, 1, 0]
    verdict = pd.read_parquet(folder / "verdict.parquet").set_index("measure")
    assert verdict.required["wlogRMSE"] == "at most 0.12" and verdict.met["CPC"] and not verdict.met["TVD_stock"]


def test_the_shipped_figures_reach_what_was_frozen(scholars: Config, panel: Panel) -> None:
    """The frozen model's scores on the years it has not seen; they change only with a calibration that says so."""
    variant, known = as_configured(scholars), panel.until(2014)
    scores = score(panel, forecast(variant, live(variant, known, scholars.world.burn_in_year), known, 4))
    for name, value in {"wlogRMSE": 0.1181, "CPC": 0.9589, "MAPE50": 6.488, "chg_corr50": 0.7489, "netrate_RMSE_permil": 1.768,
                        "TVD_stock": 0.00718}.items():
        assert scores[name] == pytest.approx(value, rel=2e-3), name


@pytest.mark.parametrize(("words", "message"), [
    (["data"], "the world or the folder is not given"), (["data", "ai", "x"], "no world with published data called 'ai'"),
    (["calibrate", "world=toy"], "world 'toy' is not built from the migration panel"), (["validate", "world=toy"], "is not built from the migration panel"),
    (["validate", "everything", "world=scholars"], "found 'everything'"), (["calibrate", "world=scholars"], "world.data_dir: no folder is given"),
    (["validate", "world=scholars", "world.data_dir=nowhere"], "there is no folder 'nowhere'"),
    (["validate", "world=scholars", "scenario=visa_tightening"], "without scenarios and policies"),
    (["calibrate", "world=scholars", "policy.h1b_odds.value=0.1"], "calibrate looks at the world as it was"),
    (["world=scholars", "scenario=return_programme"], "world.data_dir: no folder is given")])
def test_mistakes_are_named(words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    assert message in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.mark.parametrize(("edit", "message"), [
    (lambda t: t.astype({"target": str}).replace({"target": {"0.73": "about 1"}}), "'target' of fact S5 is 'about 1'"),
    (lambda t: pd.concat([t, t.iloc[[4]]]), "fact S5 is there twice"), (lambda t: t.drop(columns="use"), "column 'use' is missing")])
def test_faults_of_the_table_of_facts_are_named(data_dir: Path, tmp_path: Path, edit: Any, message: str,
                                                capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(data_dir, tmp_path / "panel", copy_function=shutil.copyfile)
    edit(pd.read_csv(data_dir / "stylised_facts.csv")).to_csv(tmp_path / "panel" / "stylised_facts.csv", index=False)
    assert run(["validate", "world=scholars", f"world.data_dir={tmp_path / 'panel'}", f"output.dir={tmp_path / 'out'}"]) == 2
    assert message in capsys.readouterr().err and not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("known_until", "last"), [(2008, 2018), (2012, 2018), (2014, 2016), (2017, 2018)])
def test_other_years_can_be_held_out(data_dir: Path, tmp_path: Path, known_until: int, last: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Another last known year, or a panel that ends earlier: what was asked of the model for 2015-2018 is not held against it."""
    shutil.copytree(data_dir, tmp_path / "panel", copy_function=shutil.copyfile)
    for name in ("flows", "stocks"):
        table = pd.read_parquet(data_dir / f"{name}.parquet")
        table[table.year <= last].to_parquet(tmp_path / "panel" / f"{name}.parquet")
    assert run(["validate", "world=scholars", f"world.data_dir={tmp_path / 'panel'}", f"world.panel.known_until={known_until}",
                f"output.dir={tmp_path / 'out'}"]) == 0
    assert "Asked for and reached" not in capsys.readouterr().out
    folder = next((tmp_path / "out").glob("*/*-validate"))
    by_year = pd.read_parquet(folder / "by_year.parquet")
    assert set(by_year.year) == set(range(known_until + 1, last + 1))
    assert run(["figures", str(folder)]) == 0
    facts = pd.read_parquet(folder / "facts.parquet").set_index("id")
    assert (facts.remark["S16"] == f"the panel ends in {last}") == (last < 2018)


@pytest.mark.slow
def test_calibration_proposes_what_is_shipped(data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "world=scholars", f"world.data_dir={data_dir}", f"output.dir={tmp_path}"]) == 0
    assert "Moments of careers" in capsys.readouterr().out
    folder = next(tmp_path.glob("*/*-calibrate"))
    hold(folder, PANEL_CALIBRATE)
    found = pd.read_parquet(folder / "parameters.parquet")
    personal = found[found.key.str.startswith("behaviour")]
    assert personal.proposed.to_numpy() == pytest.approx(personal.before.to_numpy(), abs=0.03)
    entries = found.set_index("key").loc[["world.panel.entry_window", "world.panel.entry_damping"]]
    assert entries.proposed.tolist() == entries.before.tolist()
    rolling = pd.read_parquet(folder / "rolling.parquet")
    assert rolling.wlogRMSE.mean() == pytest.approx(0.1255, abs=0.001) and rolling.TVD_stock.mean() == pytest.approx(0.0054, abs=1e-4)
    assert yaml.safe_load((folder / "world" / "fitted.yaml").read_text(encoding="utf-8"))["name"] == "fitted"
    fitted = Config.load("world=fitted", f"world.data_dir={data_dir}", config_dir=str(folder))
    assert fitted.world.panel is not None and fitted.behaviour.study.years == 0 and fitted.world.panel.entry_window == 10
    assert float(fitted.behaviour.location.onward_move) == pytest.approx(personal.set_index("key").proposed["behaviour.location.onward_move"], rel=1e-3)


@pytest.mark.slow
def test_agents_are_scored_beside_expected_numbers(data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two runs of a twentieth: noise adds to the error, careers are those expected."""
    assert run(["validate", "agents", "world=scholars", f"world.data_dir={data_dir}", f"output.dir={tmp_path}", "population.scale=0.05",
                "ensemble.replications=2", "executor=serial"]) == 0
    capsys.readouterr()
    folder = next(tmp_path.glob("*/*-validate"))
    hold(folder, PANEL_VALIDATE)
    scores = pd.read_parquet(folder / "scores.parquet").set_index("model").wlogRMSE
    assert scores["model, expected numbers"] < scores["model, mean of 2 runs of agents at scale 0.05"] < 0.35
    facts = pd.read_parquet(folder / "facts.parquet").set_index("id")
    assert facts.model["R5"] == pytest.approx(5.7, abs=0.5) and facts.model["R2"] == pytest.approx(0.16, abs=0.015)
