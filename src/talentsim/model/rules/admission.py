"""Submodel admission: work visas are asked for, drawn by lot under a cap, refused or granted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Booleans, EmployerCodes, Floats, Integers
from talentsim.model.employers import NO_EMPLOYER, NO_FIRM
from talentsim.model.moves import arrive
from talentsim.model.offers import offered_employers
from talentsim.model.selection import level_of, relative_odds
from talentsim.model.state.world import TurnedAway, World
from talentsim.model.visas import (
    LEAST_TRIES,
    NO_ROUTE,
    enrol_again,
    escape,
    grant_work,
    is_kept_out,
    is_refused,
    is_unfiled,
    lever_of,
    odds_of,
    uniforms,
    whole_years,
)
from talentsim.streams import draw_key, person_address, to_uniform, words_at
from talentsim.vocab import Decision, Reason, VisaOutcome, VisaRoute, VisaStatus

READS = ("applications", "levers", "regimes", "employers", "destinations.industry_share", "researchers")
WRITES = ("researchers", "turned_away", "ended", "tally.visas", "tally.moves", "journal")


@dataclass(frozen=True)
class _Asked:
    """Applications of one year for a right to work, one a person and country; each of shape (n,)."""

    rows: Integers
    host: Integers
    origin: Integers
    reason: Integers            # of the move that hangs on it; STATUS for those who are in the country already
    employer: EmployerCodes     # who would employ them
    route: Integers             # VisaRoute


def step(world: World, year: int) -> None:
    """Decide on everybody who has chosen a foreign country, and on those there whose time after study runs.

    Cap-exempt sectors and transfers within a firm skip the lottery. Who loses it, or is refused, may find another way;
    who is not let in from outside has none, for closed borders and consulates stop every kind of visa. A fee may keep an
    employer from asking; then the other ways are left.
    Who is refused stays where they are, unless the firm that would have hired them places them elsewhere; those whose
    time after study is over are left without a status, unless they enrol again.
    """
    asked = _gather(world, year)
    inside = asked.reason == Reason.STATUS
    unfiled = (asked.route != VisaRoute.TRANSFER) & is_unfiled(world, asked.rows, asked.host, year, inside)
    lost = _lose_lottery(world, asked, unfiled, year)
    kept_out = ~inside & is_kept_out(world, asked.rows, asked.host, year)
    refused = ~lost & (kept_out | (~unfiled & is_refused(world, asked.rows, asked.host, year)))
    _count(world, asked, unfiled, lost, refused)
    failed = np.flatnonzero((unfiled | lost | refused) & ~kept_out)
    found = escape(world, asked.rows[failed], asked.host[failed], year) != NO_ROUTE
    granted = ~(unfiled | lost | refused)
    granted[failed[found]] = True
    _tell_refusals(world, asked, unfiled & ~refused & ~granted, Reason.NOT_FILED, year)
    _tell_refusals(world, asked, lost & ~granted, Reason.LOST_LOTTERY, year)
    _tell_refusals(world, asked, refused & ~granted, Reason.REFUSED, year)
    world.turned_away = _turned_away(world, asked, granted)
    _admit(world, asked, granted, year)
    _end_time_after_study(world, year)


def _gather(world: World, year: int) -> _Asked:
    """Collect who applies where: first those who want to move, then those who want to stay after study."""
    people = world.researchers
    staying = np.flatnonzero(people.visa_status == VisaStatus.POST_STUDY)
    rows = np.concatenate([*(each.rows for each in world.applications), staying])
    host = np.concatenate([*(each.country for each in world.applications), people.work_country[staying]]).astype(np.int64)
    reason = np.repeat([*(each.reason for each in world.applications), Reason.STATUS],
                       [*(len(each.rows) for each in world.applications), len(staying)])
    employer = people.employer[rows]
    stays = reason == Reason.STATUS
    needs_offer = ~stays | (employer == NO_EMPLOYER)
    transferred = ~stays & _transferred(world, rows, host, year)
    asks = needs_offer & ~transferred
    employer[asks] = offered_employers(world, rows[asks], host[asks], year)
    exempt = world.regimes.cap_exempt[host, world.employers.sector[employer]]
    route = np.where(transferred, VisaRoute.TRANSFER,
                     np.where(exempt | ~_has_lottery(world, rows, host), VisaRoute.EXEMPT, VisaRoute.LOTTERY))
    return _Asked(rows, host, people.origin_country[rows].astype(np.int64), reason, employer, route)


def _has_lottery(world: World, rows: Integers, host: Integers) -> Booleans:
    return np.isfinite(world.levers["work_visa_cap"][host]) | (lever_of(world, "work_visa_odds", rows, host) < 1.0)


def _transferred(world: World, rows: Integers, host: Integers, year: int) -> Booleans:
    """Return whom their own firm brings over to a laboratory it has in the country."""
    firm = world.employers.firm_of(world.researchers.employer[rows])
    named = firm != NO_FIRM
    has_site = np.zeros(len(rows), dtype=bool)
    has_site[named] = world.levers["site_weight"][firm[named], host[named]] > 0.0
    return has_site & (uniforms(world, rows, Decision.TRANSFER, year, host) < world.regimes.transfer[host])


def _lose_lottery(world: World, asked: _Asked, unfiled: Booleans, year: int) -> Booleans:
    """Draw the lotteries: by odds where they are given as data, by rank among all applicants where there is a cap."""
    drawn = (asked.route == VisaRoute.LOTTERY) & ~unfiled
    luck = uniforms(world, asked.rows, Decision.LOTTERY, year, asked.host)
    lost = drawn & (luck >= odds_of(world, asked.rows, asked.host))
    relative = relative_odds(world.levers, world.regimes)
    for host in np.flatnonzero(np.isfinite(world.levers["work_visa_cap"])):
        here = drawn & (asked.host == host)
        weight = None if relative is None else relative[host]
        ranks = _ranks(luck[here], weight, level_of(world.regimes, asked.host[here], world.researchers.ability[asked.rows[here]]))
        lost[here] = ranks > _last_winner(world, ranks, weight, int(host), year)
    return np.asarray(lost)


def _ranks(luck: Floats, weight: Floats | None, level: Integers) -> Floats:
    """Return the order in which seats are given: the draws themselves, or, where levels weigh differently, their race."""
    if weight is None:
        return luck
    with np.errstate(divide="ignore"):
        return -np.log1p(-luck) / weight[level]


def _last_winner(world: World, ranks: Floats, weight: Floats | None, host: int, year: int) -> float:
    """Return the highest rank that still wins a seat, everybody else in the country's lottery included."""
    scale = world.config.population.scale
    wanted = np.array([world.levers["work_visa_cap"][host], world.regimes.background_demand[host]]) * scale

    def draws(decision: Decision, n: int) -> Floats:
        return to_uniform(words_at(person_address(host, year, np.arange(n), world.key.packing), draw_key(world.key, decision, year)))

    seats, others = np.floor(wanted + draws(Decision.SEATS, 2)).astype(np.int64)
    level = np.zeros(int(others), np.int64) if weight is None else np.searchsorted(
        np.cumsum(world.regimes.registrations[host])[:-1], draws(Decision.WAGE_LEVEL, int(others)), side="right")
    ranked = np.sort(np.concatenate([ranks, _ranks(draws(Decision.BACKGROUND, int(others)), weight, level)]))
    if seats >= len(ranked):
        return np.inf
    return float(ranked[seats - 1]) if seats > 0 else 0.0


