"""Visas: what a country's regime grants, by which route and for how long."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
from talentsim.model.selection import level_of, relative_odds
from talentsim.model.state.statuses import set_status
from talentsim.model.state.world import World
from talentsim.streams import draw_key, person_address, to_uniform, words_at
from talentsim.vocab import BY_TRAINING, Decision, VisaOutcome, VisaRoute, VisaStatus

NO_ROUTE = -1
OTHER_VISAS, DOCTORATES = 2, 3      # places of the draws of SEATS; a lottery's seats and the others in it have the first two
LEAST_TRIES = 1.0       # an employer can ask before the degree is taken: without time after study one try is left


def uniforms(world: World, rows: Integers, decision: Decision, year: int, country: Integers | None = None) -> Floats:
    """Return one addressed uniform for each row, its own for each country where countries are given; parts of one whole give one answer."""
    if not rows.size:
        return np.empty(np.broadcast_shapes(rows.shape, () if country is None else country.shape))
    key = draw_key(world.key, decision, year, 0 if country is None else world.countries.whole)
    return to_uniform(words_at(world.researchers.address[rows], key if country is None else key[country]))


def whole_years(world: World, rows: Integers, years: Floats | float, decision: Decision = Decision.CLOCK) -> Integers:
    """Round years to whole ones, up or down by a draw that is each person's own, so that the mean is kept."""
    if not len(rows):
        return np.empty(0, np.int64)
    luck = to_uniform(words_at(world.researchers.address[rows], draw_key(world.key, decision, world.config.world.burn_in_year)))
    return np.floor(np.minimum(years, 1000.0) + luck).astype(np.int64)


def whole_places(world: World, places: Floats, year: int, of: int) -> Floats:
    """Turn places of a year in researchers into whole ones of agents, by country; no limit stays none.

    Where one agent stands for several researchers they are rounded up or down by a draw that is the country's own each year, so that
    the mean is kept: ten places at a fiftieth of the people are one in a year of five, not none. From scale 1 on half a place is none.

    Parameters
    ----------
    of
        What the places are of, OTHER_VISAS or DOCTORATES: each has a draw of its own.
    """
    scale, packing = world.config.population.scale, world.key.packing
    if scale >= 1.0:
        return np.floor(places * scale)
    luck = to_uniform(words_at(person_address(np.arange(len(places)), year, of, packing), draw_key(world.key, Decision.SEATS, year)))
    return np.floor(places * scale + luck)


def lever_of(world: World, name: str, rows: Integers, host: Integers) -> Floats:
    """Return a lever's value in a country for each of the rows, by their origin and, where a policy asks, their country of training."""
    people, classes = world.researchers, world.levers_by_training
    place = (host, people.origin_country[rows]) if world.levers[name].ndim == 2 else (host,)
    if len(classes) == 1 or name not in BY_TRAINING:
        return np.asarray(world.levers[name][place])
    return np.asarray(np.stack([levers[name] for levers in classes])[(world.training.of[people.training_country[rows]], *place)])


def odds_of(world: World, rows: Integers, host: Integers) -> Floats:
    """Return the chance of selection in a country's lottery, by odds as data, for each of the rows: by origin, training and pay."""
    odds, relative = lever_of(world, "work_visa_odds", rows, host), relative_odds(world.levers, world.regimes)
    if relative is None:
        return odds
    level = level_of(world.regimes, host, world.researchers.ability[rows])
    return np.where(odds < 1.0, np.minimum(odds * relative[host, level], 1.0), odds)


def is_refused(world: World, rows: Integers, host: Integers, year: int) -> Booleans:
    """Return whose work visa a country refuses this year, be it drawn or in need of no draw; one answer a person and country."""
    return uniforms(world, rows, Decision.WORK_VISA, year, host) < lever_of(world, "work_visa_refusal", rows, host)


def is_kept_out(world: World, rows: Integers, host: Integers, year: int) -> Booleans:
    """Return whom a country does not let in from outside this year, whatever the visa; one answer a person and country."""
    return uniforms(world, rows, Decision.ENTRY, year, host) < lever_of(world, "entry_refusal", rows, host)


def is_unfiled(world: World, rows: Integers, host: Integers, year: int, inside: Booleans | bool = False) -> Booleans:
    """Return for whom no employer in a country asks for a work visa this year, because of the fee; one answer a person and country.

    `inside` says who is in the country already.
    """
    chance = lever_of(world, "fee_unfiled", rows, host) * np.where(inside, world.levers["fee_inside"][host], 1.0)
    if not chance.any():
        return np.zeros(np.broadcast_shapes(np.shape(rows), np.shape(host)), dtype=bool)
    return uniforms(world, rows, Decision.PETITION, year, host) < chance


