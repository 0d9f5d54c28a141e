"""Calibration recovers what was planted: intervals hold the truth as often as they say, on formulas and on the agents of a small world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from talentsim.calibration import sampler
from talentsim.calibration.emulator import fit_emulator, restored, slopes, transformed
from talentsim.calibration.priors import CalibratedParameter, values_from_normal
from talentsim.calibration.sampler import KNOWN, ensemble_sample, latin_hypercube
from talentsim.calibration.simulated import simulated
from talentsim.calibration.targets import Target
from talentsim.calibration.waves import Calibration, Runs, earlier_runs, runs_table
from talentsim.config import Config
from talentsim.config.calibration import CalibrationConfig

N_WORLDS = 20
NAMES = ("one", "two", "three", "four")
PARAMETERS = tuple(CalibratedParameter(name, "all", (), "set", "uniform", -1.0, 1.0) for name in NAMES)


def target(name: str, observed: float, unit: str = "index", scale: str = "points", tolerance: float = 0.1, **indicator: object) -> Target:
    return Target(name, name, "none", indicator or {"kind": "formula"}, observed, unit, scale, tolerance, 0.0, "calibrate")


def formulas(values: np.ndarray) -> np.ndarray:
    """Six things seen of four parameters, curved and crossed."""
    a, b, c, d = values.T
    return np.stack([a + 0.3 * b, b - 0.5 * c + 0.2 * a * b, np.exp(0.5 * c), d + 0.4 * d**2, a * d + c, 0.5 * b + d], axis=1)


def calibrated(truth: np.ndarray, noise: float, seed: int) -> Calibration:
    numbers = np.random.default_rng(seed)
    seen = formulas(truth[None])[0] + 0.1 * numbers.normal(size=6)
    targets = [target(str(place), float(value)) for place, value in enumerate(seen)]
    settings = CalibrationConfig(first=60, waves=[30], draws=300, walkers=48, steps=20, seed=seed)
    return Calibration(PARAMETERS, targets, settings, lambda values, _: formulas(values) + noise * numbers.normal(size=(len(values), 6)),
                       {"all": ("calibrate",)}).run()


def inside(draws: np.ndarray, truth: np.ndarray) -> np.ndarray:
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    return (low <= truth) & (truth <= high)


def test_intervals_hold_what_was_planted_as_often_as_they_say() -> None:
    held = []
    for seed in range(1, 6):
        truth = np.random.default_rng(seed).uniform(-0.9, 0.9, 4)
        held.append(inside(calibrated(truth, 0.03, seed).values("all"), truth))
    assert 0.7 <= np.mean(held) <= 1.0                      # 20 intervals of 90 %: below 0.7 by chance once in 90


def test_the_data_narrow_what_they_bear_on_and_nothing_else() -> None:
    seen = formulas(np.zeros((1, 4)))[0]
    blind = [target(str(place), float(value)) for place, value in enumerate(seen)][:1]        # one and two in a sum, three and four not at all
    settings = CalibrationConfig(first=60, waves=[30], draws=400, walkers=48, steps=20)
    found = Calibration(PARAMETERS, blind, settings, lambda values, _: formulas(values)[:, :1], {"all": ("calibrate",)}).run()
    ratio = found.identifiability("all").set_index("parameter")["sd_ratio"]
    assert ratio["one"] < 0.5 and ratio["three"] > 0.85 and ratio["four"] > 0.85
    together = np.corrcoef(found.draws["all"][:, :2].T)[0, 1]
    assert together < -0.3                                  # what one has more, the other has less


def test_runs_of_another_version_tell_slopes_and_not_levels() -> None:
    truth = np.array([0.4, -0.3, 0.5, -0.6])
    seen = formulas(truth[None])[0]
    targets = [target(str(place), float(value)) for place, value in enumerate(seen)]
    z = norm.ppf(latin_hypercube(80, 4, 11))
    before = Runs(z, formulas(values_from_normal(PARAMETERS, z)) + 0.7, np.full(80, "before"))            # another level, the same slopes
    settings = CalibrationConfig(first=24, waves=[12], draws=300, walkers=48, steps=20)
    found = Calibration(PARAMETERS, targets, settings, lambda values, _: formulas(values), {"all": ("calibrate",)}, earlier=before).run()
    draws = found.values("all")
    assert len(found.z) == 36
    assert inside(draws, truth).all()
    assert (draws.std(axis=0) < 0.25).all()


def test_a_calibration_begins_from_all_that_another_knew() -> None:
    """Its table gives back its runs; with them counted as one's own two small waves find what all of them found."""
    truth = np.array([0.4, -0.3, 0.5, -0.6])
    targets = [target(str(place), float(value)) for place, value in enumerate(formulas(truth[None])[0])]
    asked: list[int] = []

    def simulate(values: np.ndarray, first: int) -> np.ndarray:
        asked.append(first)
        return formulas(values)

    sizes = {"draws": 300, "walkers": 48, "steps": 25}
    one = Calibration(PARAMETERS, targets, CalibrationConfig(first=60, waves=[30], **sizes), simulate, {"all": ("calibrate",)}, version="mine").run()
    known = earlier_runs(runs_table(one), PARAMETERS, targets, {})
    assert np.array_equal(known.z, one.z) and np.array_equal(known.shown, one.shown) and set(known.version) == {"mine"}
    asked.clear()
    two = Calibration(PARAMETERS, targets, CalibrationConfig(first=10, waves=[10], **sizes), simulate, {"all": ("calibrate",)}, earlier=known,
                      version="mine").run()
    assert asked == [90, 100] and len(two.known().z) == 110                # each run has luck of its own
    moved = np.abs(two.draws["all"].mean(axis=0) - one.draws["all"].mean(axis=0)) / one.draws["all"].std(axis=0)
    assert (moved < 0.4).all()                              # few walkers and steps: means are known to a tenth


