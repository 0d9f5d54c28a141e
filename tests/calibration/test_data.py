"""What the AI world is calibrated to: targets and priors as data, runs kept by content, experiments that change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from talentsim.calibration import simulated
from talentsim.calibration.experiments import OUTCOMES
from talentsim.calibration.measured import INDICATORS, Shown, simulate_targets
from talentsim.calibration.priors import figures_of, parameters_for
from talentsim.calibration.scorecard import forecasts, history_off, interval_score, scorecard, summary
from talentsim.calibration.simulated import simulated_figures
from talentsim.calibration.targets import ROLES, Target, roles_of_facts, targets_of
from talentsim.calibration.waves import chi2_of
from talentsim.commands.calibrate import FITS
from talentsim.config import Config
from talentsim.data.facts import facts
from talentsim.data.posterior import draws_named, shipped_draws
from talentsim.ensemble.draws import draws_of, figure_at, held_keys, with_figures
from talentsim.measures.observers import author_shares
from talentsim.model.simulation import Simulation
from talentsim.report.terminal.calibration import scorecard_lines
from worlds import edited


def test_every_target_says_what_it_rests_on() -> None:
    targets = targets_of("ai")
    assert len({each.id for each in targets}) == len(targets)
    for each in targets:
        assert each.fact in facts(), each.id
        assert each.role in ROLES and each.sampling > 0 and each.counts, each.id
        kind = each.indicator["kind"]
        assert kind in INDICATORS or (kind == "experiment" and each.indicator["outcome"] in OUTCOMES), each.id
    assert {role for each in roles_of_facts("ai").values() for role in each.split(", ")} == set(ROLES)


def test_nothing_of_2020_or_later_is_fitted_but_what_is_given_to_the_model() -> None:
    for each in targets_of("ai"):
        if each.role == "calibrate":
            asked = each.indicator
            years = [asked.get("year", 0), *(look[2] for look in asked.get("looks", ())), *asked.get("years", [0])] if asked["kind"] != "experiment" else [asked["year"]]
            assert max(years) <= 2019, each.id
    assert "held_out" not in FITS["ai_2019"][1]


def test_every_prior_stays_within_the_ranges_of_its_figures(ai: Config) -> None:
    parameters = parameters_for(ai)
    for rank in (0.0, 1.0):
        figures = figures_of(ai, parameters, [float(each.from_rank(np.array(rank))) for each in parameters])
        with_figures(ai, figures)                           # refuses what leaves a range
    assert len({key for each in parameters for key in each.keys}) == sum(len(each.keys) for each in parameters)


@pytest.mark.parametrize("name", shipped_draws())
def test_shipped_draws_fit_the_shipped_world(ai: Config, name: str) -> None:
    """Every key is a figure with one value, and no draw leaves its range; a figure changed since keeps its own value and is told."""
    draws = draws_named(name)
    arm = ai.model_copy(update={"parameters": ai.parameters.model_copy(update={"draws": name})})
    assert len(draws) == 256 and draws_of(arm) is draws
    assert set(held_keys(arm)) == {key for key in draws.keys if (figure := figure_at(ai, key)) is not None and figure.value != draws.point[key]}
    for key, column in zip(draws.keys, draws.values.T, strict=True):
        figure = figure_at(ai, key)
        assert figure is not None, key
        assert figure.range is None or (figure.range[0] <= column.min() and column.max() <= figure.range[1]), key


def test_runs_are_kept_by_what_they_are(tmp_path: Path) -> None:
    config = Config.load("world=toy", "executor=serial", "world.end_year=2020")
    targets = [Target("stock", "stock", "", {"kind": "stock", "work": ["USA"], "year": 2018}, 1.0, "thousands", "log", 0.1, 0.1, "calibrate")]
    figures = [{"behaviour.location.first_move": value} for value in (2.5, 3.0)]
    first = simulated_figures(config, figures, targets, tmp_path)
    times = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    seen: list[tuple[int, int]] = []
    again = simulated_figures(config, [*figures, {"behaviour.location.first_move": 3.5}], targets, tmp_path, tick=lambda *at: seen.append(at))
    assert seen == [(2, 3), (3, 3)] and np.array_equal(again[:2], first)
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in times} == times


def test_an_experiment_that_changes_nothing_has_no_effect() -> None:
    config = Config.load("world=toy", "executor=serial", "world.end_year=2016", "population.scale=5.0")
    same = {"lever": "pay", "countries": ["USA"], "change": "multiply", "value": 1.0}
    asked = {"kind": "experiment", "year": 2012, "years": 2, "one": same, "other": same, "outcome": "foreign_students"}
    more = {**asked, "other": {**same, "value": 1.5}}
    made = [Target(name, name, "", each, 0.0, "%", "points", 1.0, 1.0, "calibrate") for name, each in (("none", asked), ("pay", more))]
    shown = simulate_targets(config, 0, made)
    assert shown["none"] == 0.0 and shown["pay"] > 0.0


def test_the_scorecard_puts_misses_first_and_scores_intervals() -> None:
    def made(name: str, observed: float, **more: object) -> Target:
        return Target(name, name, "", {"kind": "stay", "looks": [[0, 0, 2021]]}, observed, "%", "points", 3.0, 4.0, "held_out", **more)

    targets = [made("met", 60.0, earlier={2013: 58.0, 2015: 59.0, 2017: 60.0}), made("missed", 90.0, earlier={2017: 88.0})]
    shown = np.random.default_rng(1).normal(60.0, 2.0, size=(64, 2))
    card = scorecard(targets, shown)
    assert list(card["target"]) == ["missed", "met"] and list(card["inside"]) == [False, True]
    met = card.set_index("target").loc["met"]
    assert met["high"] - met["low"] == pytest.approx(2 * 1.645 * np.hypot(5.0, 2.0), rel=0.06)
    assert interval_score(targets[0], 50.0, 70.0) == pytest.approx(4.0)
    assert interval_score(targets[1], 50.0, 70.0) == pytest.approx((20.0 + 20.0 * 20.0) / 5.0)
    scored = forecasts(targets, shown)
    assert set(scored[scored["target"] == "met"]["forecast"]) == {"model", "no change", "linear trend"}
    assert bool(scored[(scored["target"] == "missed") & (scored["forecast"] == "no change")]["inside"].iloc[0])
    assert isinstance(scored, pd.DataFrame)
    shown[:, 1] = np.nan        # a small population has nobody to speak of, in any draw
    card = scorecard(targets, shown)
    assert list(card["target"]) == ["missed", "met"] and np.isnan(card["median"][0]) and not card["inside"][0]
    assert summary(card)[["targets", "inside"]].to_numpy().tolist() == [[1, 1]] and set(forecasts(targets, shown)["target"]) == {"met"}
    assert "nobody" in str([*next(scorecard_lines({"scorecard": card, "summary": summary(card), "forecasts": scored}, [])).columns[5].cells])


def test_authors_are_counted_as_the_observers_count_them(plain_toy: dict[str, Any]) -> None:
    """Of rates by year, too: the one of the year, not the series' last value."""
    part = {"unit": "relative to the other countries", "range": [0, 5], "evidence": "assumed"}
    config = edited(plain_toy, {"world.end_year": 2016, "observers.conferences.neurips.participation.CHN": {
        "level": {**part, "value": {2012: 0.3, 2024: 3.0}}, "growth": {**part, "value": 0.0}}})
    run = Simulation(config)
    while not run.is_over:
        run.step()
    shown = Shown(run.tables(), config)
    for by in ("work", "origin", "training"):
        shares = author_shares(shown.tables.agents("works"), config.observers.conferences["neurips"], by).set_index(["year", "country"])["share"]
        asked = {"kind": "authors", "year": 2015, "where": {by: ["CHN"]}}
        assert shown.value(asked) == pytest.approx(100.0 * shares[2015, "CHN"])


