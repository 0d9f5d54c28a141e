"""Offers of employment: which employer would hire whom in a country this year.

An offer belongs to its address (person, year), so whoever asks, admission before a move or hiring after it, gets the
same answer.
"""

from __future__ import annotations

import numpy as np

from talentsim.arrays import CountryCode, EmployerCodes, Floats, Integers, Words
from talentsim.model.state.world import World
from talentsim.streams import draw_key, to_exponential, to_uniform, words_at
from talentsim.vocab import Decision


def offered_employers(world: World, rows: Integers, country: Integers, year: int) -> EmployerCodes:
    """Return the employer that each of the rows would find in its country; shape (n_rows,).

    The sector is industry with the country's share of posts in industry. In academia there is one employer, the
    country's universities; in industry every firm is drawn with its share of the country's posts, the national firms
    taking what the named ones leave.
    """
    address = world.researchers.address[rows]
    in_industry = to_uniform(words_at(address, draw_key(world.key, Decision.SECTOR, year))) < world.destinations.industry_share[country]
    employers, n = world.employers, len(world.countries)
    employer = np.where(in_industry, employers.national(country), employers.university(country))
    site_weight = world.levers["site_weight"]
    industry = np.flatnonzero(in_industry)
    by_country = np.split(industry[np.argsort(country[industry].astype(CountryCode), kind="stable")],
                          np.cumsum(np.bincount(country[industry], minlength=n))[:-1])
    for place, here in enumerate(by_country):
        firms = np.flatnonzero(site_weight[:, place] > 0.0)
        if len(firms) and len(here):
            weight = np.concatenate([[max(1.0 - site_weight[firms, place].sum(), 0.0)], site_weight[firms, place]])
            won = _race(world, address[here], year, np.concatenate([[0], firms + 1]), weight)
            of_firm = won > 0
            employer[here[of_firm]] = employers.named(firms[won[of_firm] - 1])
    return employer


def sites_elsewhere(world: World, firm: Integers, country: Integers) -> Floats:
    """Return how large each firm's laboratories are outside a country; shape (n, n_countries), in researchers.

    A laboratory has the firm's share of the country's posts in industry; a firm, or a country, without a laboratory
    elsewhere has a row of zeros.

    Parameters
    ----------
    firm
        Place among the employers with a name, shape (n,).
    country
        Country that is left out for each, shape (n,).
    """
    posts = world.destinations.industry_share * world.headcount
    size = world.levers["site_weight"][firm] * posts
    size[np.arange(len(firm)), country] = 0.0
    return size


def _race(world: World, address: Words, year: int, alternatives: Integers, weight: Floats) -> Integers:
    """Draw one alternative each with probability proportional to its weight; return its place in `alternatives`.

    Each alternative's arrival is exponential with its weight as rate, so that a lower weight never draws anybody to it.
    """
    keys = draw_key(world.key, Decision.EMPLOYER, year, alternatives)
    arrives = to_exponential(to_uniform(words_at(address[:, None], keys[None, :])))
    with np.errstate(divide="ignore"):
        arrives /= weight
    return np.asarray(arrives.argmin(axis=1))
