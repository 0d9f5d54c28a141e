"""Scorecard: targets beside what draws of a posterior show of them, and simple forecasts that need no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from talentsim.arrays import Floats
from talentsim.calibration.targets import FITTED, Target

LEVEL = 0.9
"""Of the bands."""

N_ERRORS = 200      # values of the discrepancy for each draw
NO_CHANGE, TREND, MODEL = "no change", "linear trend", "model"


def scorecard(targets: Sequence[Target], shown: Floats) -> pd.DataFrame:
    """Lay every target beside the draws.

    Parameters
    ----------
    shown
        Indicators of runs of the model, one for each draw, shape (n_draws, n_targets).

    Returns
    -------
    target, title, role, group, unit, observed, lower, median, low, high (the middle 90 % of parameters, luck and tolerance together),
    parameter_low, parameter_high (of parameters and luck alone), inside, miss (in tolerances), score (of the interval, in tolerances),
    counts; misses first.
    """
    rows = [_row(each, shown[:, place]) for place, each in enumerate(targets)]
    table = pd.DataFrame(rows)
    return table.assign(order=table["miss"].abs()).sort_values(["inside", "order"], ascending=[True, False]).drop(columns="order").reset_index(drop=True)


def forecasts(targets: Sequence[Target], shown: Floats) -> pd.DataFrame:
    """Score the held-out targets that were observed before: the model, no change since the last observation, and a linear trend.

    Bands of the simple forecasts are those of a random walk, whose yearly step is what the earlier observations moved by, and no less
    than the target's tolerance allows; where there is one earlier observation the steps of all others of its group are pooled.

    Returns
    -------
    target, title, group, forecast, low, high, inside, score: the interval score, in tolerances of the target.
    """
    steps = _steps(targets)
    rows = []
    for place, each in enumerate(targets):
        if each.role != "held_out" or not each.earlier or not np.isfinite(shown[:, place]).any():
            continue
        year = _year(each)
        bands = {MODEL: band(each, shown[:, place])[1:]}
        last = max(each.earlier)
        ahead = max(year - last, 1)
        half = norm.ppf(0.5 + LEVEL / 2) * float(np.hypot(each.tolerance, steps.get(each.group, each.tolerance) * np.sqrt(ahead)))
        bands[NO_CHANGE] = _around(each, each.earlier[last], half)
        if len(each.earlier) >= 3:
            bands[TREND] = _trend(each, year)
        rows += [{"target": each.id, "title": each.title, "group": each.group, "forecast": name, "low": low, "high": high,
                  "inside": low <= each.observed <= high, "score": interval_score(each, low, high)} for name, (low, high) in bands.items()]
    return pd.DataFrame(rows, columns=["target", "title", "group", "forecast", "low", "high", "inside", "score"])


def band(target: Target, shown: Floats) -> tuple[float, float, float]:
    """Return median, low and high of draws with the target's tolerance laid on; NaN where a small population has nobody to speak of in any."""
    values = shown[np.isfinite(shown)]
    if not len(values):
        return np.nan, np.nan, np.nan
    ranks = (np.arange(N_ERRORS) + 0.5) / N_ERRORS
    errors = target.tolerance * norm.ppf(ranks)
    laid = np.stack([target.spread(values, np.full(len(values), error)) for error in errors])
    low, high = np.quantile(laid, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return float(np.median(values)), float(low), float(high)


def interval_score(target: Target, low: float, high: float) -> float:
    """Return the interval score of a band, in tolerances: its width, and what it misses by times 2 / (1 - level).

    Source: Gneiting, Raftery (2007), Strictly Proper Scoring Rules, Prediction, and Estimation, JASA 102.
    """
    one, two, seen = (np.log(np.maximum([low, high, target.observed], 1e-6)) if target.scale == "log" else np.array([low, high, target.observed]))
    beyond = max(one - seen, 0.0) + max(seen - two, 0.0)
    return float((two - one + 2.0 / (1.0 - LEVEL) * beyond) / target.tolerance)


def summary(card: pd.DataFrame) -> pd.DataFrame:
    """Return by role how many targets lie inside their band, the mean squared miss of a target and the mean interval score.

    Of those that the draws show at all.
    """
    roles = card[card["median"].notna()].groupby("role", sort=False)
    return roles.agg(targets=("inside", "size"), inside=("inside", "sum"), chi2=("miss", lambda each: float((each**2).mean())),
                     score=("score", "mean")).reset_index()


def history_off(targets: Sequence[Target], shown: Floats, without: Mapping[str, Floats]) -> pd.DataFrame:
    """Return what leaving one policy of the past out does to the fit, the policies that the fitted targets need most first.

    Parameters
    ----------
    shown
        Indicators of some draws with the whole of history.
    without
        The same draws by what the policy left out is called.

    Returns
    -------
    policy, chi2_change (of a fitted target, in squared tolerances), target (the one that moves most), moved (in tolerances).
    """
    fitted = [place for place, each in enumerate(targets) if each.role in FITTED]
    rows = []
    for title, other in without.items():
        before, after = (np.stack([targets[place].miss(values[:, place]) / targets[place].tolerance for place in fitted], axis=1) for values in (shown, other))
        unseen = ~np.isfinite(before + after)           # nobody to speak of in one of the two: no miss of either, which would be none
        before, after = (np.where(unseen, 0.0, each) for each in (before, after))
        moved = (after - before).sum(axis=0) / np.maximum((~unseen).sum(axis=0), 1)
        most = int(np.argmax(np.abs(moved)))
        rows.append({"policy": title, "chi2_change": float(((after**2).mean(axis=1) - (before**2).mean(axis=1)).mean()),
                     "target": targets[fitted[most]].title, "moved": float(moved[most])})
    return pd.DataFrame(rows, columns=["policy", "chi2_change", "target", "moved"]).sort_values("chi2_change", ascending=False, ignore_index=True)


def _row(target: Target, shown: Floats) -> dict[str, object]:
    values = shown[np.isfinite(shown)]
    median, low, high = band(target, values)
    one, two = np.quantile(values, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2]) if len(values) else (np.nan, np.nan)
    lower = target.observed if target.lower is None else target.lower
    return {"target": target.id, "title": target.title, "role": target.role, "group": target.group, "unit": target.unit,
            "observed": target.observed, "lower": lower, "median": median, "low": low, "high": high, "parameter_low": float(one),
            "parameter_high": float(two), "inside": bool(low <= target.observed and lower <= high), "miss": float(target.miss(median) / target.tolerance),
            "score": interval_score(target, low, high), "counts": target.counts}


