"""What the headline depends on, without a further run: how much of its spread over draws each group of parameters accounts for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.comparison.pair import PairRuns
from talentsim.comparison.sides import levels
from talentsim.ensemble.draws import draws_of, held_keys
from talentsim.ensemble.ensemble import Ensemble

LEAST_DRAWS = 24
UNEXPLAINED = "chance, and what a straight line misses"


def variance_shares(baseline: Ensemble, scenario: Ensemble) -> pd.DataFrame:
    """Share the variance of the headline's difference over draws out among the groups of parameters.

    The difference is regressed on the parameters, taken up one by one as long as draws left out are predicted better. Each has
    the share cov(coefficient * parameter, difference) / var(difference); parameters that go together in the posterior share what
    they have in common, so a share may fall below 0. The shares sum to the regression's R2.

    Returns
    -------
    group, share, parameters (those taken up, the most telling first), r2 (of draws left out), draws; the rest, which nothing
    explains, last. No rows where replications are not draws, or fewer than `LEAST_DRAWS`.
    """
    config = scenario.config
    draws = draws_of(config)
    if draws is None or "parameters" not in draws.manifest or len(scenario) < LEAST_DRAWS:
        return pd.DataFrame()
    change = np.subtract(*levels(PairRuns(baseline, scenario))[::-1])
    held = set(held_keys(config))
    first: dict[str, str] = {}
    for key in draws.keys:
        if key not in held and not key.startswith("observers."):
            first.setdefault(draws.manifest["parameters"].get(key, key), key)
    rows = [draws.row(each) for each in range(len(scenario))]
    names = list(first)
    x = np.array([[row[first[name]] for name in names] for row in rows])
    if not names or change.std() < 1e-9:
        return pd.DataFrame()
    chosen, shares, r2 = _regressed(x, change)
    groups = {name: draws.manifest.get("groups", {}).get(first[name], name) for name in names}
    found = pd.DataFrame({"group": [groups[names[place]] for place in chosen], "share": shares, "parameters": [names[place] for place in chosen]})
    found = found.sort_values("share", ascending=False)
    by_group = found.groupby("group", sort=False).agg(share=("share", "sum"), parameters=("parameters", ", ".join)).reset_index()
    rest = pd.DataFrame({"group": [UNEXPLAINED], "share": [1.0 - float(np.sum(shares))], "parameters": [""]})
    return pd.concat([by_group.sort_values("share", ascending=False), rest], ignore_index=True).assign(r2=r2, draws=len(scenario))


def _regressed(x: Floats, y: Floats) -> tuple[list[int], Floats, float]:
    """Return the parameters taken up, the share of the variance of each, and the R2 of draws left out."""
    spread = x.std(axis=0)
    z, target = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0), y - y.mean()
    chosen: list[int] = []
    best = 0.0
    while len(chosen) < min(x.shape[1], len(y) // 5):
        scores = {place: _left_out(z[:, [*chosen, place]], target) for place in range(x.shape[1]) if place not in chosen and spread[place] > 0}
        if not scores:
            break
        place = max(scores, key=lambda each: scores[each])
        if scores[place] <= best + 0.005:
            break
        chosen, best = [*chosen, place], scores[place]
    slope = np.linalg.lstsq(z[:, chosen], target, rcond=None)[0] if chosen else np.empty(0)
    return chosen, slope * (z[:, chosen].T @ target) / float(target @ target), best


def _left_out(z: Floats, target: Floats) -> float:
    """Return the R2 with which a straight line predicts each draw from all others."""
    q, _ = np.linalg.qr(np.column_stack([np.ones(len(z)), z]))
    residual = (target - q @ (q.T @ target)) / np.maximum(1.0 - (q**2).sum(axis=1), 1e-6)
    return 1.0 - float(residual @ residual) / float(target @ target)
