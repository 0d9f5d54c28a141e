"""Moves between countries: leaving for home at once, or for another country once it has said yes."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Integers
from talentsim.model.state.world import Application, World
from talentsim.model.visas import settle
from talentsim.vocab import Reason


def depart(world: World, rows: Integers, chosen: Integers, reason: Reason, year: int) -> None:
    """Let those who have chosen another country leave: home takes its nationals back, any other has to admit them."""
    people = world.researchers
    leaves = chosen != people.work_country[rows]
    goes_home = leaves & (chosen == people.origin_country[rows])
    arrive(world, rows[goes_home], chosen[goes_home], reason, year)
    applies = leaves & ~goes_home
    world.applications.append(Application(rows[applies], chosen[applies], reason))


def arrive(world: World, rows: Integers, country: Integers, reason: Reason, year: int) -> None:
    """Put people into another country with the status that fits there, counted and taken down."""
    if not len(rows):
        return
    people = world.researchers
    origin, start = people.origin_country[rows], people.work_country[rows].copy()
    people.move(rows, country.astype(np.uint8), year)
    settle(world, rows, year)
    world.tally.count_moves(reason, origin, start, country)
    world.journal.write(people, rows, year, start, reason)