def grant_work(world: World, rows: Integers, host: Integers, year: int) -> None:
    """Give foreigners a right to work in the country they are in; a durable one where no years have to pass first."""
    if not len(rows):
        return
    durable = lever_of(world, "years_to_permanence", rows, host) <= 0.0
    set_status(world.researchers, rows[durable], VisaStatus.PERMANENT, year)
    set_status(world.researchers, rows[~durable], VisaStatus.TEMPORARY, year)


def settle(world: World, rows: Integers, year: int) -> None:
    """Give those who have just moved the status that fits where they are: nationals at home, a right to work elsewhere."""
    if not len(rows):
        return
    people = world.researchers
    at_home = people.work_country[rows] == people.origin_country[rows]
    set_status(people, rows[at_home], VisaStatus.NATIONAL, year)
    abroad = rows[~at_home]
    grant_work(world, abroad, people.work_country[abroad], year)


def escape(world: World, rows: Integers, host: Integers, year: int) -> Integers:
    """Return by which other way those who lost or were refused a work visa may work after all; NO_ROUTE for none.

    Other visas are tried first, then a spouse's right. Both are counted as applications of their own.
    """
    route = np.full(len(rows), NO_ROUTE)
    if not len(rows):
        return route
    origin = world.researchers.origin_country[rows]
    for way, lever, decision in ((VisaRoute.OTHER_VISA, "other_visa", Decision.OTHER_VISA),
                                 (VisaRoute.SPOUSE, "spouse_right", Decision.SPOUSE)):
        found = (route == NO_ROUTE) & (uniforms(world, rows, decision, year, host) < lever_of(world, lever, rows, host))
        if way == VisaRoute.OTHER_VISA:
            found &= _has_place(world, rows, host, found, year)
        route[found] = way
        for outcome in (VisaOutcome.APPLIED, VisaOutcome.GRANTED):
            world.tally.count_visas(way, outcome, host, origin, found)
    return route


def _has_place(world: World, rows: Integers, host: Integers, found: Booleans, year: int) -> Booleans:
    """Return who of those found is among as many as may find another visa this year, by lot; what is left of it shrinks."""
    has = np.ones(len(rows), dtype=bool)
    for country in np.flatnonzero(np.isfinite(world.other_visas_left)):
        asking = np.flatnonzero(found & (host == country))
        order = np.argsort(uniforms(world, rows[asking], Decision.OTHER_VISA, year, host[asking]), kind="stable")
        n_places = int(world.other_visas_left[country])
        has[asking[order[n_places:]]] = False
        world.other_visas_left[country] -= min(n_places, len(asking))
    return has


def enrol_again(world: World, rows: Integers, year: int) -> Booleans:
    """Let those whose status ends try for another degree where they are; return who is a student again."""
    if not len(rows):
        return np.zeros(0, dtype=bool)
    people = world.researchers
    host, origin = people.work_country[rows], people.origin_country[rows]
    enrols = uniforms(world, rows, Decision.FURTHER_DEGREE, year) < world.levers["further_degree"][host, origin]
    set_status(people, rows[enrols], VisaStatus.STUDENT, year)
    for outcome in (VisaOutcome.APPLIED, VisaOutcome.GRANTED):
        world.tally.count_visas(VisaRoute.FURTHER_DEGREE, outcome, host, origin, enrols)
    return np.asarray(enrols)


def tries_after_study(levers: Mapping[str, Floats]) -> Floats:
    """Return how often a graduate can apply for a work visa before the time after study is over; shape (host,)."""
    return np.maximum(levers["post_study_years"], LEAST_TRIES)


def chance_after_study(levers: Mapping[str, Floats], exempt_share: Floats, perceived_ways: float = 1.0) -> Floats:
    """Return the chance that a graduate of a country finds a lasting right to work there; shape (host, origin).

    Each try succeeds by the work visa or else by another way. Those in a sector outside the cap skip the lottery.

    Parameters
    ----------
    exempt_share
        Share of the posts in sectors outside the cap, shape (host,).
    perceived_ways
        How large the chance of other ways is believed to be, as a multiple of what it is.
    """
    other, spouse = (np.minimum(perceived_ways * levers[name], 1.0) for name in ("other_visa", "spouse_right"))
    failing = (1.0 - other) * (1.0 - spouse)
    tries = tries_after_study(levers)[:, None]
    refused = levers["work_visa_refusal"]
    unfiled = (levers["fee_unfiled"] * levers["fee_inside"])[:, None] * ~np.eye(len(refused), dtype=bool)    # nationals need no visa
    refused = np.where(unfiled > 0.0, 1.0 - (1.0 - refused) * (1.0 - unfiled), refused)     # no rounding where there is none
    exempt = 1.0 - (refused * failing) ** tries
    capped = 1.0 - ((1.0 - levers["work_visa_odds"] * (1.0 - refused)) * failing) ** tries
    share = exempt_share[:, None]
    return np.asarray(share * exempt + (1.0 - share) * capped)
