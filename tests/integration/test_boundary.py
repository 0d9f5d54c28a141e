"""No input ends in a traceback, and each kind of mistake has words of its own: the command line called as it is, in this process."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from talentsim.commands import boundary
from talentsim.commands.cli import run

POLICY = "{lever: pay, countries: [CAN], start: 2027, change: multiply, value: 1.2}"
F1 = ["world=toy", "population.scale=0.2", "ensemble.replications=1", "executor=serial", "compare.structure=null", "output.figures=false",
      "output.report=false"]

MISTAKES: dict[str, tuple[list[str], list[str]]] = {
    "several scenarios without -m": (["scenario=visa_tightening,opt_end"], ["several values for one key are a sweep", "talentsim -m"]),
    "several values without -m": (["policy.f1_refusal.value=0.1,0.2", "scenario=visa_tightening"], ["are a sweep", "talentsim -m"]),
    "a range without -m": (["seed=range(1,4)"], ["are a sweep"]),
    "decimal comma": (["scenario=visa_tightening", "policy.f1_refusal.value=0,2"], ["a decimal point", "policy.f1_refusal.value=0.2"]),
    "decimal comma in quotes": (["population.scale='0,2'"], ["'0,2' (text)", "0.2"]),
    "interpolation of nothing": (["focus=${nothing}"], ["${nothing}", "stands for the value of another key"]),
    "interpolation in a policy": (["+policy.x={lever: pay, start: 2027, change: multiply, value: '${seed}'}"], ["${...} is not allowed in a policy"]),
    "a group twice": (["scenario=visa_tightening", "+scenario=opt_end"], ["scenario is chosen already", "scenario=a+b stacks"]),
    "a world twice": (["+world=toy"], ["world is chosen already", "leave out the +"]),
    "two letters for a country": (["focus=US"], ["did you mean 'USA'?"]),
    "a country that this world lacks": (["focus=UK"], ["its code is 'GBR', and world toy does not have it"]),
    "a country's name": (["focus=canada"], ["did you mean 'CAN'?"]),
    "a key without its beginning": (["scale=0.1"], ["did you mean 'population.scale'?"]),
    "another key without its beginning": (["replications=3"], ["did you mean 'ensemble.replications'?"]),
    "a policy without +": ([f"policy.mine={POLICY}"], ["no policy called 'mine'", f"'+policy.mine={POLICY}'"]),
    "all policies at once": ([f"policy={{mine: {POLICY}}}"], ["policies are set one by one", "+policy.NAME"]),
    "braces that the shell has cut": (["+policy.mine={lever:", "pay,", "start:", "2027}"], ["a brace is not closed", "quoted as a whole"]),
    "braces that the shell has spread": (["+policy.mine=lever:pay", "+policy.mine=start:2027"], ["policy.mine", "quote"]),
    "a bracket that is not closed": (["focus=[USA"], ["a bracket is not closed"]),
    "another base": (["scenario=visa_tightening", "policy.f1_refusal.value=010"], ["'010' (text)"]),
    "beyond all figures": ([f"+policy.x={POLICY.replace('1.2', '1e300')}"], ["1e+300 is out of range", "up to 1e+12"]),
    "a figure beyond all": (["world.countries.USA.pay={value: 1e300, unit: x, range: [0, 1e301], evidence: assumed}"], ["up to 1e+12"]),
    "no number at all": ([f"+policy.x={POLICY.replace('1.2', 'nan')}"], ["policy.x"]),
    "a world without people": (["population.scale=0.0001"], ["nobody lives in world toy"]),
    "a path of Windows": (["output.dir=C:\\Users\\me"], ["is a Windows path"]),
    "a folder of Windows": (["--config-dir", "D:\\mine"], ["--config-dir", "is a Windows path"]),
    "a part that is no scenario": (["scenario=visa_opening+nobody"], ["no scenario called 'nobody'"]),
    "a scenario that is a number": (["scenario=7"], ["scenario"]),
    "no scenario": (["scenario=null"], ["scenario"]),
    "an impossible day": ([f"+policy.x={POLICY.replace('2027', '2027-02-29')}"], ["policy.x.start", "which is not a date"]),
    "nothing to take out": (["~policy.nobody"], ["'nobody'"]),
    "a key to take out": (["~nobody"], ["no 'nobody' to take out"]),
    "what is needed to take out": (["~baseline"], ["baseline"]), "a name that is not the file's": (["scenario.name=other"], ["has the name of its file", "'other'"]),
    "nothing in braces": (["world.countries={}"], ["an empty mapping changes nothing"]), "null for a policy that is not there": (["+policy.x=null"], ["no policy called 'x'"]),
    "a country twice": ([f"+policy.x={POLICY.replace('[CAN]', '[CAN, CAN]')}"], ["names CAN twice"]), "a focus twice": (["focus=[USA,USA]"], ["a country twice"]),
    "a key twice": (["scenario=visa_tightening", "policy.f1_refusal.value=0.1", "policy.f1_refusal.value=0.3"], ["policy.f1_refusal.value is given twice", "'policy.f1_refusal.value=0.1' would be lost"]),
    "a scenario twice": (["scenario=visa_tightening", "scenario=opt_end"], ["scenario is given twice"]),
    "a key under both its names": (["seed=3", "ensemble.seed=4"], ["ensemble.seed is given twice", "'seed=3'"]),
    "a figure, and then the whole": (["policy.f1_refusal.value=0.1", "policy.f1_refusal={value: 0.2}"], ["is given twice"]),
    "a figure, and then none": (["policy.f1_refusal.value=0.1", "policy.f1_refusal=null"], ["is given twice"]),
    "a figure of what is switched off": (["scenario=visa_tightening", "policy.f1_refusal=null", "policy.f1_refusal.value=0.1"], ["policy f1_refusal is switched off by null"]),
    "a key below a figure": (["scenario=visa_tightening", "policy.f1_refusal.value.low=0.1"], ["nothing stands below policy.f1_refusal.value"]),
    "another unit": (["world.countries.USA.pay.unit=EUR"], ["in the unit of its file", "int'l $ (PPP)"]),
    "a year twice in a series": (["world.countries.USA.pay.value={2010: 1e5, 2020: 2e5, 2010: 1e5}"], ["2010 is given twice in one mapping"]),
    "a key twice in a policy": ([f"+policy.x={POLICY.replace('value', 'start: 2030, value')}"], ["start is given twice in one mapping"]),
    "a country without a name": (["world.countries.USA.name=''"], ["world.countries.USA.name", "an empty name"]),
    "a scenario without a title": (["scenario=visa_tightening", "scenario.title=''"], ["scenario.title", "an empty title"]),
    "a folder without a name": (["output.dir=''"], ["output.dir", "an empty path", "output.dir=."]),
    "a home that the shell has not put in": (["output.dir='~/results'"], ["begins with ~", "$HOME/results"]),
    "a word too many": (["scenarios", "all"], ["talentsim scenarios", "it takes no words", "all"]),
    "two scenarios to show": (["show", "opt_end", "scenario=visa_opening"], ["two scenarios are named"]),
    "a name that is no name of a file": ([f"+policy._x={POLICY}"], ["policy._x", "letters, digits, _ and -, 64 at most"]),
    "a scenario to show that is none": (["show", "opt_ends"], ["did you mean 'opt_end'?"]),
}


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "utf-8"])
def test_an_old_console_is_given_signs_that_it_has(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minus stays one; a sign that none can spell is a question mark, and nothing ends in a fault."""
    out, fault = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", fault)
    boundary.prepare_process()
    text = "\N{MINUS SIGN}3.8 to +1, Iran \N{RIGHTWARDS ARROW} China, \N{GREATER-THAN OR EQUAL TO} 2, Z\u00fcrich \N{HORIZONTAL ELLIPSIS} \u5317"
    for stream in (out, fault):
        print(text, file=stream, flush=True)
        shown = stream.buffer.getvalue().decode(encoding).strip()   # type: ignore[attr-defined]
        assert shown == text if encoding == "utf-8" else shown.replace("\u00fc", "u").replace("\u2026", "...").replace("\u2265", ">=") == "-3.8 to +1, Iran -> China, >= 2, Zurich ... ?"


