"""Submodel graduation: with the doctorate in hand, stay, go home or try elsewhere."""

from __future__ import annotations

import numpy as np

from talentsim.model.choice import Choosers, choose
from talentsim.model.conditions import conditions_of
from talentsim.model.employers import NO_EMPLOYER
from talentsim.model.moves import depart
from talentsim.model.state.statuses import set_status
from talentsim.model.state.world import World
from talentsim.model.utility import by_training, systematic_utility, taste_of
from talentsim.streams import draw_key
from talentsim.vocab import CareerStage, Decision, Reason, VisaStatus

READS = ("levers", "log_strength", "diaspora", "researchers", "destinations")
WRITES = ("researchers", "tally.moves", "applications", "journal")


def step(world: World, year: int) -> None:
    """Let this year's graduates choose where to work; the utility is the location choice's, the cost of moving is not.

    Those who studied abroad may stay for a while without a work visa. Who has chosen a third country is admitted there
    first, and meanwhile stays like the others.
    """
    people, n = world.researchers, len(world.countries)
    rows = np.flatnonzero(people.graduation_year == year)
    behaviour = world.config.behaviour
    origin, current = people.origin_country[rows].astype(np.int64), people.work_country[rows].astype(np.int64)
    table, cell = by_training(world, rows, lambda levers: (systematic_utility(behaviour.location.weights, conditions_of(
        world, world.destinations.asc_work, behaviour.graduation.chilling, levers)), origin * n + current))
    choosers = Choosers(
        address=people.address[rows], cell=cell, reference=current,
        taste=taste_of(world, rows),
        away=np.full(len(rows), -float(behaviour.graduation.move)),
        home=float(behaviour.graduation.return_constant) + people.home_attachment_of(rows))
    chosen = choose(table, choosers, draw_key(world.key, Decision.GRADUATION, year, np.arange(n)),
                    chunk=world.config.population.chunk).alternative.astype(np.int64)

    people.career_stage[rows] = CareerStage.RESEARCHER
    people.employer[rows] = NO_EMPLOYER
    abroad = rows[current != origin]
    set_status(people, abroad, VisaStatus.POST_STUDY, year)
    world.journal.write(people, abroad, year, people.work_country[abroad], Reason.STATUS)
    depart(world, rows, chosen, Reason.GRADUATION, year)