def test_the_sampler_meets_a_normal_posterior_in_closed_form() -> None:
    def log_likelihood(z: np.ndarray) -> np.ndarray:
        return -0.5 * ((z[:, 0] - 1.0) / 0.1) ** 2 - 0.5 * ((z[:, 1] + z[:, 0] - 0.5) / 0.2) ** 2

    draws, error = ensemble_sample(log_likelihood, 6, 200, 150, 3, 3000)
    covariance = np.linalg.inv(np.array([[126.0, 25.0], [25.0, 26.0]]))
    mean = covariance @ np.array([112.5, 12.5])
    assert draws[:, :2].mean(axis=0) == pytest.approx(mean, abs=0.05)
    assert draws[:, :2].std(axis=0) == pytest.approx(np.sqrt(np.diag(covariance)), rel=0.15)
    assert draws[:, 2:].std(axis=0) == pytest.approx(np.ones(4), rel=0.12)
    off = np.append((draws[:, :2].mean(axis=0) - mean) / np.sqrt(np.diag(covariance)), draws[:, 2:].mean(axis=0))
    assert error < KNOWN and np.sqrt(np.mean(off**2)) < 3 * KNOWN


def test_walkers_go_on_until_they_have_arrived_and_their_draws_are_in_no_order() -> None:
    """From the middle of thirty dimensions sixty steps do not arrive, and are gone on from; from draws of the posterior, too; the first quarter
    stands for all."""
    def log_likelihood(z: np.ndarray) -> np.ndarray:
        return -0.5 * (((z - 2.0) / 0.2) ** 2).sum(axis=1)

    mean, sd = 2.0 / 1.04, (1 / 26.0) ** 0.5
    there = mean + sd * np.random.default_rng(1).normal(size=(300, 30))
    for start in (None, there):
        draws, error = ensemble_sample(log_likelihood, 30, 100, 60, 3, 1200, start)
        assert np.sqrt(np.mean((draws.mean(axis=0) - mean) ** 2)) < 4 * max(error, KNOWN) * sd
        assert draws.std(axis=0) == pytest.approx(np.full(30, sd), rel=0.25)
        assert np.abs(draws[:300].mean(axis=0) - draws.mean(axis=0)).max() < 0.5 * sd


def test_a_crowd_that_has_not_arrived_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "LONGER", 0)
    draws, error = ensemble_sample(lambda z: -0.5 * (((z - 2.0) / 0.2) ** 2).sum(axis=1), 30, 100, 60, 3, 1200)
    assert error > 5 * KNOWN and abs(draws.mean() - 2.0 / 1.04) > 0.2


def test_priors_and_their_scores_turn_into_each_other() -> None:
    kinds = [CalibratedParameter("a", "", (), "set", "uniform", -2.0, 3.0), CalibratedParameter("b", "", (), "set", "loguniform", 0.5, 8.0),
             CalibratedParameter("c", "", (), "set", "normal", 0.03, 0.2, 0.12, 0.05)]
    z = np.linspace(-2.5, 2.5, 41)
    for each in kinds:
        values = each.from_normal(z)
        assert (np.diff(values) > 0).all() and values[0] >= each.low and values[-1] <= each.high
        assert each.to_normal(values) == pytest.approx(z, abs=1e-6)
    cube = latin_hypercube(50, 3, 1)
    assert all(len(set((50 * column).astype(int))) == 50 for column in cube.T)


def curved(ranks: np.ndarray) -> np.ndarray:
    """Six things whose curves a small design cannot show."""
    a, b, c, d = (2 * ranks - 1).T
    return np.stack([np.sin(2 * a + b), np.tanh(3 * b - c), np.exp(c - d), np.cos(2 * d) + a, a * d + np.sin(2 * c), np.sin(2 * b * d)], axis=1)


