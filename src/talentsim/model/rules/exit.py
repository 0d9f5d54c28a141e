"""Submodel exit: those whose last year this was leave research."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Integers
from talentsim.model.attribution import everybody, sums_of_cells
from talentsim.model.state.world import World
from talentsim.vocab import Reason, Tier

READS = ("researchers.exit_year", "employers", "origins.tier_ability")
WRITES = ("researchers", "headcount", "tally.exits", "tally.stock", "tally.tier_researchers", "tally.sector_researchers", "journal")


def step(world: World, year: int) -> None:
    """Remove those whose career ends this year and count who is left, by tier and sector, too."""
    people, n = world.researchers, len(world.countries)
    leaves = people.exit_year <= year
    rows = np.flatnonzero(leaves)
    np.add.at(world.tally.exits, (people.origin_country[rows], people.work_country[rows]), 1)
    world.journal.write(people, rows, year, people.work_country[rows], Reason.EXIT)
    if year >= world.config.world.start_year:
        _leave_parts(world, rows)
    people.keep(~leaves)
    world.headcount = everybody((people.work_country,), (n,))
    if year < world.config.world.start_year:
        return
    columns = (people.origin_country, people.training_country, people.work_country, people.career_stage, people.visa_status)
    sizes = world.tally.stock.shape
    world.tally.stock = sums_of_cells(columns, sizes)


def _leave_parts(world: World, rows: Integers) -> None:
    """Take those who leave out of the people by sector and by tier: both, like the stock, are of the end of the year."""
    people, tally, work = world.researchers, world.tally, world.researchers.work_country[rows]
    np.subtract.at(tally.sector_researchers, (world.employers.is_firm(people.employer[rows]).astype(np.int64), work), 1)
    for tier, lowest in enumerate(world.origins.tier_ability):
        np.subtract.at(tally.tier_researchers[tier], work[(tier == Tier.ALL) | (people.ability[rows] >= lowest)], 1)
