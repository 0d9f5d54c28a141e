"""Offers of employment: which employer would hire whom in a country this year.

An offer belongs to its address (person, year), so whoever asks, admission before a move or hiring after it, gets the
same answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talentsim.arrays import EmployerCode, EmployerCodes, Floats, Integers, Words
from talentsim.model import kernels
from talentsim.model.state.world import World
from talentsim.streams import arrival_times, draw_key, to_uniform, words_at
from talentsim.vocab import Decision

_CHUNK = 2048       # people who draw at once: their arrays stay in cache


@dataclass(frozen=True)
class Posts:
    """Who offers posts in industry: the options of each country with a laboratory of a named firm, one after the other.

    Parameters
    ----------
    n_options, first
        Number of options of each country, 0 without such a laboratory, and place of the first; shape (n_countries,).
    alternative
        0 for the national firms, else the firm's place among the named ones plus one; shape (n_options,).
    weight
        Share of the country's posts in industry, shape (n_options,).
    """

    n_options: Integers
    first: Integers
    alternative: Integers
    weight: Floats

    @classmethod
    def of(cls, site_weight: Floats) -> Posts:
        """Gather the options under a lever site_weight; national firms take what the named firms leave."""
        alternative, weight = [], []
        for sites in site_weight.T:
            firms = np.flatnonzero(sites > 0.0)
            alternative.append(np.concatenate([[0], firms + 1]) if len(firms) else firms)
            weight.append(np.concatenate([[max(1.0 - sites[firms].sum(), 0.0)], sites[firms]]) if len(firms) else sites[firms])
        n_options = np.array([len(each) for each in alternative])
        return cls(n_options, np.cumsum(n_options) - n_options, np.concatenate(alternative), np.concatenate(weight))


def offered_employers(world: World, rows: Integers, country: Integers, year: int) -> EmployerCodes:
    """Return the employer that each of the rows would find in its country; shape (n_rows,).

    The sector is industry with the country's share of posts in industry. In academia there is one employer, the
    country's universities; in industry every firm is drawn with its share of the country's posts, the national firms
    taking what the named ones leave.
    """
    employers, posts = world.employers, world.memo(Posts.of, world.levers["site_weight"])
    if not len(rows):
        return np.empty(0, EmployerCode)
    address = world.researchers.address[rows]
    in_industry = to_uniform(words_at(address, draw_key(world.key, Decision.SECTOR, year))) < world.destinations.industry_share[country]
    employer = np.where(in_industry, employers.national(country), employers.university(country))
    keys = draw_key(world.key, Decision.EMPLOYER, year, posts.alternative)
    drawn = np.flatnonzero(in_industry & (posts.n_options[country] > 0))
    won = posts.alternative[_drawn(address[drawn], country[drawn], posts, keys)]
    of_firm = np.flatnonzero(won)
    employer[drawn[of_firm]] = employers.named(won[of_firm] - 1)
    return employer


def _drawn(address: Words, country: Integers, posts: Posts, keys: Words) -> Integers:
    """Return the option that each draws, by a kernel and, where its first two arrive too close together, by NumPy; or by NumPy alone."""
    option: Integers = np.empty(len(address), np.int64)
    rows = np.arange(len(address))
    if kernels.pays(len(address)):
        option, doubtful = kernels.first_options(address, country, posts.n_options, posts.first, keys, posts.weight)
        rows = np.flatnonzero(doubtful)
    for start in range(0, len(rows), _CHUNK):
        some = rows[start:start + _CHUNK]
        option[some] = _race(address[some], country[some], posts, keys)
    return option


def sites_elsewhere(world: World, firm: Integers, country: Integers) -> Floats:
    """Return how large each firm's laboratories are outside a country; shape (n, n_countries), in researchers.

    A laboratory has the firm's share of the country's posts in industry; a firm, or a country, without a laboratory
    elsewhere has a row of zeros. Parts of the country that is left out are left out as well.

    Parameters
    ----------
    firm
        Place among the named employers, shape (n,).
    country
        Country that is left out for each, shape (n,).
    """
    posts = world.destinations.industry_share * world.headcount
    size = world.levers["site_weight"][firm] * posts
    size[world.countries.same_whole[country]] = 0.0
    return size


def gathered(world: World, size: Floats, here: Integers) -> Floats:
    """Return sizes with all that lies in parts of one's own country put into the part where one is; shape of `size`.

    There is no way between parts of one country, and together they are as large as the whole was.
    """
    if not world.countries.has_parts:
        return size
    same = world.countries.same_whole[here]
    together = np.where(same, 0.0, size)
    together[np.arange(len(here)), here] = (size * same).sum(axis=1)
    return together


def _race(address: Words, country: Integers, posts: Posts, keys: Words) -> Integers:
    """Draw one option of its country for each address, with probability proportional to its weight; return its place.

    The option that arrives first is drawn, so that a lower weight never draws anybody to it.
    """
    n_options = posts.n_options[country]
    stop = np.cumsum(n_options)
    start = stop - n_options
    who = np.repeat(np.arange(len(address)), n_options)
    option = np.arange(stop[-1]) + np.repeat(posts.first[country] - start, n_options)
    arrives = arrival_times(words_at(address[who], keys[option]), posts.weight[option])
    first = np.flatnonzero(arrives == np.minimum.reduceat(arrives, start)[who])      # more than one where all are infinite
    return np.asarray(option[first[np.searchsorted(who[first], np.arange(len(address)))]])
