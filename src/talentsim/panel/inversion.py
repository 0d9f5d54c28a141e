"""Corridor constants from observed flows: the mean-field twin of the location choice, run backwards.

Researchers in expectation, by origin o, country c and years since the first post a or the last move s. In a year a share
q searches and moves from c to k with the odds

    w[o, c, k] * first(a)    never moved            w = exp(corridor[c, k] + other terms of the utility)
    w[o, c, k] * onward(s)   moved before, k not o
    back(s)                  k = o                  against staying, 1.

Given who is where, the flow from c to k is linear in exp(corridor[c, k]) but for the denominators of the logit; holding
those and repeating converges in a few rounds. So each year's constants follow from that year's flows in closed form, with
those who are expected to return taken out first, and entries follow from the stocks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
from talentsim.config.behaviour import Behaviour
from talentsim.panel.panel import Panel

_ROUNDS, _TOLERANCE = 200, 1e-14
_LEAST = 0.02           # moves a year left to a corridor on which none, or fewer than the returns, were seen
_RATE_YEARS = 3         # first years whose mean rates hold before the data begin
_GROWTH_YEARS = 5       # first years whose growth of stocks is carried back


@dataclass(frozen=True)
class MovingLaw:
    """Personal part of the location choice as odds against staying, by whole years; and the yearly rates."""

    search: float
    exit: float
    first: Floats           # (a)
    onward: Floats          # (s)
    back: Floats            # (s)

    @classmethod
    def from_behaviour(cls, behaviour: Behaviour) -> MovingLaw:
        """Gather the costs of moving and the pull of home; home attachment is at its mean of 0."""
        law = behaviour.location
        years = np.arange(law.age_cap + 1)
        return cls(float(law.rate_search), float(behaviour.exit.rate),
                   np.exp(-(float(law.first_move) + float(law.first_move_age) * years)),
                   np.exp(-(float(law.onward_move) + float(law.onward_tenure) * years)),
                   np.exp(float(law.return_constant) - float(law.return_slope) * np.log1p(years)))


@dataclass
class Cells:
    """Expected researchers: never moved, hence at home, and moved before. The last year holds all beyond."""

    settled: Floats         # (o, a)
    moved: Floats           # (o, c, s)

    @classmethod
    def empty(cls, n: int, n_years: int) -> Cells:
        """Return a world without people."""
        return cls(np.zeros((n, n_years)), np.zeros((n, n, n_years)))

    def copy(self) -> Cells:
        """Return cells of their own."""
        return Cells(self.settled.copy(), self.moved.copy())

    def stock(self) -> Floats:
        """Return researchers by country; shape (c,)."""
        return np.asarray(self.settled.sum(axis=1) + self.moved.sum(axis=(0, 2)))

    def age(self) -> None:
        """Let a year go by."""
        for each in (self.settled, self.moved):
            each[..., -1] += each[..., -2]
            each[..., 1:-1] = each[..., :-2].copy()
            each[..., 0] = 0.0

    def close(self, entries: Floats, exit_rate: float) -> None:
        """Let entrants in, at home, and a share of everybody out: the end of the year."""
        self.settled[:, 0] += entries
        self.settled *= 1.0 - exit_rate
        self.moved *= 1.0 - exit_rate


Terms = Callable[[Cells, int], Floats]
"""Other terms of the utility in a year, (o, c, k) in utils, given who is where at the end of the year before."""


@dataclass(frozen=True)
class Replay:
    """The panel as the model lives through it, from the first year of burn-in to the last known year."""

    years: Integers
    corridor: Floats        # (y, c, k) utils
    exposure: Floats        # (y, c, k) expected first and onward moves per exp(corridor): the weight of the evidence
    returns: Floats         # (y, c, k) expected returns
    migrations: Floats      # (y, c, k) expected moves; those observed, but for corridors with fewer moves than returns
    entries: Floats         # (y, o) gross
    careers: Floats         # (y, 6, years) see `count_careers`
    cells: tuple[Cells, ...]    # (y) at the end of each year

    def until(self, last: int) -> Replay:
        """Return the replay as it stood at the end of `last`: no year of it looks ahead."""
        kept = int(np.count_nonzero(self.years <= last))
        return Replay(*(getattr(self, name)[:kept] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Year:
    """Expected searchers of a year, by what they may do, per unit of odds."""

    settled: Floats         # (o, a)
    onward: Floats          # (o, c, s)
    back: Floats            # (o, c, s) returns


def searchers(cells: Cells, law: MovingLaw, weight: Floats) -> Year:
    """Weigh the searchers of a year by the denominators of their logit; entrants of the year do not search.

    Parameters
    ----------
    weight
        exp(V) of the alternatives but for what is personal, shape (o, c, k); 0 at c, and 1 at home where nothing but
        the personal part counts.
    """
    n = len(weight)
    everyone = np.arange(n)
    homeward = weight[everyone, :, everyone]                            # (o, c), 0 for c = o
    outside = weight.sum(axis=2) - homeward
    settled = law.search * cells.settled * law.first / (1.0 + law.first * outside[everyone, everyone][:, None])
    denominator = 1.0 + outside[..., None] * law.onward + homeward[..., None] * law.back
    onward = law.search * cells.moved * law.onward / denominator
    back = law.search * cells.moved * law.back * homeward[..., None] / denominator
    return Year(settled, onward, back)


def weigh(corridor_odds: Floats, offset: Floats | None) -> Floats:
    """Return exp(V) of the alternatives by (o, c, k): the corridor's odds away from home, other terms everywhere."""
    n = len(corridor_odds)
    weight = np.broadcast_to(corridor_odds, (n, n, n)).copy()
    everyone = np.arange(n)
    weight[everyone, :, everyone] = 1.0
    if offset is not None:
        weight *= np.exp(offset)
    weight[:, everyone, everyone] = 0.0
    return weight


