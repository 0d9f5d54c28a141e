"""Patterns of careers: who moves when, who returns, who moves again. In expectation from the twin, or counted in agents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from talentsim.arrays import Floats, Integers
from talentsim.panel.inversion import Replay

N_YEARS = 16            # years since the first post or the last move: 0 to 15


@dataclass(frozen=True)
class Careers:
    """Person-years at risk and moves by whole years since the first post or the last move, shape (N_YEARS,) each.

    `returns` lead to an earlier country of the person's. The totals count moves of all durations.
    """

    never_moved: Floats
    first_moves: Floats
    moved: Floats
    later_moves: Floats
    abroad: Floats
    returns: Floats
    n_moves: float
    n_later_moves: float
    n_returns: float


def expected_careers(lived: Replay, first: int, last: int) -> Careers:
    """Take the twin's expected careers of some years; the only earlier country it remembers is the origin."""
    years = (lived.years >= first) & (lived.years <= last)
    counts = lived.careers[years].sum(axis=0)
    later, returns = float(counts[3].sum()), float(counts[5].sum())
    never_moved, first_moves, moved, later_moves, abroad, back = counts
    return Careers(never_moved, first_moves, moved, later_moves, abroad, back, float(first_moves.sum()) + later, later, returns)


def counted_careers(people: pd.DataFrame, events: pd.DataFrame, first: int, last: int) -> Careers:
    """Count careers of agents in some years.

    Parameters
    ----------
    people, events
        Tables of persons of one run, countries as categories of the same codes.
    """
    people = people.sort_values("uid", kind="stable")
    uid, origin = people["uid"].to_numpy(), people["origin"].cat.codes.to_numpy(dtype=np.int64)
    entry, end = (people[name].to_numpy(dtype=np.int64) for name in ("entry_year", "exit_year"))
    moves = events[events["from"].cat.codes != events["to"].cat.codes].sort_values(["uid", "year"], kind="stable")
    who = np.searchsorted(uid, moves["uid"].to_numpy())
    year, to = moves["year"].to_numpy(dtype=np.int64), moves["to"].cat.codes.to_numpy(dtype=np.int64)
    number = _number_of(who)
    back = _leads_back(who, number, origin, to)
    n_moves = np.bincount(who, minlength=len(uid))

    first_year = np.full(len(uid), np.iinfo(np.int64).max)
    first_year[who[number == 0]] = year[number == 0]
    never = _spells(entry, np.minimum(end, first_year), first_year, first, last)
    is_last = number == n_moves[who] - 1
    follows = np.where(is_last, np.iinfo(np.int64).max, np.append(year[1:], 0))
    stops = np.minimum(end[who], follows)
    later = _spells(year, stops, follows, first, last)
    away = to != origin[who]
    next_back = np.where(is_last, False, np.append(back[1:], False))
    abroad = _spells(year[away], stops[away], np.where(next_back, follows, np.iinfo(np.int64).max)[away], first, last)
    inside = (year >= first) & (year <= last)
    return Careers(*never, *later, *abroad, n_moves=float(inside.sum()), n_later_moves=float((inside & (number > 0)).sum()),
                   n_returns=float((inside & back).sum()))


def moments(careers: Careers) -> dict[str, float]:
    """Return the patterns by the ids of the table of stylised facts; hazards are yearly, in the table's units.

    R1 and R1_10 are chances to have returned 5 and 10 years after a move if nothing else ended the stay; R6 is the mean
    over years 1 to 5 of the ratio of hazards at the same duration.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        back, again, start = (moved / people for moved, people in (
            (careers.returns, careers.abroad), (careers.later_moves, careers.moved), (careers.first_moves, careers.never_moved)))
        returned = 1.0 - np.cumprod(1.0 - back[1:11])
        years = np.arange(1, 11)
        slope = np.polyfit(np.log(years), np.log(back[1:11]), 1, w=np.sqrt(careers.returns[1:11]))[0]
        return {
            "R1": float(returned[4]), "R1_10": float(returned[9]), "R2": careers.n_returns / careers.n_moves,
            "R3": careers.n_returns / careers.n_later_moves, "R4": float(slope), "R5": float(100.0 * back[1]),
            "R5_5": float(100.0 * back[5]), "R6": float(np.mean(again[1:6] / start[1:6])), "R7": float(100.0 * start[1]),
            "R7_8": float(100.0 * start[8]),
        }


def _number_of(who: Integers) -> Integers:
    """Return the place of each move among its person's, from 0; moves stand person by person."""
    begins = np.flatnonzero(np.append(True, who[1:] != who[:-1])) if len(who) else np.empty(0, np.int64)
    return np.arange(len(who)) - np.repeat(begins, np.diff(np.append(begins, len(who))))


def _leads_back(who: Integers, number: Integers, origin: Integers, to: Integers) -> np.ndarray:
    """Return which moves lead to the origin or to a country lived in before."""
    back = to == origin[who]
    for earlier in range(1, int(number.max(initial=0)) + 1):
        there = np.flatnonzero(number >= earlier)
        back[there] |= to[there] == to[there - earlier]
    return back


def _spells(start: Integers, stop: Integers, moves: Integers, first: int, last: int) -> tuple[Floats, Floats]:
    """Count person-years at risk after `start` up to `stop`, and those in which somebody moves, by years since `start`."""
    at_risk, moved = np.zeros(N_YEARS), np.zeros(N_YEARS)
    for duration in range(1, N_YEARS):
        year = start + duration
        here = (year <= stop) & (year >= first) & (year <= last)
        at_risk[duration] = here.sum()
        moved[duration] = (here & (year == moves)).sum()
    return at_risk, moved
