"""Submodel location: researchers who search this year choose a country, staying included."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.choice import Choosers, choose
from talentsim.state.world import World
from talentsim.streams import draw_key, words_at
from talentsim.utility import conditions_of, systematic_utility, taste_of
from talentsim.vocab import CareerStage, Decision, Reason

READS = ("levers", "log_strength", "diaspora", "researchers", "destinations.asc_work")
WRITES = ("researchers", "tally.moves")


def step(world: World, year: int) -> None:
    """Let those who search choose; graduates of this year have just done so."""
    people, n = world.researchers, len(world.countries)
    rows = np.flatnonzero(searching(world, year))
    table = systematic_utility(world.config.behaviour.location.weights, conditions_of(world, world.destinations.asc_work))
    origin, current = people.origin_country[rows].astype(np.int64), people.work_country[rows].astype(np.int64)
    away, home = moving_terms(world, year, rows)
    choosers = Choosers(people.address[rows], origin * n + current, current, taste_of(world, rows), away, home)
    chosen = choose(table, choosers, draw_key(world.key, Decision.LOCATION, year, np.arange(n)),
                    chunk=world.config.population.chunk).alternative

    moved = chosen != current
    people.move(rows[moved], chosen[moved], year)
    world.tally.count_moves(Reason.SEARCH, origin, current, chosen)


def searching(world: World, year: int) -> np.ndarray:
    """Return who searches: an addressed draw that looks at nothing else; shape (n_researchers,)."""
    people = world.researchers
    rate = float(world.config.behaviour.location.rate_search)
    threshold = np.uint64(min(int(rate * 2.0**64), 2**64 - 1))
    searches = words_at(people.address, draw_key(world.key, Decision.SEARCH, year)) < threshold
    searches &= people.career_stage == CareerStage.RESEARCHER
    searches &= people.graduation_year != year
    return searches


def moving_terms(world: World, year: int, rows: Integers) -> tuple[Floats, Floats]:
    """Return the cost of moving away and the pull of home, in utils, each of shape (n_rows,).

    A first move costs more with every year since the doctorate, an onward move with every year since the last; the
    pull of home falls with the log of the years abroad. Years count up to `age_cap`.
    """
    people, law = world.researchers, world.config.behaviour.location
    career_age = np.minimum(year - people.graduation_year[rows], law.age_cap)
    tenure = np.minimum(year - people.last_move_year[rows], law.age_cap)
    away = np.where(people.n_moves[rows] == 0,
                    -(float(law.first_move) + float(law.first_move_age) * career_age),
                    -(float(law.onward_move) + float(law.onward_tenure) * tenure))
    home = float(law.return_constant) - float(law.return_slope) * np.log1p(tenure) + people.home_attachment_of(rows)
    return away, home
