"""Attribution: one total, credited by origin, training, work and headquarters country."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.model import kernels
from talentsim.model.state.researchers import BLOCK
from talentsim.model.state.tally import BUSY, CellSums
from talentsim.vocab import Attribution

AXES = tuple(Attribution)

MOST_NARROW = 2**31
"""Cells that a number of 32 bits tells apart."""

ITSELF: Floats = np.arange(1 << 16, dtype=np.float64)
"""The whole number that ability is, by ability."""


def cells(columns: tuple[np.ndarray, ...], sizes: tuple[int, ...]) -> Integers:
    """Return each researcher's place in a table with these columns as axes, flattened in C order."""
    cell: Integers = columns[0].astype(np.int32 if prod(sizes) < MOST_NARROW else np.int64)      # half as much to move
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        cell *= size
        cell += column
    return cell.astype(np.int64)        # once, for `sum_by_cell` counts with nothing else


def sum_by_cell(cell: Integers, weight: np.ndarray | None, sizes: tuple[int, ...]) -> Floats:
    """Sum whole-number weights (None counts heads) by cell; exact below 2**53, so the same in any order of rows."""
    total: Any = np.bincount(cell, weight, minlength=prod(sizes)).reshape(sizes)
    return total if weight is None else total.astype(np.float64, copy=False)        # of nobody, bincount makes whole numbers


def everybody(columns: tuple[np.ndarray, ...], sizes: tuple[int, ...], weight: np.ndarray | None = None) -> np.ndarray:
    """Sum a whole-number weight (None counts heads) over everybody by cell of a small table, block by block."""
    total: Any = np.zeros(sizes, np.int64 if weight is None else np.float64)
    for first in range(0, len(columns[0]), BLOCK):
        cell = cells(tuple(column[first:first + BLOCK] for column in columns), sizes)
        total += sum_by_cell(cell, None if weight is None else weight[first:first + BLOCK], sizes)
    return total


def sums_of_cells(columns: tuple[np.ndarray, ...], sizes: tuple[int, ...], ability: np.ndarray | None = None,
                  tables: tuple[Floats, ...] = ()) -> CellSums:
    """Sum over people by cell of five columns: heads, or else each table's whole number at everybody's ability.

    Parameters
    ----------
    columns, sizes
        The axes, each of shape (n,), and the length of each.
    tables
        Whole numbers by ability in its unit.
    """
    size, n = prod(sizes), len(columns[0])
    if kernels.pays(n) and size <= BUSY * n:
        heads, sums = kernels.sums_by_cell(columns, sizes, np.empty(0, np.uint16) if ability is None else ability, tables)
        place = np.flatnonzero(heads)
        return CellSums(sizes, place, (heads[place],) if ability is None else tuple(sums[place].T))
    if size <= BUSY * n:
        return _blockwise(columns, sizes, ability, tables)
    weights = [None] if ability is None else [ability if table is ITSELF else table[ability] for table in tables]
    return CellSums.of(cells(columns, sizes), sizes, *weights)


def _blockwise(columns: tuple[np.ndarray, ...], sizes: tuple[int, ...], ability: np.ndarray | None, tables: tuple[Floats, ...]) -> CellSums:
    """Sum block by block over all cells: no temporary is as long as the population."""
    size, n = prod(sizes), len(columns[0])
    block = max(BLOCK, BUSY * size)     # long enough for what a table of all cells costs
    heads, sums = np.zeros(size, np.int64), [np.zeros(size) for _ in tables]
    for first in range(0, n, block):
        cell = cells(tuple(column[first:first + block] for column in columns), sizes)
        heads += np.bincount(cell, minlength=size)
        for total, table in zip(sums, tables, strict=True):
            assert ability is not None
            able = ability[first:first + block]
            total += np.bincount(cell, able if table is ITSELF else table[able], minlength=size)
    place = np.flatnonzero(heads)
    return CellSums(sizes, place, (heads[place],) if ability is None else tuple(each[place] for each in sums))


def credited(works: Floats, by: Attribution) -> Floats:
    """Return the works credited to each country: shape (..., origin, training, work, hq) to (..., n_countries)."""
    return works.sum(axis=tuple(axis - len(AXES) for axis, name in enumerate(AXES) if name is not by))


def shares(works: Floats) -> Floats:
    """Return each country's share of the total along the last axis; 0 where there is no total."""
    total = works.sum(axis=-1, keepdims=True)
    return np.divide(works, total, out=np.zeros_like(works, dtype=float), where=total > 0)
