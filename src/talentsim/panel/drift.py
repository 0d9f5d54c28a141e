"""How corridor constants go on after the last known year: regional and corridor effects that drift with damped slopes.

A corridor's constant is a mean over the known years, an effect of the country left, one of the country entered, and a
residual. Each of the three kinds of series is a level with a slope,

    level(t+1) = level(t) + slope(t) + noise of variance `level`
    slope(t+1) = damping * slope(t)  + noise of variance `slope`,        first slope of variance `first_slope`
    seen(t)    = level(t)            + noise of variance `noise` + 1 / moves seen,

and the Kalman filter gives the level and slope known at the end, from which the forecast goes on. The variances are
alike for all series of a kind; `talentsim calibrate` finds them by likelihood.

The filter is written out here because it runs over all series of a kind at once. On the published panel (420 series of 11
years, one thread) statsmodels 0.15's KalmanFilter, a series at a time, gives the same levels and slopes to 3e-16 and the
same likelihood to 7e-13 in 0.2 s of CPU and 0.9 s of importing, against 0.001 s here; calibration asks for it hundreds of
times. Its UnobservedComponents has no damped slope, and no variance of observation that differs by year.

Source: Harvey (1989), Forecasting, structural time series models and the Kalman filter; Gardner, McKenzie (1985),
Forecasting trends in time series, doi:10.1287/mnsc.31.10.1237.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Floats

_ROUNDS = 200


@dataclass(frozen=True)
class Drift:
    """Variances a year of one kind of series, in squared utils, and the damping of its slopes."""

    level: float
    slope: float
    first_slope: float
    noise: float
    damping: float


@dataclass(frozen=True)
class Effects:
    """Constants taken apart: corridor[y, c, k] = mean[c, k] + origin[y, c] + destination[y, k] + residual[y, c, k]."""

    mean: Floats
    origin: Floats
    destination: Floats
    residual: Floats
    moves: Floats           # (y, c, k) moves that a constant rests on


@dataclass(frozen=True)
class Filtered:
    """What is known of the series at the end: level and slope, and the log likelihood of what was seen."""

    level: Floats
    slope: Floats
    log_likelihood: float


def take_apart(corridor: Floats, exposure: Floats) -> Effects:
    """Split constants into effects with which each year's moves from and to every country are met.

    Parameters
    ----------
    corridor, exposure
        Constants and moves per exp(constant), shape (y, c, k).
    """
    off = ~np.eye(corridor.shape[1], dtype=bool)
    moves = np.where(off, exposure * np.exp(corridor), 0.0)
    weight = np.where(off, np.maximum(moves, 0.5), 1.0)
    mean = np.where(off, (weight * corridor).sum(axis=0) / weight.sum(axis=0), 0.0)
    usual = np.where(off, exposure * np.exp(mean), 0.0)
    leaving, entering = np.ones(moves.shape[:2]), np.ones(moves.shape[:2])
    for _ in range(_ROUNDS):                                            # iterative proportional fitting
        leaving = moves.sum(axis=2) / (usual * entering[:, None, :]).sum(axis=2)
        entering = moves.sum(axis=1) / (usual * leaving[:, :, None]).sum(axis=1)
    level = np.log(entering).mean(axis=1, keepdims=True)                # the world's level counts with the origins
    origin, destination = np.log(leaving) + level, np.log(entering) - level
    residual = np.where(off, corridor - mean - origin[:, :, None] - destination[:, None, :], 0.0)
    return Effects(mean, origin, destination, residual, weight)


def run_filter(seen: Floats, variance: Floats, drift: Drift) -> Filtered:
    """Run the Kalman filter over many series at once; the first value starts the level.

    Parameters
    ----------
    seen, variance
        Values and their sampling variances, shape (y, series).
    """
    level, slope = seen[0].copy(), np.zeros(seen.shape[1])
    p_ll = variance[0] + drift.noise
    p_ls, p_ss = np.zeros_like(p_ll), np.full_like(p_ll, drift.first_slope)
    likelihood = 0.0
    for value, sampling in zip(seen[1:], variance[1:], strict=True):
        level = level + slope
        p_ll = p_ll + 2.0 * p_ls + p_ss + drift.level
        p_ls = drift.damping * (p_ls + p_ss)
        p_ss = drift.damping**2 * p_ss + drift.slope
        slope = drift.damping * slope
        surprise, spread = value - level, p_ll + sampling + drift.noise
        likelihood -= 0.5 * float((np.log(2.0 * np.pi * spread) + surprise**2 / spread).sum())
        gain_l, gain_s = p_ll / spread, p_ls / spread
        level, slope = level + gain_l * surprise, slope + gain_s * surprise
        p_ll, p_ls, p_ss = p_ll - gain_l * p_ll, p_ls - gain_l * p_ls, p_ss - gain_s * p_ls
    return Filtered(level, slope, likelihood)


def series_of(effects: Effects) -> dict[str, tuple[Floats, Floats]]:
    """Return values and sampling variances, (y, series), of the three kinds of series."""
    off = ~np.eye(effects.mean.shape[0], dtype=bool)
    return {"origin": (effects.origin, 1.0 / effects.moves.sum(axis=2)),
            "destination": (effects.destination, 1.0 / effects.moves.sum(axis=1)),
            "corridor": (effects.residual[:, off], 1.0 / effects.moves[:, off])}


def forecast_corridors(effects: Effects, drifts: dict[str, Drift], horizon: int, world_trend: float = 1.0) -> Floats:
    """Continue the constants; shape (horizon, c, k).

    Parameters
    ----------
    world_trend
        Share that is kept of the change common to all countries left: a single series says little about its own slope.
    """
    off = ~np.eye(effects.mean.shape[0], dtype=bool)
    ahead: dict[str, Floats] = {}
    for kind, (seen, variance) in series_of(effects).items():
        known = run_filter(seen, variance, drifts[kind])
        reach = np.cumsum(drifts[kind].damping ** np.arange(horizon))
        change = np.multiply.outer(reach, known.slope)
        if kind == "origin":
            change -= (1.0 - world_trend) * change.mean(axis=1, keepdims=True)
        ahead[kind] = known.level + change
    residual = np.zeros((horizon, *effects.mean.shape))
    residual[:, off] = ahead["corridor"]
    total = effects.mean + ahead["origin"][:, :, None] + ahead["destination"][:, None, :] + residual
    return np.where(off, total, 0.0)


def damped_growth(series: Floats, horizon: int, window: int, damping: float) -> Floats:
    """Extend positive series, shape (y, k), from their last value by the growth of their logs over `window`, damped."""
    logs = np.log(np.maximum(series[-window:], 1.0))
    time = np.arange(len(logs)) - (len(logs) - 1) / 2.0
    growth = np.tensordot(time, logs, axes=1) / (time**2).sum()
    return np.exp(logs[-1] + np.multiply.outer(np.cumsum(damping ** np.arange(1, horizon + 1)), growth))
