"""Comparison: pairing, intervals, diversion, and checks that can fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from talentsim.comparison.checks import verify
from talentsim.comparison.compare import compare
from talentsim.comparison.pair import Pair, PairRuns, run_pair
from talentsim.ensemble.accounts import conserved, year_digests
from talentsim.ensemble.ensemble import Ensemble, run_ensembles
from talentsim.ensemble.runs import runs_of, simulate
from talentsim.ensemble.store import Store
from talentsim.intervals import bootstrap_interval, standard_error, t_interval
from worlds import edited, policy

pytestmark = pytest.mark.whole

Plain = dict[str, Any]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One store for the module: most tests share their runs."""
    return Store(tmp_path_factory.mktemp("store"))


def arms(plain: Plain, **changes: Any) -> tuple[Any, Any]:
    common = {"population.scale": 10.0, "ensemble.replications": 4} | changes
    return edited(plain, common), edited(plain, common | {"policy": {"x": policy("pay", change="multiply", value=0.6)}})


def test_t_interval_is_students() -> None:
    values = np.random.default_rng(0).normal(3.0, 2.0, (9, 2))
    mean, low, high = t_interval(values, 0.9)
    expected = stats.t.interval(0.9, 8, loc=values.mean(axis=0), scale=stats.sem(values, axis=0))
    assert np.allclose([low, high], expected) and np.allclose(mean, values.mean(axis=0))


def test_one_replication_has_no_interval() -> None:
    mean, low, high = t_interval(np.array([[1.0, 2.0]]), 0.95)
    assert mean.tolist() == [1.0, 2.0] and np.isnan([low, high]).all()


def test_the_bootstrap_resamples_replications() -> None:
    """Against scipy's percentile bootstrap, up to the resamples; and wider than nothing, narrower than the range."""
    values = np.random.default_rng(1).normal(3.0, 2.0, (12, 3))
    low, high = bootstrap_interval(values, 0.9)
    expected = stats.bootstrap((values,), np.mean, axis=0, confidence_level=0.9, method="percentile", n_resamples=20_000,
                               rng=np.random.default_rng(2)).confidence_interval
    assert np.allclose(low, expected.low, atol=0.12) and np.allclose(high, expected.high, atol=0.12)
    assert np.array_equal(bootstrap_interval(values, 0.9)[0], low), "the same values give the same interval"
    assert np.isnan(bootstrap_interval(values[:1], 0.9)).all()


def works_shares(arm: Ensemble, year: int = 2035) -> np.ndarray:
    """Shares of the works by work country in one year, longhand, shape (n_replications, n_countries)."""
    shares = []
    for place in range(len(arm)):
        rows = arm.of_run(place, "works")
        made = rows[rows.year == year].groupby("work", observed=False).works.sum()
        shares.append((100 * made / made.sum()).to_numpy())
    return np.array(shares)


def test_the_headline_is_the_paired_difference_with_students_interval(plain_toy: Plain, store: Store) -> None:
    baseline, scenario = arms(plain_toy, **{"ensemble.replications": 5})
    one, other = map(works_shares, run_ensembles([baseline, scenario], store))
    rows = compare(baseline, scenario, store).headline
    rows = rows[rows.outcome == "work_share"]
    low, high = stats.t.interval(0.95, 4, loc=(other - one).mean(axis=0), scale=stats.sem(other - one, axis=0))
    assert list(rows.country) == list(baseline.world.countries) and (rows.year == 2035).all()
    assert rows.difference.to_numpy() == pytest.approx((other - one).mean(axis=0))
    assert rows[["low", "high"]].to_numpy() == pytest.approx(np.column_stack([low, high]))
    assert rows[["baseline", "scenario"]].to_numpy() == pytest.approx(np.column_stack([one.mean(axis=0), other.mean(axis=0)]))
    assert rows.standard_error.to_numpy() == pytest.approx(stats.sem(other - one, axis=0))
    assert (rows.boot_low <= rows.difference).all() and (rows.boot_high >= rows.difference).all()


