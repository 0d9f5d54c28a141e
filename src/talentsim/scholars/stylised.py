"""Stylised facts of researcher migration, each computed alike from the panel and from what the model gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.panel.panel import Panel
from talentsim.scholars.gravity import distance_and_language, history_elasticity, stock_and_gdp
from talentsim.scholars.scores import corridors


@dataclass(frozen=True)
class Series:
    """Yearly flows, stocks and entries, of the panel or of a run; entries and exits as shares are unknown to the panel."""

    panel: Panel
    migrations: Floats      # (y, c, k)
    stock: Floats           # (y, k)
    entries: Floats | None = None       # (y, k) gross
    exits: Floats | None = None         # (y)

    def at(self, code: str) -> int:
        """Return the position of a region."""
        return self.panel.codes.index(code)

    def place(self, year: int) -> int:
        """Return the position of a year."""
        return self.panel.place(year)

    def net_rate(self, year: int) -> Floats:
        """Return arrivals less departures per mil of the stock a year before; shape (k,)."""
        moves = self.migrations[self.place(year)]
        return np.asarray(1000.0 * (moves.sum(axis=0) - moves.sum(axis=1)) / self.stock[self.place(year) - 1])


Years = Integers
Fact = Callable[[Series, Years], float]


def _mean(of: Callable[[Series, int], float]) -> Fact:
    return lambda x, years: float(np.mean([of(x, int(year)) for year in years]))


def _moves(x: Series, year: int) -> Floats:
    return x.migrations[x.place(year)][corridors(len(x.panel.codes))]


def _asymmetry(x: Series, year: int) -> float:
    moves = x.migrations[x.place(year)]
    return float(np.abs(moves - moves.T).sum() / moves.sum())


def _two_ways(x: Series, years: Years) -> float:
    logs = np.log(x.migrations[[x.place(year) for year in years]] + 1.0)
    off = corridors(len(x.panel.codes))
    return float(np.corrcoef(logs[:, off].ravel(), logs.transpose(0, 2, 1)[:, off].ravel())[0, 1])


def _gini(x: Series, year: int) -> float:
    size = np.sort(_moves(x, year))
    n = len(size)
    return float(2.0 * (np.arange(1, n + 1) * size).sum() / (n * size.sum()) - (n + 1.0) / n)


def _ranks(of: Callable[[Series, int], Floats], apart: int) -> Fact:
    def fact(x: Series, years: Years) -> float:
        from scipy.stats import spearmanr

        return float(np.mean([spearmanr(of(x, int(year)), of(x, int(year) - apart))[0] for year in years]))
    return fact


def _largest(x: Series, year: int) -> Integers:
    return np.argsort(-_moves(x, year), kind="stable")[:50]


def _overlap(x: Series, year: int) -> float:
    return float(len(np.intersect1d(_largest(x, year), _largest(x, year - 5))))


def _spread(x: Series, year: int) -> float:
    chosen = _largest(x, year - 5)
    return float(np.std(np.log(_moves(x, year)[chosen] / _moves(x, year - 5)[chosen]), ddof=1))


def _jitter(low: float, high: float) -> Fact:
    """Spread of the yearly log changes of corridors of a size, less each corridor's mean change."""
    def fact(x: Series, years: Years) -> float:
        moves = np.array([_moves(x, int(year)) for year in (years[0] - 1, *years)])
        chosen = (moves.mean(axis=0) >= low) & (moves.mean(axis=0) <= high)
        change = np.diff(np.log(np.maximum(moves[:, chosen], 0.5)), axis=0)
        return float((change - change.mean(axis=0)).std())
    return fact


def _effectiveness(x: Series, years: Years) -> float:
    moves = x.migrations[[x.place(year) for year in years]]
    arrive, leave = moves.sum(axis=1), moves.sum(axis=2)
    return float(np.abs(arrive - leave).sum() / (arrive + leave).sum())


def _out_rate(code: str | None) -> Fact:
    """Departures per researcher, %; of the world by the stock of the same year, of a region by that of the year before."""
    def fact(x: Series, years: Years) -> float:
        places = [x.place(year) for year in years]
        if code is None:
            return float(100.0 * x.migrations[places].sum() / x.stock[places].sum())
        before = [place - 1 for place in places]
        return float(100.0 * x.migrations[places, x.at(code)].sum() / x.stock[before, x.at(code)].sum())
    return fact


def _stock_share(code: str) -> Fact:
    return _mean(lambda x, year: float(x.stock[x.place(year), x.at(code)] / x.stock[x.place(year)].sum()))


def _arrival_share(code: str) -> Fact:
    return _mean(lambda x, year: float(x.migrations[x.place(year), :, x.at(code)].sum() / x.migrations[x.place(year)].sum()))


def _share_to(start: str, end: str) -> Fact:
    def fact(x: Series, years: Years) -> float:
        moves = x.migrations[[x.place(year) for year in years], x.at(start)]
        return float(moves[:, x.at(end)].sum() / moves.sum())
    return fact


