"""The AI world beside what is known of it: printed, and held only to what no run may miss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from described_files import hold_comparison
from talentsim import Config, TalentModel
from talentsim.commands.job import compare_and_write
from talentsim.comparison.pair import Pair
from talentsim.ensemble.ensemble import Ensemble, run_ensemble
from talentsim.ensemble.opened import open_results
from talentsim.ensemble.runs import runs_of
from talentsim.ensemble.store import Store
from talentsim.measures.indicators import RunView
from talentsim.measures.observed import Use, _stays, beside_facts, departures, fit
from talentsim.report.document.baseline import fit_table, remarks
from talentsim.report.document.document import report_of
from talentsim.report.document.scene import Scene
from talentsim.report.portrait import fit_sentence, is_near

SMALL = ("parameters=point", "population.scale=0.02", "world.end_year=2026", "ensemble.replications=2", "executor=serial", "compare.alone=null", "compare.structure=null")


@pytest.mark.slow
def test_observed_beside_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    """Fitted figures are near; the others are printed as they come. The two largest stocks are the two that are."""
    config = Config.load("world=ai", "parameters=point", "world.end_year=2024", "executor=serial")
    run = TalentModel(config).run()
    table = beside_facts(RunView(run.agents, run.years, run.codes), config)
    with capsys.disabled():
        print("\n" + table.to_string(index=False, float_format="%.1f"))
    fitted = table[(table.use == Use.FITTED) & ~table.is_bound]
    assert (abs(fitted.simulated / fitted.observed - 1.0) < 0.15).all()
    stock = run.dense("stocks", "researchers", "work")[-1]
    assert {run.codes[place] for place in stock.argsort()[-2:]} == {"USA", "CHN"}


def test_a_baseline_is_the_mean_of_its_replications_beside_the_facts(tmp_path: Path) -> None:
    store = Store(tmp_path)
    baseline = run_ensemble(Config.load(*SMALL), store)
    table = fit(baseline)
    each = [beside_facts(RunView(run.agents, run.years, run.codes), baseline.config) for run in baseline]
    np.testing.assert_allclose(table.simulated, (each[0].simulated + each[1].simulated) / 2.0)
    known = table.dropna()
    assert len(known) > 16 and ((known.low <= known.simulated) & (known.simulated <= known.high)).all()
    stock = baseline.outcomes["researchers"][:, 2024 - 2010].sum(axis=1).mean() / 1000
    world = table.set_index("quantity").loc["researchers, world 2024"]
    assert world.simulated == pytest.approx(stock) and world.observed == 200 and world.use == "fitted"
    assert set(table[table.quantity.str.contains("2021")].use) == {"seen"} and not (table.use == "fitted").all()
    rates = table[table.quantity.str.startswith("stay rate")].simulated
    assert len(rates) == 6 and rates.dropna().between(0, 100).all()


def test_a_world_that_the_facts_do_not_know_has_no_fit(tmp_path: Path) -> None:
    """Nor is any run read, which none of these two has."""
    for overrides in (("world=toy",), ("world.end_year=2020",)):
        config = Config.load(*SMALL, *overrides)
        assert fit(Ensemble(config, Store(tmp_path), runs_of(config))).empty


def test_a_baseline_that_was_not_fitted_names_what_it_has_otherwise() -> None:
    """What comes after the last fact plays no part: another scenario, other cohorts, a shorter run."""
    assert departures(Config.load("scenario=visa_tightening", "entry=plateau", *SMALL)) == []
    assert departures(Config.load("behaviour.study.weights.beta_pay.value=2", "policy.china_initiative_2018=null")) == [
        "behaviour.study.weights.beta_pay.value", "policy.china_initiative_2018"]
    assert "world.countries.USA.pay.value" in departures(Config.load("world.countries.USA.pay.value=150000"))


@pytest.mark.slow
def test_the_report_shows_the_fit_of_its_own_baseline(tmp_path: Path) -> None:
    arms = [Config.load(f"scenario={name}", f"output.dir={tmp_path}", "observers.conferences.neurips.recency.value=2", *SMALL)
            for name in ("baseline", "visa_tightening")]
    compare_and_write(Pair(*arms), tmp_path / "results", [])
    results = open_results(tmp_path / "results")
    assert {"fit", "departures"} <= hold_comparison(tmp_path / "results")
    table, document = results.table("fit"), report_of(results)
    assert (tmp_path / "results" / "baseline_fit.png").exists()
    section = document[document.index('<section id="fit">'):document.index('<section id="assumptions">')]
    assert fit_sentence(fit_table(Scene.of(results))) in section.replace("&#39;", "'") and section.count("<tr>") == len(table) + 1
    fitted = table[table.use == "fitted"].dropna(subset="simulated")
    assert f"{is_near(fitted).sum()} of {len(fitted)} that the model was fitted to" in section
    said, = remarks(Scene.of(results))
    assert "differs from the shipped one" in said and "observers.conferences.neurips.recency.value" in said and said in section


def test_who_has_left_research_is_in_no_stay_rate() -> None:
    """An origin whose few doctorates are all gone counts neither as having stayed nor as having left the country."""
    codes = ["USA", "CHN", "IND"]
    years = np.repeat([2010, 2012, 2016], 3)
    uid = np.arange(9, dtype=np.uint64)
    people = pd.DataFrame({"uid": uid, "origin": pd.Categorical(["CHN", "CHN", "IND"] * 3, codes), "training": pd.Categorical(["USA"] * 9, codes),
                           "entry_year": years - 5, "doctorate_year": years})
    moved = pd.DataFrame({"uid": uid, "year": years - 5, "to": pd.Categorical(["USA"] * 9, codes), "reason": "study"})
    gone = pd.DataFrame({"uid": uid[2::3], "year": years[2::3] + 2, "to": pd.Categorical(["USA"] * 3, codes), "reason": "exit"})
    events = pd.concat([moved, gone], ignore_index=True).sort_values("year", kind="stable", ignore_index=True)
    shown = {row[0]: row[2] for row in _stays(RunView({"people": people, "events": events}.__getitem__, list(range(2010, 2025)), codes))}
    assert [value for name, value in shown.items() if ", all" in name] == [100.0, 100.0]
    assert all(np.isnan(value) for name, value in shown.items() if ", IND" in name)
