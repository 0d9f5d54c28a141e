"""Random command lines and scenario files: each gives a valid run whose accounts close, or one clear error and nothing written."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talentsim.commands.cli import run
from talentsim.config import Config
from talentsim.config.arms import Composer
from talentsim.ensemble.accounts import conserved
from talentsim.model.model import TalentModel

CODES = st.sampled_from(["USA", "CAN", "CHN", "IND", "GBR", "UK", "usa", "NO", "''", "7"])
NUMBERS = st.one_of(st.sampled_from(["0", "1", "-1", "0.5", "1.2", "2027", "1e300", "-1e300", "nan", "inf", "010", "0x10", "0,2", "1_000", "1:30", ".5", "1e-300",
                                     "99999999999999999999", "null", "true", "NO", "'3'", "", "[1]", "{a: 1}", "${seed}", "${nothing}"]),
                    st.floats(allow_nan=False, allow_infinity=False, width=32).map(str), st.integers(-5, 3000).map(str))
NAMES = st.sampled_from(["visa_tightening", "visa_opening", "return_programme", "opt_end", "baseline", "nobody", "great_decoupling",
                         "visa_opening+return_programme", "visa_opening+nobody", "a+", "+", "../x", "opt_end,visa_opening"])
LEVERS = st.sampled_from(["pay", "student_refusal", "work_visa_odds", "work_visa_cap", "collaboration", "compute", "nothing"])
KEYS = st.sampled_from(["population.scale", "ensemble.replications", "ensemble.seed", "seed", "world.end_year", "world.start_year", "compare.year", "compare.level",
                        "world.countries.USA.pay.value", "world.countries.CHN.entry.level.value", "behaviour.exit.rate.value", "focus", "scale",
                        "policy.x.value", "policy.f1_refusal.value", "policy.f1_refusal.start", "policy.f1_refusal", "policy", "output.dir",
                        "scenario.name", "baseline", "world", "entry", "world.countries", "behaviour", "nothing.at.all"])
POLICIES = st.builds(lambda lever, code, start, change, value, more: f"{{lever: {lever}, countries: [{code}], start: {start}, change: {change}, value: {value}{more}}}",
                     LEVERS, CODES, st.one_of(NUMBERS, st.integers(1990, 2040).map(str), st.sampled_from(["2027-02-29", "'2026-09-01'", "soon"])),
                     st.sampled_from(["set", "add", "multiply", "grow"]), NUMBERS, st.sampled_from(["", ", end: 2020", ", ramp_years: 3", ", override: true", ", typo: 1", ", origins: [CHN]"]))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
OVERRIDES = st.one_of(
    st.builds("{}={}".format, KEYS, st.one_of(NUMBERS, CODES, NAMES)), st.builds("scenario={}".format, NAMES), st.builds("baseline={}".format, NAMES),
    st.builds("focus={}".format, CODES), st.builds("{}policy.{}={}".format, st.sampled_from(["+", "+", "", "++"]), st.sampled_from(["x", "y", "f1_refusal", "a b"]), POLICIES),
    st.builds("{}{}".format, st.sampled_from(["~", "+"]), KEYS), st.builds("{}={}".format, KEYS, TEXTS), TEXTS.filter(lambda text: not text.startswith("-")))
SOUND = st.one_of(
    st.builds("scenario={}".format, st.sampled_from(["visa_tightening", "visa_opening", "return_programme", "opt_end", "visa_opening+return_programme"])),
    st.builds("baseline={}".format, st.sampled_from(["baseline", "opt_end", "train_more"])), st.builds("focus={}".format, st.sampled_from(["USA", "CAN", "IND"])),
    st.builds("entry={}".format, st.sampled_from(["trend", "plateau", "decline"])), st.builds("ensemble.seed={}".format, st.integers(0, 10**6)),
    st.builds("population.scale={}".format, st.floats(0.1, 0.3)), st.builds("world.countries.CHN.entry.level.value={}".format, st.integers(1, 9)),
    st.builds("+policy.{}={{lever: {}, countries: [{}], start: {}, change: multiply, value: {}}}".format, st.sampled_from(["x", "y"]),
              st.sampled_from(["pay", "compute", "student_refusal", "work_visa_odds", "entry"]), st.sampled_from(["USA", "CHN"]), st.integers(2005, 2030),
              st.floats(0.1, 3)))
"""Overrides that are meant to be right, most of them also together."""

FILE = """scenario:
  name: s1
  title: Title
  description: Some words.
