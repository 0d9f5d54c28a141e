"""The ways in: the guide, levers, indicators, completion, the doctor, the list of runs; and a sweep that says what was there."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from talentsim.commands import COMMANDS, doctor, guide
from talentsim.commands.cli import run
from talentsim.commands.completion import known_words
from talentsim.comparison.pair import Pair
from talentsim.config import Config
from talentsim.config.arms import load_arms
from talentsim.measures.indicators import INDICATORS
from talentsim.report.doses import also_in_force, dose_in_words
from talentsim.report.headline import command_of
from talentsim.report.levers import ACTS_ON, example_of, fields_of
from talentsim.report.terminal.runs import run_lines
from talentsim.vocab import LEVERS, SELECTORS


def answers(*lines: str) -> Callable[[str], str]:
    """Return what answers questions with these lines, and is gone after them."""
    left: Iterator[str] = iter(lines)

    def ask(_: str) -> str:
        for line in left:
            return line
        raise EOFError

    return ask


def test_without_arguments_the_way_in_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    out = capsys.readouterr().out
    assert "talentsim scenario=visa_tightening world=toy" in out and "--help" in out
    assert max(map(len, out.splitlines())) <= 100


def test_the_guide_comes_to_a_command_that_can_be_composed(capsys: pytest.CaptureFixture[str]) -> None:
    asked = guide.questions(answers("99", "opt_ed", "opt_end", "1", "usa"))
    assert asked == ["scenario=opt_end", "world=toy"]
    assert "There is no '99'" in capsys.readouterr().out
    assert guide.questions(answers("", "1", "can")) == ["scenario=visa_tightening", "world=toy", "focus=CAN"]    # type: ignore[arg-type]


def test_a_person_who_goes_leaves_the_guide_without_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    assert guide.guide(lambda _: 1, answers("opt_end")) == 0         # type: ignore[arg-type]


def test_every_lever_can_be_told_and_tried() -> None:
    assert set(ACTS_ON) == set(LEVERS)
    config = Config.load("world=toy")
    for name, lever in LEVERS.items():
        assert set(SELECTORS[lever.axes]) <= set(fields_of(name))
        example = example_of(name, list(config.world.countries), list(config.employers)).strip("'")
        arms = load_arms(["world=toy", example])
        assert arms[1].policies["mine"].lever == name


@pytest.mark.parametrize("name", ["student_refusal", "site_weight", "collaboration"])
def test_a_lever_is_told_with_what_it_rests_on_and_who_uses_it(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["show", name, "world=toy"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert LEVERS[name].meaning in out and LEVERS[name].unit in out and "To try it: talentsim show world=toy '+policy.mine=" in out
    assert ("visa_tightening, f1_refusal" in out) == (name == "student_refusal")


def test_a_name_that_is_neither_scenario_nor_lever_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "student_refusl"]) == 2
    assert "did you mean 'student_refusal'" in capsys.readouterr().err


def test_lists(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["levers"]) == 0
    levers = capsys.readouterr().out
    assert run(["indicators", "--list"]) == 0
    indicators = capsys.readouterr().out
    assert all(name in levers for name in LEVERS) and all(name in indicators for name in INDICATORS)


def test_an_option_that_a_command_would_ignore_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (["facts", "--list"], ["scenarios", "--xlsx"], ["show", "--over-time"], ["world=toy", "--list"]):
        assert run(argv) == 2, argv
        assert "it has no option" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("bash") is None, reason="asks a real bash")
@pytest.mark.parametrize(("typed", "found"), [("talentsim scenario=visa_ope", "visa_opening"), ("talentsim show student_ref", "student_refusal"),
                                              ("talentsim docto", "doctor doctoral_capacity"), ("talentsim --config-d", "--config-dir")])
def test_bash_completes(capsys: pytest.CaptureFixture[str], typed: str, found: str) -> None:
    assert run(["completion", "bash"]) == 0
    script = capsys.readouterr().out + 'COMP_LINE="$1"; COMP_POINT=${#1}; _talentsim; echo "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", script, "bash", typed], capture_output=True, text=True, timeout=20)
    assert done.stdout.strip() == found, done.stderr


def test_every_shell_is_given_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(COMMANDS) <= set(known_words())
    for shell in ("bash", "zsh", "fish"):
        assert run(["completion", shell]) == 0
        assert all(name in capsys.readouterr().out.split('"')[0] + " ".join(known_words()) for name in COMMANDS)
    assert run(["completion", "tcsh"]) == 2


def test_the_doctor_finds_this_machine_fit_and_a_closed_folder_at_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "world=toy", f"output.dir={tmp_path}"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("Python", "numpy", "extras", "0 runs", "cores", "DejaVu Sans", "draws"))
    (tmp_path / "file").write_text("in the way")
    assert [bool(each.fix) for each in doctor.folder_and_store(tmp_path / "file" / "below")] == [True, False]
    assert next(doctor.machine()).what == "cores"


def test_runs_are_listed_within_a_hundred_columns() -> None:
    row = {"run": "0123456789abcdef0123", "arm": "a", "written": "2026-11-27T10:11:12+00:00", "world": "ai", "entry": "surge_china", "scale": 0.05,
           "policies": ", ".join(f"policy_with_a_long_name_{n}" for n in range(20)), "seed": 2**62, "replication": 0, "megabytes": 12345.6,
           "seconds": 123.4, "model": "another", "fault": ""}
    broken = row | {"run": "f" * 20, "fault": f"run {'f' * 20}: manifest.json cannot be read"}
    lines = run_lines(pd.DataFrame([row, row | {"replication": 1}, broken]), "outputs/store")
    # the seed alone may be longer than its column
    assert max(len(line.replace(str(2**62), "2010")) for line in lines) <= 100
    text = "\n".join(lines)
    assert "0123456789  2026-11-27 10:11" in text and "another version" in text and "damaged" in text and "policy_with_a_long_name_19" in text


def test_policies_that_all_runs_of_a_world_share_are_named_once() -> None:
    row = {"run": "0" * 20, "arm": "a", "written": "2026-11-27T10:11:12+00:00", "world": "ai", "entry": "trend", "scale": 1.0, "policies": "lottery, fee", "seed": 1,
           "replication": 0, "megabytes": 1.0, "seconds": 1.0, "model": "this", "fault": ""}
    lines = run_lines(pd.DataFrame([row, row | {"arm": "b", "policies": "lottery, fee, opt_end"}, row | {"arm": "c", "world": "toy", "policies": ""}]), "store")
    text = "\n".join(lines)
    assert text.count("lottery") == text.count("fee") == 1 and "ai, in all runs: lottery, fee" in text
    assert [line.strip() for line in lines if "policies:" in line] == ["policies: those of all runs", "policies: opt_end", "policies: none"]


def test_a_sweep_names_levers_in_words_and_what_else_is_in_force() -> None:
    pair = Pair(*load_arms(["world=toy", "scenario=visa_tightening"]))
    words = dose_in_words("policy.f1_refusal.value", pair.scenario)
    assert "chance that a student visa is refused" in words and "United States" in words and "added to it (probability)" in words
    assert dose_in_words("seed", pair.scenario) == "seed"
    beside = also_in_force(["policy.f1_refusal.value"], pair)
    assert "Chance of an H-1B halves" in beside and "F-1 refusals" not in beside and beside.endswith("and 1 more.")
    assert also_in_force(["scenario"], pair) == ""


def test_a_resumed_sweep_says_how_many_runs_were_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from talentsim.commands.sweep_job import run_in_one_go

    given = ["world=toy", "executor=serial", "population.scale=0.1", f"output.dir={tmp_path}"]
    first, second = (Pair(*load_arms([*given, f"ensemble.replications={n}", "scenario=opt_end"])) for n in (1, 2))
    run_in_one_go([first])
    assert "in the store already" not in capsys.readouterr().err
    run_in_one_go([first, second])
    err = capsys.readouterr().err       # baseline, scenario and placebo; the placebo is one for both
    assert "3 of 5 runs of this sweep are in the store already" in err


def test_years_that_no_figure_was_made_for_are_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "opt_end", "world=toy", "world.end_year=2040"]) == 0
    assert "warning: world.end_year=2040 is after 2035" in capsys.readouterr().err
    assert run(["show", "opt_end", "world=toy"]) == 0
    assert "after 2035" not in capsys.readouterr().err


def test_a_run_of_an_older_version_is_named_and_can_be_cleared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store whose manifests lack what this version keeps, as one of 0.1 does."""
    config = json.dumps({"world": {"name": "toy"}, "scenario": {"name": "x"}}).encode()
    place = tmp_path / "store" / ("a" * 20)
    place.mkdir(parents=True)
    (place / "config.json").write_bytes(config)
    manifest = {"id": "a" * 20, "talentsim": "0.1.0", "config_sha256": hashlib.sha256(config).hexdigest(), "tables": {}}
    (place / "manifest.json").write_text(json.dumps(manifest))
    assert run(["runs", f"output.dir={tmp_path}"]) == 1
    assert "written by talentsim 0.1.0 in another format" in " ".join(capsys.readouterr().out.split())
    assert run(["runs", "prune", f"output.dir={tmp_path}"]) == 0 and not place.exists()


def test_a_lever_is_told_as_history_has_left_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Work after a degree in the USA is three years since 2016, and not the one year that its figure begins from."""
    assert run(["show", "post_study_years"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "as history has left it and without scenarios: 3 years (USA, GBR, CAN, KOR, AUS)" in said


def test_the_command_of_results_names_the_folder_of_the_files_that_were_given() -> None:
    manifest = {"overrides": ["scenario=mine", "output.dir=x"], "config_dir": "my files"}
    assert command_of(manifest) == "talentsim --config-dir 'my files' scenario=mine"
    assert command_of(manifest | {"config_dir": "/home/me/mine"}) == "talentsim --config-dir mine scenario=mine"
    assert command_of({"overrides": ["scenario=opt_end"]}, "sensitivity") == "talentsim sensitivity scenario=opt_end"
