"""Submodel policy: the dated changes in force give this year's levers."""

from __future__ import annotations

import numpy as np

from talentsim.model.policy import levers_in_year
from talentsim.model.state.tally import Tally
from talentsim.model.state.world import TurnedAway, World

READS = ("config.policy", "base_levers", "lever_axes", "corridors")
WRITES = ("levers", "corridor", "tally", "applications", "turned_away", "ended")


def step(world: World, year: int) -> None:
    """Open the year: its levers and constants, an empty tally, and nobody waiting for a decision."""
    world.levers = levers_in_year(world.base_levers, world.config.policies, year, world.lever_axes)
    world.corridor = world.corridors[year - world.config.world.burn_in_year]
    world.tally = Tally.empty(len(world.countries))
    world.applications = []
    world.turned_away = TurnedAway.nobody()
    world.ended = np.empty(0, dtype=np.int64)
