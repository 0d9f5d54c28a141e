"""Attribution: one total, credited by origin, training, work and headquarters country."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.vocab import Attribution

AXES = tuple(Attribution)


def cells(columns: tuple[np.ndarray, ...], sizes: tuple[int, ...]) -> Integers:
    """Return each researcher's place in a table with these columns as axes, flattened in C order."""
    cell: Integers = columns[0].astype(np.int32 if prod(sizes) <= np.iinfo(np.int32).max else np.int64)      # half as much to move
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        cell *= size
        cell += column
    return cell.astype(np.int64)        # once, for `sum_by_cell` counts with nothing else


def sum_by_cell(cell: Integers, weight: np.ndarray | None, sizes: tuple[int, ...]) -> Floats:
    """Sum whole-number weights (None counts heads) by cell; exact below 2**53, so the same in any order of rows."""
    total: Any = np.bincount(cell, weight, minlength=prod(sizes)).reshape(sizes)
    return total if weight is None else total.astype(np.float64, copy=False)        # of nobody, bincount makes whole numbers


def credited(works: Floats, by: Attribution) -> Floats:
    """Return the works credited to each country: shape (..., origin, training, work, hq) to (..., n_countries)."""
    return works.sum(axis=tuple(axis - len(AXES) for axis, name in enumerate(AXES) if name is not by))


def shares(works: Floats) -> Floats:
    """Return each country's share of the total along the last axis; 0 where there is no total."""
    total = works.sum(axis=-1, keepdims=True)
    return np.divide(works, total, out=np.zeros_like(works, dtype=float), where=total > 0)
