"""Statistical forecasts of the migration panel: what a model of people has to beat.

Each takes the panel as it was known at the end of a year and forecasts the years after. They follow the descriptions of
published benchmarks; the details are ours.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from talentsim.arrays import Floats
from talentsim.panel.drift import damped_growth
from talentsim.panel.panel import Panel
from talentsim.scholars.regression import choice_shares, fit_choice, fit_poisson
from talentsim.scholars.scores import Forecast, corridors

FIRST_FIT = 2000        # the first year regressions and cumulated flows look at
KEPT = 0.9              # of a diaspora from one year to the next
WINDOW, DAMPING = 5, 0.85
"""Years whose growth goes on, and how much of it is left a year later."""

RECENT = 3              # years whose mean is the level of a rate or of a corridor's residual


def persistence(known: Panel, horizon: int) -> Forecast:
    """Repeat last year's flows and stocks."""
    return Forecast(_first(known), np.repeat(known.migrations[-1:], horizon, axis=0), np.repeat(known.stock[-1:], horizon, axis=0))


def fixed_shares(known: Panel, horizon: int) -> Forecast:
    """Hold each corridor's share of the last three years; the total follows its damped trend."""
    share = known.migrations[-RECENT:].sum(axis=0)
    total = damped_growth(known.migrations.sum(axis=(1, 2)), horizon, WINDOW, DAMPING)
    return Forecast(_first(known), share / share.sum() * total[:, None, None], stock_trend(known, horizon))


def linear_trend(known: Panel, horizon: int, window: int = 10) -> Forecast:
    """Extend each corridor by its least-squares line over the last years, never below 0; stocks by their last slope."""
    stock = known.stock[-1] + np.multiply.outer(np.arange(1, horizon + 1), _slope(known.stock[-5:]))
    return Forecast(_first(known), np.maximum(_line(known.migrations[-window:], horizon), 0.0), stock)


def gravity(known: Panel, horizon: int, residual: bool = False) -> Forecast:
    """Poisson gravity with effects of origin and destination, distance, language, stocks, GDP and diaspora.

    With `residual`, each corridor keeps the ratio of observed to fitted flows of its last three years.
    """
    n, off = len(known.codes), corridors(len(known.codes))
    years = _fitted(known)
    diaspora, gdp = diasporas(known), np.log(_gdp(known, horizon))
    stock, migrations = stock_trend(known, horizon), list(known.migrations)
    stocks = np.log(np.concatenate([known.stock, stock]))
    design = np.concatenate([_design(known, stocks[place - 1], gdp[place], diaspora[place])[off] for place in years])
    coefficients = fit_poisson(design, known.migrations[years][:, off].ravel())
    factor = np.ones((n, n))
    if residual:
        recent = np.array([np.exp(_design(known, stocks[p - 1], gdp[p], diaspora[p]) @ coefficients) for p in years[-RECENT:]])
        factor = (known.migrations[-RECENT:].sum(axis=0) + 0.5) / (recent.sum(axis=0) + 0.5)
    for place in range(len(known.years), len(known.years) + horizon):
        diaspora.append(KEPT * diaspora[-1] + migrations[-1])
        fitted = np.exp(_design(known, stocks[place - 1], gdp[place], diaspora[place]) @ coefficients)
        migrations.append(np.where(off, fitted * factor, 0.0))
    return Forecast(_first(known), np.array(migrations[-horizon:]), stock)


def multinomial(known: Panel, horizon: int, residual: bool = False) -> Forecast:
    """Choose destinations by conditional logit among those who move; the share who move stays as of the last years."""
    n, off = len(known.codes), corridors(len(known.codes))
    years = _fitted(known)
    diaspora, gdp, stock = diasporas(known), np.log(_gdp(known, horizon)), stock_trend(known, horizon)
    stocks = np.log(np.concatenate([known.stock, stock]))

    def attributes(place: int) -> Floats:
        return _destination_side(known, stocks[place - 1], gdp[place], diaspora[place])

    chosen = np.where(off, known.migrations[years], np.nan).reshape(-1, n)
    coefficients = fit_choice(np.concatenate([attributes(place) for place in years]), chosen)
    moving = known.migrations[-RECENT:].sum(axis=(0, 2)) / known.stock[-RECENT - 1:-1].sum(axis=0)
    excess = np.zeros((n, n))
    if residual:
        recent = np.array([choice_shares(attributes(p) @ coefficients, off) * known.migrations[p].sum(axis=1, keepdims=True)
                           for p in years[-RECENT:]])
        excess = np.log((known.migrations[-RECENT:].sum(axis=0) + 0.5) / (recent.sum(axis=0) + 0.5))
    migrations = list(known.migrations)
    for place in range(len(known.years), len(known.years) + horizon):
        diaspora.append(KEPT * diaspora[-1] + migrations[-1])
        share = choice_shares(attributes(place) @ coefficients + excess, off)
        migrations.append(share * (moving * np.exp(stocks[place - 1]))[:, None])
    return Forecast(_first(known), np.array(migrations[-horizon:]), stock)


