"""Submodel study: stay or train abroad, and the student visa."""

from __future__ import annotations

import numpy as np

from talentsim.choice import Admission, Choosers, choose
from talentsim.state.world import World
from talentsim.streams import draw_key
from talentsim.utility import conditions_of, systematic_utility, taste_of
from talentsim.vocab import Decision, Reason

READS = ("entered", "levers", "log_strength", "diaspora", "origins.home_study", "destinations.asc_study")
WRITES = ("researchers", "tally.moves", "tally.refused_students")


def step(world: World, year: int) -> None:
    """Let new entrants choose where to take the doctorate.

    They go to the best country that admits them: each foreign country refuses with its own chance, drawn once for each
    person and country, and who is refused turns to the next best. Home always admits.
    """
    people, new, n = world.researchers, world.entered, len(world.countries)
    origin = people.origin_country[new].astype(np.int64)
    behaviour, everyone = world.config.behaviour, np.arange(n)
    table = systematic_utility(behaviour.study.weights, conditions_of(world, world.destinations.asc_study))
    choosers = Choosers(
        address=people.address[new], cell=origin * n + origin, reference=origin,
        taste=taste_of(world, new), away=-world.origins.home_study[origin], home=np.zeros(len(origin)))
    admission = Admission(np.repeat(world.levers["student_refusal"].T, n, axis=0),
                          draw_key(world.key, Decision.STUDENT_VISA, year, everyone))
    outcome = choose(table, choosers, draw_key(world.key, Decision.STUDY, year, everyone), admission,
                     world.config.population.chunk)

    abroad = outcome.alternative != origin
    people.training_country[new] = outcome.alternative
    people.move(np.arange(new.start, new.stop)[abroad], outcome.alternative[abroad], year)
    world.tally.count_moves(Reason.STUDY, origin, origin, outcome.alternative)
    np.add.at(world.tally.refused_students, (outcome.refused_by, origin[outcome.refused_row]), 1)
