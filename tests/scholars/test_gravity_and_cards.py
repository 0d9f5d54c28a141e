"""Modules of one idea each: gravity equations on planted flows, the card of a validation, proposed files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from talentsim.panel.panel import Panel
from talentsim.scholars.card import fact_card, forecast_card
from talentsim.scholars.gravity import distance_and_language, history_elasticity, stock_and_gdp
from talentsim.scholars.proposals import write_proposal
from talentsim.scholars.scores import corridors

YEARS = np.arange(2005, 2008)


def effects(panel: Panel) -> np.ndarray:
    """Effects of origin, destination and year, in logs, shape (y, n, n)."""
    rng, n = np.random.default_rng(5), len(panel.codes)
    shape = (len(panel.years), 1, 1)
    return rng.normal(size=(1, n, 1)) + rng.normal(size=(1, 1, n)) + 0.1 * rng.normal(size=shape)


def test_distance_and_language_that_were_planted_are_found(panel: Panel) -> None:
    log_distance = np.log(np.maximum(panel.pair["dist_km"], 1.0))
    flows = np.exp(effects(panel) - 0.8 * log_distance + 0.5 * panel.pair["comlang_off"] + 0.2 * panel.pair["contig"])
    flows *= corridors(len(panel.codes))
    assert distance_and_language(panel, 1e4 * flows, YEARS) == pytest.approx((-0.8, 0.5), abs=1e-4)


def test_history_that_was_planted_is_found(panel: Panel) -> None:
    """Each year's flows follow those before, cumulated and a tenth of them forgotten each year."""
    base, off = effects(panel), corridors(len(panel.codes))
    flows = [1e3 * np.exp(base[0]) * off]
    past = flows[0] / 0.1
    for year in range(1, len(panel.years)):
        flows.append(np.exp(base[year] + 0.7 * np.log1p(past)) * off)
        past = 0.9 * past + flows[-1]
    assert history_elasticity(panel, np.array(flows), YEARS) == pytest.approx(0.7, abs=1e-4)


def test_elasticities_to_stocks_and_gdp_that_were_planted_are_found(panel: Panel) -> None:
    n = len(panel.codes)
    stock = np.exp(9.0 + np.random.default_rng(6).normal(size=(len(panel.years) + 1, n)))
    pair, flows = np.random.default_rng(7).normal(size=(n, n)), np.zeros((len(panel.years), n, n))
    for year in YEARS:
        place = panel.place(int(year))
        gdp = np.log(panel.gdp[int(year - panel.gdp_years[0])])
        flows[place] = np.exp(pair + 0.6 * np.log(stock[place - 1])[:, None] + 1.2 * gdp[None, :] - 8.0)
    assert stock_and_gdp(panel, flows, stock, YEARS) == pytest.approx((0.6, 1.2), abs=1e-4)


def test_a_score_stands_beside_the_best_benchmark_on_the_side_that_is_asked() -> None:
    verdict = pd.DataFrame({"measure": ["error", "overlap"], "required": ["at most 0.12", "at least 0.957"], "reached": [0.118, 0.96]})
    scores = pd.DataFrame({"model": ["model, ours", "gravity", "persistence"], "error": [0.118, 0.2, 0.17], "overlap": [0.96, 0.90, 0.94]})
    card = forecast_card(verdict, scores).set_index("measure")
    assert card.benchmark.to_dict() == {"error": 0.17, "overlap": 0.94} and card.value.to_dict() == {"error": 0.118, "overlap": 0.96}
    assert card.high["error"] == 0.12 and np.isnan(card.low["error"]) and card.low["overlap"] == 0.957 and np.isnan(card.high["overlap"])


def test_a_fact_of_the_years_ahead_is_held_out_and_beside_the_panels_own() -> None:
    facts = pd.DataFrame({
        "id": ["S1", "R1", "R2", "X"], "fact": ["Flows (of scholars)", "Moves", "Returns", "Not counted"], "inside": [True, True, False, None],
        "panel_ahead": [0.5, np.nan, np.nan, np.nan], "target": [0.4, 3.0, 5.0, 1.0], "tolerance": [0.1, 1.0, 0.5, 1.0],
        "runs_ahead": [np.nan] * 4, "model_ahead": [0.55, np.nan, np.nan, np.nan], "runs": [np.nan, 3.5, np.nan, np.nan],
        "model": [0.41, 3.2, 4.0, 1.0], "first": [2015, np.nan, np.nan, np.nan], "use": ["test", "calibrate", "test", "test"]})
    card = fact_card(facts)
    assert card.measure.tolist() == ["S1 Flows", "R1 Moves", "R2 Returns"] and card.is_held_out.tolist() == [True, False, True]
    assert card.value.tolist() == [0.55, 3.5, 4.0] and card.low.tolist() == pytest.approx([0.4, 2.0, 4.5])


def test_a_proposal_is_two_files_that_say_only_what_changes(tmp_path: Path) -> None:
    parameters = pd.DataFrame({"key": ["world.panel.entry_window", "world.panel.entry_damping", "behaviour.location.onward_move"],
                               "proposed": [10.0, 0.123456, 2.5]})
    world, behaviour = (yaml.safe_load(path.read_text()) for path in write_proposal(parameters, tmp_path, "scholars", "mine"))
    assert world == {"defaults": ["scholars", "_self_", {"override /behaviour@_global_.behaviour": "mine"}], "name": "mine",
                     "panel": {"entry_window": 10, "entry_damping": {"value": 0.1235}}}
    assert behaviour == {"defaults": ["scholars", "_self_"], "location": {"onward_move": {"value": 2.5}}}
