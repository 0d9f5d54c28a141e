"""Submodel exit: those whose last year this was leave research."""

from __future__ import annotations

import numpy as np

from talentsim.model.attribution import everybody, sums_of_cells
from talentsim.model.state.world import World
from talentsim.vocab import Reason

READS = ("researchers.exit_year",)
WRITES = ("researchers", "headcount", "tally.exits", "tally.stock", "journal")


def step(world: World, year: int) -> None:
    """Remove those whose career ends this year and count who is left."""
    people, n = world.researchers, len(world.countries)
    leaves = people.exit_year <= year
    rows = np.flatnonzero(leaves)
    np.add.at(world.tally.exits, (people.origin_country[rows], people.work_country[rows]), 1)
    world.journal.write(people, rows, year, people.work_country[rows], Reason.EXIT)
    people.keep(~leaves)
    world.headcount = everybody((people.work_country,), (n,))
    if year < world.config.world.start_year:
        return
    columns = (people.origin_country, people.training_country, people.work_country, people.career_stage, people.visa_status)
    sizes = world.tally.stock.shape
    world.tally.stock = sums_of_cells(columns, sizes)