def _count(world: World, asked: _Asked, unfiled: Booleans, lost: Booleans, refused: Booleans) -> None:
    """Count applications by route; a petition that no employer files is none."""
    for route in (VisaRoute.LOTTERY, VisaRoute.EXEMPT, VisaRoute.TRANSFER):
        by = (asked.route == route) & ~unfiled
        for outcome, which in ((VisaOutcome.APPLIED, by), (VisaOutcome.LOST_LOTTERY, by & lost),
                               (VisaOutcome.REFUSED, by & refused), (VisaOutcome.GRANTED, by & ~lost & ~refused)):
            world.tally.count_visas(route, outcome, asked.host, asked.origin, which)


def _tell_refusals(world: World, asked: _Asked, which: Booleans, reason: Reason, year: int) -> None:
    rows = asked.rows[which]
    world.journal.write(world.researchers, rows, year, world.researchers.work_country[rows], reason)


def _turned_away(world: World, asked: _Asked, granted: Booleans) -> TurnedAway:
    """Return who was not let in to work for a named firm; those it employs already stay with it where they are."""
    firm = world.employers.firm_of(asked.employer)
    is_moving = asked.reason != Reason.STATUS               # those who ask where they are try again until their status ends
    which = ~granted & is_moving & (firm != NO_FIRM) & (asked.employer != world.researchers.employer[asked.rows])
    return TurnedAway(asked.rows[which], asked.host[which], firm[which])


def _admit(world: World, asked: _Asked, granted: Booleans, year: int) -> None:
    """Move those admitted from elsewhere, then give a right to work to those admitted where they are."""
    people = world.researchers
    for reason in (Reason.GRADUATION, Reason.SEARCH):
        moves = granted & (asked.reason == reason)
        rows = asked.rows[moves]
        arrive(world, rows, asked.host[moves], reason, year)
        transferred = asked.route[moves] == VisaRoute.TRANSFER
        people.employer[rows[transferred]] = asked.employer[moves][transferred]
    stays = granted & (asked.reason == Reason.STATUS)
    stays &= people.visa_status[asked.rows] == VisaStatus.POST_STUDY        # some have just gone elsewhere
    rows = asked.rows[stays]
    grant_work(world, rows, asked.host[stays], year)
    world.journal.write(people, rows, year, people.work_country[rows], Reason.STATUS)


def _end_time_after_study(world: World, year: int) -> None:
    """Leave without a status those who have had their last try, unless they enrol again."""
    people = world.researchers
    rows = np.flatnonzero(people.visa_status == VisaStatus.POST_STUDY)
    tries = whole_years(world, rows, np.maximum(lever_of(world, "post_study_years", rows, people.work_country[rows]), LEAST_TRIES))
    last = rows[year - people.status_since[rows] + 1 >= tries]
    enrolled = enrol_again(world, last, year)
    world.journal.write(people, last[enrolled], year, people.work_country[last[enrolled]], Reason.STATUS)
    if not enrolled.all():
        world.ended = np.union1d(world.ended, last[~enrolled])
