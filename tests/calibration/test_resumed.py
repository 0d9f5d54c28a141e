"""A calibration that is killed goes on where it was, and finds the same posterior to the byte."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from described_files import FIT, hold
from talentsim.calibration.priors import parameters_for
from talentsim.calibration.targets import targets_of
from talentsim.commands.cli import run
from talentsim.config import Config
from talentsim.report.dictionary_of_others import CALIBRATE, VALIDATE

SMALL = ("world=ai", "calibration.scale=0.02", "calibration.first=10", "calibration.waves=[6]", "calibration.draws=8", "calibration.check=2",
         "calibration.walkers=12", "calibration.steps=30")
ENOUGH = 16         # runs on disk: those that tell the noise are done, the first design has begun


def calibrate(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "talentsim", "calibrate", *SMALL, f"output.dir={folder}", *more],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def kept(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / "calibration" / "runs").glob("*.json")}


def found(folder: Path) -> dict[str, bytes]:
    tables = [*folder.glob("*/*-calibrate/ai*.csv"), *folder.glob("*/*-calibrate/ai*.json")]
    return {path.name: path.read_bytes() for path in tables}


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["executor=serial", "executor=processes"])
def test_a_killed_calibration_finds_the_same_posterior(tmp_path: Path, executor: str) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    assert calibrate(whole, "executor=serial").wait() == 0
    killed = calibrate(torn, executor)
    until = time.monotonic() + 600
    while len(kept(torn)) < ENOUGH:
        assert killed.poll() is None and time.monotonic() < until, "it ended before it could be killed, or is too slow"
        time.sleep(0.05)
    os.killpg(killed.pid, signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    before = kept(torn)
    assert not found(torn) and len(before) < len(kept(whole))
    assert calibrate(torn, executor).wait() == 0
    assert found(torn) == found(whole) and set(found(whole)) >= {"ai.csv", "ai.json", "ai_2019.csv", "ai_prior.csv"}
    assert set(kept(torn)) == set(kept(whole)) and {name: kept(torn)[name] for name in before} == before       # nothing twice


@pytest.mark.slow
def test_a_calibration_begins_from_the_runs_of_another(tmp_path: Path) -> None:
    """Runs of the same version count as one's own, those of another beside them; the table has all, each with its version."""
    one, two = tmp_path / "one", tmp_path / "two"
    assert calibrate(one, "executor=serial").wait() == 0
    runs = pd.read_parquet(next(one.glob("*/*-calibrate/runs.parquet")))
    assert runs["version"].nunique() == 1
    mixed = tmp_path / "mixed.parquet"
    pd.concat([runs, runs.head(5).assign(version="before")], ignore_index=True).to_parquet(mixed)
    assert calibrate(two, "executor=serial", f"calibration.earlier={mixed}").wait() == 0
    folder = next(two.glob("*/*-calibrate"))
    targets, parameters = {each.id for each in targets_of("ai")}, parameters_for(Config.load("world=ai"))
    hold(folder, CALIBRATE, {"runs": targets | {f"z {each.name}" for each in parameters}, f"{FIT}_checked": targets,
                             FIT: {key for each in parameters for key in each.keys}})
    manifest, known = json.loads((folder / "ai.json").read_text()), pd.read_parquet(folder / "runs.parquet")
    assert (manifest["runs"], manifest["earlier_runs"]) == (2 * len(runs), 5) and manifest["settings"]["earlier"] == "mixed.parquet"
    pd.testing.assert_frame_equal(known.tail(len(runs) + 5).reset_index(drop=True), pd.read_parquet(mixed))


@pytest.mark.slow
def test_the_scorecard_is_in_the_dictionary_and_nothing_besides(tmp_path: Path) -> None:
    assert run(["validate", "history", *SMALL, "executor=serial", "output.csv=true", f"output.dir={tmp_path}"]) == 0
    (folder,) = tmp_path.glob("*/*-validate")
    hold(folder, VALIDATE)
