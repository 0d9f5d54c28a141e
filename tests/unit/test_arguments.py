"""What a command line may say twice, and what not: a value that is replaced by a later one is lost without a word."""

from __future__ import annotations

import pytest

from talentsim.commands.arguments import read, refuse_repeats
from talentsim.config.errors import UserError
from talentsim.config.faults import refuse_twice_in_braces


@pytest.mark.parametrize("overrides", [
    ["world=toy", "world=toy"], ["output.dir=a", "output.dir='a'"], ["+policy.x={lever: pay, value: 1}", "policy.x.value=2"],
    ["policy.x.value=2", "policy.x={ramp_years: 3}"], ["world.end_year=2030", "world=toy"], ["policy.x.value=1", "policy.xx.value=2"], ["country@world.countries.A=A", "country@world.countries.B=B"],
])
def test_nothing_is_lost(overrides: list[str]) -> None:
    refuse_repeats(overrides)


@pytest.mark.parametrize("overrides", [
    ["world=toy", "world=ai"], ["seed=1", "ensemble.seed=2"], ["policy.x.value=1", "+policy.x.value=2"], ["policy.x.value=2", "policy.x={ramp_years: 3, value: 1}"],
    ["policy.x.value=1", "~policy.x"], ["ensemble.replications=2", "seed=1", "ensemble={replications: 3}"], ["scenario=a,b", "scenario=c"],
])
def test_a_value_that_would_be_lost_is_refused(overrides: list[str]) -> None:
    with pytest.raises(UserError, match="is given twice"):
        refuse_repeats(overrides)


def test_options_and_words_are_told_apart() -> None:
    taken = read(["runs", "why", "a=b", "--config-dir", "mine", "-m", "--csv", "~policy.x"])
    assert (taken.words, taken.overrides, taken.config_dir, taken.multirun, taken.formats) == (["runs", "why"], ["a=b", "~policy.x"], "mine", True, ["csv"])


@pytest.mark.parametrize("line", [
    "a={x: 1, y: {x: 2}}", "a={x: [{x: 1}, {x: 2}], z: 'x: 1, x: 2'}", "a='x:1,x:2'", "a={t: \"it's, x: 1\", x: {x: 1}, y: 2}", "a={title: b c, overrides: [seed=5, x.y=2]}",
])
def test_a_mapping_may_say_a_key_once_at_each_level(line: str) -> None:
    refuse_twice_in_braces(line)


@pytest.mark.parametrize("line", ["a={x: 1, x: 2}", "a={y: {x: 1, z: [1,2], 'x': 3}}", "a={2010:1,2010 : 2}"])
def test_a_key_twice_in_a_mapping_is_refused(line: str) -> None:
    with pytest.raises(UserError, match="twice in one mapping"):
        refuse_twice_in_braces(line)
