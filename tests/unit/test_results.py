"""What is written and shown says what was computed: identities, tables, bands, sides."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from talentsim.comparison.compare import compare
from talentsim.ensemble.ensemble import run_ensemble
from talentsim.ensemble.results import write_manifest, write_table
from talentsim.ensemble.store import Store
from talentsim.model.cohorts import cohort_path
from talentsim.model.model import TalentModel
from talentsim.report.terminal.summaries import diversion_summary, headline_table
from worlds import edited, policy

pytestmark = pytest.mark.whole

Plain = dict[str, Any]


def printed(table: object) -> str:
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text()


def test_the_manifest_holds_the_hash_of_every_file(tmp_path: Path) -> None:
    table = pd.DataFrame({"country": ["USA", "CHN"], "works": [1.5, 2.25]})
    files = write_table(table, tmp_path, "works", csv=True)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "works.csv"), table)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "works.parquet"), table)
    manifest = json.loads(write_manifest(tmp_path, {"overrides": ["a=b"]}, files).read_text(encoding="utf-8"))
    assert manifest["files"] == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert manifest["overrides"] == ["a=b"] and manifest["versions"]["numpy"]
    assert not list(tmp_path.glob(".*"))


def test_bands_hold_the_middle_nine_tenths(plain_toy: Plain, tmp_path: Path) -> None:
    short = {"ensemble.replications": 12, "world.burn_in_year": 2005, "world.end_year": 2030, "compare.year": 2030}
    config, store = edited(plain_toy, short), Store(tmp_path)
    rows = compare(config, config, store).over_time
    usa = rows[(rows.outcome == "work_share") & (rows.arm == "baseline") & (rows.country == "USA") & (rows.year == 2030)].iloc[0]
    works = run_ensemble(config, store).frame("works")
    made = works[works.year == 2030].pivot_table(index="replication", columns="work", values="works", aggfunc="sum", observed=False)
    single = 100 * made["USA"] / made.sum(axis=1)
    assert [usa.low, usa.high] == pytest.approx(np.quantile(single, [0.05, 0.95]).tolist())


def test_intervals_of_the_diversion_follow_the_level(plain_toy: Plain, tmp_path: Path) -> None:
    def diverted(level: float) -> pd.DataFrame:
        arms = [edited(plain_toy, {"population.scale": 10.0, "ensemble.replications": 4, "policy": changes, "compare.level": level})
                for changes in ({}, {"x": policy("pay", change="multiply", value=0.6)})]
        return compare(*arms, Store(tmp_path)).diversion

    narrow, wide = diverted(0.5), diverted(0.99)
    apart = narrow.researchers.between(0.01, np.inf) & (narrow.baseline_country != narrow.scenario_country)
    assert ((wide.high - wide.low)[apart] > 2.0 * (narrow.high - narrow.low)[apart]).all()


def test_the_diversion_table_tells_the_two_sides_apart() -> None:
    flows = pd.DataFrame({"baseline_country": ["USA", "CAN", "USA"], "scenario_country": ["CHN", "USA", "USA"],
                          "researchers": [700.0, 300.0, 5000.0], "low": 0.0, "high": 900.0})
    text = printed(diversion_summary(flows, "USA", 2035, 0.95))
    left, right = text.split("elsewhere in the baseline")
    assert "700" in left and "CHN" in left and "CAN" not in left
    assert "300" in right and "CAN" in right and "CHN" not in right


def test_the_focus_is_always_in_the_headline() -> None:
    codes = [f"C{place:02}" for place in range(20)]
    rows = pd.DataFrame({"country": codes, "unit": "% of works", "year": 2035, "baseline": 5.0, "scenario": 5.0,
                         "difference": np.linspace(2, 0, 20), "low": -1.0, "high": 1.0})
    headline = pd.concat([rows.assign(outcome=name) for name in ("work_share", "training_share", "researchers")])
    titles = {name: name for name in ("work_share", "training_share", "researchers")}
    text = printed(headline_table(headline, titles, "C19", 0.95))
    assert text.count("C19") >= 3 and "C00" in text and "C12" not in text


def test_refusals_are_counted_where_they_are_made(plain_toy: Plain) -> None:
    closed = edited(plain_toy, {"population.scale": 30.0, "policy": {
        "x": policy("student_refusal", countries=["USA"], origins=["CHN"], start=2010, change="set", value=1.0)}})
    open_ = edited(plain_toy, {"population.scale": 30.0})

    def refused(config: Any) -> np.ndarray:
        return TalentModel(config).run().dense("visas", "refused", "country", "origin")

    more = (refused(closed) - refused(open_)).sum(axis=0)
    usa, china = (list(closed.world.countries).index(code) for code in ("USA", "CHN"))
    assert more[usa, china] > 100 and np.unravel_index(more.argmax(), more.shape) == (usa, china)


def test_strength_is_told_relative_to_the_worlds_geometric_mean(toy: Any) -> None:
    strength = TalentModel(toy).run().strength
    assert np.exp(np.log(strength).mean(axis=1)) == pytest.approx(np.ones(len(strength)))


def test_a_plateau_is_flat(plain_toy: Plain) -> None:
    config = edited(plain_toy, {"entry.damping": 0.0})
    path = cohort_path(config)[2024 - config.world.burn_in_year:]
    assert np.allclose(path, path[0])
