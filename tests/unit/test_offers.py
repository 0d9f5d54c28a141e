"""Offers of employment against the race written out person by person."""

from __future__ import annotations

from typing import Any

import numpy as np

from talentsim.model.offers import Posts, offered_employers
from talentsim.streams import draw_key, to_exponential, to_uniform, words_at
from talentsim.vocab import Decision
from worlds import model_before


def test_every_offer_is_the_first_to_arrive_of_its_country(plain_toy: dict[str, Any]) -> None:
    world = model_before(plain_toy, 2026, "hiring", **{"population.scale": 20.0}).world
    rows, n = np.arange(len(world.researchers)), len(world.countries)
    country = np.random.default_rng(3).integers(0, n, len(rows))
    got, sites = offered_employers(world, rows, country, 2026), world.levers["site_weight"]
    sector = to_uniform(words_at(world.researchers.address, draw_key(world.key, Decision.SECTOR, 2026)))
    for row in rows[::7]:
        place = int(country[row])
        expected = place
        if sector[row] < world.destinations.industry_share[place]:
            firms = np.flatnonzero(sites[:, place] > 0.0)
            weight = np.array([max(1.0 - sites[firms, place].sum(), 0.0), *sites[firms, place]])
            luck = to_uniform(words_at(world.researchers.address[row], draw_key(world.key, Decision.EMPLOYER, 2026, np.array([0, *(firms + 1)]))))
            won = int((to_exponential(luck) / weight).argmin()) if len(firms) else 0
            expected = n + place if won == 0 else world.employers.named(firms[won - 1])
        assert got[row] == expected


def test_posts_leave_out_countries_without_a_laboratory_and_hold_what_is_left() -> None:
    posts = Posts.of(np.array([[0.5, 0.0, 0.7], [0.2, 0.0, 0.7]]))
    assert posts.n_options.tolist() == [3, 0, 3] and posts.first.tolist() == [0, 3, 3]
    assert posts.alternative.tolist() == [0, 1, 2, 0, 1, 2]
    assert np.allclose(posts.weight, [0.3, 0.5, 0.2, 0.0, 0.7, 0.7])