@pytest.mark.parametrize(("arguments", "words"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_has_words_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                           arguments: list[str], words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    world = [] if "=" not in arguments[0] and not arguments[0].startswith(("-", "~")) else ["world=toy"]
    assert run([*arguments[:1], *world, *arguments[1:]] if not world else [*world, *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("talentsim: ") and "Traceback" not in err
    for each in words:
        assert each in err
    assert not any(tmp_path.rglob("*")), "a mistake leaves nothing behind"


@pytest.mark.parametrize(("arguments", "words"), [
    (["-m", "hydra/launcher=nobody", "seed=1,2"], ["hydra/launcher=nobody: there is no 'nobody' here", "talentsim[launchers]"]),
    (["hydra.nobody=1"], ["'hydra.nobody'", "talentsim --cfg hydra"])])
def test_what_hydra_lacks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*arguments, "world=toy", "scenario=opt_end"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("talentsim: ") and all(each in err for each in words) and not any(each.is_file() for each in tmp_path.rglob("*"))


def test_show_takes_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "opt_end", "world=toy"]) == 0
    word = capsys.readouterr().out
    assert run(["show", "scenario=opt_end", "world=toy"]) == 0
    assert word == capsys.readouterr().out and word.startswith("opt_end")


WARNED = {
    "refuses everybody": ("{lever: student_refusal, countries: [USA], start: 2026, change: add, value: 1}",
                          ["Student visas refused, China \N{RIGHTWARDS ARROW} United States, and ", "would be 110 %, held at 100 %", "from 2026 (policy.x)"]),
    "out of the figure's range": ("{lever: pay, countries: [CAN], start: 2026, change: multiply, value: 0.15}",
                                  ["Pay of researchers, Canada: becomes 18,000 int'l $, outside", "(20,000 to 300,000 int'l $), from 2026 (policy.x, world.countries.CAN.pay)"]),
    "phased in": ("{lever: pay, countries: [CAN], start: 2020, ramp_years: 10, change: multiply, value: 0.15}", ["Canada: becomes 18,000"]),
    "path": ("{lever: pay, countries: [CAN], change: multiply, path: {2012: 1.0, 2014: 0.1, 2016: 1.0}}", ["Canada: becomes 12,000", "from 2014"]),
    "starts before the world": ("{lever: pay, countries: [CAN], start: 1900, change: multiply, value: 1.2}", ["starts in 1900", "1992"]),
    "within": ("{lever: pay, countries: [CAN], start: 2026, change: multiply, value: 1.2}", []),
    "a range of its own": ("{lever: pay, countries: [CAN], start: 2026, change: multiply, value: 0.15, range: [0.1, 1]}", []),
}


@pytest.mark.parametrize(("policy", "words"), WARNED.values(), ids=WARNED)
def test_what_a_policy_makes_of_a_figure_is_looked_at(capsys: pytest.CaptureFixture[str], policy: str, words: list[str]) -> None:
    assert run(["show", "world=toy", f"+policy.x={policy}"]) == 0
    err = capsys.readouterr().err
    assert all(each in err for each in ["talentsim: warning: ", *words]) if words else err == ""


def test_an_unexpected_fault_is_three_lines_and_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("talentsim.commands.run_command", lambda _: {}["nobody"])
    assert run(["scenarios"]) == boundary.UNEXPECTED
    err = capsys.readouterr().err
    (kept,) = tmp_path.iterdir()
    assert len(err.strip().splitlines()) == 3 and "KeyError: 'nobody'" in err and str(kept) in err and "Traceback" not in err
    assert "Traceback (most recent call last)" in kept.read_text()


def test_an_output_that_is_full_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("talentsim.commands.run_command", full)
    monkeypatch.setattr(boundary, "to_nowhere", lambda: None)
    assert run(["scenarios"]) == 1
    assert "the output cannot be printed: No space left on device" in capsys.readouterr().err


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which TALENTSIM stands for the program."""
    environment = {**os.environ, "TALENTSIM": f"{sys.executable} -m talentsim", "JOB": f"scenario=visa_opening {' '.join(F1)}"}
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=240, env=environment)


def test_a_job_whose_output_is_closed_or_full_leaves_its_results(tmp_path: Path) -> None:
    closed = shell("$TALENTSIM $JOB >&-", tmp_path)
    assert (closed.returncode, closed.stderr) == (0, "")
    (manifest,) = [each for each in tmp_path.rglob("manifest.json") if "store" not in each.parts]
    folder = manifest.parent
    for content in ("{}", "null", "[]", "", '{"files": []}', '{"files": {}}', '{"files": {}, "arms": []}', '{"files": {}, "arms": {"baseline": null}}'):
        manifest.write_text(content)
        assert run(["report", str(folder)]) == 2, content
    full = shell("$TALENTSIM $JOB >/dev/full", tmp_path)
    assert full.returncode == 1 and "the output cannot be printed" in full.stderr and "Traceback" not in full.stderr


def test_help_to_a_full_output_and_a_folder_that_is_gone(tmp_path: Path) -> None:
    done = shell("$TALENTSIM --help >/dev/full; echo $?; mkdir x; cd x; rmdir ../x; $TALENTSIM scenarios; echo $?", tmp_path)
    assert done.stdout.split() == ["1", "2"] and "Traceback" not in done.stderr
    assert "cannot be printed" in done.stderr and "working directory" in done.stderr


def test_a_job_that_heeds_no_interrupt_says_how_to_stop_it(capsys: pytest.CaptureFixture[str]) -> None:
    import signal

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        boundary.tell_how_to_stop()
    finally:
        signal.signal(signal.SIGINT, before)
    assert f"to stop: kill {os.getpid()}" in capsys.readouterr().err


@pytest.mark.slow
def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    import signal
    import time

    command = ["world=toy", "scenario=visa_tightening", "population.scale=200.0", "executor=processes", "executor.workers=2", "ensemble.replications=50"]
    for number in (signal.SIGTERM, signal.SIGKILL):
        job = subprocess.Popen([sys.executable, "-m", "talentsim", *command], cwd=tmp_path, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            deadline = time.monotonic() + 120
            while len(_members(job.pid)) < 4 and time.monotonic() < deadline:
                time.sleep(0.2)
            job.send_signal(number)
            job.wait(60)
            deadline = time.monotonic() + 30
            while _members(job.pid) and time.monotonic() < deadline:
                time.sleep(0.2)
            assert not _members(job.pid)
        finally:
            for each in _members(job.pid):
                os.kill(each, signal.SIGKILL)


def _members(group: int) -> list[int]:
    """Return the living processes of a group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.slow
def test_a_script_without_a_guard_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "study.py").write_text("from talentsim import Config, run_ensemble\n"
                                       "run_ensemble(Config.load('world=toy', 'executor=processes', 'ensemble.replications=4', 'executor.workers=2'))\n")
    done = subprocess.run([sys.executable, "study.py"], cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.returncode == 1 and 'if __name__ == "__main__":' in done.stderr and "lack of memory" not in done.stderr


def test_a_manifest_in_the_store_that_holds_nothing_is_damage(tmp_path: Path) -> None:
    from talentsim.ensemble.store import DamagedError, Store

    for content in ({}, None, [], {"config_sha256": "x"}, {"config_sha256": "x", "tables": None}, {"config_sha256": "x", "tables": {"works": None}}):
        (tmp_path / "run").mkdir(exist_ok=True)
        (tmp_path / "run" / "manifest.json").write_text(json.dumps(content))
        with pytest.raises(DamagedError):
            Store(tmp_path).manifest("run")
