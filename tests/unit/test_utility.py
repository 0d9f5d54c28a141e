"""Systematic utility, written out the long way as the model description gives it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from talentsim import Config
from talentsim.config.behaviour import Weights
from talentsim.model.choice import AWAY, HOME, STAY
from talentsim.model.conditions import Conditions, offered_pay
from talentsim.model.employers import employer_table
from talentsim.model.given import Given
from talentsim.model.state.countries import Countries
from talentsim.model.tables import base_levers
from talentsim.model.utility import TERMS, kinds, systematic_utility, utility_with_permanence
from talentsim.vocab import VisaStatus


def conditions(ai: Config) -> Conditions:
    """Random levers and states, so that no term can hide behind a zero or a symmetry."""
    rng = np.random.default_rng(0)
    countries = Countries.from_config(ai)
    n = len(countries)
    off = ~np.eye(n, dtype=bool)
    levers = {"pay": rng.uniform(3e4, 2e5, n), "return_grant": rng.uniform(0, 1, n), "max_years": rng.uniform(0, 8, n),
              "talent_grant": rng.uniform(0, 1, n), "fee_share": rng.uniform(0, 1, n), "fee_unfiled": rng.uniform(0, 1, n),
              "fee_inside": rng.uniform(0, 1, n), "visa_fee": rng.uniform(0, 2e5, n), "post_study_years": rng.uniform(0, 4, n),
              "work_visa_odds": np.where(off, rng.uniform(0.1, 1, (n, n)), 1.0)}
    for name, most in (("chilling", 1.0), ("years_to_permanence", 40.0), ("work_visa_refusal", 0.5), ("other_visa", 0.5),
                       ("spouse_right", 0.5), ("yearly_charge", 4e4)):
        levers[name] = rng.uniform(0, most, (n, n)) * off
    return Conditions(countries, levers, rng.normal(size=n), rng.dirichlet(np.ones(n), n) * off, rng.normal(size=n), 15.0,
                      rng.uniform(size=n), corridor=rng.normal(size=(n, n)), perceived_ways=0.7)


def weights_of(ai: Config) -> Weights:
    """Weights that are all different and none 0."""
    plain: dict[str, Any] = ai.behaviour.location.weights.model_dump()
    for place, figure in enumerate(plain.values()):
        figure.update(value=0.1 * (place + 1), range=(0.0, 2.0))
    return Weights.model_validate(plain)


def longhand(w: dict[str, float], x: Conditions, o: int, c: int, k: int) -> float:
    """V of alternative k for a person of origin o in c; levers of visas are given by host, then origin."""
    def friction(host: int) -> float:
        return 0.0 if host == o or (x.is_permanent and host == c) else 15.0 * (1.0 - np.exp(-x.levers["years_to_permanence"][host, o] / 15.0))

    def odds(host: int) -> float:
        """Chance of a right to work in one of the tries after study: fails only if each of them does, in either sector."""
        if host == o:
            return 1.0
        lost, no_other = 1.0, (1.0 - 0.7 * x.levers["other_visa"][host, o]) * (1.0 - 0.7 * x.levers["spouse_right"][host, o])
        filed = 1.0 - x.levers["fee_unfiled"][host] * x.levers["fee_inside"][host]
        tries, refused = max(1.0, x.levers["post_study_years"][host]), 1.0 - filed * (1.0 - x.levers["work_visa_refusal"][host, o])
        granted = {True: 1.0 - refused, False: x.levers["work_visa_odds"][host, o] * (1.0 - refused)}
        for exempt, share in ((True, x.exempt_share[host]), (False, 1.0 - x.exempt_share[host])):
            lost -= share * (1.0 - ((1.0 - granted[exempt]) * no_other) ** tries)
        return 1.0 - lost

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
    a_year = x.levers["visa_fee"][k] / max(1.0, x.levers["max_years"][k]) + x.levers["yearly_charge"][k, o]
    value += w["beta_fee"] * np.log(max(0.05, 1.0 - x.levers["fee_share"][k] * a_year / x.levers["pay"][k]))
    value += w["beta_pay"] * np.log(1.0 + x.levers["talent_grant"][k])
    value += w["beta_corridor"] * x.corridor[c, k]
    value += w["beta_diaspora"] * (x.diaspora[o, k] - mean_abroad)
    value += w["beta_language"] * x.countries.shares_language[o, k]
    return value - w["beta_distance"] * np.log(x.countries.distance_km[o, k] / 1000.0)


@pytest.mark.parametrize("is_permanent", [False, True])
def test_every_cell_is_the_equation_of_the_model_description(ai: Config, is_permanent: bool) -> None:
    x, weights = replace(conditions(ai), is_permanent=is_permanent), weights_of(ai)
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


def test_the_permanent_have_cells_of_their_own(ai: Config) -> None:
    x, weights = conditions(ai), weights_of(ai)
    cell, status = np.arange(4) * 7, np.array([VisaStatus.PERMANENT, VisaStatus.TEMPORARY, VisaStatus.NATIONAL, VisaStatus.PERMANENT])
    table, place = utility_with_permanence(weights, x, cell, status.astype(np.uint8))
    for durable in (False, True):
        alone = systematic_utility(weights, replace(x, is_permanent=durable))
        these = (status == VisaStatus.PERMANENT) == durable
        assert np.array_equal(table.utility[place[these]], alone.utility[cell[these]])
        assert np.array_equal(table.kind[place[these]], alone.kind[cell[these]])


def test_a_laboratory_that_opens_lifts_the_pay_of_its_country(toy: Config) -> None:
    levers, employers, industry = base_levers(toy, 2026), employer_table(toy), Given.of_all_years(toy).at(0).destinations.industry_share
    assert offered_pay(levers, employers, industry) == pytest.approx(levers["pay"])
    sites = levers["site_weight"].copy()
    sites[0, 3] += 0.2
    gain = offered_pay(levers | {"site_weight": sites}, employers, industry) / levers["pay"]
    premium = employers.firms.pay_premium
    mean = 1.0 + industry[3] * (premium @ levers["site_weight"][:, 3])
    assert gain[3] == pytest.approx(1.0 + industry[3] * 0.2 * premium[0] / mean) and gain[3] > 1.01
    assert gain[:3] == pytest.approx(np.ones(3))


def test_every_weight_has_a_term_and_every_term_a_weight() -> None:
    assert set(Weights.model_fields) == set(TERMS) | {"beta_eco"}
