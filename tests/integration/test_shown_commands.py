"""Every command that README, the documents and --help show is run here, at a small world; one that nothing runs fails the suite.

What only looks things up is run as it stands, in this process. What simulates is composed and checked in the quick suite and run,
small and elsewhere, in the slow one. What needs a folder of results, published files or hours is run by a test of its own.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from talentsim.commands import COMMANDS
from talentsim.commands.arguments import read
from talentsim.commands.cli import HELP, run
from talentsim.config import Config
from talentsim.config.arms import Composer
from talentsim.config.errors import UserError
from talentsim.config.files import names_in_group

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

LOOKS_UP = ("completion", "doctor", "facts", "levers", "parameters", "scenarios", "show", "sources", "runs")
"""Commands that simulate nothing: run as they are shown."""

SIMULATES = ("", "indicators", "person", "sensitivity")
"""Commands that compare two arms; the empty one is the main job."""

SMALL = ["population.scale=0.1", "ensemble.replications=1", "executor=serial", "compare.structure=null", "output.figures=false",
         "output.report=false"]

NEEDS_MORE = {
    "figures": "tests/integration/test_report.py", "report": "tests/integration/test_report.py",
    "calibrate": "tests", "validate": "tests", "data": "tests", "dashboard": "tests", "new": "tests",
}
"""Commands that need a folder of results, published files, a server or hours, and where a test runs them."""

STANDS_FOR = {"NAME": "visa_tightening", "SCENARIO": "visa_tightening", "BEGINNING": "behaviour.exit", "FOLDER": "outputs"}

USERS_FILES = {
    "scenario/pay_rise.yaml": "scenario: {name: pay_rise, title: T, description: D.}\n"
                              "policy: {pay_rise: {lever: pay, countries: [CAN], start: 2027, change: multiply, value: 1.2}}\n",
}
"""What a reader has written into the folder `mine` by the time a document uses it; a country is a copy of a shipped one."""


def shown() -> list[str]:
    """Return every command that is shown, each once: whole lines of code, and commands within a line of text."""
    lines: list[str] = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        lines += re.findall(r"^(?:\$ )?(?:python -m )?talentsim (\S.*)$", text, re.MULTILINE)
        lines += [" ".join(each.split()) for each in re.findall(r"`(?:python -m )?talentsim ([^`]+)`", text)]
    helps = [HELP, *((import_module(each.module).__doc__ or "") for each in COMMANDS.values())]
    for text in helps:
        lines += re.findall(r"^  talentsim (\S.*?)(?:  +.*)?$", text, re.MULTILINE)
        lines += [" ".join(each.split()) for each in re.findall(r"`talentsim ([^`]+)`", text)]
    return list(dict.fromkeys(line.strip() for line in lines))


def is_usage(line: str) -> bool:
    """Return whether a line says how a command is called and is no call: `person [WHO] scenario=NAME`, `entry=trend|plateau`."""
    outside = re.sub(r"'[^']*'|\{[^}]*\}", "", line)
    return bool(re.search(r"(?<![=\w])\[|\.\.\.|\w\|\w|KEY=VALUE|COMMAND|why A B", outside))


def arguments_of(line: str) -> list[str]:
    """Return the arguments of a line, with what stands for a reader's own replaced."""
    line = line.replace("--config-dir FOLDER", "--config-dir mine")
    return [re.sub(r"\b(?:NAME|SCENARIO|BEGINNING|FOLDER)\b", lambda found: STANDS_FOR[found.group()], each)
            for each in shlex.split(line, comments=True)]


def command_of(line: str) -> str:
    """Return the command that a line names, nothing for the main job."""
    words = read([each for each in arguments_of(line) if each not in ("-h", "--help")]).words
    return words[0] if words else ""


CALLS = [line for line in shown() if not is_usage(line)]


@pytest.fixture(scope="module", autouse=True)
def users_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with the files of a reader's own."""
    place = tmp_path_factory.mktemp("reader")
    for name, text in USERS_FILES.items():
        (place / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "mine" / name).write_text(text)
    (place / "mine" / "country").mkdir()
    copied = (ROOT / "conf" / "country" / "SGP.yaml").read_text(encoding="utf-8")
    (place / "mine" / "country" / "ITA.yaml").write_text(copied.replace("SGP", "ITA"), encoding="utf-8")
    with contextlib.chdir(place):
        assert run(arguments_of("new country NOR --from REU --share 0.04")) == 0
    return place


