"""Submodel policy: the dated changes in force give this year's levers."""

from __future__ import annotations

import numpy as np

from talentsim.model.policy import levers_in_year
from talentsim.model.state.tally import Tally
from talentsim.model.state.world import TurnedAway, World
from talentsim.model.visas import OTHER_VISAS, whole_places

READS = ("config.policy", "figures", "lever_axes", "training")
WRITES = ("given", "levers", "levers_by_training", "offered", "other_visas_left", "tally", "applications", "turned_away", "ended")


def step(world: World, year: int) -> None:
    """Open the year: its figures, its levers under the policies in force, an empty tally, and nobody waiting for a decision."""
    world.given = world.figures.at(year - world.config.world.burn_in_year)
    world.levers_by_training = [levers_in_year(world.given.levers, world.config.policies, year, world.lever_axes, code)
                                for code in world.training.members]
    world.levers = world.levers_by_training[0]
    world.offered = {}
    world.tally = Tally.empty(len(world.countries))
    world.other_visas_left = whole_places(world, world.levers["other_visa_cap"], year, OTHER_VISAS)
    world.applications = []
    world.turned_away = TurnedAway.nobody()
    world.ended = np.empty(0, dtype=np.int64)
