"""Closed forms: the stationary distribution of two countries, and the mean-field twin as the agents' oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from talentsim.config.world import VisaRegime
from talentsim.model.meanfield import MeanField
from talentsim.model.model import TalentModel
from worlds import edited, open_doors, policy, random_worlds

Plain = dict[str, Any]


def two_countries(plain: Plain, pay_abroad: float) -> Any:
    """USA and CAN without any term but pay, a moving cost and the pull of home; everybody alike, cohorts constant."""
    data = open_doors(plain) | {"world": plain["world"] | {"countries": {code: plain["world"]["countries"][code] for code in ("USA", "CAN")}},
                    "employers": {}, "focus": "USA"}
    changes: Plain = {"world.burn_in_year": 1960, "world.start_year": 2020, "world.end_year": 2020,
                      "population.scale": 300.0, "population.classes": 1,
                      "behaviour.location.rate_search": 0.3, "behaviour.location.first_move": 1.0,
                      "behaviour.location.onward_move": 1.0, "behaviour.location.first_move_age": 0.0,
                      "behaviour.location.onward_tenure": 0.0, "behaviour.location.return_slope": 0.0,
                      "behaviour.location.return_constant": -0.3, "behaviour.exit.rate": 0.01}
    for decision in ("location", "study"):
        for name in ("beta_visa", "beta_admission", "beta_fee", "beta_chilling", "beta_diaspora", "beta_language", "beta_distance",
                     "beta_constant", "beta_eco"):
            changes[f"behaviour.{decision}.weights.{name}"] = 0.0
    for code in ("USA", "CAN"):
        changes[f"world.countries.{code}.entry.growth"] = 0.0
        changes[f"world.countries.{code}.home.attachment"] = 0.0
        for field in VisaRegime.tables_by_origin():
            changes[f"world.countries.{code}.visa.{field}_by_origin"] = {}
    changes["world.countries.CAN.pay"] = 100_000
    changes["world.countries.USA.pay"] = pay_abroad
    return edited(data, changes)


@pytest.mark.parametrize("pay_abroad", [100_000, 130_000])
def test_two_country_stationary_distribution(plain_toy: Plain, pay_abroad: float) -> None:
    """Canadians with 30 years since the doctorate or more have forgotten where they began.

    Leaving has the yearly chance p = search * logit(2 log(pay ratio) - 1), coming back q = search * logit(-2 log(pay
    ratio) - 0.3); the share abroad is p / (p + q).
    """
    config = two_countries(plain_toy, pay_abroad)
    gain = float(config.behaviour.location.weights.beta_pay) * np.log(pay_abroad / 100_000)
    leave, back = (0.3 / (1.0 + np.exp(-v)) for v in (gain - 1.0, -gain - 0.3))
    model = TalentModel(config)
    model.run()
    people = model.world.researchers
    old = (people.origin_country == model.codes.index("CAN")) & (people.graduation_year <= 1990)
    abroad = people.work_country[old] == model.codes.index("USA")
    assert len(abroad) > 5_000
    assert stats.binomtest(int(abroad.sum()), len(abroad), leave / (leave + back)).pvalue > 1e-4


def given_strength(plain: Plain, classes: int, **more: Any) -> Any:
    """Return a world whose ecosystem strength does not move: there the twin and the agents follow the same rules."""
    return edited(open_doors(plain), {"behaviour.ecosystem.adjustment": 0.0, "population.classes": classes, "population.scale": 50.0,
                          "world.end_year": 2030} | more)


@pytest.mark.parametrize("classes", [1, 3])
def test_agents_equal_the_twin_within_monte_carlo_error(plain_toy: Plain, classes: int) -> None:
    """Mean of replications against expected numbers: stocks by origin and country, moves by reason and corridor.

    The squared deviation is held against the spread between replications: its mean over cells is 1 in expectation but
    for Student's t with few degrees of freedom, n-1 / n-3.
    """
    config = given_strength(plain_toy, classes, policy={
        "visa": policy("student_refusal", start=2015, value=0.3), "pay": policy("pay", start="2018-07-01", change="multiply", value=1.3)})
    twin = MeanField(config).run()
    runs = [TalentModel(config, replication=each).run() for each in range(16)]
    scale = config.population.scale
    for agents, expected in (
        (np.array([run.researchers.sum(axis=(2, 4)) for run in runs]) / scale, twin.researchers),
        (np.array([run.researchers[..., 0].sum(axis=2) for run in runs]) / scale, twin.students),
        (np.array([run.moves.sum(axis=0) for run in runs]) / scale, twin.moves.sum(axis=0)),
        (np.array([run.exits.sum(axis=0) for run in runs]) / scale, twin.exits.sum(axis=0)),
    ):
        error = agents.std(axis=0, ddof=1) / np.sqrt(len(runs))
        large = (expected * scale > 30) & (error > 0)
        z = (agents.mean(axis=0) - expected)[large] / error[large]
        assert np.mean(z**2) < 2.0
        assert abs(agents.mean(axis=0)[large].sum() / expected[large].sum() - 1.0) < 0.01


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_the_twins_accounts_close(plain_toy: Plain, data: st.DataObject) -> None:
    twin = MeanField(data.draw(random_worlds(plain_toy))).run()
    moves, n = twin.moves.sum(axis=1), len(twin.codes)
    change = twin.entrants[:, :, None] * np.eye(n) + moves.sum(axis=2) - moves.sum(axis=3) - twin.exits
    assert np.abs(np.diff(twin.researchers, axis=0) - change[1:]).max(initial=0.0) < 1e-9
    assert (twin.researchers >= -1e-12).all() and (twin.moves >= 0).all()
    assert (np.diagonal(moves, axis1=2, axis2=3) == 0).all()
    assert (twin.students <= twin.researchers + 1e-9).all()


def test_the_twin_sees_a_policy_only_from_its_start(plain_toy: Plain) -> None:
    baseline = MeanField(given_strength(plain_toy, 2)).run()
    scenario = MeanField(given_strength(plain_toy, 2, policy={"x": policy("pay", value=20_000.0)})).run()
    before = baseline.years < 2026
    assert np.array_equal(baseline.researchers[before], scenario.researchers[before])
    usa = baseline.codes.index("USA")
    assert (scenario.researchers[~before][:, :, usa].sum(axis=1) > baseline.researchers[~before][:, :, usa].sum(axis=1)).all()


@pytest.mark.slow
def test_scale_moves_nothing_but_noise(plain_toy: Plain) -> None:
    """Shares at scale 20 and 200 agree within the spread of the smaller."""
    years = {"world.burn_in_year": 2004, "world.end_year": 2025}
    config = edited(plain_toy, years | {"population.scale": 20.0})
    small = [TalentModel(config, replication=each).run() for each in range(20)]
    large = TalentModel(edited(plain_toy, years | {"population.scale": 400.0})).run()
    shares = np.array([run.works[-1].sum(axis=(0, 1)) / run.works[-1].sum() for run in small])
    big = large.works[-1].sum(axis=(0, 1)) / large.works[-1].sum()
    z = (shares.mean(axis=0) - big) / (shares.std(axis=0, ddof=1) * np.sqrt(1 / 20 + 1 / 20))
    assert np.abs(z).max() < 4.0