@pytest.mark.slow
def test_common_random_numbers_earn_their_keep(plain_toy: Plain, store: Store) -> None:
    """Standard error of the difference between runs with the same luck against runs with luck of their own."""
    common = {"population.scale": 10.0, "ensemble.replications": 10}
    baseline, scenario = edited(plain_toy, common), edited(plain_toy, common | {"policy": {"x": policy("student_refusal", value=0.2)}})
    stranger = scenario.model_copy(update={"ensemble": scenario.ensemble.model_copy(update={"seed": 99})})
    one, other, unpaired = (works_shares(arm)[:, 0] for arm in run_ensembles([baseline, scenario, stranger], store))
    rows = compare(baseline, scenario, store).headline
    row = rows[(rows.outcome == "work_share") & (rows.country == "USA")].iloc[0]
    assert row.standard_error == pytest.approx(standard_error(other - one))
    assert row.standard_error < 0.5 * standard_error(unpaired - one)
    assert row.unpaired_error == pytest.approx(np.hypot(standard_error(one), standard_error(other)))


@pytest.mark.parametrize("year", [2011, 2028, None])
def test_diversion_is_of_the_year_of_the_headline(plain_toy: Plain, store: Store, year: int | None) -> None:
    result = compare(*arms(plain_toy, **{"compare.year": year}), store)
    apart = result.diversion[result.diversion.baseline_country != result.diversion.scenario_country]
    assert (apart.researchers.sum() == 0) == (year == 2011)
    here = result.headline[(result.headline.outcome == "researchers")].set_index("country").baseline
    rows = result.diversion.groupby("baseline_country").researchers.sum()
    assert rows.to_dict() == pytest.approx(here.to_dict())


def test_start_of_difference(plain_toy: Plain) -> None:
    baseline, scenario = arms(plain_toy)
    assert Pair(baseline, scenario).start == 2026
    assert Pair(scenario, baseline).start == 2026
    assert Pair(baseline, baseline).start == baseline.world.end_year + 1
    assert Pair(baseline, edited(plain_toy, {"behaviour.exit.rate": 0.06})).start is None


def test_every_comparison_is_checked(plain_toy: Plain, store: Store) -> None:
    checks = {check.name: check for check in compare(*arms(plain_toy), store).checks}
    assert set(checks) == {"before start", "placebo", "conservation"} and all(check.passed for check in checks.values())
    assert "16 years before 2026" in checks["before start"].detail
    same = compare(*[arms(plain_toy)[0]] * 2, store)
    assert [check.name for check in same.checks] == ["placebo", "conservation"]


def test_a_policy_that_acts_is_no_placebo(plain_toy: Plain, store: Store) -> None:
    """The check fails when policies that should change nothing do change something."""
    one, other = run_pair(Pair(*arms(plain_toy)), store)
    placebo = next(check for check in verify(PairRuns(one, other, other)) if check.name == "placebo")
    assert not placebo.passed and "DOES NOT equal" in placebo.detail


def test_checks_fail_when_something_is_wrong(plain_toy: Plain) -> None:
    """A single work or person out of place, in one year, is found in that year and in no other."""
    run = runs_of(arms(plain_toy)[0])[0]
    tables, _, facts = simulate(run)
    years = list(range(2010, 2036))
    assert facts["conserved"] and facts["years"] == year_digests(tables, years)
    works = tables["works"].copy()
    works.loc[3, "works"] *= 1.0 + 1e-15
    changed = year_digests({**tables, "works": works}, years)
    assert {year for year in changed if changed[year] != facts["years"][year]} == {str(works.year[3])}
    stocks = tables["stocks"].copy()
    stocks.loc[len(stocks) - 1, "researchers"] += 1
    assert not conserved({**tables, "stocks": stocks}, years)


def test_arms_that_do_not_pair_are_refused(plain_toy: Plain, store: Store) -> None:
    _baseline, scenario = arms(plain_toy)
    shorter = edited(plain_toy, {"world.end_year": 2030, "ensemble.replications": 1})
    with pytest.raises(ValueError, match="cannot be paired"):
        compare(shorter, scenario, store)
