"""The journal: what happened to whom, in order of time. Submodels write it; nothing in the model reads it."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Integers
from talentsim.state.researchers import Researchers
from talentsim.vocab import Reason

EVENT_COLUMNS = ("uid", "year", "from", "to", "stage", "status", "reason")


class Journal:
    """Events as columns, kept in parts until somebody asks. Switched off, it takes nothing down."""

    def __init__(self, is_on: bool) -> None:
        self.is_on = is_on
        self._parts: list[tuple[np.ndarray, ...]] = []

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
            people.uid[rows], np.full(len(rows), year, np.int16), np.asarray(start, np.uint8), people.work_country[rows],
            people.career_stage[rows], people.visa_status[rows], np.full(len(rows), reason, np.uint8)))

    def columns(self) -> dict[str, np.ndarray]:
        """Return all events so far by column; empty columns when there are none."""
        kinds = (np.uint64, np.int16, *(np.uint8,) * 5)
        if not self._parts:
            return {name: np.empty(0, kind) for name, kind in zip(EVENT_COLUMNS, kinds, strict=True)}
        return {name: np.concatenate(part) for name, part in zip(EVENT_COLUMNS, zip(*self._parts, strict=True), strict=True)}
