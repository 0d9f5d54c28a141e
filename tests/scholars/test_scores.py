"""The scorer and the benchmarks against the published table of scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from talentsim.panel.panel import Panel
from talentsim.scholars.benchmarks import BENCHMARKS
from talentsim.scholars.regression import fit_choice, fit_poisson
from talentsim.scholars.scores import Forecast, by_year, largest, lead_of, score, score_table

SETS = {"test 2015-18": (2014, 4), "val 2010-14": (2009, 5)}
EXACT = ("persistence",)                                # nothing to fit: every score to the last digit printed
EXACT_FLOWS = ("linear trend, 10 years",)               # stocks are on another trend


def published(data_dir: Path, which: str, model: str) -> pd.Series:
    """Return a row of the published table."""
    table = pd.read_csv(data_dir / "benchmark_scores.csv")
    return table[(table["set"] == which) & (table["model"] == model)].iloc[0]


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("name", EXACT)
def test_persistence_scores_what_is_published(panel: Panel, data_dir: Path, which: str, name: str) -> None:
    last, horizon = SETS[which]
    row = published(data_dir, which, BENCHMARKS[name][0])
    for measure, value in score(panel, BENCHMARKS[name][1](panel.until(last), horizon)).items():
        assert value == pytest.approx(row[measure], abs=6e-5), measure


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name not in EXACT])
def test_benchmarks_score_about_what_is_published(panel: Panel, data_dir: Path, which: str, name: str) -> None:
    """Same method, own details: wlogRMSE within 0.01 (within 0.035 for the gravity equation and fixed shares)."""
    last, horizon = SETS[which]
    row = published(data_dir, which, BENCHMARKS[name][0])
    found = score(panel, BENCHMARKS[name][1](panel.until(last), horizon))
    if name in EXACT_FLOWS:
        for measure in ("wlogRMSE", "logRMSE", "CPC", "MAPE50", "chg_corr50", "bias_total%"):
            assert found[measure] == pytest.approx(row[measure], abs=6e-5), measure
    wide = name.startswith(("gravity", "fixed"))
    assert found["wlogRMSE"] == pytest.approx(row["wlogRMSE"], abs=0.035 if wide else 0.01)
    assert found["CPC"] == pytest.approx(row["CPC"], abs=0.02 if wide else 0.005)
    assert name in EXACT_FLOWS or found["TVD_stock"] == pytest.approx(row["TVD_stock"], abs=0.004)


def test_a_perfect_forecast_scores_perfectly(panel: Panel) -> None:
    found = score(panel, Forecast(2010, panel.migrations[12:15], panel.stock[12:15]))
    assert found["wlogRMSE"] == found["MAPE50"] == found["netrate_RMSE_permil"] == found["TVD_stock"] == 0.0
    assert found["CPC"] == found["chg_corr50"] == pytest.approx(1.0)


def test_years_make_up_the_score_and_the_lead_is_a_difference_of_scores(panel: Panel) -> None:
    made = {name: BENCHMARKS[name][1](panel.until(2010), 3) for name in ("persistence", "Markov, damped trends")}
    years, whole = by_year(panel, made), score_table(panel, made).set_index("model")
    for name, each in years.groupby("model"):
        assert np.sqrt((each.wlogRMSE**2).mean()) == pytest.approx(whole.wlogRMSE[name])
        assert each.TVD_stock.mean() == pytest.approx(whole.TVD_stock[name]) and each.year.tolist() == [2011, 2012, 2013]
    lead = lead_of(panel, made, "Markov, damped trends").iloc[0]
    assert lead.model == "persistence" and lead.lead == pytest.approx(whole.wlogRMSE["persistence"] - whole.wlogRMSE["Markov, damped trends"])
    assert lead.low < lead.lead < lead.high
    same = lead_of(panel, {"a": made["persistence"], "b": made["persistence"]}, "a").iloc[0]
    assert same.lead == same.low == same.high == 0.0


def test_the_fifty_largest_are_between_named_regions(panel: Panel) -> None:
    weight = panel.migrations[12:17].mean(axis=0)
    chosen = largest(panel, weight)
    assert chosen.sum() == 50 and not chosen[-1].any() and not chosen[:, -1].any() and not chosen.diagonal().any()
    assert weight[chosen].min() >= np.where(chosen, 0.0, weight)[:-1, :-1].max()


def test_no_benchmark_looks_ahead(panel: Panel) -> None:
    """Later years may be anything: the forecast from 2009 is the same."""
    changed = Panel(panel.codes, panel.years, panel.migrations.copy(), panel.stock.copy(), panel.gdp_years, panel.gdp.copy(), panel.pair)
    changed.migrations[12:] = 1.0
    changed.stock[12:] = 1.0
    changed.gdp[changed.gdp_years > 2009] = 1.0
    for _, forecast in BENCHMARKS.values():
        one, other = forecast(panel.until(2009), 3), forecast(changed.until(2009), 3)
        assert np.array_equal(one.migrations, other.migrations) and np.array_equal(one.stock, other.stock)


def test_regressions_recover_planted_coefficients() -> None:
    rng = np.random.default_rng(5)
    design = np.column_stack([np.ones(4000), rng.normal(size=(4000, 2))])
    truth = np.array([1.5, 0.4, -0.7])
    assert fit_poisson(design, rng.poisson(np.exp(design @ truth)).astype(float)) == pytest.approx(truth, abs=0.03)

    attributes = rng.normal(size=(300, 5, 2))
    weight = np.exp(attributes @ np.array([0.8, -0.5]))
    weight[:, 2] = 0.0
    chosen = np.array([rng.multinomial(200, each / each.sum()) for each in weight]).astype(float)
    chosen[:, 2] = np.nan
    assert fit_choice(attributes, chosen) == pytest.approx([0.8, -0.5], abs=0.03)
