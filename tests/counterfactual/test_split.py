"""Splitting a country changes nothing but who is counted where: exactly in the twin, within noise among the agents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talentsim.arrays import Floats, Integers
from talentsim.config import Config
from talentsim.ensemble.draws import config_of
from talentsim.measures.indicators import RunView
from talentsim.measures.observed import in_wholes
from talentsim.model.choice import AWAY
from talentsim.model.conditions import Conditions
from talentsim.model.logit import probabilities, screened_probabilities
from talentsim.model.meanfield import MeanField
from talentsim.model.outcomes import OUTCOMES
from talentsim.model.simulation import Simulation
from talentsim.model.state.countries import Countries
from talentsim.model.tables import base_levers
from talentsim.model.utility import systematic_utility
from worlds import Plain, edited, policy, split

ROUNDING = 1e-12
"""Relative."""


def _parted(plain: Plain, **changes: Any) -> tuple[Config, Config]:
    """Return a world, and the same with two countries in five parts."""
    data = split(split(split(plain, "XUS", "USA", 0.3), "YUS", "USA", 0.05), "XCN", "CHN", 0.4)
    return edited(plain, changes), edited(data, changes)


def _whole(config: Config) -> Integers:
    return Countries.from_config(config).whole


def _together(value: Floats, whole: Integers, axes: tuple[int, ...]) -> Floats:
    """Sum parts over some axes into their wholes."""
    for axis in axes:
        value = np.moveaxis(np.stack([np.moveaxis(value, axis, 0)[whole == each].sum(axis=0) for each in np.unique(whole)]), 0, axis)
    return value


def test_the_twin_knows_no_difference(plain_toy: dict[str, Any]) -> None:
    one, other = _parted(plain_toy, policy={"p": policy("pay", change="multiply", value=1.3, title="x", range=[0, 2], evidence="assumed"),
                                            "r": policy("student_refusal", origins=["CHN"], value=0.2, title="x", range=[0, 1], evidence="assumed")})
    before, after, whole = MeanField(one).run(), MeanField(other).run(), _whole(other)
    for name, axes in (("entrants", (1,)), ("researchers", (1, 2)), ("students", (1, 2)), ("exits", (1, 2)), ("moves", (2, 3, 4))):
        was, now = getattr(before, name), _together(getattr(after, name), whole, axes)
        assert np.abs(was - now).max() < ROUNDING * np.abs(was).max(), name
    usa = after.researchers.sum(axis=1)[-1][[0, 4, 5]]
    assert other.world.countries["USA"].of_whole == pytest.approx(0.65)
    np.testing.assert_allclose(usa / usa.sum(), [0.65, 0.3, 0.05], rtol=1e-3)


def test_parts_together_draw_as_the_whole_does_and_keep_to_themselves(plain_toy: dict[str, Any]) -> None:
    def table(config: Config) -> tuple[Floats, Floats]:
        countries, n = Countries.from_config(config), len(config.world.countries)
        whole, share = countries.whole, countries.of_whole
        abroad = np.random.default_rng(1).dirichlet(np.ones(4), size=4)[np.ix_(whole, whole)] * share * ~countries.same_whole
        strength = np.linspace(0.0, 1.0, 4)[whole]
        x = Conditions(countries, base_levers(config, 2026), strength, abroad, np.linspace(-1.0, 1.0, 4)[whole], 15.0, np.full(n, 0.4))
        made = systematic_utility(config.behaviour.location.weights, x)
        shape = (n, n, n)
        kind = made.kind.reshape(shape)
        return probabilities(made.utility.reshape(shape) + made.slope.reshape(shape) - 0.7 * (kind == AWAY)), kind

    one, other = _parted(plain_toy)
    whole, (was, _), (now, kind) = _whole(other), table(one), table(other)
    together = np.stack([now[..., whole == each].sum(axis=-1) for each in range(4)], axis=-1)
    same = whole[:, None] == whole
    reached = ~(same & ~np.eye(len(whole), dtype=bool))                     # nobody lives in another part of the own country
    np.testing.assert_allclose(together[reached], was[np.ix_(whole, whole)][reached], rtol=1e-12)
    assert not now[(kind == AWAY) & (same[:, None, :] | same[None, :, :])].any()


def _last(config: Config, replication: int) -> Floats:
    tables, n_years = Simulation(config, replication=replication).run(), config.world.end_year - config.world.start_year + 1
    years = list(range(config.world.start_year, config.world.start_year + n_years))
    return np.array([OUTCOMES[name].of(tables.frame(OUTCOMES[name].table), years, 1.0)[-1] for name in ("work_share", "origin_share", "hq_share")])


@pytest.mark.slow
def test_agents_know_none_but_noise(plain_toy: dict[str, Any]) -> None:
    one, other = _parted(plain_toy, **{"population.scale": 2.0, "output.people": False})
    whole = _whole(other)
    difference = np.array([_together(_last(other, r), whole, (1,)) - _last(one, r) for r in range(4)])
    error = difference.std(axis=0, ddof=1) / np.sqrt(len(difference))
    assert (np.abs(difference.mean(axis=0)) < 4.0 * error + 0.3).all()       # points of share
    assert np.abs(difference.mean(axis=0)).mean() < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("parameters", ["point", "posterior"])
def test_the_wide_ai_world_agrees_with_the_ai_world(parameters: str) -> None:
    """Six countries more, with places and languages of their own, move the shares of neither great country by 0.3 points."""
    asked = ("population.scale=0.1", "output.people=false", f"parameters={parameters}")
    one, other = Config.load("world=ai", *asked), Config.load("world=ai_wide", *asked)
    assert len(other.world.countries) == 23 and other.parameters.draws == one.parameters.draws
    whole, n = _whole(other), len(one.world.countries)
    difference = np.array([_together(_last(config_of(other, r), r), whole, (1,)) - _last(config_of(one, r), r) for r in range(4)]).mean(axis=0)
    assert difference.shape == (3, n) and (np.abs(difference[:, :2]) < 0.3).all(), difference[:, :2]


def test_facts_count_parts_with_their_whole(plain_toy: dict[str, Any]) -> None:
    _, other = _parted(plain_toy, **{"population.scale": 0.2})
    tables = Simulation(other).run()
    run = RunView(tables.frame, [int(year) for year in tables.years], tables.codes)
    counted = in_wholes(run, other)
    assert list(counted.codes) == ["USA", "CHN", "IND", "CAN"]
    axes = ("origin", "training", "work")
    np.testing.assert_allclose(counted.total("stocks", "researchers", *axes), _together(run.total("stocks", "researchers", *axes), _whole(other), (1, 2, 3)))
    assert in_wholes(run, edited(plain_toy)) is run


def test_parts_of_one_whole_refuse_by_one_draw() -> None:
    """Two parts that refuse alike are one door; where one refuses more often, whom the other refuses it refuses as well."""
    utility, whole = np.array([[0.0, 1.0, np.log(0.3), np.log(0.7)]]), np.array([0, 1, 2, 2])
    apart = screened_probabilities(np.array([[0.0, 1.0, 0.0]]), np.array([[0.0, 0.4, 0.6]]))[0]
    parts = screened_probabilities(utility, np.array([[0.0, 0.4, 0.6, 0.6]]), whole=whole)[0]
    np.testing.assert_allclose([*parts[:2], parts[2:].sum()], apart, rtol=1e-9)
    np.testing.assert_allclose(parts[2:] / parts[2:].sum(), [0.3, 0.7], rtol=1e-9)
    stricter = screened_probabilities(utility, np.array([[0.0, 0.0, 0.6, 0.9]]), whole=whole)[0]
    both = probabilities(utility[0])
    one = probabilities(np.where([True, True, True, False], utility[0], -np.inf))
    none = probabilities(np.where([True, True, False, False], utility[0], -np.inf))
    np.testing.assert_allclose(stricter, 0.1 * both + 0.3 * one + 0.6 * none, rtol=1e-7)