def test_policies_of_one_title_and_what_nobody_shows_are_told_apart() -> None:
    target = Target("x", "x", "none", {"kind": "formula"}, 10.0, "index", "points", 1.0, 0.0, "calibrate")
    table = history_off([target], np.array([[11.0], [12.0]]), {"a": np.array([[13.0], [np.nan]])}).iloc[0]
    assert table.moved == pytest.approx(2.0) and table.chi2_change == pytest.approx((9.0 - 1.0) / 2)


def test_bands_of_shares_stay_within_what_can_be() -> None:
    """Those of a straight line, too: one from -76 to 203 % made the simple forecast look worse than it is."""
    shown = np.full((8, len(targets_of("ai"))), 50.0)
    table = forecasts(targets_of("ai"), shown)
    shares = table[table.target.isin([each.id for each in targets_of("ai") if each.unit == "%" and each.scale == "points"])]
    assert (shares.forecast == "linear trend").sum() == 5 and shares.low.ge(0.0).all() and shares.high.le(100.0).all()


def test_what_a_run_does_not_show_counts_neither_way() -> None:
    targets = [Target(name, name, "none", {"kind": "formula"}, 10.0, "index", "points", 1.0, 0.0, "calibrate") for name in "ab"]
    assert chi2_of(targets, np.array([[12.0, np.nan]]), ("calibrate",)) == 4.0


def test_runs_measured_by_other_code_are_other_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_toy: dict[str, Any]) -> None:
    config = edited(plain_toy, {"world.end_year": 2004, "world.start_year": 2003}, executor={"kind": "serial"})
    target = Target("x", "x", "none", {"kind": "stock", "year": 2004}, 1.0, "thousands", "log", 1.0, 0.0, "calibrate")
    for _ in range(2):
        simulated_figures(config, [{}], [target], tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr(simulated, "MEASURING", (*simulated.MEASURING, "measures/lives.py"))
    simulated_figures(config, [{}], [target], tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
