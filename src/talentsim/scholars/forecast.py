"""Forecasts of the scholars world in expectation: the model as configured, and variants of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.config import Config
from talentsim.config.panel import PanelConfig
from talentsim.panel.drift import Drift, damped_growth, forecast_corridors, take_apart
from talentsim.panel.inversion import Cells, MovingLaw, Replay, Terms, project, replay
from talentsim.panel.panel import Panel
from talentsim.panel.paths import drifts_of
from talentsim.scholars.scores import Forecast, score

Hold = Literal["last", "mean"]


@dataclass(frozen=True)
class Variant:
    """A way to forecast: the personal law, further terms of the utility, and how constants go on.

    `hold` keeps the constants of the last year, or the mean of the last three, instead of letting them drift.
    """

    law: MovingLaw
    rules: PanelConfig
    terms: Callable[[Panel], Terms] | None = None
    hold: Hold | None = None
    still: tuple[str, ...] = ()         # kinds of effects whose slopes are 0


def as_configured(config: Config) -> Variant:
    """Return the variant that the configuration describes."""
    assert config.world.panel is not None
    return Variant(MovingLaw.from_behaviour(config.behaviour), config.world.panel)


def live(variant: Variant, known: Panel, burn_in_year: int) -> Replay:
    """Live through the known panel."""
    terms = None if variant.terms is None else variant.terms(known)
    return replay(known, variant.law, burn_in_year, float(variant.rules.least_away), terms)


def forecast(variant: Variant, lived: Replay, known: Panel, horizon: int, drifts: dict[str, Drift] | None = None) -> Forecast:
    """Forecast the years after a replay.

    Parameters
    ----------
    drifts
        How the kinds of constants drift; None takes the rules'.
    """
    rules = variant.rules
    corridor = _constants(variant, lived, horizon, drifts_of(rules) if drifts is None else drifts)
    entries = damped_growth(lived.entries, horizon, rules.entry_window, float(rules.entry_damping))
    terms = None if variant.terms is None else variant.terms(known)
    flows, stocks = project(lived, variant.law, corridor, entries, terms)
    return Forecast(int(lived.years[-1]) + 1, flows, stocks)


def rolling_scores(variant: Variant, known: Panel, lived: Replay, last_known: Iterable[int],
                   drifts: dict[int, dict[str, Drift]] | None = None, longest: int = 6) -> pd.DataFrame:
    """Forecast from each of several years what was known at the end; one row of scores each.

    Parameters
    ----------
    lived
        The replay of the known panel.
    last_known
        Last known year of each forecast.
    drifts
        How constants drift, by the last known year of the forecast; None takes the rules'.
    """
    rows = []
    for year in last_known:
        then = lived.until(year)
        horizon = min(longest, int(known.years[-1]) - year)
        made = forecast(variant, then, known.until(year), horizon, None if drifts is None else drifts[year])
        rows.append({"last_known": year, "years": horizon} | score(known, made))
    return pd.DataFrame(rows)


def with_entries(variant: Variant, window: int, damping: float) -> Variant:
    """Let entries go on with the growth of the last `window` years, of which `damping` is left a year later."""
    rules = variant.rules
    changed = {"entry_window": window, "entry_damping": rules.entry_damping.model_copy(update={"value": damping})}
    return replace(variant, rules=rules.model_copy(update=changed))


def without_returns(variant: Variant) -> Variant:
    """Close the return channel: nobody goes home but as one moves on."""
    return replace(variant, law=replace(variant.law, back=np.zeros_like(variant.law.back)))


def without_tenure(variant: Variant) -> Variant:
    """Let neither career age nor years since the last move matter: everybody is as in the third year."""
    law = variant.law
    flat = {name: np.full_like(getattr(law, name), getattr(law, name)[3]) for name in ("first", "onward", "back")}
    return replace(variant, law=replace(law, **flat))


def with_diaspora(variant: Variant, weight: float = 1.0) -> Variant:
    """Add the pull of one's nationals abroad: their share in each country, less the mean of foreign countries."""
    def terms(_: Panel) -> Terms:
        def pull(cells: Cells, _: int) -> Floats:
            abroad = cells.moved.sum(axis=2)
            n = len(abroad)
            np.fill_diagonal(abroad, 0.0)
            share = abroad / np.maximum(abroad.sum(axis=1, keepdims=True), 1.0)
            centred = weight * (share - share.sum(axis=1, keepdims=True) / (n - 1))
            value = np.repeat(centred[:, None, :], n, axis=1)
            value[np.arange(n), :, np.arange(n)] = 0.0
            return value
        return pull
    return replace(variant, terms=terms)


def with_ecosystem(variant: Variant, elasticity: float = 1.0 / 3.0) -> Variant:
    """Add the pull of an ecosystem that follows its talent: the log share of the world's researchers."""
    def terms(known: Panel) -> Terms:
        return lambda cells, _: elasticity * _gain(np.log(np.maximum(cells.stock(), 1.0)), len(known.codes))
    return replace(variant, terms=terms)


def with_pay(variant: Variant, weight: float = 1.0) -> Variant:
    """Add the pull of pay, for which GDP per head stands in; after the last known year it grows as before, damped."""
    def terms(known: Panel) -> Terms:
        first, level = int(known.gdp_years[0]), known.gdp
        path = np.log(np.concatenate([level, damped_growth(level, 60, 5, 0.9)]))
        return lambda _, year: weight * _gain(path[max(year - first, 0)], len(known.codes))
    return replace(variant, terms=terms)


def _gain(value: Floats, n: int) -> Floats:
    return np.broadcast_to(value[None, :] - value[:, None], (n, n, n))


def _constants(variant: Variant, lived: Replay, horizon: int, drifts: dict[str, Drift]) -> Floats:
    if variant.hold == "last":
        return np.repeat(lived.corridor[-1:], horizon, axis=0)
    if variant.hold == "mean":
        moves = lived.exposure[-3:] * np.exp(lived.corridor[-3:])
        off = ~np.eye(moves.shape[1], dtype=bool)
        ratio = np.divide(moves.sum(axis=0), lived.exposure[-3:].sum(axis=0), out=np.ones(off.shape), where=off)
        return np.repeat(np.log(ratio)[None], horizon, axis=0)
    known = lived.years >= variant.rules.fit_from
    drifts = {kind: replace(each, slope=0.0, first_slope=0.0) if kind in variant.still else each for kind, each in drifts.items()}
    return forecast_corridors(take_apart(lived.corridor[known], lived.exposure[known]), drifts, horizon, float(variant.rules.world_trend))