def markov(known: Panel, horizon: int, damping: float = 0.0) -> Forecast:
    """Let stocks flow at corridor rates of the last three years, with entries less exits on their damped trend.

    With `damping`, log rates go on changing as between the last two spans of three years, less each year; the change
    of a thin corridor is shrunk.
    """
    off = corridors(len(known.codes))
    recent, before = (known.migrations[span].sum(axis=0) for span in (slice(-3, None), slice(-6, -3)))
    rate = recent / known.stock[-4:-1].sum(axis=0)[:, None]
    old = before / known.stock[-7:-4].sum(axis=0)[:, None]
    change = np.where((rate > 0) & (old > 0), np.log(np.where(rate > 0, rate, 1.0) / np.where(old > 0, old, 1.0)), 0.0) / 3.0
    change *= recent / (recent + 50.0)
    entries, stock = net_entries(known, horizon), known.stock[-1]
    flows, stocks = [], []
    for ahead in range(1, horizon + 1):
        grown = rate * np.exp(change * sum(damping**step for step in range(1, ahead + 1)))
        flow = np.where(off, grown * stock[:, None], 0.0)
        stock = stock + entries[ahead - 1] + flow.sum(axis=0) - flow.sum(axis=1)
        flows.append(flow)
        stocks.append(stock)
    return Forecast(_first(known), np.array(flows), np.array(stocks))


BENCHMARKS: dict[str, tuple[str, Callable[[Panel, int], Forecast]]] = {
    "persistence": ("a  persistence (last year)", persistence),
    "fixed shares x world trend": ("a3 drift: fixed shares x world trend", fixed_shares),
    "linear trend, 10 years": ("b2 linear trend 10y", linear_trend),
    "gravity PPML, diaspora": ("c2 PPML o+d FE, geo, diaspora, no trend", gravity),
    "gravity PPML + corridor residual": ("c5 PPML c2 + corridor residual", lambda known, horizon: gravity(known, horizon, residual=True)),
    "multinomial logit": ("d  MNL destination | move, const out-rates", multinomial),
    "multinomial logit + corridor residual": ("d2 MNL d + corridor residual",
                                              lambda known, horizon: multinomial(known, horizon, residual=True)),
    "Markov, constant rates": ("e  Markov stock-flow, constant rates", markov),
    "Markov, damped trends": ("e2 Markov, damped rate trends", lambda known, horizon: markov(known, horizon, damping=0.7)),
}
"""Name -> (name in the published table of scores, forecast)."""

NEEDS_COVARIATES = tuple(name for name in BENCHMARKS if name.startswith(("gravity", "multinomial")))


def stock_trend(known: Panel, horizon: int) -> Floats:
    """Return stocks on their damped trend; shape (horizon, k)."""
    return damped_growth(known.stock, horizon, WINDOW, 0.88)


def net_entries(known: Panel, horizon: int) -> Floats:
    """Return entries less exits by region on their damped trend; in the past they follow from stocks and flows."""
    moves = known.migrations[1:]
    past = np.diff(known.stock, axis=0) - moves.sum(axis=1) + moves.sum(axis=2)
    return damped_growth(past, horizon, WINDOW, DAMPING)


def diasporas(known: Panel) -> list[Floats]:
    """Return, for each year, the flows of the years before, cumulated and depreciated; each of shape (c, k)."""
    out = [known.migrations[0] / (1.0 - KEPT)]
    for moves in known.migrations[:-1]:
        out.append(KEPT * out[-1] + moves)
    return out


def _gdp(known: Panel, horizon: int) -> Floats:
    """Return GDP per head from the panel's first year on, extended by its damped trend."""
    inside = known.gdp[known.gdp_years >= known.years[0]]
    return np.concatenate([inside, damped_growth(inside, horizon, WINDOW, DAMPING)])


def _destination_side(known: Panel, log_stock: Floats, log_gdp: Floats, diaspora: Floats) -> Floats:
    """Return what a mover sees of the destinations: (c, k, p)."""
    n = len(known.codes)
    pair = known.pair
    columns = [np.log(np.maximum(pair["dist_km"], 1.0)), *(pair[name] for name in ("comlang_off", "comlang_ethno", "colony_sym", "contig")),
               np.log1p(diaspora), np.broadcast_to(log_stock, (n, n)), np.broadcast_to(log_gdp, (n, n))]
    effects = np.broadcast_to(np.eye(n)[:, 1:], (n, n, n - 1))
    return np.concatenate([np.stack(columns, axis=-1), effects], axis=-1)


def _design(known: Panel, log_stock: Floats, log_gdp: Floats, diaspora: Floats) -> Floats:
    """Return the gravity equation's regressors: those of the destination, those of the origin, and its effects."""
    n = len(known.codes)
    origin = np.stack([np.broadcast_to(each[:, None], (n, n)) for each in (log_stock, log_gdp)], axis=-1)
    effects = np.broadcast_to(np.eye(n)[:, None, :], (n, n, n))
    return np.concatenate([_destination_side(known, log_stock, log_gdp, diaspora), origin, effects], axis=-1)


def _slope(series: Floats) -> Floats:
    time = np.arange(len(series)) - (len(series) - 1) / 2.0
    return np.asarray(np.tensordot(time, series, axes=1) / (time**2).sum())


def _line(series: Floats, horizon: int) -> Floats:
    ahead = np.arange(1, horizon + 1) + (len(series) - 1) / 2.0
    return np.asarray(series.mean(axis=0) + np.multiply.outer(ahead, _slope(series)))


def _fitted(known: Panel) -> list[int]:
    """Return the places of the years that regressions look at, each with a year before it."""
    return [place for place, year in enumerate(known.years) if year >= FIRST_FIT and place > 0]


def _first(known: Panel) -> int:
    return int(known.years[-1]) + 1
