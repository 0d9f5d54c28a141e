"""Sweeps as a user starts them: real processes, launchers, kills, two at once."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from described_files import hold
from talentsim.commands.cli import run
from talentsim.ensemble.store import Store
from talentsim.report.dictionary_of_others import SWEEP

QUICK = ["world=toy", "world.burn_in_year=2004", "ensemble.replications=2"]
DOSES = ["scenario=visa_tightening", "policy.f1_refusal.value=0.1,0.4"]


def start(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "talentsim", *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, start_new_session=True)


def finish(job: subprocess.Popen[str], timeout: float = 3600) -> None:
    """Wait for a process that is to do well."""
    _, stderr = job.communicate(timeout=timeout)
    assert job.returncode == 0, stderr


def sweep(*arguments: str, cwd: Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "talentsim", "-m", *arguments], cwd=cwd, capture_output=True, text=True, timeout=timeout)


def joined(folder: Path) -> pd.DataFrame:
    """Return the table of the one whole sweep below a folder."""
    found = list(folder.rglob("sweep.parquet"))
    assert len(found) == 1
    return pd.read_parquet(found[0])


def runs(folder: Path) -> Store:
    return Store(folder / "outputs" / "store")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of two doses and two seeds, one after the other in one process."""
    folder = tmp_path_factory.mktemp("whole")
    done = sweep(*DOSES, "seed=1,2", *QUICK, "executor=serial", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "4 comparisons" in done.stdout and "4 of 4 jobs done" in done.stdout
    return folder


def test_a_sweep_is_one_tidy_table_and_one_figure(whole: Path) -> None:
    table = joined(whole)
    hold(next(whole.rglob("sweep.parquet")).parent, SWEEP, {"sweep": ["policy.f1_refusal.value", "seed"]}, ["failures"])
    assert set(table["policy.f1_refusal.value"]) == {0.1, 0.4} and set(table.seed) == {1, 2}
    assert table.difference.to_numpy() == pytest.approx((table.scenario - table.baseline).to_numpy(), abs=1e-9)
    assert table.groupby("job").size().nunique() == 1 and set(table.year) == set(range(2010, 2036))
    folder = next(whole.rglob("sweep.parquet")).parent
    assert {each.name for each in folder.iterdir() if each.is_file()} == {
        "sweep.parquet", "dose_response.png", "dose_response.svg", "manifest.json"}
    assert not list(folder.rglob("work_over_time.*")), "a job among many draws no figures unless asked"


def test_jobs_share_the_runs_of_their_baseline(whole: Path) -> None:
    """Two seeds, two replications: a baseline, a placebo for each seed, and two doses."""
    assert len(list(runs(whole))) == 2 * (2 + 1 + 2 * 2)
    table = joined(whole)
    assert table.groupby(["seed", "outcome", "country", "year"], observed=True).baseline.nunique().eq(1).all()


def test_one_failing_job_is_a_row_and_the_others_finish(tmp_path: Path) -> None:
    done = sweep("scenario=visa_tightening", "policy.f1_refusal.value=0.1,7", *QUICK, "executor=serial", cwd=tmp_path)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "1 failed" in done.stdout and "1 of 2 jobs done" in done.stdout
    folder = next(tmp_path.rglob("sweep.parquet")).parent
    hold(folder, SWEEP)        # of one comparison no key varies
    failures = pd.read_parquet(folder / "failures.parquet")
    assert "policy.f1_refusal.value=7" in failures.overrides[0] and "out of range" in failures.message[0] and failures.job[0] == 1
    assert set(joined(tmp_path)["job"]) == {0}


def test_no_failure_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["-m", "scenario=visa_tightening", "policy.f1_refusal.value=0.1,7", "ensemble.max_failures=0", *QUICK]) == 2
    assert "value 7 is out of range" in capsys.readouterr().err and not list(tmp_path.rglob("sweep.parquet"))


def test_a_sweep_whose_table_cannot_be_written_says_so(tmp_path: Path) -> None:
    """Hydra makes warnings of what its callbacks raise: here it must be an error."""
    (tmp_path / "mine" / "sweep.parquet" / "in the way").mkdir(parents=True)
    done = sweep("scenario=visa_tightening", "policy.f1_refusal.value=0.1", *QUICK, "executor=serial", "hydra.sweep.dir=mine", cwd=tmp_path)
    assert done.returncode == 2 and "cannot write to 'mine'" in done.stderr and "Traceback" not in done.stderr


def test_a_sweep_of_mistakes_alone_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["-m", "scenario=visa_tightning,nothing", *QUICK]) == 2
    said = capsys.readouterr().err
    assert "did you mean 'visa_tightening'" in said and "Traceback" not in said


