"""Submodel location: researchers who search this year choose a country, staying included."""

from __future__ import annotations

import numpy as np

from talentsim.model import kernels
from talentsim.model.choice import Choosers, choose
from talentsim.model.conditions import conditions_of
from talentsim.model.moves import depart
from talentsim.model.state.researchers import BLOCK
from talentsim.model.state.world import World
from talentsim.model.utility import by_training, moving_terms, taste_of, utility_with_permanence
from talentsim.streams import draw_key, words_at
from talentsim.vocab import CareerStage, Decision, Reason

READS = ("levers", "log_strength", "diaspora", "researchers", "destinations", "ended")
WRITES = ("researchers", "tally.moves", "applications", "journal")


def step(world: World, year: int) -> None:
    """Let those who search choose; graduates of this year have just done so, and those whose status ended must go."""
    people, n = world.researchers, len(world.countries)
    rows = np.flatnonzero(searching(world, year))
    origin, current = people.origin_country[rows].astype(np.int64), people.work_country[rows].astype(np.int64)
    law = world.config.behaviour.location
    table, cell = by_training(world, rows, lambda levers: utility_with_permanence(
        law.weights, conditions_of(world, world.destinations.asc_work, law.chilling, levers), origin * n + current, people.visa_status[rows]))
    away, home = moving_terms(world, year, rows)
    choosers = Choosers(people.address[rows], cell, current, taste_of(world, rows), away, home)
    chosen = choose(table, choosers, draw_key(world.key, Decision.LOCATION, year, np.arange(n)),
                    chunk=world.config.population.chunk).alternative.astype(np.int64)
    depart(world, rows, chosen, Reason.SEARCH, year)


def searching(world: World, year: int) -> np.ndarray:
    """Return who searches: an addressed draw that looks at nothing else; shape (n_researchers,)."""
    people = world.researchers
    rate = float(world.config.behaviour.location.rate_search)
    threshold = np.uint64(min(int(rate * 2.0**64), 2**64 - 1))
    if kernels.pays(len(people)):
        searches = kernels.searching(people.address, np.uint64(draw_key(world.key, Decision.SEARCH, year)), threshold, people.career_stage,
                                     people.graduation_year, CareerStage.RESEARCHER, year)
        searches[world.ended] = False
        return searches
    key, searches = draw_key(world.key, Decision.SEARCH, year), np.empty(len(people), dtype=bool)
    for first in range(0, len(people), BLOCK):
        searches[first:first + BLOCK] = words_at(people.address[first:first + BLOCK], key) < threshold
    searches &= people.career_stage == CareerStage.RESEARCHER
    searches &= people.graduation_year != year
    searches[world.ended] = False
    return searches
