"""Systematic utility, written out the long way as the model description gives it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talentsim import Config
from talentsim.choice import AWAY, HOME, STAY
from talentsim.config.behaviour import Weights
from talentsim.state.countries import Countries
from talentsim.utility import TERMS, Conditions, kinds, systematic_utility


def conditions(ai: Config) -> Conditions:
    """Random levers and states, so that no term can hide behind a zero or a symmetry."""
    rng = np.random.default_rng(0)
    countries = Countries.from_config(ai)
    n = len(countries)
    off = ~np.eye(n, dtype=bool)
    return Conditions(
        countries,
        {"pay": rng.uniform(3e4, 2e5, n), "return_grant": rng.uniform(0, 1, n), "chilling": rng.uniform(0, 1, (n, n)) * off,
         "years_to_permanence": rng.uniform(0, 40, (n, n)) * off, "work_visa_odds": np.where(off, rng.uniform(0.1, 1, (n, n)), 1.0)},
        rng.normal(size=n), rng.dirichlet(np.ones(n), n) * off, rng.normal(size=n), 15.0,
        corridor=rng.normal(size=(n, n)))


def weights_of(ai: Config) -> Weights:
    """Weights that are all different and none 0."""
    plain: dict[str, Any] = ai.behaviour.location.weights.model_dump()
    for place, figure in enumerate(plain.values()):
        figure.update(value=0.1 * (place + 1), range=(0.0, 2.0))
    return Weights.model_validate(plain)


def longhand(w: dict[str, float], x: Conditions, o: int, c: int, k: int) -> float:
    """V of alternative k for a person of origin o in c; levers of visas are given by host, then origin."""
    def friction(host: int) -> float:
        return 0.0 if host == o else 15.0 * (1.0 - np.exp(-x.levers["years_to_permanence"][host, o] / 15.0))

    def odds(host: int) -> float:
        return 1.0 if host == o else x.levers["work_visa_odds"][host, o]

    def fear(host: int) -> float:
        return 0.0 if host == o else x.levers["chilling"][host, o]

    def welcome(host: int) -> float:
        return 0.0 if host == o else x.asc[host]

    value = w["beta_pay"] * np.log(x.levers["pay"][k] / x.levers["pay"][c])
    value -= w["beta_visa"] * (friction(k) - friction(c))
    value += w["beta_admission"] * np.log(odds(k) / odds(c))
    value -= w["beta_chilling"] * (fear(k) - fear(c))
    value += w["beta_constant"] * (welcome(k) - welcome(c))
    if k == o:
        return value + w["beta_pay"] * np.log(1.0 + x.levers["return_grant"][k])
    mean_abroad = sum(x.diaspora[o, j] for j in range(x.n) if j != o) / (x.n - 1)
    assert x.corridor is not None
    value += w["beta_corridor"] * x.corridor[c, k]
    value += w["beta_diaspora"] * (x.diaspora[o, k] - mean_abroad)
    value += w["beta_language"] * x.countries.shares_language[o, k]
    return value - w["beta_distance"] * np.log(x.countries.distance_km[o, k] / 1000.0)


def test_every_cell_is_the_equation_of_the_model_description(ai: Config) -> None:
    x, weights = conditions(ai), weights_of(ai)
    w = {name: float(getattr(weights, name)) for name in type(weights).model_fields}
    table, n = systematic_utility(weights, x), x.n
    for o, c, k in np.ndindex(n, n, n):
        cell = o * n + c
        if k == c:
            assert table.utility[cell, k] == 0.0 and table.slope[cell, k] == 0.0 and table.kind[cell, k] == STAY
            continue
        assert table.utility[cell, k] == pytest.approx(longhand(w, x, o, c, k), abs=1e-12)
        assert table.slope[cell, k] == pytest.approx(w["beta_eco"] * (x.log_strength[k] - x.log_strength[c]))
        assert table.kind[cell, k] == (HOME if k == o else AWAY)
        assert table.home[cell] == (-1 if c == o else o)


@pytest.mark.parametrize("name", TERMS)
def test_a_term_is_zero_where_one_stays(ai: Config, name: str) -> None:
    x = conditions(ai)
    term = np.broadcast_to(TERMS[name](x), (x.n, x.n, x.n))
    assert np.isfinite(term).all() and term.any()
    assert (term[kinds(x.n) == STAY] == 0.0).all()


def test_every_weight_has_a_term_and_every_term_a_weight() -> None:
    assert set(Weights.model_fields) == set(TERMS) | {"beta_eco"}
