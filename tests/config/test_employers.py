"""Employers and visa regimes as tables: shares that close, unknown names, limits and their absence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talentsim import Config
from talentsim.config import UserError
from talentsim.config.files import names_in_group
from talentsim.model.employers import employer_table, site_weights
from talentsim.model.policy import levers_in_year
from talentsim.model.tables import SECTORS, RegimeTable, base_levers, lever_axes, regime_table
from talentsim.vocab import LEVERS
from worlds import edited, policy

Plain = dict[str, Any]
WORLDS = [pytest.param(name, marks=pytest.mark.slow) if name == "ai_wide" else name for name in names_in_group("world")]
"""All worlds; the widest, which differs from the AI world by six places, with the slow tests."""


@pytest.mark.parametrize("world", WORLDS)
def test_each_sector_of_each_country_is_shared_out_whole(world: str) -> None:
    table = employer_table(Config.load(f"world={world}"))
    for sector in range(len(SECTORS)):
        assert np.allclose(table.weight[table.sector == sector].sum(axis=0), 1.0)
    assert (table.weight >= 0.0).all()
    assert len(table.names) == len(table.sector) == len(table.hq) == len(table.weight)


def test_a_generic_employer_stays_in_its_country(toy: Config) -> None:
    table, n = employer_table(toy), len(toy.world.countries)
    assert table.names[0] == "academia USA" and table.names[n] == "industry USA" and table.names[2 * n:] == tuple(toy.employers)
    for row in range(2 * n):
        assert np.flatnonzero(table.weight[row]).tolist() == [table.hq[row]]


def test_named_employers_share_what_a_policy_gives_twice() -> None:
    weights = site_weights(np.array([[0.8, 0.2], [0.8, 0.0]]), 2)
    assert weights[4:].tolist() == [[0.5, 0.2], [0.5, 0.0]]
    assert np.diag(weights[2:4]).tolist() == [0.0, 0.8]


def test_a_site_closes_by_policy(plain_toy: Plain) -> None:
    closing = policy("site_weight", countries=["CAN"], headquarters=["CHN"], change="set", value=0.0)
    config = edited(plain_toy, policy={"closing": closing})
    weight = levers_in_year(base_levers(config, 2026), config.policies, 2026, lever_axes(config))["site_weight"]
    row, column = list(config.employers).index("BETA"), list(config.world.countries).index("CAN")
    assert weight[row, column] == 0.0 and base_levers(config, 2026)["site_weight"][row, column] > 0.0
    weight[row, column] = base_levers(config, 2026)["site_weight"][row, column]
    assert np.array_equal(weight, base_levers(config, 2026)["site_weight"])


@pytest.mark.parametrize(("changes", "words"), [
    ({"employers.ALPHA.hq": "GBR"}, "no country in world toy called 'GBR'"),
    ({"employers.ALPHA.sites.CAN": 0.95}, "the weights sum to 1.15"),
    ({"policy": {"x": {"lever": "placement", "employers": ["ALPHE"], "start": 2026, "change": "set", "value": 1.0}}}, "did you mean 'ALPHA'"),
    ({"policy": {"x": {"lever": "placement", "headquarters": ["GBR"], "start": 2026, "change": "set", "value": 1.0}}}, "'GBR'"),
])
def test_a_wrong_employer_is_named(plain_toy: Plain, changes: Plain, words: str) -> None:
    if "employers.ALPHA.hq" in changes:
        site = plain_toy["employers"]["ALPHA"]["sites"]["USA"]
        changes = changes | {"employers.ALPHA.sites.GBR": site}
    with pytest.raises(UserError, match=words):
        edited(plain_toy, changes)


def test_a_site_in_a_country_that_is_left_out_is_passed_over(plain_toy: Plain) -> None:
    site = plain_toy["employers"]["ALPHA"]["sites"]["USA"]
    config = edited(plain_toy, {"employers.ALPHA.sites.GBR": site})
    assert base_levers(config, 2026)["site_weight"].shape == (3, 4)


def regime_of(config: Config) -> RegimeTable:
    return regime_table(config, np.array([2026]))


def test_limits_are_infinite_where_there_are_none(toy: Config) -> None:
    levers, regime = base_levers(toy, 2026), regime_of(toy)
    assert np.isinf(levers["work_visa_cap"]).tolist() == [False, True, True, True]
    assert np.isinf(regime.queue_after[0]).tolist() == [False, True, True, True]
    assert regime.cap_exempt[0].tolist() == [[True, False]] + [[False, False]] * 3


@pytest.mark.whole
@pytest.mark.parametrize("world", WORLDS)
def test_an_open_world_refuses_nobody(world: str) -> None:
    config = Config.load(f"world={world}", "visa=open")
    levers, regime = base_levers(config, 2026), regime_of(config)
    foreign = ~np.eye(len(config.world.countries), dtype=bool)
    for name in ("student_refusal", "work_visa_refusal", "renewal_refusal", "listed_refusal"):
        assert not levers[name].any()
    assert (levers["work_visa_odds"] == 1.0).all()
    assert (levers["years_to_permanence"][foreign] >= 100).all() and not np.diag(levers["years_to_permanence"]).any()
    assert np.isinf(levers["work_visa_cap"]).all() and np.isinf(levers["doctoral_capacity"]).all()
    assert min(levers["post_study_years"].min(), levers["max_years"].min(), regime.renewal_years.min(), regime.queue_after.min()) >= 100
    assert not regime.background_demand.any()


@pytest.mark.whole
@pytest.mark.parametrize("world", WORLDS)
def test_every_lever_has_a_value_within_its_bounds(world: str) -> None:
    for rules in names_in_group("visa"):
        levers = base_levers(Config.load(f"world={world}", f"visa={rules}"), 2026)
        assert levers.keys() == LEVERS.keys()
        for name, lever in LEVERS.items():
            assert ((levers[name] >= lever.low) & (levers[name] <= lever.high)).all(), name
