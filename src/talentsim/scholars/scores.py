"""Scores of a forecast of flows and stocks against the published panel.

All flow scores run over every corridor between two regions. `weight` and the list of the largest corridors come from the
mean flows of the last five years before the forecast; the base of change from the last three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from talentsim.arrays import Booleans, Floats
from talentsim.intervals import resamples
from talentsim.panel.panel import REST, Panel

N_LARGEST = 50


@dataclass(frozen=True)
class Forecast:
    """Expected moves by corridor and researchers by region for the years from `first` on."""

    first: int
    migrations: Floats      # (y, c, k)
    stock: Floats           # (y, k) at the end of the year


def score(panel: Panel, forecast: Forecast) -> dict[str, float]:
    """Score a forecast against the same years of the panel.

    Returns
    -------
    wlogRMSE
        sqrt of the weighted mean of log((pred + 1) / (obs + 1))^2.
    logRMSE, R2log
        The same unweighted, and the share of the variance of log(obs + 1) that is explained.
    CPC
        Common part of commuters, 2 sum min(pred, obs) / (sum pred + sum obs).
    MAPE50, MdAPE50
        Mean and median absolute error over the 50 largest corridors between named regions, %.
    chg_corr50
        Over those, the correlation of predicted and observed log change of the mean flow; NaN if nothing changes.
    bias_total%
        Error of the total, %.
    netrate_rho, netrate_RMSE_permil
        Spearman correlation and root mean squared error of the named regions' net rates, per mil of the same year's
        stock, each averaged over years.
    TVD_stock, MAPE_stock
        Half the summed absolute difference of stock shares; mean absolute error of stocks, %; averaged over years.
    """
    start = panel.place(forecast.first)
    window = slice(start, start + len(forecast.migrations))
    observed, stock = panel.migrations[window], panel.stock[window]
    weight = panel.migrations[start - 5:start].mean(axis=0)
    base = panel.migrations[start - 3:start].mean(axis=0)
    return (_flow_scores(forecast.migrations, observed, weight)
            | _largest_scores(forecast.migrations, observed, base, largest(panel, weight))
            | _net_rate_scores(panel, forecast, observed, stock)
            | _stock_scores(forecast.stock, stock))


def score_table(panel: Panel, forecasts: dict[str, Forecast]) -> pd.DataFrame:
    """Score several forecasts of the same years: one row each, in the order given."""
    return pd.DataFrame([{"model": name} | score(panel, each) for name, each in forecasts.items()])


def by_year(panel: Panel, forecasts: dict[str, Forecast]) -> pd.DataFrame:
    """Score every year of the forecasts by itself: model, year, wlogRMSE, CPC, TVD_stock."""
    rows = []
    for name, each in forecasts.items():
        start = panel.place(each.first)
        weight = panel.migrations[start - 5:start].mean(axis=0)
        for ahead in range(len(each.migrations)):
            now = slice(start + ahead, start + ahead + 1)
            flows = _flow_scores(each.migrations[ahead:ahead + 1], panel.migrations[now], weight)
            stocks = _stock_scores(each.stock[ahead:ahead + 1], panel.stock[now])
            rows.append((name, each.first + ahead, flows["wlogRMSE"], flows["CPC"], stocks["TVD_stock"]))
    return pd.DataFrame(rows, columns=["model", "year", "wlogRMSE", "CPC", "TVD_stock"])


def lead_of(panel: Panel, forecasts: dict[str, Forecast], ours: str) -> pd.DataFrame:
    """Say by how much the weighted log error of one forecast is below that of each other, and how sure that is.

    The interval holds 95 % of what comes out when corridors are drawn anew with replacement: it tells how far the lead
    hangs on few corridors, not what another period would bring.

    Returns
    -------
    model, lead (the other's wlogRMSE less ours), low, high.
    """
    start, off = panel.place(forecasts[ours].first), corridors(len(panel.codes))
    weight = panel.migrations[start - 5:start].mean(axis=0)[off]
    drawn = np.concatenate([np.ones((1, len(weight)), dtype=np.int64), resamples(len(weight))])

    def error(made: Forecast) -> Floats:
        seen = panel.migrations[start:start + len(made.migrations)][:, off]
        squares = (np.log((made.migrations[:, off] + 1.0) / (seen + 1.0)) ** 2).mean(axis=0)
        return np.asarray(np.sqrt(drawn @ (weight * squares) / (drawn @ weight)))

    mine, rows = error(forecasts[ours]), []
    for name, other in forecasts.items():
        if name != ours:
            lead = error(other) - mine
            rows.append((name, float(lead[0]), *(float(each) for each in np.quantile(lead[1:], [0.025, 0.975]))))
    return pd.DataFrame(rows, columns=["model", "lead", "low", "high"])


def beside_observed(panel: Panel, forecasts: dict[str, Forecast]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay forecasts beside what was observed, in long form.

    Returns
    -------
    Flows: model, year, from, to, forecast and observed moves. Stocks: model, year, country, forecast and observed
    researchers at the end of the year.
    """
    flows, stocks, codes = [], [], np.array(panel.codes)
    start, end = np.nonzero(corridors(len(codes)))
    for name, each in forecasts.items():
        for ahead, moves in enumerate(each.migrations):
            year, place = each.first + ahead, panel.place(each.first + ahead)
            flows.append(pd.DataFrame({"model": name, "year": year, "from": codes[start], "to": codes[end], "forecast": moves[start, end],
                                       "observed": panel.migrations[place][start, end]}))
            stocks.append(pd.DataFrame({"model": name, "year": year, "country": codes, "forecast": each.stock[ahead],
                                        "observed": panel.stock[place]}))
    return pd.concat(flows, ignore_index=True), pd.concat(stocks, ignore_index=True)


def largest(panel: Panel, weight: Floats) -> Booleans:
    """Return which corridors are the largest between named regions; shape (c, k)."""
    named = np.array([code != REST for code in panel.codes])
    candidates = np.where(named[:, None] & named & corridors(len(named)), weight, -1.0)
    chosen = np.zeros(candidates.size, dtype=bool)
    chosen[np.argsort(-candidates, axis=None, kind="stable")[:min(N_LARGEST, int((candidates >= 0.0).sum()))]] = True
    return chosen.reshape(candidates.shape)


def corridors(n: int) -> Booleans:
    """Return where two different regions meet; shape (n, n)."""
    return ~np.eye(n, dtype=bool)


def _flow_scores(predicted: Floats, observed: Floats, weight: Floats) -> dict[str, float]:
    off = corridors(observed.shape[1])
    pred, obs, share = predicted[:, off], observed[:, off], weight[off] / weight[off].sum()
    error = np.log((pred + 1.0) / (obs + 1.0))
    level = np.log(obs + 1.0)
    return {
        "wlogRMSE": float(np.sqrt((share * error**2).sum(axis=1).mean())),
        "logRMSE": float(np.sqrt((error**2).mean())),
        "CPC": float(2.0 * np.minimum(pred, obs).sum() / (pred.sum() + obs.sum())),
        "R2log": float(1.0 - (error**2).sum() / ((level - level.mean()) ** 2).sum()),
        "bias_total%": float(100.0 * (pred.sum() / obs.sum() - 1.0)),
    }


def _largest_scores(predicted: Floats, observed: Floats, base: Floats, chosen: Booleans) -> dict[str, float]:
    pred, obs = predicted[:, chosen], observed[:, chosen]
    error = np.abs(pred - obs) / obs
    change, truth = (np.log(each.mean(axis=0) / base[chosen]) for each in (pred, obs))
    moves = change.std() > 1e-12
    return {"MAPE50": float(100.0 * error.mean()), "MdAPE50": float(100.0 * np.median(error)),
            "chg_corr50": float(np.corrcoef(change, truth)[0, 1]) if moves else float("nan")}


def _net_rate_scores(panel: Panel, forecast: Forecast, observed: Floats, stock: Floats) -> dict[str, float]:
    from scipy.stats import spearmanr

    named = np.array([code != REST for code in panel.codes])
    pred, obs = (net_rates(moves, people)[:, named] for moves, people in ((forecast.migrations, forecast.stock), (observed, stock)))
    return {"netrate_rho": float(np.mean([spearmanr(one, other)[0] for one, other in zip(pred, obs, strict=True)])),
            "netrate_RMSE_permil": float(np.sqrt(((pred - obs) ** 2).mean(axis=1)).mean())}


def net_rates(migrations: Floats, stock: Floats) -> Floats:
    """Return arrivals less departures per mil of the same year's stock; shape (y, k)."""
    return 1000.0 * (migrations.sum(axis=1) - migrations.sum(axis=2)) / stock


def _stock_scores(predicted: Floats, observed: Floats) -> dict[str, float]:
    shares = [each / each.sum(axis=1, keepdims=True) for each in (predicted, observed)]
    return {"TVD_stock": float(0.5 * np.abs(shares[0] - shares[1]).sum(axis=1).mean()),
            "MAPE_stock": float(100.0 * np.abs(predicted / observed - 1.0).mean())}
