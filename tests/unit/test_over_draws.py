"""A comparison over draws of the parameters: medians, the middle share, its errors, and what it depends on."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from described_files import hold_comparison
from talentsim.commands.job import compare_and_write
from talentsim.comparison.pair import Pair, run_pair
from talentsim.comparison.precision import until_precise
from talentsim.comparison.sweep import join
from talentsim.config import Config, UserError
from talentsim.config.arms import load_arms
from talentsim.dashboard.answer import headline_of
from talentsim.data.posterior import draws_text
from talentsim.decide.variance_shares import UNEXPLAINED, _regressed, variance_shares
from talentsim.ensemble.bundle import packed
from talentsim.ensemble.opened import Results, open_results
from talentsim.ensemble.reasons import reasons, results_told
from talentsim.ensemble.store import open_store
from talentsim.intervals import quantile_error, quantile_interval
from talentsim.report.document.pictures import pictures_of
from talentsim.report.terminal.sweep import sweep_table
from talentsim.report.workbook import sheets_of

pytestmark = pytest.mark.whole

ADMISSION, MOVE = "behaviour.study.weights.beta_admission", "behaviour.location.first_move"
N = 30


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The toy world under thirty draws of two figures, one of which the scenario's effect cannot depend on much."""
    folder = tmp_path_factory.mktemp("draws")
    config = Config.load("world=toy")
    point = {ADMISSION: float(config.behaviour.study.weights.beta_admission), MOVE: float(config.behaviour.location.first_move)}
    rows = np.column_stack([np.linspace(0.2, 0.95, N), 3.5 + 0.5 * np.sin(np.arange(N))])
    (folder / "mine.csv").write_text(draws_text((ADMISSION, MOVE), rows), encoding="utf-8")
    manifest = {"title": "mine", "world": "toy", "point": point, "groups": {ADMISSION: "study", MOVE: "moving"},
                "parameters": {ADMISSION: "admission", MOVE: "move"}}
    (folder / "mine.json").write_text(json.dumps(manifest), encoding="utf-8")
    arms = load_arms(["world=toy", "world.burn_in_year=2002", "scenario=visa_tightening", f"parameters.draws='{folder}/mine.csv'", f"ensemble.replications={N}",
                      "compare.level=0.9", "executor=serial", f"output.dir='{folder}/out'", "output.people=false", "output.figures=false", "compare.structure=null", "compare.alone=null"])
    return folder / "results", compare_and_write(Pair(*arms), folder / "results", [], told=False)


def test_the_headline_is_the_median_and_the_middle_share_of_the_draws(results: tuple[Path, Any]) -> None:
    folder, found = results
    row = found.headline[(found.headline.outcome == "work_share") & (found.headline.country == "USA")].iloc[0]
    assert row.low < row.difference < row.high
    assert 0 < row.standard_error < row.high - row.low
    assert np.isfinite([row.low_error, row.high_error]).all()
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert f"in 90 % of {N} sets of plausible figures" in report and "from chance alone" not in report


def test_every_way_to_the_answer_gives_the_same_levels_and_difference(results: tuple[Path, Any]) -> None:
    """Headline, the page's sentence, a sweep's row and the workbook's year: medians in all of them, of levels too."""
    folder, found = results
    columns = ["baseline", "scenario", "difference", "low", "high", "standard_error"]
    told = found.headline.set_index(["outcome", "country"])[columns]
    places = ["outcome", "country"]
    swept = join([(0, {"overrides": ["scenario=visa_tightening"], "arms": json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["arms"]},
                   pd.read_parquet(folder / "differences.parquet"))])
    last = swept.table[swept.table["year"] == swept.table["year"].max()].astype({"outcome": str, "country": str})
    workbook = sheets_of(open_results(folder))["Over time"].set_index([*places, "what"])[2035]
    for rows in (headline_of(found.tables, 2035), last, workbook.unstack().reset_index()):
        one = rows.set_index(places)
        same = [name for name in columns if name in one]
        assert {"baseline", "scenario", "difference"} <= set(same)
        pd.testing.assert_frame_equal(one.loc[told.index, same], told[same], check_names=False, check_like=True)
    means = found.over_time[(found.over_time.outcome == "work_share") & (found.over_time.year == 2035) & (found.over_time.arm == "baseline")]
    assert not np.allclose(means["mean"], told.loc["work_share", "baseline"]), "here means and medians differ, or this shows nothing"
    assert swept.medians and "need not subtract" in sweep_table(swept).caption


