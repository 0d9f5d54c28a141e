"""The journal: what happened to whom, in order of time. Submodels write it; nothing in the model reads it."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import ABILITY_UNIT, Integers
from talentsim.model.state.researchers import Researchers
from talentsim.vocab import Reason

PEOPLE_COLUMNS = ("uid", "origin", "training", "entry_year", "doctorate_year", "exit_year", "ability", "is_listed")
EVENT_COLUMNS = ("uid", "year", "from", "to", "stage", "status", "reason")


class Journal:
    """People and events as columns, kept in parts until somebody asks. Switched off, it takes nothing down."""

    def __init__(self, is_on: bool) -> None:
        self.is_on = is_on
        self._people: list[tuple[np.ndarray, ...]] = []
        self._parts: list[tuple[np.ndarray, int, np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]] = []

    def enrol(self, people: Researchers, rows: slice, year: int) -> None:
        """Take down what is fixed for life about those who entered this year, once it is known where they train."""
        if self.is_on:
            self._people.append((
                people.uid[rows].copy(), people.origin_country[rows].copy(), people.training_country[rows].copy(),
                np.full(rows.stop - rows.start, year, np.int16), people.graduation_year[rows].copy(),
                people.exit_year[rows].copy(), people.ability[rows] * ABILITY_UNIT, people.is_listed[rows].copy()))

    def write(self, people: Researchers, rows: Integers, year: int, start: np.ndarray, reason: Reason) -> None:
        """Take down one event for each row, once it has happened.

        Parameters
        ----------
        start
            Country before the event, shape (n_rows,); country, stage and status after it are read from the rows.
        """
        if not self.is_on or len(rows) == 0:
            return
        self._parts.append((
            people.uid[rows], year, np.asarray(start, np.uint8), people.work_country[rows], people.career_stage[rows], people.visa_status[rows], reason))

    def people(self) -> dict[str, np.ndarray]:
        """Return everybody who has entered so far, by column."""
        return {name: np.concatenate(part) for name, part in zip(PEOPLE_COLUMNS, zip(*self._people, strict=True), strict=True)}

    def columns(self) -> dict[str, np.ndarray]:
        """Return all events so far by column; empty columns when there are none."""
        kinds = (np.uint64, np.int16, *(np.uint8,) * 5)
        if not self._parts:
            return {name: np.empty(0, kind) for name, kind in zip(EVENT_COLUMNS, kinds, strict=True)}
        length = [len(part[0]) for part in self._parts]
        return {name: np.concatenate(part) if isinstance(part[0], np.ndarray) else np.repeat(np.array(part, kind), length)
                for name, kind, part in zip(EVENT_COLUMNS, kinds, zip(*self._parts, strict=True), strict=True)}
