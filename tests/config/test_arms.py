"""Setting figures on what is composed gives what Hydra gives."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from talentsim.config.arms import Composer
from talentsim.config.asked import asked_for
from talentsim.config.compose import _composed, compose_plain, parse
from talentsim.config.files import Files, names_in_group

SETS = [
    ["world=toy", "entry=plateau", "executor=serial", "entry.damping.value=0.5", "population.scale=2", "seed=3"],
    ["world=toy", "executor.workers=2", "ensemble={replications: 3}", "focus=CAN", "world.countries.USA.pay.value=100000",
     "scenario=visa_opening", "compare.structure.no_feedback=null"],
    ["world=toy", "executor=dask", "executor.address='tcp://host:1'", "output.dir='a b'", "ensemble.max_failures=0"],
    ["world=toy", "entry.damping.value=0.5", "entry=plateau"],
]


@pytest.mark.parametrize("overrides", SETS, ids=lambda each: each[-1])
def test_figures_set_on_composed_data_are_hydras(overrides: list[str]) -> None:
    assert Composer().plain(parse(overrides)) == _composed(overrides, {})


@pytest.fixture(scope="module")
def composer() -> Composer:
    """One for all scenarios, as for the jobs of a sweep: each joined to what was composed for the first."""
    return Composer()


QUICK = ("baseline", "visa_tightening", "great_decoupling", "india_return")
"""A scenario of each kind: none, several policies, a stack, another country's; `make test-all` has Hydra merge all of them."""


@pytest.mark.parametrize("name", names_in_group("scenario"))
def test_a_scenario_joined_to_what_is_composed_is_as_composed_with_it(composer: Composer, name: str) -> None:
    overrides = ["world=toy", f"scenario={name}"]
    _same_but_for_parts(copy.deepcopy(composer.plain(parse(overrides))), compose_plain(overrides), name)


@pytest.mark.parametrize("name", [each if each in QUICK else pytest.param(each, marks=pytest.mark.slow) for each in names_in_group("scenario")])
def test_a_scenario_joined_to_what_is_composed_is_hydras(composer: Composer, name: str) -> None:
    overrides = ["world=toy", f"scenario={name}"]
    _same_but_for_parts(copy.deepcopy(composer.plain(parse(overrides))), _composed(overrides, asked_for(Files.of(None), parse(overrides)).texts), name)


def _same_but_for_parts(ours: dict[str, Any], hydras: dict[str, Any], name: str) -> None:
    parts = ours["scenario"].pop("parts", {})           # which policies each scenario of a stack brought: Hydra does not keep it
    assert {policy for names in parts.values() for policy in names} <= set(ours["policy"])
    assert bool(parts) == (name == "great_decoupling")
    assert json.dumps(ours) == json.dumps(hydras)       # the order of keys as well


def test_what_is_composed_is_composed_once() -> None:
    composer = Composer()
    for value in ("0.1", "0.2"):
        baseline, scenario = composer.arms(["world=toy", "scenario=visa_tightening", f"policy.f1_refusal.value={value}", f"seed={value[-1]}"])
        assert scenario.policies["f1_refusal"].value == float(value) and "f1_refusal" not in baseline.policies
        assert scenario.ensemble.seed == baseline.ensemble.seed == int(value[-1])
    assert len(composer._plain._composed) == 1


def test_one_variant_does_not_change_the_next() -> None:
    composer, plain = Composer(), ["world=toy", "scenario=visa_tightening"]
    before = composer.arms(plain)
    composer.arms([*plain, "policy.f1_refusal=null", "behaviour.ecosystem.feedback=false", "entry=plateau"])
    assert composer.arms(plain) == before