def test_the_emulator_knows_how_wrong_it_is() -> None:
    """Over the whole prior, what a run misses it by, over what it says, is about a standard normal: most of it curve, or most of it luck."""
    numbers = np.random.default_rng(5)
    ranks, fresh = latin_hypercube(60, 4, 2), latin_hypercube(400, 4, 9)
    luck = np.array([0.05, 0.05, 0.05, 0.4, 0.4, 0.4])
    emulated, variance = fit_emulator(ranks, curved(ranks) + luck * numbers.normal(size=(60, 6))).predicted(fresh)
    scaled = (emulated - curved(fresh) - luck * numbers.normal(size=(400, 6))) / np.sqrt(variance)
    assert (scaled.std(axis=0) > 0.5).all() and (scaled.std(axis=0) < 1.6).all()
    assert 0.82 < np.mean(np.abs(scaled) < norm.ppf(0.95)) < 0.98


def test_the_error_of_the_emulator_grows_away_from_its_runs() -> None:
    """Runs of one corner of the prior do not pass for knowledge of the opposite one."""
    corner = 0.1 + 0.3 * latin_hypercube(60, 4, 2)
    near, far = 0.1 + 0.3 * latin_hypercube(200, 4, 9), 0.6 + 0.3 * latin_hypercube(200, 4, 9)
    emulator = fit_emulator(corner, curved(corner) + 0.05 * np.random.default_rng(5).normal(size=(60, 6)))
    (_, close), (guessed, wide) = emulator.predicted(near), emulator.predicted(far)
    assert (np.median(wide, axis=0) > 4.0 * np.median(close, axis=0)).all()
    assert np.mean(np.abs(guessed - curved(far)) < 2.0 * np.sqrt(wide)) > 0.6


def test_targets_come_back_from_the_scale_they_are_emulated_on() -> None:
    targets = [target("share", 40.0, "%", kind="stay"), target("count", 900.0, "people", "log"), target("effect", -10.0, "%", kind="experiment")]
    values = np.array([[12.0, 100.0, -30.0], [80.0, 5000.0, 4.0]])
    assert restored(targets, transformed(targets, values)) == pytest.approx(values)
    step = 1e-5
    moved = restored(targets, transformed(targets, values) + step)
    assert (moved[:, 0] - values[:, 0]) / step == pytest.approx(slopes(targets, values)[:, 0], rel=1e-3)


TOY = (CalibratedParameter("move", "moving", ("behaviour.graduation.move",), "set", "uniform", 1.0, 4.5),
       CalibratedParameter("strength", "study", ("behaviour.study.weights.beta_eco",), "set", "uniform", 0.1, 1.9),
       CalibratedParameter("search", "moving", ("behaviour.location.onward_move",), "set", "uniform", 1.0, 4.5),
       CalibratedParameter("entry", "entry", ("world.countries.USA.entry.level",), "scale", "loguniform", 0.6, 1.6))


@pytest.mark.slow
def test_planted_worlds_of_agents_are_found_again(tmp_path: Path) -> None:
    """Twenty worlds with parameters of their own, seen through one run each: the 90 % intervals hold them as often as they should."""
    config = Config.load("world=toy", "population.scale=10.0", "executor=serial")
    shown = [target("stock", 1.0, "thousands", "log", 0.05, kind="stock", work=["USA"], year=2020),
             target("world", 1.0, "thousands", "log", 0.05, kind="stock", year=2020),
             target("stay", 1.0, "%", "points", 4.0, kind="stay", training="USA", looks=[[2010, 2014, 2018]]),
             target("begin", 1.0, "people", "log", 0.08, kind="entrants", training="USA", abroad=True, year=2015),
             target("leave", 1.0, "%", "log", 0.2, kind="hazard", country="USA", year=2018)]
    ranks = latin_hypercube(160, len(TOY), 1)
    runs = simulated(config, TOY, values_from_normal(TOY, norm.ppf(ranks)), shown, tmp_path)
    emulator = fit_emulator(ranks, transformed(shown, runs))
    planted = norm.ppf(0.1 + 0.8 * latin_hypercube(N_WORLDS, len(TOY), 7))
    seen = simulated(config, TOY, values_from_normal(TOY, planted), shown, tmp_path, 2000)
    held = []
    for z, row in zip(planted, seen, strict=True):
        errors = np.random.default_rng(len(held)).normal(size=len(shown))
        observed = [Target(**{**vars(each), "observed": float(each.spread(np.array([value]), np.array([each.tolerance * error]))[0])})
                    for each, value, error in zip(shown, row, errors, strict=True)]
        search = Calibration(TOY, observed, CalibrationConfig(), lambda values, _: values, {"all": ("calibrate",)})
        draws, _ = ensemble_sample(search.log_likelihood("all", emulator), len(TOY), 60, 600, 5, 600)
        held.append(inside(draws, z))
    assert 0.8 <= np.mean(held) <= 1.0, np.mean(held, axis=0)
