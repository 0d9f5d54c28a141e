"""Intervals keep within what can exist, and hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from talentsim.intervals import COUNT, SHARE, Bounds, counts_spread, spread_of_difference, t_interval, t_interval_of_difference

LEVELS = st.sampled_from([0.5, 0.9, 0.95, 0.999])


def of(bounds: Bounds, n: int = 6) -> st.SearchStrategy[np.ndarray]:
    """Some replications of n levels, zeros among them as often as not."""
    most = min(float(np.max(bounds[1])), 1e6)
    return st.integers(1, 9).flatmap(lambda runs: arrays.arrays(
        np.float64, (runs, n), elements=st.one_of(st.just(0.0), st.just(most), st.floats(0.0, most), st.floats(0.0, most / 1e4))))


@pytest.mark.parametrize("bounds", [COUNT, SHARE, (0.0, 1.0), (-100.0, 100.0)], ids=["counts", "shares", "HHI", "gaps"])
@settings(max_examples=60, deadline=None)
@given(data=st.data(), level=LEVELS)
def test_no_level_leaves_its_bounds(bounds: Bounds, data: st.DataObject, level: float) -> None:
    values = data.draw(of(bounds))
    mean, low, high = t_interval(values, level, bounds)
    if len(values) == 1:
        assert np.isnan([low, high]).all()
        return
    assert (low >= bounds[0]).all() and (high <= bounds[1]).all()
    assert (low <= mean).all() and (mean <= high).all()
    same = (values == values[0]).all(axis=0) & (values.std(axis=0) == 0.0)
    assert np.array_equal(low[same], mean[same]) and np.array_equal(high[same], mean[same]), "what does not differ is known"


@pytest.mark.parametrize("bounds", [COUNT, SHARE], ids=["counts", "shares"])
@settings(max_examples=60, deadline=None)
@given(data=st.data(), level=LEVELS)
def test_no_difference_takes_a_level_out_of_its_bounds(bounds: Bounds, data: st.DataObject, level: float) -> None:
    before = data.draw(of(bounds))
    after = data.draw(of(bounds).filter(lambda values: len(values) == len(before)) if len(before) == 1 else st.just(before[::-1] * 0.5))
    mean, low, high = t_interval_of_difference(before, after, level, bounds)
    if len(before) > 1:
        assert (before.mean(axis=0) + low >= bounds[0]).all() and (before.mean(axis=0) + high <= np.asarray(bounds[1]) * (1 + 1e-12)).all()
        assert (low <= mean).all() and (mean <= high).all()
        same, *ends = t_interval_of_difference(before, before, level, bounds)
        assert not np.any([same, *ends]), "two arms that are the same differ by nothing, for sure"


def test_far_from_a_bound_the_interval_is_students() -> None:
    values = np.random.default_rng(0).normal(50.0, 0.02, (9, 5))
    for bounds in (COUNT, SHARE):
        assert np.allclose(t_interval(values, 0.95, bounds), t_interval(values, 0.95), rtol=0, atol=1e-5)


def test_bounds_may_differ_from_one_level_to_the_next() -> None:
    values = np.array([[1.0, 1.0], [90.0, 90.0], [99.0, 99.0]])
    both = t_interval(values, 0.95, (0.0, np.array([100.0, np.inf])))
    assert np.allclose(np.array(both)[:, 0], np.array(t_interval(values, 0.95, SHARE))[:, 0])
    assert np.allclose(np.array(both)[:, 1], np.array(t_interval(values, 0.95, COUNT))[:, 1])


@pytest.mark.parametrize("people", [0.5, 2.0, 20.0])
def test_rare_people_are_held_as_often_as_said(people: float) -> None:
    """Eight replications of a Poisson number, 20,000 times: 95 % hold the mean, where the plain interval holds it as often or less."""
    seen = np.random.default_rng(1).poisson(people, (8, 20_000)).astype(float)
    _, low, high = t_interval(seen, 0.95, COUNT)
    assert ((low <= people) & (people <= high)).mean() >= 0.93


def test_cutting_loses_no_coverage() -> None:
    """Two arms of the same luck, many times: the cut interval holds the true difference as often as the plain one."""
    rng = np.random.default_rng(2)
    before = rng.beta(0.6, 12.0, (6, 20_000)) * 100.0
    after, true = 0.6 * before, -0.4 * 100.0 * 0.6 / 12.6
    inside = [((low <= true) & (true <= high)).mean() for low, high in
              (t_interval(after - before, 0.95)[1:], t_interval_of_difference(before, after, 0.95, SHARE)[1:])]
    assert inside[1] >= inside[0] - 0.005


def test_draws_keep_their_own_quantiles() -> None:
    """Over draws of the parameters an interval holds what the draws gave, and no more."""
    before, after = np.random.default_rng(3).random((2, 64, 4)) * 100.0
    _, low, high = spread_of_difference(before, after, 0.9, over_draws=True, within=SHARE)
    assert np.allclose([low, high], np.quantile(after - before, [0.05, 0.95], axis=0))
    assert (counts_spread(before, 0.9, over_draws=True)[1] >= 0.0).all()