def _turns_negative(x: Series, years: Years) -> float:
    """Return the first year from which on Iran's net rate is below 0; NaN where it is not in the last."""
    above = np.flatnonzero([x.net_rate(int(year))[x.at("IRN")] >= 0.0 for year in years])
    first = int(above[-1]) + 1 if len(above) else 0
    return float(years[first]) if first < len(years) else float("nan")


def _balance(x: Series, year: int) -> float:
    there, back = (x.migrations[x.place(year), x.at(a), x.at(b)] for a, b in (("USA", "CHN"), ("CHN", "USA")))
    return float((there - back) / (there + back))


def _corridor_shift(x: Series, years: Years) -> float:
    """Return CHN to USA against effects of origin, destination and pair: the last year over 2014 and 2015."""
    now = x.migrations[x.place(int(years[-1]))]
    base = x.migrations[[x.place(2014), x.place(2015)]].mean(axis=0)
    entering = np.ones(len(base))
    for _ in range(300):
        leaving = now.sum(axis=1) / (base * entering).sum(axis=1)
        entering = now.sum(axis=0) / (base * leaving[:, None]).sum(axis=0)
    c, k = x.at("CHN"), x.at("USA")
    return float(now[c, k] / (base[c, k] * leaving[c] * entering[k]))


def _entry_rate(x: Series, years: Years) -> float:
    places = [x.place(year) for year in years]
    if x.entries is None or places[-1] >= len(x.entries):
        return float("nan")
    return float(100.0 * x.entries[places].sum() / x.stock[places].sum())


def _exit_rate(x: Series, years: Years) -> float:
    places = [x.place(year) for year in years]
    return float("nan") if x.exits is None else float(100.0 * x.exits[places].sum() / x.stock[places].sum())


def _gravity(which: int) -> Fact:
    return lambda x, years: distance_and_language(x.panel, x.migrations, years)[which]


FACTS: dict[str, tuple[int, int, Fact]] = {
    "S1": (2010, 2018, _out_rate(None)),
    "S2": (2014, 2018, _effectiveness),
    "S3": (2005, 2018, _mean(_asymmetry)),
    "S4": (2005, 2018, _two_ways),
    "S5": (2010, 2018, _mean(_gini)),
    "S6": (2010, 2018, _mean(lambda x, year: float(_moves(x, year)[_largest(x, year)].sum() / _moves(x, year).sum()))),
    "S7": (2010, 2018, _ranks(_moves, 5)),
    "S8": (2005, 2018, _mean(_overlap)),
    "S9": (2010, 2018, _mean(_spread)),
    "S10": (2005, 2018, _ranks(lambda x, year: x.net_rate(year), 1)),
    "S11": (2009, 2018, _ranks(lambda x, year: x.net_rate(year), 5)),
    "S12": (2005, 2018, _jitter(500.0, 1500.0)),
    "S13": (2005, 2018, _jitter(20.0, 50.0)),
    "S14": (2008, 2018, _entry_rate),
    "S15": (2008, 2013, _exit_rate),
    "S16": (2018, 2018, _stock_share("CHN")),
    "S17": (2018, 2018, _stock_share("USA")),
    "S18": (2018, 2018, _arrival_share("USA")),
    "S19": (2018, 2018, _arrival_share("CHN")),
    "S20": (2014, 2018, _out_rate("CHN")),
    "S21": (2014, 2018, _out_rate("USA")),
    "S22": (2014, 2018, _mean(lambda x, year: float(x.net_rate(year)[x.at("CHE")]))),
    "S23": (2014, 2018, _mean(lambda x, year: float(x.net_rate(year)[x.at("ITA")]))),
    "S24": (2000, 2018, _turns_negative),
    "C1": (2007, 2010, _share_to("CHN", "USA")),
    "C2": (2018, 2018, _share_to("CHN", "USA")),
    "C4": (2012, 2018, _mean(_balance)),
    "C8": (2018, 2018, _corridor_shift),
    "G1": (2000, 2018, _gravity(0)),
    "G2": (2000, 2018, _gravity(1)),
    "G4": (2000, 2018, lambda x, years: history_elasticity(x.panel, x.migrations, years)),
    "G6": (2000, 2018, lambda x, years: stock_and_gdp(x.panel, x.migrations, x.stock, years)[0]),
    "G7": (2000, 2018, lambda x, years: stock_and_gdp(x.panel, x.migrations, x.stock, years)[1]),
}
"""Facts of flows and stocks: first and last year, and how they are computed."""

LOOKS_BACK = {"S7": 5, "S8": 5, "S9": 5, "S10": 2, "S11": 6} | dict.fromkeys(("S12", "S13", "S20", "S21", "S22", "S23", "S24", "G6", "G7"), 1)
"""How many years before its first year a fact looks at."""
