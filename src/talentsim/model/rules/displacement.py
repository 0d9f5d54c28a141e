"""Submodel displacement: firms place people elsewhere; who else has no status left goes home, or tries a third country."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
from talentsim.model.choice import Admission, Choosers, choose
from talentsim.model.conditions import conditions_of
from talentsim.model.employers import NO_EMPLOYER, NO_FIRM
from talentsim.model.moves import arrive
from talentsim.model.offers import gathered, sites_elsewhere
from talentsim.model.selection import mean_odds
from talentsim.model.state.world import World
from talentsim.model.tables import exempt_share
from talentsim.model.utility import by_training, moving_terms, systematic_utility, taste_of
from talentsim.model.visas import is_kept_out, is_refused, is_unfiled, odds_of, uniforms
from talentsim.streams import arrival_times, draw_key, words_at
from talentsim.vocab import Decision, Reason, Sector

READS = ("turned_away", "ended", "levers", "regimes", "employers", "log_strength", "diaspora", "headcount", "destinations", "researchers")
WRITES = ("researchers", "tally.moves", "journal")


def step(world: World, year: int) -> None:
    """Find a place for those whose status ended, for those whose laboratory was closed, and for some who were not let in.

    A firm offers a post in a laboratory elsewhere to some of its own people and to some whom it would have hired where
    they were not let in; they go where its laboratories are large, and are its people. Of the others, those without a
    status choose among home, which takes them, and the countries that would admit them now. Who is left behind by an
    employer that closed its laboratory finds another one in the country.
    """
    people, away = world.researchers, world.turned_away
    closed = _laboratory_closed(world)
    placed = _place(world, away.rows, away.firm, away.country, year)
    rows = np.concatenate([world.ended, closed])
    if not len(rows):
        return
    rows = np.setdiff1d(rows, placed)
    firm = world.employers.firm_of(people.employer[rows])
    named = firm != NO_FIRM
    left = np.setdiff1d(rows, _place(world, rows[named], firm[named], people.work_country[rows[named]].astype(np.int64), year))
    must_go = _has_ended(world, left)
    _choose_again(world, left[must_go], year)
    stay = left[~must_go]
    people.employer[stay] = NO_EMPLOYER
    world.journal.write(people, stay, year, people.work_country[stay], Reason.REHIRED)


def _has_ended(world: World, rows: Integers) -> Booleans:
    """Return whose status has ended; shape as that of the rows."""
    if not len(world.ended):
        return np.zeros(rows.shape, dtype=bool)
    place = np.minimum(np.searchsorted(world.ended, rows), len(world.ended) - 1)
    return np.asarray(world.ended[place] == rows)


def _laboratory_closed(world: World) -> Integers:
    """Return who works for an employer that has no laboratory left in the country."""
    people = world.researchers
    rows = np.flatnonzero(world.employers.is_named(people.employer))
    return rows[world.levers["site_weight"][world.employers.firm_of(people.employer[rows]), people.work_country[rows]] <= 0.0]


def _place(world: World, rows: Integers, firm: Integers, outside: Integers, year: int) -> Integers:
    """Let firms place some people at a laboratory outside a country, one that they may work in; return whom.

    Where it is in the country they live in, they change employer and do not move.

    Parameters
    ----------
    firm
        Place among the named firms, shape (n_rows,).
    outside
        The country that each cannot work in, shape (n_rows,).
    """
    people, n = world.researchers, len(world.countries)
    tries = uniforms(world, rows, Decision.PLACEMENT, year) < world.levers["placement"][firm]
    rows, firm, outside = rows[tries], firm[tries], outside[tries]
    if not len(rows):
        return rows
    size = sites_elsewhere(world, firm, outside)
    for here in (people.work_country[rows], people.origin_country[rows]):
        size = gathered(world, size, here.astype(np.int64))
    size *= _may_work(world, rows, year)
    offered = (size > 0.0).any(axis=1)
    rows, firm, size = rows[offered], firm[offered], size[offered]
    keys = draw_key(world.key, Decision.SITE, year, np.arange(n))
    country = arrival_times(words_at(people.address[rows][:, None], keys[None, :]), size).argmin(axis=1)
    moves = country != people.work_country[rows]
    arrive(world, rows[moves], country[moves], Reason.PLACED, year)
    people.employer[rows] = world.employers.named(firm)
    world.journal.write(people, rows[~moves], year, country[~moves], Reason.PLACED)
    return rows


def _may_work(world: World, rows: Integers, year: int) -> Booleans:
    """Return where each of the rows may work in industry; shape (n_rows, n_countries).

    At home, and where they live unless their status there has ended. Other countries give the answer that they would
    give to an application of this year, by the same draws: whom a country turns away does not come in by being placed
    there. Seats under a cap are gone.
    """
    people, everyone = world.researchers, np.arange(len(world.countries))[None, :]
    row, origin = rows[:, None], people.origin_country[rows][:, None]
    wins = uniforms(world, row, Decision.LOTTERY, year, everyone) < odds_of(world, row, everyone)
    wins &= np.isinf(world.levers["work_visa_cap"])
    wins |= world.regimes.cap_exempt[:, Sector.INDUSTRY]
    let_in = wins & ~is_unfiled(world, row, everyone, year) & ~is_refused(world, row, everyone, year) & ~is_kept_out(world, row, everyone, year)
    lives_here = people.work_country[row] == everyone
    return np.asarray(np.where(lives_here, ~_has_ended(world, row), let_in | (origin == everyone)))


def _choose_again(world: World, rows: Integers, year: int) -> None:
    """Let those who must go choose the best country that admits them; home always does."""
    if not len(rows):
        return
    people, n = world.researchers, len(world.countries)
    everyone = np.arange(n)
    origin, current = people.origin_country[rows].astype(np.int64), people.work_country[rows].astype(np.int64)
    law = world.config.behaviour.location
    table, cell = by_training(world, rows, lambda levers: (systematic_utility(
        law.weights, conditions_of(world, world.destinations.asc_work, law.chilling, levers)), origin * n + current))
    away, home = moving_terms(world, year, rows)
    choosers = Choosers(people.address[rows], cell, current, taste_of(world, rows), away, home)
    refusal = np.concatenate([_refusal(world, levers) for levers in world.levers_by_training])
    admission = Admission(refusal, origin + n * world.training.of[people.training_country[rows]], draw_key(world.key, Decision.DISPLACEMENT_VISA, year, world.countries.whole),
                          current[:, None] == everyone[None, :])
    chosen = choose(table, choosers, draw_key(world.key, Decision.DISPLACEMENT, year, everyone), admission,
                    world.config.population.chunk)
    arrive(world, rows, chosen.alternative.astype(np.int64), Reason.DISPLACED, year)


def _refusal(world: World, levers: Mapping[str, Floats]) -> Floats:
    """Return the chance that a country does not admit somebody at short notice; shape (origin, country), 0 at home.

    Under a ranked lottery this year's seats are gone; then only the sectors outside the cap admit anybody.
    """
    exempt = exempt_share(world.regimes, world.destinations)[:, None]
    odds = np.where(np.isfinite(levers["work_visa_cap"])[:, None], 0.0, mean_odds(levers, world.regimes))
    admitted = (exempt + (1.0 - exempt) * odds) * (1.0 - levers["work_visa_refusal"]) * (1.0 - levers["entry_refusal"])
    admitted *= 1.0 - levers["fee_unfiled"][:, None]
    refused = 1.0 - admitted
    np.fill_diagonal(refused, 0.0)
    return np.asarray(refused.T)
