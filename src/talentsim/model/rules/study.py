"""Submodel study: stay or train abroad, the student visa, and a place at a university."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Booleans, Codes, Floats, Integers
from talentsim.model.choice import Admission, Choosers, Chosen, choose
from talentsim.model.conditions import conditions_of
from talentsim.model.policy import if_trained_there
from talentsim.model.state.statuses import set_status
from talentsim.model.state.world import World
from talentsim.model.utility import systematic_utility, taste_of
from talentsim.model.visas import DOCTORATES, whole_places
from talentsim.streams import draw_key, to_uniform, words_at
from talentsim.vocab import Decision, Reason, VisaOutcome, VisaRoute, VisaStatus

READS = ("entered", "levers", "log_strength", "diaspora", "origins.home_study", "destinations")
WRITES = ("researchers", "tally.moves", "tally.visas", "journal")


def step(world: World, year: int) -> None:
    """Let new entrants choose where to take the doctorate.

    They go to the best country that admits them: each foreign country refuses with its own chance, drawn once for each
    person and country, and who is refused turns to the next best. Home always admits. Where places run out, lots are
    drawn for them, and those without a place turn to the next best as well.
    """
    if world.config.behaviour.study.years > 0:          # without studies everybody enters as a researcher, at home
        _train(world, year)
    world.journal.enrol(world.researchers, world.entered, year)


def _train(world: World, year: int) -> None:
    people, rows = world.researchers, np.arange(world.entered.start, world.entered.stop)
    origin = people.origin_country[rows].astype(np.int64)
    choosers = _choosers(world, rows, origin)
    outcome = _choose(world, year, choosers, rows, None)
    closed: Booleans | None = None
    while (turned_away := _without_place(world, year, rows, outcome.alternative, origin)).any():
        closed = np.zeros((len(rows), len(world.countries)), dtype=bool) if closed is None else closed
        closed[turned_away, outcome.alternative[turned_away]] = True
        outcome = _choose(world, year, choosers, rows, closed)

    _count(world, origin, outcome)
    people.training_country[rows] = outcome.alternative
    abroad = outcome.alternative != origin
    people.move(rows[abroad], outcome.alternative[abroad], year)
    set_status(people, rows[abroad], VisaStatus.STUDENT, year)
    people.employer[rows] = world.employers.university(outcome.alternative)
    world.tally.count_moves(Reason.STUDY, origin, origin, outcome.alternative)
    world.journal.write(people, rows[outcome.refused_row], year, origin[outcome.refused_row], Reason.REFUSED)
    world.journal.write(people, rows[abroad], year, origin[abroad], Reason.STUDY)


def _choosers(world: World, rows: Integers, origin: Integers) -> Choosers:
    n = len(world.countries)
    return Choosers(
        address=world.researchers.address[rows], cell=origin * n + origin, reference=origin, taste=taste_of(world, rows),
        away=-world.origins.home_study[origin], home=np.zeros(len(origin)))


def _choose(world: World, year: int, choosers: Choosers, rows: Integers, closed: Booleans | None) -> Chosen:
    n, everyone = len(world.countries), np.arange(len(world.countries))
    table = systematic_utility(world.config.behaviour.study.weights, conditions_of(
        world, world.destinations.asc_study, levers=if_trained_there(world.levers_by_training, world.training)))
    admission = Admission(_refusal(world), choosers.reference + n * world.researchers.is_listed[rows],
                          draw_key(world.key, Decision.STUDENT_VISA, year, world.countries.whole), closed)
    return choose(table, choosers, draw_key(world.key, Decision.STUDY, year, everyone), admission,
                  world.config.population.chunk)


def _refusal(world: World) -> Floats:
    """Return the chance of refusal by country, for each origin first those not listed, then those listed; (2 n, n)."""
    refused, screened = world.levers["student_refusal"].T, world.levers["listed_refusal"].T
    return np.concatenate([refused, 1.0 - (1.0 - refused) * (1.0 - screened)])


def _without_place(world: World, year: int, rows: Integers, country: Codes, origin: Integers) -> Booleans:
    """Return who has no place: foreigners beyond a country's capacity, by lot. A country's own always have one.

    The lot is each person's own for each country, so within one year a higher capacity only adds students.
    """
    capacity = whole_places(world, world.levers["doctoral_capacity"], year, DOCTORATES)
    turned_away = np.zeros(len(rows), dtype=bool)
    for host in np.flatnonzero(np.isfinite(capacity)):
        foreign = np.flatnonzero((country == host) & (origin != host))
        lot = to_uniform(words_at(world.researchers.address[rows[foreign]],
                                  draw_key(world.key, Decision.DOCTORAL_PLACE, year, int(world.countries.whole[host]))))
        turned_away[foreign[np.argsort(lot, kind="stable")[int(capacity[host]):]]] = True
    return turned_away


def _count(world: World, origin: Integers, outcome: Chosen) -> None:
    """Count visas sought: by those who were granted one and left, and by those who were refused one they preferred."""
    abroad = outcome.alternative != origin
    for host, of, result in ((outcome.alternative[abroad].astype(np.int64), origin[abroad], VisaOutcome.GRANTED),
                             (outcome.refused_by, origin[outcome.refused_row], VisaOutcome.REFUSED)):
        for each in (VisaOutcome.APPLIED, result):
            world.tally.count_visas(VisaRoute.STUDENT_VISA, each, host, of)
