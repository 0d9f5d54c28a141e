"""Lives: where everybody is in any year, rebuilt from the people and events of a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from talentsim.arrays import Codes, Integers, Words
from talentsim.streams import GOLDEN, mix

ABSENT = 255
"""Place of somebody who has not entered yet, or has left research."""

COMPARED = ("year", "to", "stage", "status", "reason")
"""Columns of an event that make two lives differ."""


@dataclass(frozen=True)
class Lives:
    """People and events of one run.

    `people` has a row a person (uid, origin, training, entry_year, ability ...), `events` a row a change, in order of
    time; see the recorder. A person starts in the country of origin, as a student, and is a researcher from the year of
    the doctorate on.
    """

    people: pd.DataFrame
    events: pd.DataFrame

    @cached_property
    def order(self) -> Integers:
        """Rows of the events by person, each person's in order of time."""
        return np.argsort(self.events["uid"].to_numpy(), kind="stable")

    @cached_property
    def codes(self) -> Words:
        """One number for all that an event says; in the order of `order`."""
        code = np.zeros(len(self.events), np.uint64)
        for name in COMPARED:
            code = (code << np.uint64(12)) | numbers(self.events[name])[self.order].astype(np.uint64)
        return code

    def digests(self) -> tuple[Words, Words]:
        """Return the uids of those with an event, in order, and a hash of each one's whole life."""
        uid = self.events["uid"].to_numpy()[self.order]
        first = np.flatnonzero(np.r_[True, uid[1:] != uid[:-1]]) if len(uid) else np.empty(0, np.int64)
        rank = rank_in_group(uid).astype(np.uint64)
        with np.errstate(over="ignore"):
            hashed = mix(self.codes * GOLDEN + rank)
            return uid[first], np.add.reduceat(hashed, first) if len(first) else hashed

    def since(self, year: int) -> Lives:
        """Return the lives with their events from a year on; events stand in order of time."""
        return Lives(self.people, self.events.iloc[np.searchsorted(self.events["year"].to_numpy(), year):])

    def of(self, uids: Words) -> Lives:
        """Return the lives of some people, given in order of uid."""
        return Lives(self.people[_is_in(self.people["uid"].to_numpy(), uids)], self.events[_is_in(self.events["uid"].to_numpy(), uids)])

    def places(self, uids: Words, years: np.ndarray) -> tuple[Codes, Codes]:
        """Return country and stage of each person at the end of each year, shape (n_people, n_years).

        Countries are codes, `ABSENT` before entry and from the year of exit on. `uids` are in order.
        """
        rows = np.searchsorted(uids, self.people["uid"].to_numpy())
        events = self.events[self.events["year"].to_numpy() <= years[-1]]
        event_rows, when = np.searchsorted(uids, events["uid"].to_numpy()), events["year"].to_numpy()
        country, stage = np.full((len(uids), len(years)), ABSENT, np.uint8), np.zeros((len(uids), len(years)), np.uint8)
        to = np.where((events["reason"] == "exit").to_numpy(), ABSENT, numbers(events["to"]))
        _hold(country, years, (rows, self.people["entry_year"].to_numpy(), numbers(self.people["origin"])), (event_rows, when, to))
        _hold(stage, years, (rows, self.people["doctorate_year"].to_numpy(), np.ones(len(rows), np.uint8)))
        return country, stage


Changes = tuple[Integers, np.ndarray, np.ndarray]


def _hold(states: Codes, years: np.ndarray, *changes: Changes) -> None:
    """Write what holds from a year on, given as rows, years and values; of several in one year the last counts."""
    is_set = np.zeros(states.shape, bool)
    for rows, year, value in changes:
        when = np.maximum(year.astype(np.int64) - int(years[0]), 0)
        inside = when < len(years)
        states[rows[inside], when[inside]] = value[inside]
        is_set[rows[inside], when[inside]] = True
    last = np.maximum.accumulate(np.where(is_set, np.arange(len(years)), 0), axis=1)
    states[:] = np.take_along_axis(states, last, axis=1)


def numbers(column: pd.Series) -> np.ndarray:
    """Return a column's numbers, of a categorical its codes, wide enough to reckon with: pandas keeps them in a byte."""
    return column.cat.codes.to_numpy().astype(np.int64) if isinstance(column.dtype, pd.CategoricalDtype) else column.to_numpy()


def rank_in_group(sorted_keys: np.ndarray) -> Integers:
    """Return each row's place among the rows with the same key; the keys are in order."""
    if not len(sorted_keys):
        return np.empty(0, np.int64)
    is_first = np.r_[True, sorted_keys[1:] != sorted_keys[:-1]]
    place = np.arange(len(sorted_keys))
    return place - np.maximum.accumulate(np.where(is_first, place, 0))


def _is_in(values: Words, ordered: Words) -> np.ndarray:
    if not len(ordered):
        return np.zeros(len(values), bool)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return ordered[place] == values
