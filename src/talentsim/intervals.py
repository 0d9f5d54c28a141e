"""Intervals over replications: of means, where luck alone differs between them, and of what draws of the parameters give."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.streams import GOLDEN, mix

Bounds = tuple[float | Floats, float | Floats]
"""Lowest and highest value that can exist."""

ANY: Bounds = (-np.inf, np.inf)
COUNT: Bounds = (0.0, np.inf)
SHARE: Bounds = (0.0, 100.0)

N_RESAMPLES = 2000
LEAST_RESAMPLED = 4


def bounds_of(is_share: bool) -> Bounds:
    """Return the bounds of a share, in %, or of a number of people or works."""
    return SHARE if is_share else COUNT


def standard_error(values: Floats) -> Floats:
    """Return the Monte-Carlo standard error of the mean over the first axis; NaN with one replication."""
    n = len(values)
    return values.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.full(values.shape[1:], np.nan)


def t_interval(values: Floats, level: float, within: Bounds = ANY) -> tuple[Floats, Floats, Floats]:
    """Return mean and Student's t interval over the first axis, the replications; of levels that have bounds, between them.

    With bounds the interval is made on a scale on which the variance hardly depends on the mean, and carried back: the
    square root for what has a lower bound alone, as counts do, the arcsine of the root for what lies between two, as shares
    do. Where the error is small beside the distance to a bound it is the plain one. With one replication there is no interval: its
    ends are NaN.

    Parameters
    ----------
    within
        Lowest and highest value that can exist; arrays where they are not the same for all.

    Source: Bartlett (1947), The Use of Transformations, Biometrics 3.
    """
    mean, error = values.mean(axis=0), _half_width(values, level)
    lowest, highest = (np.asarray(each, dtype=float) for each in within)
    if not np.isfinite(lowest).any():
        return mean, mean - error, mean + error
    with np.errstate(invalid="ignore", divide="ignore"):
        span = np.where(np.isfinite(highest), highest - lowest, 1.0)
        part, step = np.maximum((mean - lowest) / span, 0.0), error / span
        root, half = np.sqrt(part), step / (2.0 * np.sqrt(part))
        ends = [np.square(np.maximum(root + sign * half, 0.0)) for sign in (-1, 1)]
        if np.isfinite(highest).any():
            part = np.minimum(part, 1.0)
            angle, half = np.arcsin(np.sqrt(part)), step / (2.0 * np.sqrt(part * (1.0 - part)))
            turned = [np.square(np.sin(np.clip(angle + sign * half, 0.0, np.pi / 2.0))) for sign in (-1, 1)]
            ends = [np.where(np.isfinite(highest), two, one) for one, two in zip(ends, turned, strict=True)]
    low, high = (np.where(error == 0.0, mean, lowest + span * each) for each in ends)
    return mean, np.minimum(low, mean), np.maximum(high, mean)


def t_interval_of_difference(before: Floats, after: Floats, level: float, within: Bounds = ANY) -> tuple[Floats, Floats, Floats]:
    """Return mean and Student's t interval of a paired difference over the first axis, cut where a level would leave its bounds.

    What is cut off cannot be: from the mean of `before` no difference leads out of the bounds of the level. Cutting leaves the
    share of intervals that hold the true difference as it is.
    """
    middle, low, high = t_interval(after - before, level)
    low, high = cut(low, high, before, within)
    return middle, np.minimum(low, middle), np.maximum(high, middle)


def cut(low: Floats, high: Floats, before: Floats, within: Bounds) -> tuple[Floats, Floats]:
    """Return the ends of an interval of a difference, cut where they would lead out of the bounds from the mean of `before`."""
    lowest, highest = (each - before.mean(axis=0) for each in within)
    return np.maximum(low, lowest), np.minimum(high, highest)


def _half_width(values: Floats, level: float) -> Floats:
    from scipy.special import stdtrit

    return np.asarray(stdtrit(max(len(values) - 1, 1), 0.5 + level / 2.0) * standard_error(values))


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


def spread(values: Floats, level: float, over_draws: bool, within: Bounds = ANY) -> tuple[Floats, Floats, Floats]:
    """Return middle, low and high of levels over the first axis: median and middle share of draws, or mean and t interval of replications."""
    return quantile_interval(values, level) if over_draws else t_interval(values, level, within)


def spread_of_difference(before: Floats, after: Floats, level: float, over_draws: bool, within: Bounds) -> tuple[Floats, Floats, Floats]:
    """Return middle, low and high of paired differences between levels that have bounds, as `spread`."""
    return quantile_interval(after - before, level) if over_draws else t_interval_of_difference(before, after, level, within)


def counts_spread(values: Floats, level: float, over_draws: bool) -> tuple[Floats, Floats, Floats]:
    """Return mean, low and high of counts over the first axis, as `spread`: they have to add up, which medians do not."""
    middle, low, high = spread(values, level, over_draws, COUNT)
    return (values.mean(axis=0) if over_draws else middle), low, high


def counts_spread_of_difference(before: Floats, after: Floats, level: float, over_draws: bool,
                                within: Bounds) -> tuple[Floats, Floats, Floats]:
    """Return mean, low and high of paired differences that have to add up, as `spread_of_difference`."""
    middle, low, high = spread_of_difference(before, after, level, over_draws, within)
    return ((after - before).mean(axis=0) if over_draws else middle), low, high


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
