"""Submodel exit: those whose last year this was leave research."""

from __future__ import annotations

import numpy as np

from talentsim.attribution import sum_by_cell
from talentsim.state.world import World

READS = ("researchers.exit_year",)
WRITES = ("researchers", "tally.exits", "tally.researchers")


def step(world: World, year: int) -> None:
    """Remove those whose career ends this year and count who is left."""
    people, n = world.researchers, len(world.countries)
    leaves = people.exit_year <= year
    np.add.at(world.tally.exits, (people.origin_country[leaves], people.work_country[leaves]), 1)
    people.keep(~leaves)
    if year >= world.config.world.start_year:
        world.tally.researchers = sum_by_cell(people, None, n).astype(np.int64)
