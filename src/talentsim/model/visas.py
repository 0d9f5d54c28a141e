"""Visas: what a country's regime grants, by which route and for how long."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
from talentsim.model.state.statuses import set_status
from talentsim.model.state.world import World
from talentsim.streams import draw_key, to_uniform, words_at
from talentsim.vocab import Decision, VisaOutcome, VisaRoute, VisaStatus

NO_ROUTE = -1


def uniforms(world: World, rows: Integers, decision: Decision, year: int, country: Integers | None = None) -> Floats:
    """Return one addressed uniform for each row, its own for each country where countries are given."""
    key = draw_key(world.key, decision, year, 0 if country is None else np.arange(len(world.countries)))
    return to_uniform(words_at(world.researchers.address[rows], key if country is None else key[country]))


def whole_years(world: World, rows: Integers, years: Floats | float, decision: Decision = Decision.CLOCK) -> Integers:
    """Round years to whole ones, up or down by a draw that is each person's own, so that the mean is kept."""
    luck = to_uniform(words_at(world.researchers.address[rows], draw_key(world.key, decision, world.config.world.burn_in_year)))
    return np.floor(np.minimum(years, 1000.0) + luck).astype(np.int64)


def is_refused(world: World, rows: Integers, host: Integers, year: int) -> Booleans:
    """Return whose work visa a country refuses this year, be it drawn or in need of no draw; one answer a person and country."""
    return uniforms(world, rows, Decision.WORK_VISA, year, host) < world.levers["work_visa_refusal"][host, world.researchers.origin_country[rows]]


def is_kept_out(world: World, rows: Integers, host: Integers, year: int) -> Booleans:
    """Return whom a country does not let in from outside this year, whatever the visa; one answer a person and country."""
    return uniforms(world, rows, Decision.ENTRY, year, host) < world.levers["entry_refusal"][host, world.researchers.origin_country[rows]]


def grant_work(world: World, rows: Integers, host: Integers, year: int) -> None:
    """Give foreigners a right to work in the country they are in; a durable one where no years have to pass first."""
    origin = world.researchers.origin_country[rows]
    durable = world.levers["years_to_permanence"][host, origin] <= 0.0
    set_status(world.researchers, rows[durable], VisaStatus.PERMANENT, year)
    set_status(world.researchers, rows[~durable], VisaStatus.TEMPORARY, year)


def settle(world: World, rows: Integers, year: int) -> None:
    """Give those who have just moved the status that fits where they are: nationals at home, a right to work elsewhere."""
    people = world.researchers
    at_home = people.work_country[rows] == people.origin_country[rows]
    set_status(people, rows[at_home], VisaStatus.NATIONAL, year)
    abroad = rows[~at_home]
    grant_work(world, abroad, people.work_country[abroad], year)


def escape(world: World, rows: Integers, host: Integers, year: int) -> Integers:
    """Return by which other way those who lost or were refused a work visa may work after all; NO_ROUTE for none.

    Other visas are tried first, then a spouse's right. Both are counted as applications of their own.
    """
    origin = world.researchers.origin_country[rows]
    route = np.full(len(rows), NO_ROUTE)
    for way, lever, decision in ((VisaRoute.OTHER_VISA, "other_visa", Decision.OTHER_VISA),
                                 (VisaRoute.SPOUSE, "spouse_right", Decision.SPOUSE)):
        found = (route == NO_ROUTE) & (uniforms(world, rows, decision, year, host) < world.levers[lever][host, origin])
        route[found] = way
        for outcome in (VisaOutcome.APPLIED, VisaOutcome.GRANTED):
            world.tally.count_visas(way, outcome, host, origin, found)
    return route


def enrol_again(world: World, rows: Integers, year: int) -> Booleans:
    """Let those whose status ends try for another degree where they are; return who is a student again."""
    people = world.researchers
    host, origin = people.work_country[rows], people.origin_country[rows]
    enrols = uniforms(world, rows, Decision.FURTHER_DEGREE, year) < world.levers["further_degree"][host, origin]
    set_status(people, rows[enrols], VisaStatus.STUDENT, year)
    for outcome in (VisaOutcome.APPLIED, VisaOutcome.GRANTED):
        world.tally.count_visas(VisaRoute.FURTHER_DEGREE, outcome, host, origin, enrols)
    return np.asarray(enrols)


def tries_after_study(levers: Mapping[str, Floats]) -> Floats:
    """Return how often a graduate can apply for a work visa before the time after study is over; shape (host,)."""
    return np.maximum(levers["post_study_years"], 1.0)


def chance_after_study(levers: Mapping[str, Floats], exempt_share: Floats) -> Floats:
    """Return the chance that a graduate of a country finds a lasting right to work there; shape (host, origin).

    Each try succeeds by the work visa or else by another way. Those in a sector outside the cap skip the lottery.

    Parameters
    ----------
    exempt_share
        Share of the posts in sectors outside the cap, shape (host,).
    """
    failing = (1.0 - levers["other_visa"]) * (1.0 - levers["spouse_right"])
    tries = tries_after_study(levers)[:, None]
    refused = levers["work_visa_refusal"]
    exempt = 1.0 - (refused * failing) ** tries
    capped = 1.0 - ((1.0 - levers["work_visa_odds"] * (1.0 - refused)) * failing) ** tries
    share = exempt_share[:, None]
    return np.asarray(share * exempt + (1.0 - share) * capped)