def test_the_picture_over_time_ends_at_the_headline(results: tuple[Path, Any]) -> None:
    folder, found = results
    row = found.headline[(found.headline.outcome == "work_share") & (found.headline.country == "USA")].iloc[0]
    figure = next(each for each in pictures_of(open_results(folder)) if each.stem == "work_over_time").draw()
    panel = next(axes for axes in figure.axes if axes.get_title(loc="left") == "United States")
    ends = [float(line.get_ydata()[-1]) for line in panel.lines if len(line.get_xdata()) > 2]
    assert sorted(ends) == pytest.approx(sorted([row.baseline, row.scenario]))


def test_precision_is_that_of_the_answer_which_is_a_median(results: tuple[Path, Any]) -> None:
    folder, found = results
    arms = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["arms"]
    pair, error = until_precise(Pair(*(Config.checked(arms[name]["config"]) for name in ("baseline", "scenario"))))
    row = found.headline[(found.headline.outcome == "work_share") & (found.headline.country == pair.scenario.focus)].iloc[0]
    assert error == pytest.approx(row.standard_error)


def test_draws_that_are_others_by_now_are_told_and_not_packed(results: tuple[Path, Any]) -> None:
    """A name, or a file, may come to stand for other values than those that a result took."""
    found, store = open_results(results[0]), open_store(str(results[0].parent / "out"))
    with zipfile.ZipFile(io.BytesIO(packed(found, store))) as file:
        assert pd.read_csv(file.open("draws.csv")).columns.tolist() == [ADMISSION, MOVE]
    unsaid = Results(found.folder, {**found.manifest, "arms": {name: {key: each for key, each in arm.items() if key != "draws_sha256"} for name, arm in found.manifest["arms"].items()}})
    assert packed(unsaid, store) == packed(found, store)        # its identity says that they are the same
    told = results_told(found)
    other = replace(told, draws=dict.fromkeys(told.draws, "others"))
    assert {(each.kind, each.what) for each in reasons(told, other)} == {("draws", "baseline: values of the draws")} and not reasons(told, told)
    table = results[0].parent / "mine.csv"
    before = table.read_text(encoding="utf-8")
    try:
        table.write_text(before.replace("0.95", "0.94"), encoding="utf-8")
        for each in (found, unsaid):
            with pytest.raises(UserError, match="are not those that these results took"):
                packed(each, store)
    finally:
        table.write_text(before, encoding="utf-8")


def test_what_it_depends_on_is_asked_of_several_countries_as_of_one(results: tuple[Path, Any]) -> None:
    folder, _ = results
    arms = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["arms"]
    runs = run_pair(Pair(*(Config.checked(arms[name]["config"] | {"focus": "USA+CAN"}) for name in ("baseline", "scenario"))))
    shares = variance_shares(runs.baseline, runs.scenario)
    assert shares["share"].sum() == pytest.approx(1.0) and (shares["draws"] == N).all()


def test_every_replication_is_another_world(results: tuple[Path, Any]) -> None:
    folder, _ = results
    over_time = pd.read_parquet(folder / "over_time.parquet")
    first = over_time[(over_time.outcome == "work_share") & (over_time.country == "USA") & (over_time.year == over_time.year.min())]
    assert (first["high"] > first["low"]).all()             # parameters differ from the first year on, in both arms


def test_what_it_depends_on_is_told_and_sums_to_the_whole(results: tuple[Path, Any]) -> None:
    assert "variance_shares" in hold_comparison(results[0])
    shares = pd.read_parquet(results[0] / "variance_shares.parquet")
    assert shares["share"].sum() == pytest.approx(1.0)
    assert shares["group"].iloc[-1] == UNEXPLAINED and shares["draws"].iloc[0] == N


def test_shares_of_variance_find_what_made_the_spread() -> None:
    x = np.random.default_rng(1).normal(size=(120, 12))
    y = 3.0 * x[:, 4] - 1.0 * x[:, 7] + 0.3 * np.random.default_rng(2).normal(size=120)
    chosen, shares, r2 = _regressed(x, y)
    assert chosen[:2] == [4, 7] and r2 > 0.97
    assert shares[0] == pytest.approx(0.9, abs=0.05) and shares[1] == pytest.approx(0.1, abs=0.05)


def test_error_of_quantiles_is_that_of_samples_drawn_anew() -> None:
    samples = np.random.default_rng(3).normal(size=(64, 4000))
    for at in (0.05, 0.5, 0.95):
        claimed, real = float(np.median(quantile_error(samples, at))), float(np.quantile(samples, at, axis=0).std())
        assert claimed == pytest.approx(real, rel=0.2), at
    middle, low, high = quantile_interval(samples[:, :1], 0.9)
    assert (low < middle).all() and (middle < high).all()
    assert np.isnan(quantile_error(samples[:1], 0.5)).all()
