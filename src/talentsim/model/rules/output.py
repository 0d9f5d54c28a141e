"""Submodel output: expected works and frontier works of the year, attributed."""

from __future__ import annotations

from functools import lru_cache
from math import prod

import numpy as np

from talentsim.arrays import ABILITY_UNIT, CountryCode, Floats, Integers
from talentsim.model.attribution import ITSELF, cells, everybody, sum_by_cell, sums_of_cells
from talentsim.model.state.researchers import BLOCK, ability_powers
from talentsim.model.state.tally import CellSums
from talentsim.model.state.world import World
from talentsim.vocab import CareerStage, Sector, Tier

READS = ("researchers", "employers.hq", "origins.tier_ability", "log_strength", "levers", "config.behaviour")
WRITES = ("tally.talent", "tally.collaboration", "tally.output", "tally.tier_researchers", "tally.tier_works", "tally.sector_researchers",
          "tally.sector_works")

FRONTIER_UNIT = 2.0**-16


def step(world: World, year: int) -> None:
    """Work a year, and credit the works to origin, training, work and headquarters country.

    works    = rate * ability * stage * E^eta * collaboration * service^theta
    frontier = works * share * ability^a * E^b

    E and collaboration are the work country's, service is that of the headquarters country. Sums are of whole numbers,
    so they are the same in any order.
    """
    people, n, law = world.researchers, len(world.countries), world.config.behaviour.output
    if year < world.config.world.start_year:      # output feeds nothing, and burn-in years are not reported
        world.tally.talent = everybody((people.work_country,), (n,), people.ability)
        world.tally.collaboration = collaboration(world)
        return
    columns = (people.origin_country, people.training_country, people.work_country, _hq(world, slice(None)), people.career_stage)
    of_cells = sums_of_cells(columns, (n, n, n, n, len(CareerStage)), people.ability, (ITSELF, _powers(1.0 + float(law.frontier_ability))))
    of_all = _by_work_and_headquarters(of_cells, n)
    world.tally.talent = of_all.sum(axis=(1, 2))
    world.tally.collaboration = collaboration(world)
    log_strength = world.log_strength - world.countries.mean(world.log_strength)
    per_ability = (float(law.rate) * world.tally.collaboration * np.exp(float(law.eta) * log_strength))[:, None] \
        * (world.levers["service"] ** float(law.service))[None, :]                                         # (w, q)
    per_frontier = per_ability * float(law.frontier_share) * np.exp(float(law.frontier_eco) * log_strength)[:, None]
    stage = _stage_factor(world)
    world.tally.output = _works(of_cells, stage, per_ability, per_frontier)
    _count_sectors(world, of_all, per_ability, stage)
    _count_tiers(world, of_all, per_ability, stage)


def _by_work_and_headquarters(of_cells: CellSums, n: int) -> Floats:
    """Return ability by work and headquarters country and stage, whoever it is; shape (n, n, n_stages)."""
    sizes = (n, n, len(CareerStage))
    return sum_by_cell(of_cells.place % prod(sizes), of_cells.sums[0], sizes)


def _works(of_cells: CellSums, stage: Floats, per_ability: Floats, per_frontier: Floats) -> CellSums:
    """Return works and frontier works by (origin, training, work, headquarters), given the sums behind them by stage, too."""
    *shape, n_stages = of_cells.shape
    place, career = np.divmod(of_cells.place, n_stages)
    is_first = np.diff(place, prepend=-1) > 0
    row, place = np.cumsum(is_first) - 1, place[is_first]
    columns = []
    for sums, unit, factor in zip(of_cells.sums, (ABILITY_UNIT, FRONTIER_UNIT), (per_ability, per_frontier), strict=True):
        by_stage = np.zeros((len(place), n_stages))
        by_stage[row, career] = sums
        by_stage *= unit
        columns.append((by_stage @ stage) * factor.take(place % factor.size))
    return CellSums(tuple(shape), place, tuple(columns))


