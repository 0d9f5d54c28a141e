"""Submodel exit: those whose last year this was leave research."""

from __future__ import annotations

import numpy as np

from talentsim.model.attribution import cells, sum_by_cell
from talentsim.model.state.world import World
from talentsim.vocab import Reason

READS = ("researchers.exit_year",)
WRITES = ("researchers", "headcount", "tally.exits", "tally.stocks", "journal")


def step(world: World, year: int) -> None:
    """Remove those whose career ends this year and count who is left."""
    people, n = world.researchers, len(world.countries)
    leaves = people.exit_year <= year
    rows = np.flatnonzero(leaves)
    np.add.at(world.tally.exits, (people.origin_country[rows], people.work_country[rows]), 1)
    world.journal.write(people, rows, year, people.work_country[rows], Reason.EXIT)
    people.keep(~leaves)
    if year < world.config.world.start_year:
        world.headcount = np.bincount(people.work_country, minlength=n).astype(np.int64, copy=False)
        return
    columns = (people.origin_country, people.training_country, people.work_country, people.career_stage, people.visa_status)
    sizes = world.tally.stocks.shape
    stocks = sum_by_cell(cells(columns, sizes), None, sizes).astype(np.int64, copy=False)
    world.tally.stocks, world.headcount = stocks, stocks.sum(axis=(0, 1, 3, 4))
