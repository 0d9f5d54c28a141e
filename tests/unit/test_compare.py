"""Comparison: pairing, intervals, diversion, and checks that can fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from worlds import edited, policy

from talentsim.analysis.compare import compare, conserved, start_of_difference, verify
from talentsim.analysis.diversion import diversion_matrix
from talentsim.analysis.intervals import t_interval
from talentsim.ensemble.runner import run_arms
from talentsim.model import TalentModel

Plain = dict[str, Any]


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


def test_the_headline_is_the_paired_difference_with_students_interval(plain_toy: Plain) -> None:
    baseline, scenario = arms(plain_toy, **{"ensemble.replications": 5})
    runs = run_arms([baseline, scenario])
    one, other = (np.array([100 * run.works[-1].sum(axis=(0, 1)) / run.works[-1].sum() for run in arm]) for arm in runs)
    rows = compare(baseline, scenario, *runs).headline
    rows = rows[rows.outcome == "work_share"]
    low, high = stats.t.interval(0.95, 4, loc=(other - one).mean(axis=0), scale=stats.sem(other - one, axis=0))
    assert list(rows.country) == list(runs[0][0].codes) and (rows.year == 2035).all()
    assert rows.difference.to_numpy() == pytest.approx((other - one).mean(axis=0))
    assert rows[["low", "high"]].to_numpy() == pytest.approx(np.column_stack([low, high]))
    assert rows[["baseline", "scenario"]].to_numpy() == pytest.approx(np.column_stack([one.mean(axis=0), other.mean(axis=0)]))


def test_pairing_narrows_the_difference(plain_toy: Plain) -> None:
    """The standard error of the paired difference against that of two independent samples of the same size."""
    baseline, scenario = arms(plain_toy, **{"ensemble.replications": 16})
    one, other = ([100 * run.works[-1].sum(axis=(0, 1))[0] / run.works[-1].sum() for run in runs]
                  for runs in run_arms([baseline, scenario]))
    paired = np.std(np.subtract(other, one), ddof=1)
    unpaired = np.hypot(np.std(one, ddof=1), np.std(other, ddof=1))
    assert paired < 0.8 * unpaired


@pytest.mark.parametrize("year", [2011, 2028, None])
def test_diversion_is_of_the_year_of_the_headline(plain_toy: Plain, year: int | None) -> None:
    baseline, scenario = arms(plain_toy, **{"compare.year": year})
    runs = run_arms([baseline, scenario])
    result = compare(baseline, scenario, *runs)
    apart = result.diversion[result.diversion.baseline_country != result.diversion.scenario_country]
    assert (apart.researchers.sum() == 0) == (year == 2011)
    here = result.headline[(result.headline.outcome == "researchers")].set_index("country").baseline
    rows = result.diversion.groupby("baseline_country").researchers.sum()
    assert rows.to_dict() == pytest.approx(here.to_dict())


def test_diversion_counts_persons(plain_toy: Plain) -> None:
    baseline, scenario = arms(plain_toy)
    one, other = TalentModel(baseline).run(), TalentModel(scenario).run()
    matrix = diversion_matrix(one, other)
    lives = dict(zip(other.uid.tolist(), other.work_country.tolist(), strict=True))
    for here in range(4):
        for there in range(4):
            longhand = sum(1 for uid, country in zip(one.uid.tolist(), one.work_country.tolist(), strict=True)
                           if country == here and lives.get(uid) == there)
            assert matrix[here, there] == longhand


def test_start_of_difference(plain_toy: Plain) -> None:
    baseline, scenario = arms(plain_toy)
    assert start_of_difference(baseline, scenario) == 2026
    assert start_of_difference(scenario, baseline) == 2026
    assert start_of_difference(baseline, baseline) == baseline.world.end_year + 1
    assert start_of_difference(baseline, edited(plain_toy, {"behaviour.exit.rate": 0.06})) is None


def test_checks_fail_when_something_is_wrong(plain_toy: Plain) -> None:
    """A single work or person out of place before the start, or in the accounts, is found."""
    baseline, scenario = arms(plain_toy)
    one, other = TalentModel(baseline).run(), TalentModel(scenario).run()
    assert all(check.passed for check in verify(baseline, scenario, [(one, other)]))
    works = other.works.copy()
    works[3].flat[np.flatnonzero(works[3])[0]] *= 1.0 + 1e-15
    assert not verify(baseline, scenario, [(one, replace(other, works=works))])[0].passed
    researchers = other.researchers.copy()
    researchers[-1, 0, 0, 0, 1] += 1
    assert conserved(other) and not conserved(replace(other, researchers=researchers))


def test_arms_that_do_not_pair_are_refused(plain_toy: Plain) -> None:
    baseline, scenario = arms(plain_toy)
    shorter = edited(plain_toy, {"world.end_year": 2030, "ensemble.replications": 1})
    with pytest.raises(ValueError, match="cannot be paired"):
        compare(baseline, scenario, run_arms([shorter])[0], [TalentModel(scenario).run()])
