"""Submodel output: expected works and frontier works of the year, attributed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from talentsim.arrays import ABILITY_UNIT, Floats
from talentsim.attribution import sum_by_cell
from talentsim.state.world import World
from talentsim.vocab import CareerStage

READS = ("researchers", "log_strength", "config.behaviour.output")
WRITES = ("tally.ability", "tally.works", "tally.frontier_works")

FRONTIER_UNIT = 2.0**-16


def step(world: World, year: int) -> None:
    """Work a year: works = rate * ability * E^eta * stage; frontier works = works * share * ability^a * E^b.

    Sums are of whole numbers, so they are the same in any order.
    """
    law, n = world.config.behaviour.output, len(world.countries)
    stage_factor = np.ones(len(CareerStage))
    stage_factor[CareerStage.STUDENT] = float(law.student_factor)
    log_strength = world.log_strength - world.log_strength.mean()
    world.tally.ability = sum_by_cell(world.researchers, world.researchers.ability, n)
    effective = (world.tally.ability * ABILITY_UNIT) @ stage_factor
    world.tally.works = float(law.rate) * effective * np.exp(float(law.eta) * log_strength)
    if year < world.config.world.start_year:      # frontier works feed nothing, and burn-in years are not reported
        return
    exponent = 1.0 + float(law.frontier_ability)
    frontier = sum_by_cell(world.researchers, _powers(exponent)[world.researchers.ability], n) @ stage_factor
    world.tally.frontier_works = (float(law.rate) * float(law.frontier_share) * frontier * FRONTIER_UNIT
                                  * np.exp((float(law.eta) + float(law.frontier_eco)) * log_strength))


@lru_cache(maxsize=8)
def _powers(exponent: float) -> Floats:
    """Return ability ** exponent in FRONTIER_UNIT, as whole numbers, for every 16-bit ability."""
    return np.rint((np.arange(1 << 16) * ABILITY_UNIT) ** exponent / FRONTIER_UNIT)