def _year(target: Target) -> int:
    asked = target.indicator
    return int(asked["looks"][-1][2] if "looks" in asked else asked.get("year") or asked["years"][0])


def _scale(target: Target, value: float) -> float:
    return float(np.log(max(value, 1e-6))) if target.scale == "log" else value


def _around(target: Target, value: float, half: float) -> tuple[float, float]:
    ends = target.spread(np.array([value, value]), np.array([-half, half]))
    return float(ends[0]), float(ends[1])


def _steps(targets: Sequence[Target]) -> dict[str, float]:
    """Return the standard deviation of a year's step among earlier observations, by group."""
    found: dict[str, list[float]] = {}
    for each in targets:
        years = sorted(each.earlier)
        found.setdefault(each.group, []).extend((_scale(each, each.earlier[two]) - _scale(each, each.earlier[one])) / np.sqrt(two - one)
                                                for one, two in pairwise(years) if min(each.earlier.values()) > 0)
    return {group: float(np.sqrt(np.mean(np.square(steps)))) for group, steps in found.items() if steps}


def _trend(target: Target, year: int) -> tuple[float, float]:
    """Return the prediction interval of a straight line through the earlier observations, within what can be, as the other bands."""
    years = np.array(sorted(target.earlier), float)
    values = np.array([_scale(target, target.earlier[int(each)]) for each in years])
    x = np.column_stack([np.ones(len(years)), years - years.mean()])
    slope, _, _, _ = np.linalg.lstsq(x, values, rcond=None)
    at = np.array([1.0, year - years.mean()])
    freedom = len(years) - 2
    residual = float(np.sqrt(np.sum((values - x @ slope) ** 2) / freedom))
    half = float(t.ppf(0.5 + LEVEL / 2, freedom)) * float(np.hypot(residual * np.sqrt(1.0 + at @ np.linalg.inv(x.T @ x) @ at), target.tolerance))
    middle = float(at @ slope)
    return _around(target, float(np.exp(middle)) if target.scale == "log" else middle, half)


