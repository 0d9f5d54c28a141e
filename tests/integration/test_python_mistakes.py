"""What a user of Python gets wrong: each mistake is told with what there is, or how to make what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import talentsim
from talentsim import Config, TalentModel, compare, run_ensemble
from talentsim.ensemble.ensemble import Ensemble

SMALL = ("world=toy", "executor=serial", "world.end_year=2011", "ensemble.replications=1", "population.scale=0.2", "output.people=false")


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    """One short run of the toy world, without lives."""
    return run_ensemble(Config.load(*SMALL, f"output.dir={tmp_path_factory.mktemp('arm')}"))


@pytest.mark.parametrize("asked", [lambda: Config.load(["world=toy"]), lambda: Config.load({"world": "toy"}), lambda: Config.load(5), lambda: Config.load(None)])    # type: ignore[arg-type]
def test_overrides_are_texts(asked: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"overrides are texts, one each, as in Config\.load\('world=toy'"):
        asked()


@pytest.mark.parametrize("asked", [lambda: TalentModel("toy"), lambda: run_ensemble("world=toy"), lambda: compare("baseline", "opt_end")])    # type: ignore[arg-type]
def test_a_configuration_is_none_that_is_named(asked: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"takes a configuration, as Config\.load\("):
        asked()


def test_what_there_is_is_named(arm: Ensemble) -> None:
    model = TalentModel(arm.config).run()
    for asked in (arm.frame, arm[0].frame, model.frame):
        with pytest.raises(KeyError, match=r"there is no table 'work'; there are stocks, .*Did you mean 'works'\?"):
            asked("work")
        with pytest.raises(KeyError, match=r"no table 'events'.*output\.people=true"):
            asked("events")
    for asked in (arm.outcomes.__getitem__, arm.outcomes.frame):
        with pytest.raises(KeyError, match=r"no outcome 'workshare'; there are work_share, .*Did you mean 'work_share'\?"):
            asked("workshare")
    assert arm.outcomes.get("workshare") is None


def test_what_is_public_is_listed_and_told_shortly(arm: Ensemble) -> None:
    assert dir(talentsim) == sorted(talentsim.__all__)
    result = compare(arm.config, arm.config)
    for each in (arm.config, arm, arm[0], arm.outcomes, TalentModel(arm.config), result):
        assert len(repr(each)) < 500 and "\n" not in repr(each)
