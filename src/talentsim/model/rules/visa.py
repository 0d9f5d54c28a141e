"""Submodel visa: clocks run, permanence comes, work visas are renewed or end."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Booleans, Integers
from talentsim.model.state.statuses import set_status
from talentsim.model.state.world import World
from talentsim.model.visas import NO_ROUTE, enrol_again, escape, lever_of, uniforms, whole_years
from talentsim.vocab import CareerStage, Decision, Reason, VisaOutcome, VisaRoute, VisaStatus

READS = ("levers", "regimes", "researchers", "config.behaviour.study.further_years")
WRITES = ("researchers", "ended", "tally.visas", "journal")


def step(world: World, year: int) -> None:
    """Let the clocks of everybody abroad run for a year.

    A further degree ends and gives the time after study once more. On a work visa permanence comes first; then those
    who have waited long enough are queued; renewals are due every few years; and who has reached the longest stay
    without being queued has to go, unless there is another way.
    """
    _further_degrees(world, year)
    people = world.researchers
    rows: Integers = np.flatnonzero((people.visa_status == VisaStatus.TEMPORARY) | (people.visa_status == VisaStatus.QUEUED))
    rows = rows[people.status_since[rows] < year]
    rows = _become_permanent(world, rows, year)
    _join_queue(world, rows, year)
    ends = _renewals(world, rows, year)
    years = year - people.status_since[rows]
    host = people.work_country[rows]
    ends |= (people.visa_status[rows] == VisaStatus.TEMPORARY) & (years >= world.levers["max_years"][host])
    world.ended = _no_other_way(world, rows[ends], year)


def _further_degrees(world: World, year: int) -> None:
    people = world.researchers
    rows: Integers = np.flatnonzero((people.visa_status == VisaStatus.STUDENT) & (people.career_stage == CareerStage.RESEARCHER))
    years = whole_years(world, rows, float(world.config.behaviour.study.further_years))
    done = rows[year - people.status_since[rows] >= years]
    set_status(people, done, VisaStatus.POST_STUDY, year)
    world.journal.write(people, done, year, people.work_country[done], Reason.STATUS)


def _become_permanent(world: World, rows: Integers, year: int) -> Integers:
    """Make permanent those who have waited long enough, by the wait in force this year; return the others."""
    people = world.researchers
    wait = lever_of(world, "years_to_permanence", rows, people.work_country[rows])
    due = year - people.status_since[rows] >= whole_years(world, rows, wait)
    set_status(people, rows[due], VisaStatus.PERMANENT, year)
    world.journal.write(people, rows[due], year, people.work_country[rows[due]], Reason.STATUS)
    return rows[~due]


def _join_queue(world: World, rows: Integers, year: int) -> None:
    people = world.researchers
    joins = people.visa_status[rows] == VisaStatus.TEMPORARY
    joins &= year - people.status_since[rows] >= world.regimes.queue_after[people.work_country[rows]]
    set_status(people, rows[joins], VisaStatus.QUEUED, year, keeps_clock=True)
    world.journal.write(people, rows[joins], year, people.work_country[rows[joins]], Reason.STATUS)


def _renewals(world: World, rows: Integers, year: int) -> Booleans:
    """Decide the renewals that are due; return who of the rows was refused one."""
    people = world.researchers
    host, origin = people.work_country[rows], people.origin_country[rows]
    is_due = (year - people.status_since[rows]) % np.maximum(world.regimes.renewal_years[host], 1.0) < 1.0
    refused = is_due & (uniforms(world, rows, Decision.RENEWAL, year) < lever_of(world, "renewal_refusal", rows, host))
    for outcome, which in ((VisaOutcome.APPLIED, is_due), (VisaOutcome.REFUSED, refused), (VisaOutcome.GRANTED, is_due & ~refused)):
        world.tally.count_visas(VisaRoute.RENEWAL, outcome, host, origin, which)
    world.journal.write(people, rows[refused], year, host[refused], Reason.REFUSED)
    return np.asarray(refused)


def _no_other_way(world: World, rows: Integers, year: int) -> Integers:
    """Let those whose work visa ends try the other ways to stay; return those left without a status."""
    people = world.researchers
    found = escape(world, rows, people.work_country[rows].astype(np.int64), year) != NO_ROUTE
    set_status(people, rows[found], VisaStatus.TEMPORARY, year)
    left = rows[~found]
    enrolled = enrol_again(world, left, year)
    changed = np.concatenate([rows[found], left[enrolled]])
    world.journal.write(people, changed, year, people.work_country[changed], Reason.STATUS)
    return left[~enrolled]
