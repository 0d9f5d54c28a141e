"""The command line as a user meets it: real processes, real files, real mistakes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from talentsim.commands import cli
from talentsim.ensemble.store import Store

Talentsim = Callable[..., subprocess.CompletedProcess[str]]

BASE = ["world=toy", "executor=serial", "ensemble.replications=2", "output.figures=false", "output.report=false"]
PAIR = [*BASE, "compare.structure=null", "compare.alone=null"]
"""The two arms and nothing beside them, for tests that ask of nothing else."""

ONE_STRUCTURE = [f"compare.structure.{name}=null" for name in ("entry_plateau", "entry_surge_china", "entry_surge_india", "entry_decline")]
"""One other structure instead of five: it is drawn and tabled like the others."""


def talentsim(*arguments: str, cwd: Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "HYDRA_FULL_ERROR")}
    return subprocess.run([sys.executable, "-m", "talentsim", *arguments], cwd=cwd, capture_output=True, text=True,
                          timeout=timeout, env=environment)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Talentsim:
    """The same in the tests' own process, where starting and importing are paid once: for what no process of its own is needed."""
    def talentsim_here(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(cwd)
        capsys.readouterr()
        code = cli.run(list(arguments))
        return subprocess.CompletedProcess(arguments, code, *capsys.readouterr())

    return talentsim_here


def results(folder: Path) -> Path:
    manifests = [path for path in folder.rglob("manifest.json") if "store" not in path.parts]
    assert len(manifests) == 1
    return manifests[0].parent


def runs(folder: Path) -> Store:
    return Store(folder / "outputs" / "store")


def test_main_job_writes_tables_figures_and_manifest(tmp_path: Path, here: Talentsim) -> None:
    done = here("scenario=visa_tightening", *BASE[:3], "world.burn_in_year=2002", *ONE_STRUCTURE, "output.csv=true", "output.tables=full", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Headline, 2035" in done.stdout and "focus USA" in done.stdout
    assert "check ok   before start" in done.stdout and "check ok   conservation" in done.stdout
    folder = results(tmp_path / "outputs")
    manifest = json.loads((folder / "manifest.json").read_text())
    names = {"headline", "over_time", "differences", "by_origin", "diversion", "diversion_by_year", "diverted", "parting", "sides"}
    for name in names:
        table = pd.read_parquet(folder / f"{name}.parquet")
        assert len(table) and len(table) == len(pd.read_csv(folder / f"{name}.csv"))
    assert {path.stem for path in folder.glob("*.png")} == {
        "difference_by_country", "work_over_time", "world_map", "diversion", "pathways", "corridors", "stay_curves",
        "visa_funnel", "structure"}
    assert (folder / "report.html").read_text(encoding="utf-8").count("<figure") == 9
    assert set(manifest["files"]) == {path.name for path in folder.iterdir()} - {"manifest.json"}
    assert manifest["arms"]["baseline"]["id"] != manifest["arms"]["scenario"]["id"]
    assert all(run in runs(tmp_path) for arm in manifest["arms"].values() for run in arm["runs"])
    assert manifest["versions"]["mesa"] and manifest["overrides"][0] == "scenario=visa_tightening"


def test_the_table_adds_up(tmp_path: Path, here: Talentsim) -> None:
    here("scenario=visa_opening", *PAIR, cwd=tmp_path)
    folder = results(tmp_path)
    headline = pd.read_parquet(folder / "headline.parquet")
    assert headline.difference.to_numpy() == pytest.approx((headline.scenario - headline.baseline).to_numpy(), abs=1e-9)
    for outcome in ("work_share", "training_share"):
        of = headline[headline.outcome == outcome]
        assert of.baseline.sum() == pytest.approx(100) and of.difference.sum() == pytest.approx(0, abs=1e-9)
    works = runs(tmp_path).tables(json.loads((folder / "manifest.json").read_text())["arms"]["scenario"]["runs"], "works")
    last = works[works.year == 2035]
    share = 100 * last[last.work == "USA"].groupby("run", observed=True).works.sum() / last.groupby("run", observed=True).works.sum()
    row = headline[(headline.outcome == "work_share") & (headline.country == "USA")].iloc[0]
    assert share.mean() == pytest.approx(row.scenario)


def test_placebo_is_exactly_zero_in_every_table(tmp_path: Path, here: Talentsim) -> None:
    idle = "+policy.idle={lever: pay, countries: [USA], start: 2040, change: multiply, value: 2.0}"
    done = here("scenario=baseline", idle, *PAIR, "output.tables=full", cwd=tmp_path)
    assert "check ok   placebo" in done.stdout
    folder = results(tmp_path)
    for name in ("headline", "differences"):
        table = pd.read_parquet(folder / f"{name}.parquet")
        assert (table[["difference", "low", "high"]] == 0).all(axis=None)
    diversion = pd.read_parquet(folder / "diversion.parquet")
    assert (diversion[diversion.baseline_country != diversion.scenario_country].researchers == 0).all()


def test_focus_turns_the_diversion_table(tmp_path: Path, here: Talentsim) -> None:
    done = here("scenario=visa_tightening", *PAIR, "focus=CAN", "output.tables=full", cwd=tmp_path)
    assert "focus CAN" in done.stdout and "in CAN in the baseline" in done.stdout


def test_policy_figures_can_be_set_and_switched_off(tmp_path: Path, here: Talentsim) -> None:
    off = here("scenario=return_programme", "policy.return_grant=null", *PAIR, cwd=tmp_path)
    assert "placebo" in off.stdout
    added = here("show", "world=toy", "+policy.mine={lever: pay, countries: [CAN], start: 2027, change: multiply, value: 1.2}",
                      cwd=tmp_path)
    assert "grows to 120 % of what it was, from 2027 for good" in added.stdout
    assert "144,000" in added.stdout
    set_twice = here("show", "world=toy", "+policy.mine={lever: pay, start: 2027, change: multiply, value: 1.2}",
                          "policy.mine.value=1.5", cwd=tmp_path)
    assert "grows to 150 % of what it was" in set_twice.stdout


@pytest.mark.slow
def test_any_scenario_can_be_the_baseline(tmp_path: Path, here: Talentsim) -> None:
    done = here("scenario=visa_opening", "baseline=visa_tightening", *PAIR, "output.tables=full", cwd=tmp_path)
    assert done.returncode == 0 and "f1_refusal, in the baseline alone:" in done.stdout


def test_looking_things_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)

    def told(*words: str) -> str:
        assert cli.run(list(words)) == 0
        return capsys.readouterr().out

    scenarios = talentsim("scenarios", cwd=tmp_path).stdout
    assert all(name in scenarios for name in ("baseline", "visa_tightening", "visa_opening", "return_programme"))
    shown = told("show", "scenario=visa_tightening", "world=toy")
    assert "f1_refusal: chance that a student visa is refused" in shown and "student_refusal" in shown
    assert "30 %" in shown
    parameters = told("parameters", "behaviour.location")
    assert "behaviour.location.weights.beta_pay" in parameters and "0.5 to 3" in parameters
    assert "10.1257/aer.20150237" in told("sources")
    assert not any(tmp_path.iterdir())


def test_hydras_own_options_work(tmp_path: Path) -> None:
    printed = talentsim("world=toy", "population.scale=0.5", "--cfg", "job", cwd=tmp_path)
    assert printed.returncode == 0 and "scale: 0.5" in printed.stdout


def test_help_and_version(tmp_path: Path) -> None:
    assert "scenario=visa_tightening" in talentsim("--help", cwd=tmp_path).stdout
    assert "talentsim --help" in talentsim(cwd=tmp_path).stdout
    assert talentsim("--version", cwd=tmp_path).stdout.startswith("talentsim 0.")


MISTAKES: dict[str, tuple[list[str], list[str]]] = {
    "unknown scenario": (["scenario=visa_tightning"], ["'visa_tightning'", "allowed: baseline", "did you mean 'visa_tightening'"]),
    "unknown world": (["world=tooy"], ["no world called 'tooy'", "did you mean 'toy'"]),
    "unknown country": (["focus=USSR"], ["'USSR'", "CAN, CHN, IND, USA", "did you mean 'USA'"]),
    "unknown country in a policy": (["scenario=visa_tightening", "policy.f1_refusal.countries=[UAS]"],
                                    ["policy.f1_refusal.countries", "'UAS'", "did you mean 'USA'"]),
    "unknown baseline": (["baseline=nobody"], ["no scenario called 'nobody'", "visa_opening"]),
    "misspelt key": (["population.scal=0.1"], ["population.scal", "did you mean 'population.scale'"]),
    "misspelt key of another world": (["world=scholars", "world.panel.known_untill=2017"], ["did you mean 'world.panel.known_until'"]),
    "misspelt group": (["scenaro=visa_tightening"], ["scenaro", "did you mean 'scenario'"]),
    "misspelt key with plus": (["+behaviour.exit.rte=3"], ["behaviour.exit.rte", "allowed: rate"]),
    "misspelt key of a group with plus": (["+visa.typo=3"], ["no key 'typo'"]),
    "misspelt top key with plus": (["+visas.typo=3"], ["no key 'visas'"]),
    "misspelt policy": (["scenario=visa_tightening", "policy.f1_refuse.value=0.1"], ["'f1_refuse'", "did you mean 'f1_refusal'"]),
    "misspelt field of a policy": (["scenario=visa_tightening", "policy.f1_refusal.vale=0.1"],
                                   ["policy.f1_refusal.vale", "did you mean 'value'"]),
    "wrong type": (["population.scale=big"], ["'big' (text)", "allowed: a number"]),
    "fraction for a count": (["ensemble.replications=1.5"], ["1.5", "allowed: a whole number"]),
    "word for a switch": (["output.csv=yes"], ["'yes'", "true or false"]),
    "number for a parameter": (["behaviour.exit.rate=0.04"], ["behaviour.exit.rate.value=0.04"]),
    "out of range": (["behaviour.exit.rate.value=0.9"], ["value 0.9 is out of range", "allowed: 0.02 to 0.1"]),
    "probability above one, range widened": (["behaviour.exit.rate={value: 1.5, unit: x, range: [0, 2], evidence: assumed}"],
                                             ["behaviour.exit.rate", "1.5 is out of range", "0 to 1"]),
    "pay below its bound, range widened": (["world.countries.USA.pay={value: -5, unit: x, range: [-9, 9], evidence: assumed}"],
                                           ["world.countries.USA.pay", "-5 is out of range"]),
    "key that a file does not give": (["world.countries.USA.visa.student_refusals=1"], ["student_refusals", "did you mean"]),
    "negative scale": (["population.scale=-1"], ["population.scale", "greater than 0"]),
    "policy that ends before it starts": (["scenario=visa_tightening", "policy.f1_refusal.end=2020"],
                                          ["policy.f1_refusal", "ends on 2020-12-31 before it starts on 2027-01-01"]),
    "unknown lever": (["scenario=visa_tightening", "policy.f1_refusal.lever=student_refusals"],
                      ["'student_refusals'", "did you mean 'student_refusal'"]),
    "impossible probability": (["+policy.x={lever: student_refusal, start: 2026, change: set, value: 1.5}"],
                               ["policy.x", "1.5 is out of range", "0 to 1"]),
    "origins of a lever without": (["+policy.x={lever: pay, origins: [CHN], start: 2026, change: add, value: 1}"],
                                   ["policy.x", "take `origins` out"]),
    "no year": (["+policy.x={lever: pay, start: soon, change: add, value: 1}"], ["policy.x.start", "'soon'"]),
    "end before start": (["world.end_year=2005"], ["end_year 2005 comes before start_year 2010", "2010 or later"]),
    "no replications": (["ensemble.replications=0"], ["ensemble.replications", "found 0", "greater than or equal to 1"]),
    "year not simulated": (["compare.year=1999"], ["1999 is not simulated", "2010 to 2035"]),
    "code in an override": (["+policy.x._target_=os.system"], ["`_target_` names code to run"]),
    "code for hydra": (["+hydra.callbacks.x._target_=os.system"], ["`_target_` names code to run"]),
    "no override": (["foo=[1,"], ["'foo=[1,'", "not an override"]),
    "unknown command": (["scenaros"], ["no command called 'scenaros'", "did you mean 'scenarios'"]),
    "unknown option": (["--conf-dir=x"], ["no such option", "--config-dir"]),
    "pickle": (["--experimental-rerun", "x.pickle"], ["no such option"]),
    "no folder": (["--config-dir", "nowhere"], ["no folder 'nowhere'"]),
    "path in a name": (["scenario.name=../../x"], ["scenario.name", "'../../x'"]),
}


IN_A_PROCESS = {"unknown scenario", "misspelt key", "code for hydra", "unknown option"}
"""Mistakes tried in a process of their own; the others in this one, where importing is paid once."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_one_message(tmp_path: Path, mistake: str, monkeypatch: pytest.MonkeyPatch,
                                    capsys: pytest.CaptureFixture[str]) -> None:
    arguments, words = MISTAKES[mistake]
    line = [*([] if arguments[0].startswith(("world=", "--")) or "=" not in arguments[0] else ["world=toy"]), *arguments]
    if mistake in IN_A_PROCESS:
        done = talentsim(*line, cwd=tmp_path)
        code, out, told = done.returncode, done.stdout, done.stderr
    else:
        monkeypatch.chdir(tmp_path)
        code, (out, told) = cli.run(line), capsys.readouterr()
    assert code == 2, out + told
    assert "Traceback" not in told and out == ""
    assert told.startswith("talentsim: ")
    for each in words:
        assert each in told
    assert not any(tmp_path.rglob("*")), "a mistake leaves nothing behind"


def test_a_users_file_may_not_name_code(tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "scenario"
    folder.mkdir(parents=True)
    (folder / "bad.yaml").write_text("# @package _global_\nhydra:\n  callbacks:\n    x:\n      _target_: os.system\n")
    done = talentsim("--config-dir", "mine", "world=toy", "scenario=bad", cwd=tmp_path)
    assert done.returncode == 2 and "bad.yaml" in done.stderr and "_target_" in done.stderr


def test_a_users_broken_file_is_named(tmp_path: Path, here: Talentsim) -> None:
    folder = tmp_path / "mine" / "scenario"
    folder.mkdir(parents=True)
    (folder / "broken.yaml").write_text("scenario: [1,\n")
    done = here("--config-dir", "mine", "world=toy", "scenario=broken", cwd=tmp_path)
    assert done.returncode == 2 and "broken.yaml" in done.stderr and "line" in done.stderr


def test_a_doubled_key_in_a_users_file_is_told(tmp_path: Path, here: Talentsim) -> None:
    folder = tmp_path / "mine" / "scenario"
    folder.mkdir(parents=True)
    (folder / "twice.yaml").write_text("# @package _global_\nscenario:\n  name: twice\n  title: A\n  title: B\n  description: C\n")
    done = here("--config-dir", "mine", "world=toy", "scenario=twice", cwd=tmp_path)
    assert done.returncode == 2 and "twice.yaml" in done.stderr and "duplicate key title" in done.stderr


def test_a_folder_that_cannot_be_written(tmp_path: Path, here: Talentsim) -> None:
    (tmp_path / "outputs").write_text("a file where the folder should be")
    done = here("scenario=baseline", *PAIR, cwd=tmp_path)
    assert done.returncode == 2 and "cannot write to 'outputs'" in done.stderr and "Traceback" not in done.stderr


def test_results_are_not_written_over_and_others_files_are_left_alone(tmp_path: Path, here: Talentsim) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    quick = ["scenario=baseline", *PAIR, "hydra.run.dir=mine"]
    assert here(*quick, cwd=tmp_path).returncode == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    again = talentsim(*quick, cwd=tmp_path)
    assert again.returncode == 2 and "holds results already" in again.stderr and "Traceback" not in again.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()} == before
    assert "thesis.tex" in before


@pytest.mark.parametrize("kilobytes", [pytest.param(3, marks=pytest.mark.slow), 100])
def test_a_full_disk_is_told_and_nothing_half_made_stays(tmp_path: Path, kilobytes: int) -> None:
    """A limit on the size of files, the way a quota works: no run can be written, or runs can and the comparison cannot."""
    command = (f"ulimit -f {kilobytes}; trap '' XFSZ; exec {sys.executable} -m talentsim scenario=visa_tightening {' '.join(PAIR)}")
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "cannot write to" in done.stderr and "Traceback" not in done.stderr
    kept = runs(tmp_path)
    for run in kept:
        kept.verify(run)
    assert bool(list(kept)) == (kilobytes == 100)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size and path.parent.name not in kept
                and not (path.parent.name == "checkpoints" and path.suffix == ".state")]       # whole states of shared years


def heed_interrupts() -> None:
    """Let a child heed Ctrl-C even where this suite was started by nohup or in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end_group(job: subprocess.Popen[str]) -> None:
    """End a job and all its workers, whatever became of the test."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(job.pid, signal.SIGKILL)


@pytest.mark.parametrize("executor", [pytest.param("serial", marks=pytest.mark.slow), pytest.param("threads", marks=pytest.mark.slow), "processes"])
def test_ctrl_c_keeps_whole_runs_and_nothing_else(tmp_path: Path, executor: str) -> None:
    """Interrupt a job that would take minutes, the way a terminal does: every process of the group gets the signal."""
    command = [sys.executable, "-m", "talentsim", "world=toy", "scenario=visa_tightening", "population.scale=200.0",
               f"executor={executor}", "ensemble.replications=300"]
    job = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           start_new_session=True, preexec_fn=heed_interrupts)
    try:
        deadline = time.monotonic() + 60
        while not any(tmp_path.rglob("*visa_tightening")) and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(3.0)
        os.killpg(job.pid, signal.SIGINT)
        _stdout, stderr = job.communicate(timeout=60)
    finally:
        end_group(job)
    assert job.returncode == 130, stderr
    assert "Traceback" not in stderr and "stopped by Ctrl-C" in stderr
    kept = runs(tmp_path)
    for run in kept:
        kept.verify(run)
    shown = {path for path in (tmp_path / "outputs").rglob("*") if path.is_file() and path.stat().st_size and path.parent.name not in kept}
    assert all(path.is_relative_to(kept.folder) for path in shown) and not any(path.name == "manifest.json" for path in shown)


@pytest.mark.slow
def test_results_are_written_before_they_are_printed(tmp_path: Path) -> None:
    """The reader of the output leaves at once; the results are there all the same."""
    command = f"{sys.executable} -m talentsim scenario=visa_tightening {' '.join(PAIR)} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == ""
    assert results(tmp_path)


def test_a_policy_that_never_acts_is_told(tmp_path: Path, here: Talentsim) -> None:
    done = here("scenario=return_programme", "policy.return_grant.start=2050", *PAIR, "output.tables=full", cwd=tmp_path)
    assert "no policy that differs is in force before the end of 2035" in done.stdout
    assert "(changed: Grant to those who return, China)" in done.stdout


def test_keys_are_never_cut(tmp_path: Path, here: Talentsim) -> None:
    printed = here("parameters", "world.countries.USA.visa", "world=ai", cwd=tmp_path).stdout
    cells = "".join(line.split("│")[1].strip() for line in printed.splitlines() if line.startswith("│"))
    assert "world.countries.USA.visa.years_to_permanence_by_origin.CHN" in cells and "…" not in printed


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m talentsim parameters world=toy | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == ""


def test_the_answer_fits_thirty_lines_of_a_hundred_columns(tmp_path: Path, here: Talentsim) -> None:
    """Without what is asked for beside it; the numbers are those of the tables."""
    done = here("scenario=visa_tightening", *BASE, *ONE_STRUCTURE, "focus=CAN", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.rstrip("\n").splitlines()
    assert len(lines) <= 30 and max(map(len, lines)) <= 100, done.stdout
    folder = results(tmp_path)
    headline = pd.read_parquet(folder / "headline.parquet").set_index(["outcome", "country"])
    row = headline.loc[("work_share", "CAN")]
    answer = " ".join(done.stdout.split())
    assert (f"Canada, 2035, Works by work country, % of works: {row.baseline:.2f} in the baseline, {row.scenario:.2f} in the scenario, "
            f"difference {row.difference:+.2f} points (95% interval {row.low:+.2f} to {row.high:+.2f})") in answer
    for code, name in (("USA", "United States"), ("CHN", "China"), ("IND", "India")):
        share, people = (headline.loc[(outcome, code)].difference for outcome in ("work_share", "researchers"))
        (line,) = (each for each in lines if each.startswith(f"{name} ({code})"))
        assert f" {share:+.2f} " in line and line.split()[-1].startswith(f"{people:+.0f}"[:2])
    assert "Checks that hold: before start, placebo, conservation" in answer and "Read next: " in answer and str(folder.name) in answer