def test_commands_are_found() -> None:
    assert len(CALLS) > 60 and "scenario=visa_tightening" in {re.split(r"  +", line)[0] for line in CALLS}


def test_something_runs_every_command() -> None:
    """A new command is added to one of the tables above, or a test file calls it by name."""
    for name in COMMANDS:
        if name in (*LOOKS_UP, *SIMULATES):
            continue
        place = ROOT / NEEDS_MORE.get(name, "tests")
        files = [place] if place.is_file() else sorted(place.rglob("test_*.py"))
        called = [file for file in files if file != Path(__file__) and re.search(rf'"{name}"|talentsim\.(?:commands\.)?{name}\b', file.read_text(encoding="utf-8"))]
        assert called, f"no test runs `talentsim {name}`: add it to {Path(__file__).name}, or a test of its own"


@cache
def composer_of(config_dir: str | None) -> Composer:
    """Return one composer for all commands with the same folder, as a sweep has for its jobs."""
    return Composer(config_dir)


@pytest.mark.parametrize("line", [each for each in CALLS if "--help" not in each])
def test_what_is_shown_can_be_read_and_composed(users_folder: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(users_folder)
    command = command_of(line)
    assert command in (*LOOKS_UP, *SIMULATES) or command in COMMANDS, f"no test runs it: talentsim {line}"
    arguments = read(arguments_of(line))
    if command == "runs" or arguments.hydra:
        return
    own = [each for each in arguments.overrides if not each.startswith(("hydra.", "hydra/", "+hydra."))]
    from talentsim.commands.sweep import _jobs

    for job in _jobs(own)[:3] if arguments.multirun else [own]:
        try:
            composer_of(arguments.config_dir).arms(job)
        except UserError as error:
            pytest.fail(f"talentsim {line}\n{error.message}")


@pytest.mark.parametrize("line", [each for each in CALLS if command_of(each) in LOOKS_UP or each.endswith("--help")])
def test_what_looks_things_up_does_as_it_stands(users_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                                line: str) -> None:
    monkeypatch.chdir(users_folder)
    code = run(arguments_of(line))
    out, err = capsys.readouterr()
    assert code == 0 and out, err


def names_toy_countries_alone(given: str) -> bool:
    """Return whether a command asks for no country or region that the toy world lacks."""
    asked = set(re.findall(r"(?<![=\w.])[A-Z]{3}\b|(?<=focus=)[A-Z_]+|(?<=countries\.)[A-Z]{3}", given)) & {*names_in_group("country"), "NOR", "EUROPE"}
    return asked <= Config.load("world=toy").world.countries.keys()


@pytest.mark.slow
@pytest.mark.parametrize("line", [each for each in CALLS if command_of(each) in SIMULATES and "--help" not in each])
def test_what_simulates_does_at_a_small_world(users_folder: Path, tmp_path: Path, line: str) -> None:
    arguments = arguments_of(line)
    given = " ".join(arguments)
    if "world=scholars" in given:
        pytest.skip("needs the published panel: tests/scholars run this world")
    if "person CHN" in given:
        pytest.skip("names somebody of the run that the document shows")
    world = [] if "world=" in given else ["world=toy"] if names_toy_countries_alone(given) else ["world=ai", "parameters=point"]
    if given == "sensitivity":      # the command's name in a sentence
        world += ["scenario=visa_tightening"]
    small = [each for each in SMALL if each.partition("=")[0] not in given]
    done = subprocess.run([sys.executable, "-m", "talentsim", *arguments, *world, *small, f"output.dir={tmp_path}"], cwd=users_folder,
                          capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr


def test_make_targets_and_scripts_that_are_shown_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"^make ([\w-]+)", text, re.MULTILINE) + re.findall(r"`make ([\w-]+)`", text):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{document.name}: make {target}"
        for script in re.findall(r"python ((?:benchmarks|experiments)/\S+\.py)", text):
            assert (ROOT / script).is_file(), f"{document.name}: {script}"
