"""Each scenario moves what it is about, in the direction that its file gives."""

from __future__ import annotations

import numpy as np
import pytest

from talentsim import Config
from talentsim.arrays import Floats
from talentsim.config.arms import Composer
from talentsim.config.files import names_in_group
from talentsim.ensemble.session import Session

SMALL = ["world=ai", "parameters=point", "population.scale=0.1", "executor=serial", "ensemble.replications=2"]


@pytest.fixture(scope="module")
def session() -> Session:
    """One for all scenarios: the years before a scenario begins are simulated once."""
    return Session()


@pytest.fixture(scope="module")
def composer() -> Composer:
    return Composer()


@pytest.fixture(scope="module")
def baseline(session: Session) -> dict[str, Floats]:
    return session.outcomes(Config.load(*SMALL, "scenario=baseline"))


@pytest.mark.parametrize("scenario", sorted(set(names_in_group("scenario")) - {"baseline"}))
def test_a_scenario_moves_what_it_is_about(session: Session, composer: Composer, baseline: dict[str, Floats], scenario: str) -> None:
    """In the mean of paired replications, by the last year."""
    config = composer.one([*SMALL, f"scenario={scenario}"])
    changed, codes = session.outcomes(config, keep=False), list(config.world.countries)
    assert config.scenario.expects
    for expected in config.scenario.expects:
        last = [arm[expected.outcome][:, -1, codes.index(expected.country)] for arm in (baseline, changed)]
        difference = np.mean(np.subtract(*reversed(last)))
        assert np.sign(difference) == expected.sign, f"{expected.outcome} of {expected.country}: {difference:+.3f}"
