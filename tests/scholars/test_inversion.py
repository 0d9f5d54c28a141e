"""The inversion is the twin run backwards: what is planted comes back, what is observed is met, nothing later is seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from talentsim.config import Config, UserError
from talentsim.model.cohorts import cohort_path
from talentsim.model.meanfield import MeanField
from talentsim.model.model import TalentModel
from talentsim.panel.drift import Drift, forecast_corridors, run_filter, take_apart
from talentsim.panel.inversion import Cells, MovingLaw, move, project, replay, solve_corridors
from talentsim.panel.panel import Panel
from talentsim.panel.paths import continue_paths, known_panel, panel_paths, replay_of

LAW = MovingLaw(0.15, 0.04, np.exp(-0.3 * np.arange(7)), np.exp(-1.0 - 0.05 * np.arange(7)), np.exp(0.4 - np.log1p(np.arange(7))))


def peopled(n: int = 5) -> Cells:
    rng = np.random.default_rng(3)
    cells = Cells(rng.uniform(100, 1000, (n, 7)), rng.uniform(10, 100, (n, n, 7)))
    cells.settled[:, 0] = cells.moved[..., 0] = 0.0
    return cells


@pytest.mark.parametrize("with_other_terms", [False, True])
def test_planted_constants_come_back(with_other_terms: bool) -> None:
    rng = np.random.default_rng(4)
    n = 5
    truth = np.where(~np.eye(n, dtype=bool), rng.uniform(0.005, 0.2, (n, n)), 0.0)
    offset = rng.normal(0.0, 0.3, (n, n, n)) if with_other_terms else None
    flows = move(peopled(), LAW, truth, offset)
    found, exposure, returns = solve_corridors(peopled(), LAW, flows, 0.0, offset)
    assert found == pytest.approx(truth, rel=1e-9)
    assert found * exposure + returns == pytest.approx(flows, rel=1e-9)


def test_moving_conserves_people() -> None:
    cells = peopled()
    before = cells.stock()
    flows = move(cells, LAW, np.where(~np.eye(5, dtype=bool), 0.1, 0.0))
    assert cells.stock() == pytest.approx(before + flows.sum(axis=0) - flows.sum(axis=1), rel=1e-12)
    assert (np.diagonal(flows) == 0).all() and (cells.settled >= 0).all() and (cells.moved >= 0).all()


def test_the_twin_meets_what_was_observed(scholars: Config) -> None:
    """Flows to the move, but for the few corridors on which more would return than moved; stocks exactly."""
    twin, known = MeanField(scholars).run(), known_panel(scholars)
    n = len(known.years)
    moves = twin.moves.sum(axis=(1, 2))[:n]
    assert np.abs(moves - known.migrations).max() < 3.0
    assert np.abs(moves - known.migrations).sum() < 1e-4 * known.migrations.sum()
    assert twin.researchers.sum(axis=1)[:n] == pytest.approx(known.stock, rel=1e-9)


def test_the_forecast_is_the_twins(scholars: Config) -> None:
    """The recursion that is inverted, and the general twin with its classes and studies, are the same model."""
    assert scholars.world.panel is not None
    twin, lived = MeanField(scholars).run(), replay_of(scholars)
    ahead = continue_paths(lived, scholars.world.panel, 4)
    flows, stocks = project(lived, MovingLaw.from_behaviour(scholars.behaviour), ahead.corridor, ahead.cohorts)
    assert twin.moves.sum(axis=(1, 2))[-4:] == pytest.approx(flows, rel=1e-9)
    assert twin.researchers.sum(axis=1)[-4:] == pytest.approx(stocks, rel=1e-9)
    net = flows.sum(axis=1) - flows.sum(axis=2)
    before = np.concatenate([lived.cells[-1].stock()[None], stocks[:-1]])
    assert stocks == pytest.approx((before + ahead.cohorts + net) * (1.0 - float(scholars.behaviour.exit.rate)), rel=1e-9)


def test_agents_are_the_twin_but_for_chance(scholars: Config) -> None:
    small = scholars.model_copy(update={"population": scholars.population.model_copy(update={"scale": 0.02})})
    twin = MeanField(scholars).run()
    runs = [TalentModel(small, replication=each).run() for each in range(2)]
    moves = np.mean([run.moves.sum(axis=(1, 2)) for run in runs], axis=0)
    expected = twin.moves.sum(axis=(1, 2)) * 0.02
    z = (moves - expected) * np.sqrt(2.0) / np.sqrt(np.maximum(expected, 1e-9))     # corridors are nearly Poisson
    large = expected > 5.0
    assert 0.85 < np.mean(z[large] ** 2) < 1.15
    assert moves.sum() == pytest.approx(expected.sum(), rel=0.01)
    stock = np.mean([run.researchers.sum(axis=(1, 2, 4)) for run in runs], axis=0)
    people, entered = runs[0].agents("people"), runs[0].agents("entries")
    since = people[people.entry_year >= 1998]                       # also those who leave in the year in which they enter
    assert len(since) == entered.entrants.sum() and (since.exit_year == since.entry_year).mean() == pytest.approx(0.04, abs=0.005)
    heads = twin.researchers.sum(axis=1) * 0.02
    assert (np.abs(stock - heads) < 5.0 * np.sqrt(heads / 2.0)).all()


def test_nothing_after_the_last_known_year_is_looked_at(scholars: Config, data_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(data_dir, tmp_path, dirs_exist_ok=True, copy_function=shutil.copyfile)
    for name, column, later in (("flows", "migrations", 777), ("stocks", "researchers", 777_777)):
        table = pd.read_parquet(tmp_path / f"{name}.parquet")
        table[column] = table[column].where(table.year <= 2014, later)
        table.to_parquet(tmp_path / f"{name}.parquet")
    changed = Config.load("world=scholars", f"world.data_dir={tmp_path}")
    for one, other in zip(vars(panel_paths(scholars)).values(), vars(panel_paths(changed)).values(), strict=True):
        assert np.array_equal(one, other)


def test_variants_of_entry_take_over_after_the_years_with_data(data_dir: Path) -> None:
    """Cohorts until 2024 are the panel's forecast under each; then they differ as in any other world."""
    def path(name: str) -> np.ndarray:
        return cohort_path(Config.load("world=scholars", f"world.data_dir={data_dir}", f"entry={name}", "world.end_year=2030"))

    last, (usa, chn, kor) = 2024 - 1973, (0, 1, 8)
    trend, plateau, surge, decline = (path(name) for name in ("trend", "plateau", "surge_china", "decline"))
    assert np.array_equal(trend[:last + 1], panel_paths(Config.load("world=scholars", f"world.data_dir={data_dir}", "world.end_year=2030")).cohorts[:last + 1])
    for other in (plateau, surge, decline):
        assert np.array_equal(other[:last + 1], trend[:last + 1])
    assert np.allclose(plateau[last:], plateau[last])
    assert surge[-1, chn] / surge[last, chn] == pytest.approx(np.exp(0.1 * 6)) and np.array_equal(surge[:, usa], trend[:, usa])
    assert decline[-1, kor] / decline[last, kor] == pytest.approx(np.exp(-0.04 * 6))
    growth = np.log(trend[last] / trend[last - 1])
    assert np.log(trend[last + 1] / trend[last]) == pytest.approx(0.85 * growth)


