"""Intervals over replications: of means, where luck alone differs between them, and of what draws of the parameters give."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.streams import GOLDEN, mix

N_RESAMPLES = 2000
LEAST_RESAMPLED = 4


def standard_error(values: Floats) -> Floats:
    """Return the Monte-Carlo standard error of the mean over the first axis; NaN with one replication."""
    n = len(values)
    return values.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.full(values.shape[1:], np.nan)


def t_interval(values: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """Return mean and Student's t interval over the first axis, the replications.

    With one replication there is no interval: its ends are NaN.
    """
    from scipy.special import stdtrit

    mean, error = values.mean(axis=0), standard_error(values)
    half = stdtrit(max(len(values) - 1, 1), 0.5 + level / 2.0) * error
    return mean, mean - half, mean + half


def quantile_interval(values: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """Return median and middle share of the values over the first axis, the draws; with one draw the ends are NaN."""
    ends = np.quantile(values, [0.5, 0.5 - level / 2.0, 0.5 + level / 2.0], axis=0)
    return (ends[0], ends[1], ends[2]) if len(values) > 1 else (ends[0], ends[1] * np.nan, ends[2] * np.nan)


def quantile_error(values: Floats, at: float) -> Floats:
    """Return the standard error of a quantile over the first axis, from so many draws and the luck in each; NaN with one.

    The bootstrap's in closed form: the order statistics weighed by how often each would be the quantile.

    Source: Maritz, Jarrett (1978), A Note on Estimating the Variance of the Sample Median, JASA 73.
    """
    from scipy.special import betainc

    n = len(values)
    if n < 2:
        return np.full(values.shape[1:], np.nan)
    place = np.floor(at * n + 0.5) if 1 <= np.floor(at * n + 0.5) <= n else 1.0 if at < 0.5 else float(n)
    weight = np.diff(betainc(place, n - place + 1.0, np.arange(n + 1) / n))
    ordered = np.sort(values, axis=0)
    first, second = np.tensordot(weight, ordered, axes=1), np.tensordot(weight, ordered**2, axes=1)
    return np.asarray(np.sqrt(np.maximum(second - first**2, 0.0)))


def spread(values: Floats, level: float, over_draws: bool) -> tuple[Floats, Floats, Floats]:
    """Return middle, low and high over the first axis: median and middle share of draws, or mean and t interval of replications."""
    return quantile_interval(values, level) if over_draws else t_interval(values, level)


def counts_spread(values: Floats, level: float, over_draws: bool) -> tuple[Floats, Floats, Floats]:
    """Return mean, low and high over the first axis, as `spread`: counts of people have to add up, which medians do not."""
    mean, low, high = spread(values, level, over_draws)
    return (values.mean(axis=0) if over_draws else mean), low, high


def bootstrap_interval(values: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the percentile bootstrap interval of the mean over the first axis, from `N_RESAMPLES` resamples.

    The resamples are the same on every call, so an interval is a function of the values alone. With fewer than
    `LEAST_RESAMPLED` replications its ends are NaN: so few hardly differ when they are drawn anew.

    Source: Efron, Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    n = len(values)
    if n < LEAST_RESAMPLED:
        return np.full(values.shape[1:], np.nan), np.full(values.shape[1:], np.nan)
    means = np.tensordot(resamples(n) / n, values, axes=1)
    low, high = np.quantile(means, [0.5 - level / 2.0, 0.5 + level / 2.0], axis=0)
    return low, high


def resamples(n: int) -> Integers:
    """Return how often each of n things is drawn in each of `N_RESAMPLES` resamples with replacement; shape (N_RESAMPLES, n)."""
    with np.errstate(over="ignore"):
        words = mix(np.arange(1, N_RESAMPLES * n + 1, dtype=np.uint64) * GOLDEN)
    drawn = (words % np.uint64(n)).astype(np.int64).reshape(N_RESAMPLES, n)
    return np.apply_along_axis(np.bincount, 1, drawn, minlength=n)