def move(cells: Cells, law: MovingLaw, corridor_odds: Floats, offset: Floats | None = None) -> Floats:
    """Move a year's searchers and return the expected moves; shape (c, k)."""
    weight = weigh(corridor_odds, offset)
    year, everyone = searchers(cells, law, weight), np.arange(len(weight))
    start = year.onward.sum(axis=2)
    start[everyone, everyone] += year.settled.sum(axis=1)               # those never moved are at home
    going = start[..., None] * weight
    going[everyone, :, everyone] = year.back.sum(axis=2)
    homeward = weight[everyone, :, everyone]
    outside = weight.sum(axis=2) - homeward
    cells.settled -= year.settled * outside[everyone, everyone][:, None]
    cells.moved -= year.onward * outside[..., None] + year.back
    cells.moved[..., 0] += going.sum(axis=1)
    return np.asarray(going.sum(axis=0))


def count_careers(cells: Cells, law: MovingLaw, corridor_odds: Floats, offset: Floats | None = None) -> Floats:
    """Count who could move in a year and who is expected to, by years since the first post or the last move.

    Returns
    -------
    Shape (6, years): never moved, their moves; moved before, their moves; of these abroad, their returns home.
    """
    weight = weigh(corridor_odds, offset)
    year, everyone, n = searchers(cells, law, weight), np.arange(len(weight)), len(weight)
    outside = weight.sum(axis=2) - weight[everyone, :, everyone]
    first = (year.settled * outside[everyone, everyone][:, None]).sum(axis=0)
    onward, returns = (year.onward * outside[..., None]).sum(axis=(0, 1)), year.back.sum(axis=(0, 1))
    abroad = cells.moved[~np.eye(n, dtype=bool)].sum(axis=0)
    return np.array([cells.settled.sum(axis=0), first, cells.moved.sum(axis=(0, 1)), onward + returns, abroad, returns])


