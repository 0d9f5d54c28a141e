"""The population: one row a researcher, one narrow column a state variable."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from talentsim.arrays import ABILITY_UNIT, HOME_UNIT, CountryCode, EmployerCode, Floats, Integers
from talentsim.model import kernels
from talentsim.model.employers import NO_EMPLOYER

BLOCK = 1 << 16     # rows that are worked on at once where everybody is: temporaries stay small, and in cache

COLUMNS: dict[str, type[np.generic]] = {
    "uid": np.uint64,               # origin 8 bits, entry year 16, index 40: the same person in every scenario
    "address": np.uint64,           # the person's part of every random address, see `streams`
    "origin_country": CountryCode,  # first degree
    "training_country": CountryCode,    # highest degree
    "work_country": CountryCode,    # where they live now, study included
    "previous_country": CountryCode,    # where they lived before the last move; their own country before the first
    "career_stage": np.uint8,
    "n_moves": np.uint8,
    "visa_status": np.uint8,
    "employer": EmployerCode,       # NO_EMPLOYER until hired
    "is_listed": np.bool_,          # tied to an institution on a screening list
    "graduation_year": np.int16,
    "last_move_year": np.int16,     # entry year before the first move
    "status_since": np.int16,       # year in which the present right to live here began; queueing goes on with the work visa's
    "exit_year": np.int16,          # last year in research, drawn at entry
    "ability": np.uint16,           # in ABILITY_UNIT
    "home_attachment": np.int16,    # in HOME_UNIT, utils
}


class Researchers:
    """A struct of arrays that grows at its end and is compacted in place; rows stay in the order of entry.

    Columns are read and written as attributes: `researchers.work_country` is a view on the living rows. Nothing but
    the order of rows depends on a row's place.
    """

    uid: NDArray[np.uint64]
    address: NDArray[np.uint64]
    origin_country: NDArray[np.uint8]
    training_country: NDArray[np.uint8]
    work_country: NDArray[np.uint8]
    previous_country: NDArray[np.uint8]
    career_stage: NDArray[np.uint8]
    n_moves: NDArray[np.uint8]
    visa_status: NDArray[np.uint8]
    employer: NDArray[np.uint16]
    is_listed: NDArray[np.bool_]
    graduation_year: NDArray[np.int16]
    last_move_year: NDArray[np.int16]
    status_since: NDArray[np.int16]
    exit_year: NDArray[np.int16]
    ability: NDArray[np.uint16]
    home_attachment: NDArray[np.int16]

    def __init__(self, capacity: int = 1024) -> None:
        self._n = 0
        self._store = {name: np.zeros(capacity, dtype=kind) for name, kind in COLUMNS.items()}
        self._expose()

    def __len__(self) -> int:
        return self._n

    @classmethod
    def of_columns(cls, columns: Mapping[str, np.ndarray]) -> Researchers:
        """Return a population with these columns, copied; other entries are passed over."""
        people = cls(capacity=0)
        people.append(**{name: columns[name] for name in COLUMNS})
        return people

    def columns(self) -> dict[str, np.ndarray]:
        """Return copies of the columns, living rows alone."""
        return {name: column[: self._n].copy() for name, column in self._store.items()}

    def append(self, **columns: np.ndarray | int) -> slice:
        """Add rows, every column given, one number where it is the same for all, and return where they stand."""
        n_new = len(np.asarray(columns["uid"]))
        start, stop = self._n, self._n + n_new
        capacity = len(self._store["uid"])
        if stop > capacity:
            for name, column in self._store.items():
                grown = np.zeros(max(stop, capacity + capacity // 4), column.dtype)
                grown[:start] = column[:start]
                self._store[name] = grown
        for name in COLUMNS:
            self._store[name][start:stop] = columns[name]
        self._n = stop
        self._expose()
        return slice(start, stop)

    def keep(self, stays: NDArray[np.bool_]) -> None:
        """Drop the rows where `stays` is False."""
        if kernels.pays(self._n):
            self._n = min([kernels.keep(column[: self._n], stays) for column in self._store.values()])
        else:
            self._n = self._compact(stays)
        self._expose()

    def _compact(self, stays: NDArray[np.bool_]) -> int:
        """Move those who stay to the front, block by block, each of which stays in cache; return how many they are."""
        to = 0
        for first in range(0, len(stays), BLOCK):
            kept = np.flatnonzero(stays[first:first + BLOCK])
            for column in self._store.values():
                column[to:to + len(kept)] = column[first:first + BLOCK].take(kept)
            to += len(kept)
        return to

    def move(self, rows: Integers, country: NDArray[np.uint8], year: int) -> None:
        """Put the rows, those who do move, into their new countries; there they have to be hired."""
        self.previous_country[rows] = self.work_country[rows]
        self.work_country[rows] = country
        self.last_move_year[rows] = year
        self.n_moves[rows] += 1
        self.employer[rows] = NO_EMPLOYER

    @property
    def n_bytes(self) -> int:
        """Bytes a researcher takes in the columns."""
        return sum(np.dtype(kind).itemsize for kind in COLUMNS.values())

    def ability_of(self, rows: Integers | slice) -> Floats:
        """Return ability of the rows: multiples of a typical researcher's works."""
        return self.ability[rows] * ABILITY_UNIT

    def home_attachment_of(self, rows: Integers | slice) -> Floats:
        """Return home attachment of the rows, in utils."""
        return self.home_attachment[rows] * HOME_UNIT

    def _expose(self) -> None:
        for name, column in self._store.items():
            setattr(self, name, column[: self._n])


@lru_cache(maxsize=8)
def ability_powers(exponent: float) -> Floats:
    """Return ability ** exponent for every value that the column can hold: a look-up costs less than a power; read-only."""
    powers = (np.arange(1 << 16) * ABILITY_UNIT) ** exponent
    powers.flags.writeable = False
    return powers


def uid_of(origin: Integers | int, entry_year: int, index: Integers) -> NDArray[np.uint64]:
    """Return the stable identity of the researchers with these numbers in a cohort."""
    return (np.asarray(origin, dtype=np.uint64) << np.uint64(56)) | (np.uint64(entry_year) << np.uint64(40)) \
        | np.asarray(index, dtype=np.uint64)
