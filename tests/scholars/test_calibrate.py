"""Calibration finds what was planted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from talentsim.config import Config
from talentsim.panel.drift import Drift, Effects
from talentsim.panel.inversion import replay
from talentsim.panel.paths import drifts_of, known_panel
from talentsim.scholars.calibrate import (
    MOMENTS,
    PERSONAL,
    compare_entries,
    fit_drift,
    fit_persons,
    last_known_years,
    law_with,
    personal_figures,
)
from talentsim.scholars.careers import expected_careers, moments
from talentsim.scholars.forecast import as_configured, forecast, live, with_entries


def test_the_drift_that_was_planted_is_found() -> None:
    """380 series of 30 years: variances within a fifth, damping within 0.05."""
    rng, n, years = np.random.default_rng(8), 20, 30
    truth = Drift(level=0.004, slope=0.002, first_slope=0.02, noise=0.003, damping=0.7)
    level, slope = np.zeros(n * n), rng.normal(0.0, np.sqrt(truth.first_slope), n * n)
    moves = np.full((years, n, n), 500.0)
    seen = []
    for _ in range(years):
        seen.append(level + rng.normal(0.0, np.sqrt(truth.noise + 1.0 / 500.0), n * n))
        level, slope = level + slope + rng.normal(0.0, np.sqrt(truth.level), n * n), truth.damping * slope + rng.normal(0.0, np.sqrt(truth.slope), n * n)
    nothing = np.zeros((years, n))
    found = fit_drift(Effects(np.zeros((n, n)), nothing, nothing, np.array(seen).reshape(years, n, n), moves), "corridor")
    assert found.damping == pytest.approx(truth.damping, abs=0.05)
    for name in ("level", "slope", "first_slope", "noise"):
        assert getattr(found, name) == pytest.approx(getattr(truth, name), rel=0.25), name


def test_the_moments_are_those_of_the_published_table(data_dir: Path) -> None:
    table = pd.read_csv(data_dir / "stylised_facts.csv").set_index("id")
    shared = [name for name in MOMENTS if name in table.index]
    assert shared == ["R1", "R4", "R5", "R6", "R7"] and (table.use[shared] == "calibrate").all()
    for name in shared:
        assert MOMENTS[name] == (table.target[name], table.tolerance[name])


def test_entries_that_were_planted_are_found(scholars: Config) -> None:
    """A panel that goes on from 2009 as a forecast with a window of five years and half of the growth left."""
    known, model = known_panel(scholars), as_configured(scholars)
    then = known.until(2008)
    planted = forecast(with_entries(model, 5, 0.5), live(model, then, scholars.world.burn_in_year), then, 6)
    made = replace(known, migrations=np.concatenate([then.migrations, planted.migrations]), stock=np.concatenate([then.stock, planted.stock]))
    found = compare_entries(model, made, live(model, made, scholars.world.burn_in_year), {2008: drifts_of(model.rules)})
    best = found.loc[found.TVD_stock.idxmin()]
    assert (best.window, best.damping) == (5, 0.5) and best.TVD_stock < 1e-6


def test_entries_go_on_as_the_known_years_say(scholars: Config) -> None:
    known, model = known_panel(scholars), as_configured(scholars)
    found = compare_entries(model, known, live(model, known, scholars.world.burn_in_year), dict.fromkeys(last_known_years(model.rules), drifts_of(model.rules)))
    best = found.loc[found.TVD_stock.idxmin()]
    assert (best.window, best.damping) == (model.rules.entry_window, float(model.rules.entry_damping))


@pytest.mark.slow
def test_personal_figures_that_were_planted_are_found(scholars: Config) -> None:
    assert scholars.world.panel is not None
    known, rules = known_panel(scholars), scholars.world.panel
    planted = dict(zip(PERSONAL, (0.25, 0.9, 0.3, 0.9), strict=True))
    lived = replay(known, law_with(scholars, planted), scholars.world.burn_in_year, float(rules.least_away))
    made = moments(expected_careers(lived, rules.fit_from, rules.known_until))
    targets = {name: (made[name], 0.01 * abs(made[name])) for name in ("R1", "R1_10", "R4", "R5", "R5_5", "R6", "R7")}
    found = fit_persons(scholars, known, targets)
    table = pd.DataFrame({"planted": planted, "found": found, "start": personal_figures(scholars)})
    assert (table.found - table.planted).abs().max() < 0.05, table