policy:
  p1:
    lever: pay
    countries: [CAN]
    start: 2011
    change: multiply
    value: 1.2
  p2: {lever: student_refusal, countries: [USA], origins: [CHN], start: 2011, change: add, value: 0.1, ramp_years: 1}
"""
DAMAGE = st.one_of(
    st.tuples(st.integers(0, len(FILE)), st.integers(0, 12), TEXTS), st.tuples(st.integers(0, len(FILE)), st.just(0), st.sampled_from(
        ["\t", "\n", " ", "- ", "{", "[", "&a ", "*a", "!!int ", "# ", "<<: ", "---\n", "\ufeff", "${x}", "override: true\n", "NO", "010", "null", "  "])))


def called(arguments: list[str]) -> tuple[int, str, str]:
    """Call the command line in a folder of its own; return exit code, stdout and stderr, and assert that a refusal leaves nothing."""
    out, err, before = io.StringIO(), io.StringIO(), os.getcwd()
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(arguments)
            assert not any(Path(place).iterdir()), arguments
        finally:
            os.chdir(before)
    return code, out.getvalue(), err.getvalue()


def is_clear(arguments: list[str], own: str | None = None) -> None:
    """Assert that a command line is understood, and what it describes can be run, or is refused in words."""
    folder = ["--config-dir", own] if own else []
    code, out, err = called(["show", *folder, "world=toy", "executor=serial", *arguments])
    assert code in (0, 2), (arguments, code, err)
    assert "Traceback" not in err and "should not have happened" not in err, (arguments, err)
    if code == 2:
        assert out == "" and err.count("talentsim: ") - err.count("talentsim: warning") == 1 and len(err.strip()) > 20, (arguments, err)
    else:
        assert out, arguments
        if not any(each.startswith("-") or "=" not in each for each in arguments):
            for arm in Composer(own).arms(["world=toy", "executor=serial", *arguments]):
                assert_accounts_close(arm)


def assert_accounts_close(arm: Config) -> None:
    """Simulate a few years of an arm at a tenth of its size, and add its people up."""
    world = arm.world.model_copy(update={"burn_in_year": 2008, "start_year": 2010, "end_year": 2012})
    scale = min(arm.population.scale, 0.3)
    result = TalentModel(arm.model_copy(update={"world": world, "population": arm.population.model_copy(update={"scale": scale})})).run()
    years = [int(year) for year in result.years]
    assert conserved({name: result.agents(name) for name in result.names}, years)


def check_lines(n: int) -> None:
    """Try random command lines."""
    @settings(max_examples=n, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.one_of(SOUND, SOUND, SOUND, OVERRIDES), min_size=1, max_size=3))
    def lines(arguments: list[str]) -> None:
        is_clear(arguments)

    lines()


def check_files(n: int) -> None:
    """Try damaged copies of a scenario's file."""
    @settings(max_examples=n, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(DAMAGE, max_size=2), st.sampled_from([*["utf-8"] * 7, "utf-8-sig", "latin-1", "utf-16"]))
    def files(damages: list[tuple[int, int, str]], encoding: str) -> None:
        text = FILE
        for place, length, put in damages:
            text = text[:place] + put + text[place + length:]
        with tempfile.TemporaryDirectory() as own:
            (Path(own) / "scenario").mkdir()
            (Path(own) / "scenario" / "s1.yaml").write_bytes(text.encode(encoding, errors="replace"))
            is_clear(["scenario=s1"], own)

    files()


def test_two_hundred_random_inputs_are_run_or_refused() -> None:
    check_lines(120)
    check_files(80)


@pytest.mark.slow
def test_two_thousand_random_inputs_are_run_or_refused() -> None:
    check_lines(1200)
    check_files(800)
