"""The people behind an answer, pair by pair: each pair is reduced by a worker to what is shown of it, and no more is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from talentsim.comparison.breakdown import ARMS
from talentsim.comparison.diversion import Diversion, matrix_of, moved_between, parted_of, with_lives
from talentsim.comparison.groups import relabelled
from talentsim.comparison.pair import PairRuns, with_replications
from talentsim.comparison.pathways import STAGES, pathways, span_of
from talentsim.dashboard.memory import give_back, hold_little
from talentsim.ensemble.once import read_once
from talentsim.measures.staying import counts_of_stay, followed, stay_curves

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST = 8
"""Pairs that are looked at for a first picture; each further one looks at twice as many."""

Each = Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]
"""Does a work on each of some items, and returns the results in their order."""

Span = tuple[int, int, int]


def one_by_one(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do a work on one item after another, here."""
    return [work(each) for each in items]


@dataclass(frozen=True)
class Looked:
    """What the first pairs say of a country or group in a year.

    Parameters
    ----------
    pairs
        How many pairs were looked at.
    diverted
        The matrix of that year, as `Diversion.of_year`.
    stay
        As `staying.stay_curves`; empty where nobody can be followed.
    paths
        As `pathways.pathways`.
    """

    pairs: int
    diverted: pd.DataFrame
    stay: pd.DataFrame
    paths: pd.DataFrame


@dataclass
class People:
    """Looks at the people of more and more pairs. What is the same for every country and year is kept, the rest while one is looked at.

    Parameters
    ----------
    each
        Does a work on each of some items: in the workers, where there are any.
    """

    each: Each = one_by_one
    _moved: dict[int, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    _seen: dict[int, dict[str, Any]] = field(default_factory=dict)
    _place: tuple[tuple[str, ...], int] | None = None

    def look(self, runs: PairRuns, at_least: int) -> Looked:
        """Look at the country and year of the arms' own headline in some of the pairs, from the first on, or in all where there are fewer.

        Where more were looked at before, those are.
        """
        focus, year = tuple(runs.scenario.config.focus_countries), runs.scenario.config.headline_year
        if self._place != (focus, year):
            self._seen, self._place = {}, (focus, year)
        n = min(max(at_least, len(self._seen)), len(runs.scenario))
        few = first(runs, n)
        span = followed(dict(zip(ARMS, few, strict=True)), *span_of(runs))
        missing = [place for place in range(n) if place not in self._seen]
        for place, found in zip(missing, self.each(partial(_reduced, span, year), [self._asked(runs, place) for place in missing]), strict=True):
            if "moved" in found:
                self._moved[place] = found.pop("moved")
            self._seen[place] = found
        looked = Looked(n, self._diverted(few, n).of_year(year), self._stay(few, n), self._paths(few, year, n))
        if n == len(runs.scenario):
            self._seen, self._place = {}, None
        return looked

    def _asked(self, runs: PairRuns, place: int) -> tuple[PairRuns, bool]:
        """Return a pair alone, as it is sent to a worker, and whether its people's moves are still to be counted."""
        return PairRuns(*(replace(arm, runs=arm.runs[place:place + 1]) for arm in runs)), place not in self._moved

    def _diverted(self, few: PairRuns, n: int) -> Diversion:
        if not with_lives(few):
            return Diversion()
        moved, only = zip(*(self._moved[place] for place in range(n)), strict=True)
        return Diversion(matrix_of(moved, only, few))

    def _stay(self, few: PairRuns, n: int) -> pd.DataFrame:
        counts = {name: [self._seen[place][f"stays {name}"] for place in range(n)] for name in ARMS} if "stays baseline" in self._seen[0] else None
        config = few.scenario.config
        return stay_curves(dict(zip(ARMS, few, strict=True)), config.focus_countries, *span_of(few), config.focus, counts)

    def _paths(self, few: PairRuns, year: int, n: int) -> pd.DataFrame:
        works = {name: relabelled(pd.concat([self._seen[place][f"works {name}"] for place in range(n)], ignore_index=True), few.scenario.config, STAGES)
                 for name in ARMS}
        return pathways(works, year, few.scenario.weight, n)


def first(runs: PairRuns, n: int) -> PairRuns:
    """Return the first pairs alone."""
    return runs if len(runs.scenario) <= n else PairRuns(*(replace(arm, config=with_replications(arm.config, n), runs=arm.runs[:n]) for arm in runs))


def _reduced(span: Span | None, year: int, asked: tuple[PairRuns, bool]) -> dict[str, Any]:
    """Reduce one pair: who is elsewhere, whom doctorates keep, and the works of a year."""
    pair, is_new = asked
    hold_little()
    found: dict[str, Any] = {}
    try:
        with read_once():
            if is_new and with_lives(pair):
                parted = parted_of(pair, 0)
                found["moved"] = _small(moved_between(parted, len(pair.scenario.codes))), _small(parted.only)
            for name, arm in zip(ARMS, pair, strict=True):
                works = arm.of_run(0, "works")
                found[f"works {name}"] = works[works["year"] == year]
                if span is not None:
                    found[f"stays {name}"] = counts_of_stay(arm, arm.config.focus_countries, span, 0)
    finally:
        give_back(pair.baseline.config)
    return found


def _small(counts: np.ndarray) -> np.ndarray:
    """Return counts in two bytes each where they fit: those of many pairs are kept."""
    return counts.astype(np.uint16) if counts.max(initial=0) < 1 << 16 else counts