@pytest.mark.parametrize("launcher", [pytest.param("joblib", marks=pytest.mark.slow), pytest.param("submitit_local", marks=pytest.mark.slow)])
def test_launchers_give_the_same_table(tmp_path: Path, whole: Path, launcher: str) -> None:
    done = sweep(f"hydra/launcher={launcher}", *DOSES, "seed=2", *QUICK, "executor=serial", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    expected = joined(whole).query("seed == 2").drop(columns=["job", "overrides", "seed"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(joined(tmp_path).drop(columns=["job", "overrides"]), expected)


THOUSAND = ["-m", "scenario=visa_tightening", "policy.f1_refusal.value=0.0,0.05,0.1,0.15,0.2,0.25,0.3,0.35,0.4,0.45,0.5,0.55",
            "seed=1,2,3,4,5", "world=toy", "world.burn_in_year=2009", "world.end_year=2027", "ensemble.replications=16",
            "executor.workers=2"]


@pytest.mark.slow
def test_a_thousand_runs_killed_five_times_are_those_of_one_that_was_not(tmp_path: Path) -> None:
    """Signal 9 to every process of the sweep, at random moments; then the same command to its end."""
    uncut, cut = tmp_path / "uncut", tmp_path / "cut"
    for folder in (uncut, cut):
        folder.mkdir()
    began = time.perf_counter()
    finish(start(*THOUSAND, cwd=uncut))
    alone = time.perf_counter() - began
    moments, n_runs = random.Random(4), []
    for _ in range(5):
        job = start(*THOUSAND, cwd=cut)
        time.sleep(moments.uniform(0.1, 0.35) * alone)
        os.killpg(job.pid, signal.SIGKILL)
        job.communicate()
        n_runs.append(len(list(runs(cut))))
    assert n_runs == sorted(n_runs) and n_runs[-1] > 0
    finish(start(*THOUSAND, cwd=cut))
    pd.testing.assert_frame_equal(joined(cut), joined(uncut))
    assert set(runs(cut)) == set(runs(uncut)) and len(list(runs(cut))) == 5 * (16 + 1 + 12 * 16)
    print(f"\n{len(list(runs(cut)))} runs: {alone:.0f} s uncut; stored after each kill: {n_runs}")


@pytest.mark.slow
def test_a_killed_dask_worker_costs_nothing_but_time(tmp_path: Path) -> None:
    """Two worker processes, one of them killed while they are at it."""
    plain, harmed = tmp_path / "plain", tmp_path / "harmed"
    for folder in (plain, harmed):
        folder.mkdir()
    command = ["-m", *DOSES, "seed=1,2", "world=toy", "population.scale=20.0", "ensemble.replications=8"]
    finish(start(*command, "executor=serial", cwd=plain))
    job = start(*command, "executor=dask", "executor.workers=2", cwd=harmed)
    while len(list(runs(harmed))) < 3:
        assert job.poll() is None
        time.sleep(0.05)
    os.kill(random.Random(1).choice(_workers_below(job.pid)), signal.SIGKILL)
    finish(job)
    pd.testing.assert_frame_equal(*(joined(folder).drop(columns="overrides") for folder in (harmed, plain)))


def _workers_below(parent: int) -> list[int]:
    """Return the processes that dask has started for its workers: spawned children, trackers of resources left out."""
    import psutil

    children = psutil.Process(parent).children(recursive=True)
    return [each.pid for each in children if "spawn_main" in " ".join(each.cmdline())]


@pytest.mark.slow
def test_two_sweeps_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    command = ["-m", *DOSES, "seed=1,2,3,4", "world=toy", "ensemble.replications=8", "output.figures=false"]
    jobs = [start(*command, cwd=tmp_path) for _ in range(2)]
    for job in jobs:
        finish(job)
    tables = [pd.read_parquet(path) for path in tmp_path.rglob("sweep.parquet")]
    pd.testing.assert_frame_equal(*tables)
    store = runs(tmp_path)
    assert len(list(store)) == 4 * (8 + 1 + 2 * 8) and not list((store.folder / "parts").iterdir())
    for each in store:
        store.verify(each)
    hosts = {json.loads((store.folder / each / "manifest.json").read_text())["process"] for each in store}
    assert len(hosts) >= 2, "both sweeps have computed some"


@pytest.mark.slow
def test_ten_thousand_runs_are_read_quickly(tmp_path: Path) -> None:
    """Ten thousand stored runs, copies of a few: into one table within 10 s and 1 GiB, in a process of its own."""
    script = """
import resource, shutil, sys, time
from pathlib import Path
from talentsim.config import Config
from talentsim.ensemble.ensemble import run_ensemble
from talentsim.commands.cli import run
from talentsim.ensemble.store import Store
store = Store(Path(sys.argv[1]))
made = run_ensemble(Config.load("world=toy", "executor=serial", "ensemble.replications=4"), store).ids
ids = [f"{n:020x}" for n in range(10_000)]
for n, run in enumerate(ids):
    shutil.copytree(store.folder / made[n % 4], store.folder / run)
before = time.perf_counter()
table = store.tables(ids, "outcomes")
print(time.perf_counter() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, len(table))
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    seconds, gibibytes, n_rows = map(float, re.split(r"\s+", done.stdout.strip()))
    print(f"\n10,000 runs, {n_rows:,.0f} rows: {seconds:.1f} s, {gibibytes:.2f} GiB at the most")
    assert n_rows == 10_000 * 7 * 26 * 4
    assert gibibytes < 1.0 and seconds < 10.0
