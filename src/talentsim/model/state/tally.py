"""Counts of one year, filled by the submodels and read by those that observe."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
from talentsim.vocab import MOVES, CareerStage, Reason, Sector, Tier, VisaOutcome, VisaRoute, VisaStatus

BUSY = 8        # cells a row beyond which sorting the rows costs less than a table of all cells


@dataclass(frozen=True)
class CellSums:
    """A table as the cells that exist: most combinations of four countries have nobody in them.

    Parameters
    ----------
    shape
        Lengths of the axes.
    place
        Place of each cell along the flattened axes, ascending, shape (n_cells,).
    sums
        What is summed by cell, one array a column, each of shape (n_cells,).
    """

    shape: tuple[int, ...]
    place: Integers
    sums: tuple[np.ndarray, ...]

    @classmethod
    def empty(cls, shape: tuple[int, ...], *kinds: type[np.generic]) -> CellSums:
        """Return a table without any cell, with columns of these types."""
        return cls(shape, np.empty(0, np.int64), tuple(np.empty(0, kind) for kind in kinds))

    @classmethod
    def of(cls, cell: Integers, shape: tuple[int, ...], *weights: np.ndarray | None) -> CellSums:
        """Sum whole-number weights (None counts heads) by cell; exact below 2**53, so the same in any order of rows.

        Parameters
        ----------
        cell
            Place of each row along the flattened axes, shape (n_rows,).
        weights
            One a column, each of shape (n_rows,).
        """
        if prod(shape) <= BUSY * len(cell):
            heads = np.bincount(cell, minlength=prod(shape))
            place = np.flatnonzero(heads)
            return cls(shape, place, tuple((heads if weight is None else np.bincount(cell, weight))[place] for weight in weights))
        order = np.argsort(cell)
        ordered = cell[order]
        first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(cell) else np.empty(0, np.int64)
        heads = np.diff(np.append(first, len(cell)))
        sums = (heads if weight is None else np.add.reduceat(weight[order].astype(np.float64), first) if len(cell) else np.empty(0)
                for weight in weights)
        return cls(shape, ordered[first], tuple(sums))

    def dense(self, column: int = 0) -> np.ndarray:
        """Return one column as an array over all cells."""
        table = np.zeros(prod(self.shape), self.sums[column].dtype)
        table[self.place] = self.sums[column]
        return table.reshape(self.shape)


@dataclass
class Tally:
    """Counts of one year. Axes: o origin, t training, w work or current country, h host, q headquarters; see `arrays`."""

    entrants: Integers                  # (o)
    exits: Integers                     # (o, w)
    visas: Integers                     # (h, o, route, outcome)
    stock: CellSums                     # (o, t, w, stage, status) researchers at the end of the year
    output: CellSums                    # (o, t, w, q) works and frontier works
    talent: Floats                      # (w) whole numbers of ABILITY_UNIT, those who worked this year
    tier_researchers: Integers          # (tier, w) at the end of the year; before exits those who worked in it, as the next but one
    tier_works: Floats                  # (tier, w)
    sector_researchers: Integers        # (sector, w) as by tier
    sector_works: Floats                # (sector, w)
    collaboration: Floats               # (w) factor of output: 1 with every partner open
    components: dict[str, Floats]       # component -> (w) log relative to the world's geometric mean
    moved: list[Integers] = field(default_factory=list)     # places of moves in a table over (reason, o, from, to)

    @classmethod
    def empty(cls, n: int) -> Tally:
        """Return a tally of a year in which nothing has happened yet."""
        return cls(
            entrants=np.zeros(n, np.int64), exits=np.zeros((n, n), np.int64),
            visas=np.zeros((n, n, len(VisaRoute), len(VisaOutcome)), np.int64),
            stock=CellSums.empty((n, n, n, len(CareerStage), len(VisaStatus)), np.int64),
            output=CellSums.empty((n, n, n, n), np.float64, np.float64), talent=np.zeros(n),
            tier_researchers=np.zeros((len(Tier), n), np.int64), tier_works=np.zeros((len(Tier), n)),
            sector_researchers=np.zeros((len(Sector), n), np.int64), sector_works=np.zeros((len(Sector), n)),
            collaboration=np.ones(n), components={})

    def count_moves(self, reason: Reason, origin: np.ndarray, start: np.ndarray, end: np.ndarray) -> None:
        """Add moves between countries; those who stay are left out."""
        moved = np.flatnonzero(start != end)
        n = len(self.entrants)
        place = origin[moved].astype(np.int64)
        place += int(reason) * n
        for column in (start, end):
            place *= n
            place += column[moved]
        self.moved.append(place)

    def count_visas(self, route: VisaRoute, outcome: VisaOutcome, host: np.ndarray, origin: np.ndarray,
                    which: Booleans | None = None) -> None:
        """Add the applications in `which` (None: all); every outcome but APPLIED needs its APPLIED beside it."""
        if not len(host):
            return
        if which is not None:
            host, origin = host[which], origin[which]
        if len(host):
            np.add.at(self.visas[..., route, outcome], (host, origin), 1)

    @property
    def flow(self) -> CellSums:
        """Moves by reason, origin, and the countries left and entered."""
        n = len(self.entrants)
        return CellSums.of(np.concatenate([np.empty(0, np.int64), *self.moved]), (len(MOVES), n, n, n), None)

    @property
    def moves(self) -> Integers:
        """Moves over (reason, o, from, to), all cells."""
        return self.flow.dense()

    @property
    def stocks(self) -> Integers:
        """Researchers at the end of the year over (o, t, w, stage, status), all cells."""
        return self.stock.dense()

    @property
    def works(self) -> Floats:
        """Works over (o, t, w, q), all cells."""
        return self.output.dense(0)

    @property
    def frontier_works(self) -> Floats:
        """Frontier works over (o, t, w, q), all cells."""
        return self.output.dense(1)
