"""Submodel displacement: who has no status left is placed elsewhere by the employer, goes home, or tries a third country."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.choice import Admission, Choosers, choose
from talentsim.data.tables import exempt_share
from talentsim.moves import arrive
from talentsim.offers import sites_elsewhere
from talentsim.state.researchers import NO_EMPLOYER
from talentsim.state.world import World
from talentsim.streams import draw_key, to_exponential, to_uniform, words_at
from talentsim.utility import conditions_of, moving_terms, systematic_utility, taste_of
from talentsim.visas import uniforms
from talentsim.vocab import Decision, Reason

READS = ("ended", "levers", "regimes", "employers", "log_strength", "diaspora", "headcount", "destinations", "researchers")
WRITES = ("researchers", "tally.moves", "journal")


def step(world: World, year: int) -> None:
    """Find a place for those whose status ended, and for those whose laboratory was closed.

    An employer with laboratories elsewhere offers a post there to some; they go where its laboratories are large, and
    remain its people. The others choose among home, which takes them, and the countries that would admit them now.
    Who is left behind by an employer that closed its laboratory finds another one in the country.
    """
    closed = _laboratory_closed(world)
    left = np.setdiff1d(np.concatenate([world.ended, closed]), _place(world, np.union1d(world.ended, closed), year))
    _choose_again(world, left[np.isin(left, world.ended)], year)
    stay = left[~np.isin(left, world.ended)]
    world.researchers.employer[stay] = NO_EMPLOYER
    world.journal.write(world.researchers, stay, year, world.researchers.work_country[stay], Reason.REHIRED)


def _laboratory_closed(world: World) -> Integers:
    """Return who works for an employer that has no laboratory left in the country."""
    people, n = world.researchers, len(world.countries)
    rows = np.flatnonzero((people.employer >= 2 * n) & (people.employer != NO_EMPLOYER))
    return rows[world.levers["site_weight"][people.employer[rows].astype(np.int64) - 2 * n, people.work_country[rows]] <= 0.0]


def _place(world: World, rows: Integers, year: int) -> Integers:
    """Move some to a laboratory of their employer's in another country; return whom."""
    people, n = world.researchers, len(world.countries)
    firm = people.employer[rows].astype(np.int64) - 2 * n
    named = (firm >= 0) & (firm < len(world.levers["placement"]))
    rows, firm = rows[named], firm[named]
    size = sites_elsewhere(world, firm, people.work_country[rows].astype(np.int64))
    offered = (uniforms(world, rows, Decision.PLACEMENT, year) < world.levers["placement"][firm]) & (size > 0.0).any(axis=1)
    rows, size, employer = rows[offered], size[offered], people.employer[rows[offered]].copy()
    keys = draw_key(world.key, Decision.SITE, year, np.arange(n))
    arrives = to_exponential(to_uniform(words_at(people.address[rows][:, None], keys[None, :])))
    with np.errstate(divide="ignore"):
        arrives /= size
    arrive(world, rows, arrives.argmin(axis=1), Reason.PLACED, year)
    people.employer[rows] = employer
    return rows


def _choose_again(world: World, rows: Integers, year: int) -> None:
    """Let those who must go choose the best country that admits them; home always does."""
    people, n = world.researchers, len(world.countries)
    everyone = np.arange(n)
    origin, current = people.origin_country[rows].astype(np.int64), people.work_country[rows].astype(np.int64)
    table = systematic_utility(world.config.behaviour.location.weights, conditions_of(world, world.destinations.asc_work))
    away, home = moving_terms(world, year, rows)
    choosers = Choosers(people.address[rows], origin * n + current, current, taste_of(world, rows), away, home)
    admission = Admission(_refusal(world), origin, draw_key(world.key, Decision.DISPLACEMENT_VISA, year, everyone),
                          current[:, None] == everyone[None, :])
    chosen = choose(table, choosers, draw_key(world.key, Decision.DISPLACEMENT, year, everyone), admission,
                    world.config.population.chunk)
    arrive(world, rows, chosen.alternative.astype(np.int64), Reason.DISPLACED, year)


def _refusal(world: World) -> Floats:
    """Return the chance that a country does not admit somebody at short notice; shape (origin, country), 0 at home.

    Under a ranked lottery this year's seats are gone; then only the sectors outside the cap admit anybody.
    """
    levers, exempt = world.levers, exempt_share(world.regimes, world.destinations)[:, None]
    odds = np.where(np.isfinite(levers["work_visa_cap"])[:, None], 0.0, levers["work_visa_odds"])
    admitted = (exempt + (1.0 - exempt) * odds) * (1.0 - levers["work_visa_refusal"]) * (1.0 - levers["entry_refusal"])
    refused = 1.0 - admitted
    np.fill_diagonal(refused, 0.0)
    return np.asarray(refused.T)