def solve_corridors(cells: Cells, law: MovingLaw, observed: Floats, floor: float, offset: Floats | None = None,
                    start: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """Find the corridors' odds with which the expected moves are those observed.

    Parameters
    ----------
    floor
        Least share of a corridor's flow that are no returns.
    start
        Where to begin.

    Returns
    -------
    exp(corridor), exposure, and expected returns; each of shape (c, k).
    """
    n = len(observed)
    everyone, off = np.arange(n), ~np.eye(n, dtype=bool)
    odds = np.where(off, 1e-3, 0.0) if start is None else start
    pull = weigh(off.astype(float), offset)
    pull[everyone, :, everyone] = 0.0                                   # nobody's home lies on a corridor
    for _ in range(_ROUNDS):
        year = searchers(cells, law, weigh(odds, offset))
        start_at = year.onward.sum(axis=2)
        start_at[everyone, everyone] += year.settled.sum(axis=1)
        exposure = (start_at[..., None] * pull).sum(axis=0)
        returns = year.back.sum(axis=2).T
        away = np.maximum(observed - returns, floor * observed + _LEAST)
        found = np.divide(away, exposure, out=np.zeros_like(away), where=off & (exposure > 0))
        settled = bool(np.abs(found - odds).max() < _TOLERANCE)
        odds = found
        if settled:
            break
    return odds, exposure, returns


def replay(panel: Panel, law: MovingLaw, burn_in_year: int, floor: float, terms: Terms | None = None) -> Replay:
    """Live through the panel: each year's constants and entries are those with which flows and stocks are met.

    Before the data begin, stocks shrink backwards at their own first growth, and flows keep the rates of the first
    years. Everybody of the first year of burn-in is new in it.

    Parameters
    ----------
    terms
        Other terms of the utility; None where there are none.
    """
    n = len(panel.codes)
    first, last = int(panel.years[0]), int(panel.years[-1])
    growth = np.log(panel.stock[_GROWTH_YEARS] / panel.stock[0]) / _GROWTH_YEARS
    behind = np.concatenate([[panel.stock[0] * np.exp(-growth)], panel.stock[:_RATE_YEARS - 1]])
    rates = panel.migrations[:_RATE_YEARS].sum(axis=0) / behind.sum(axis=0)[:, None]
    years = np.arange(burn_in_year, last + 1)
    cells = Cells.empty(n, len(law.first))
    rows: dict[str, list[Floats]] = {name: [] for name in ("corridor", "exposure", "returns", "migrations", "entries", "careers")}
    odds: Floats | None = None
    lived: list[Cells] = []
    for year in years:
        stock = panel.stock[year - first] if year >= first else panel.stock[0] * np.exp(growth * (year - first))
        observed = panel.migrations[year - first] if year >= first else rates * (stock * np.exp(-growth))[:, None]
        offset = None if terms is None else terms(cells, int(year))
        cells.age()
        odds, exposure, returns = solve_corridors(cells, law, observed, floor, offset, odds)
        careers = count_careers(cells, law, odds, offset)
        moves = move(cells, law, odds, offset)
        entries = np.maximum(stock / (1.0 - law.exit) - cells.stock(), 0.0)     # nobody can be taken away by entering
        cells.close(entries, law.exit)
        found = (log_odds(odds), exposure, returns, moves, entries, careers)
        for name, value in zip(rows, found, strict=True):
            rows[name].append(value)
        lived.append(cells.copy())
    return Replay(years=years, cells=tuple(lived), **{name: np.array(value) for name, value in rows.items()})


def project(lived: Replay, law: MovingLaw, corridor: Floats, entries: Floats, terms: Terms | None = None) -> tuple[Floats, Floats]:
    """Go on from the end of a replay with given constants and entries.

    Returns
    -------
    Expected moves (y, c, k) and researchers at the end of each year (y, c).
    """
    here, first, flows, stocks = lived.cells[-1].copy(), int(lived.years[-1]) + 1, [], []
    odds = np.where(~np.eye(corridor.shape[1], dtype=bool), np.exp(corridor), 0.0)
    for place, entering in enumerate(entries):
        offset = None if terms is None else terms(here, first + place)
        here.age()
        flows.append(move(here, law, odds[place], offset))
        here.close(entering, law.exit)
        stocks.append(here.stock())
    return np.array(flows), np.array(stocks)


def log_odds(odds: Floats) -> Floats:
    """Return logs, 0 on the diagonal; where nobody could have moved the odds are those of never moving."""
    off: Booleans = ~np.eye(len(odds), dtype=bool)
    return np.where(off, np.log(np.maximum(odds, 1e-12)), 0.0)