def test_years_that_do_not_fit_the_panel_are_refused(data_dir: Path) -> None:
    for override, message in (("world.panel.known_until=2030", "2030 is not in the panel"), ("world.burn_in_year=1997", "leaves no burn-in"),
                              ("world.panel.fit_from=1990", "1990 lies before the panel")):
        with pytest.raises(UserError, match=message):
            panel_paths(Config.load("world=scholars", f"world.data_dir={data_dir}", override))
    with pytest.raises(UserError, match=r"world\.data_dir: no folder is given"):
        panel_paths(Config.load("world=scholars"))
    with pytest.raises(UserError, match="less than five years"):
        Config.load("world=scholars", "world.panel.known_until=2006")


def test_the_filter_has_the_likelihood_of_the_joint_normal() -> None:
    """Against the dense covariance of all values after the first, given the first."""
    drift, n = Drift(level=0.02, slope=0.01, first_slope=0.05, noise=0.03, damping=0.7), 6
    variance = np.linspace(0.01, 0.05, n)
    transition, noise = np.array([[1.0, 1.0], [0.0, 0.7]]), np.diag([0.02, 0.01])
    state = [np.diag([variance[0] + drift.noise, drift.first_slope])]
    for _ in range(n - 1):
        state.append(transition @ state[-1] @ transition.T + noise)
    covariance = np.empty((n - 1, n - 1))
    for i in range(1, n):
        for j in range(i, n):
            cross = state[i] @ np.linalg.matrix_power(transition, j - i).T
            covariance[i - 1, j - 1] = covariance[j - 1, i - 1] = cross[0, 0] + (i == j) * (variance[i] + drift.noise)
    seen = np.random.default_rng(1).normal(size=n)
    expected = stats.multivariate_normal(np.full(n - 1, seen[0]), covariance).logpdf(seen[1:])
    assert run_filter(seen[:, None], variance[:, None], drift).log_likelihood == pytest.approx(expected)


def test_effects_add_up_and_a_straight_trend_goes_on(panel: Panel) -> None:
    lived = replay(panel.until(2014), LAW, 1973, 0.05)
    effects = take_apart(lived.corridor[-11:], lived.exposure[-11:])
    total = effects.mean + effects.origin[:, :, None] + effects.destination[:, None, :] + effects.residual
    off = ~np.eye(20, dtype=bool)
    assert total[:, off] == pytest.approx(lived.corridor[-11:][:, off])
    assert effects.destination.mean(axis=1) == pytest.approx(0.0, abs=1e-12)

    steady = Drift(level=1e-9, slope=1e-9, first_slope=1.0, noise=1e-9, damping=1.0)
    corridor = np.where(off, -5.0, 0.0) + np.where(off, 0.1, 0.0) * np.arange(11)[:, None, None]
    even = take_apart(corridor, np.full_like(corridor, 1e9))
    ahead = forecast_corridors(even, dict.fromkeys(("origin", "destination", "corridor"), steady), 3)
    assert ahead[:, off] == pytest.approx(np.array([-3.9, -3.8, -3.7])[:, None] * np.ones(380), abs=1e-4)
    without = forecast_corridors(even, dict.fromkeys(("origin", "destination", "corridor"), steady), 3, world_trend=0.0)
    assert without[:, off] == pytest.approx(-4.0, abs=0.11)