def collaboration(world: World) -> Floats:
    """Return the factor of output that rests on partners abroad: 1 where collaboration with all of them stands at 1.

    factor_w = 1 - share + share * sum over partners j of talent_j / (talent of all j) * collaboration_wj
    """
    n, share = len(world.countries), float(world.config.behaviour.output.collaboration)
    partners = np.broadcast_to(world.tally.talent, (n, n)) * ~world.countries.same_whole
    total = partners.sum(axis=1)
    with_them = (partners * world.levers["collaboration"]).sum(axis=1)
    return 1.0 - share + share * np.divide(with_them, total, out=np.ones(n), where=total > 0)


def _hq(world: World, rows: Integers | slice) -> np.ndarray:
    """Return the headquarters country of the rows' employers, block by block: NumPy widens what it looks up by."""
    employer = world.researchers.employer[rows]
    hq = np.empty(len(employer), CountryCode)
    for first in range(0, len(employer), BLOCK):
        hq[first:first + BLOCK] = world.employers.hq_code.take(employer[first:first + BLOCK])
    return hq


def _stage_factor(world: World) -> Floats:
    factor = np.ones(len(CareerStage))
    factor[CareerStage.STUDENT] = float(world.config.behaviour.output.student_factor)
    return factor


def _count_sectors(world: World, of_all: Floats, per_ability: Floats, stage: Floats) -> None:
    """Count researchers and works by sector of the employer and work country; industry has what academia leaves of `of_all`.

    Universities have their headquarters where they are.
    """
    people, n = world.researchers, len(world.countries)
    columns, sizes = (world.employers.is_firm(people.employer), people.work_country, people.career_stage), (len(Sector), n, len(CareerStage))
    ability = np.zeros((len(Sector), *of_all.shape))                   # (sector, w, q, stage)
    ability[Sector.ACADEMIA, np.arange(n), np.arange(n)] = everybody(columns, sizes, people.ability)[Sector.ACADEMIA]
    ability[Sector.INDUSTRY] = of_all - ability[Sector.ACADEMIA]
    world.tally.sector_researchers = everybody(columns, sizes).sum(axis=2)
    world.tally.sector_works = (ability * ABILITY_UNIT @ stage * per_ability).sum(axis=2)


def _count_tiers(world: World, of_all: Floats, per_ability: Floats, stage: Floats) -> None:
    """Count researchers and works of each tier of ability by work country; a higher tier is part of the lower.

    Only those above the lowest tier are looked at: it has what they leave of everybody's ability, `of_all`, summed by
    work and headquarters country and stage, and of everybody's head.
    """
    people, n, lowest = world.researchers, len(world.countries), world.origins.tier_ability
    rows = np.flatnonzero(people.ability >= lowest[1])
    able = people.ability[rows]
    highest = np.asarray(np.sum([able >= cut for cut in lowest[1:]], axis=0, dtype=np.uint8))
    sizes = (len(Tier), n, n, len(CareerStage))
    cell = cells((highest, people.work_country[rows], _hq(world, rows), people.career_stage[rows]), sizes)
    heads, ability = sum_by_cell(cell, None, sizes).sum(axis=(2, 3)), sum_by_cell(cell, able, sizes)
    heads[0] = world.tally.sector_researchers.sum(axis=0) - heads.sum(axis=0)
    ability[0] = of_all - ability.sum(axis=0)
    world.tally.tier_researchers = _and_higher(heads)
    world.tally.tier_works = _and_higher((ability * ABILITY_UNIT @ stage * per_ability).sum(axis=2))


def _and_higher(by_highest: np.ndarray) -> np.ndarray:
    """Add to each tier, axis 0, all that are higher."""
    return np.cumsum(by_highest[::-1], axis=0)[::-1]


@lru_cache(maxsize=8)
def _powers(exponent: float) -> Floats:
    """Return ability ** exponent in FRONTIER_UNIT, as whole numbers, for every 16-bit ability."""
    return np.rint(ability_powers(exponent) / FRONTIER_UNIT)
