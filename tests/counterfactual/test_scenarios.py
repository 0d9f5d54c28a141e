"""Each scenario moves what it is about, in the direction that its file gives."""

from __future__ import annotations

import numpy as np
import pytest

from talentsim import Config, TalentModel
from talentsim.config.arms import load_arms
from talentsim.config.files import names_in_group
from talentsim.model.outcomes import OUTCOMES
from talentsim.model.recorder import RunTables

SMALL = ["world=ai", "parameters=point", "population.scale=0.1", "executor=serial", "output.people=false"]
REPLICATIONS = 2


def runs(config: Config) -> list[RunTables]:
    return [TalentModel(config, replication=each).run() for each in range(REPLICATIONS)]


@pytest.fixture(scope="module")
def baseline() -> list[RunTables]:
    return runs(Config.load(*SMALL, "scenario=baseline"))


@pytest.mark.parametrize("scenario", sorted(set(names_in_group("scenario")) - {"baseline"}))
def test_a_scenario_moves_what_it_is_about(baseline: list[RunTables], scenario: str) -> None:
    """In the mean of paired replications, by the last year."""
    config = load_arms([*SMALL, f"scenario={scenario}"])[1]
    changed = runs(config)
    assert config.scenario.expects
    for expected in config.scenario.expects:
        place = changed[0].codes.index(expected.country)
        outcome = OUTCOMES[expected.outcome]
        last = [[outcome.of(run.agents(outcome.table), list(run.years), config.population.scale)[-1, place] for run in arm]
                for arm in (baseline, changed)]
        difference = np.mean(np.subtract(*reversed(last)))
        assert np.sign(difference) == expected.sign, f"{expected.outcome} of {expected.country}: {difference:+.3f}"
