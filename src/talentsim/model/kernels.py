"""The innermost loops compiled by Numba, where it is installed: the same results as the NumPy code beside them, bit for bit.

    pip install 'talentsim[fast]'

Whole numbers are the same in any language. Floats enter a result only as comparisons: which arrival is first, whether a
draw is below a chance. Uniforms are exact; the logarithm and the exponential of two libraries may differ in the last digit,
so where the first two arrivals lie within `DOUBT` of each other the chooser is handed back, and NumPy decides. Without
Numba, for small populations, and with TALENTSIM_KERNELS=numpy in the environment, NumPy does all.
"""

from __future__ import annotations

import logging
import os
import time
from functools import lru_cache
from importlib.util import find_spec
from math import prod
from pathlib import Path
from types import ModuleType

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers, Words

DOUBT = 1e-9
"""Relative distance of two arrivals below which NumPy decides; log and exp are good to some 1e-15."""

MANY, SOME = 1 << 14, 1 << 8
"""Rows from which a compiled loop is worth loading Numba, half a second of a process; and worth calling once it is loaded."""


def pays(n_rows: int) -> bool:
    """Return whether a loop over so many rows is left to a kernel."""
    return n_rows >= SOME and n_rows >= (SOME if _loops.cache_info().currsize else MANY) and is_available()     # most loops are small: they ask no more


@lru_cache(maxsize=1)
def is_available() -> bool:
    """Return whether Numba is installed, and not switched off by TALENTSIM_KERNELS=numpy."""
    return os.environ.get("TALENTSIM_KERNELS") != "numpy" and find_spec("numba") is not None


@lru_cache(maxsize=1)
def _loops() -> ModuleType:
    """Return the compiled loops; their machine code is kept on disk for the next process."""
    from talentsim.model import loops

    kept = Path(loops.__file__).parent / "__pycache__"
    if not any(kept.glob("loops.*.nbi")) and _is_first_to_say(kept / "loops.compiling"):
        logging.getLogger(__name__).warning("Numba compiles the model's loops, once: some ten seconds")
    return loops


def _is_first_to_say(mark: Path) -> bool:
    """Return whether no other process has said so within the last minute: workers begin at the same time."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        if time.time() - mark.stat().st_mtime < 60.0:
            return False
        mark.touch()
    except OSError:         # a folder that cannot be written to
        pass
    return True


def first_arrivals(address: Words, keys: Words, cell: Integers, reference: Integers, own: tuple[Floats, Floats, Floats],
                   table: tuple[Floats, Floats, Integers, Floats, Floats], bounds: tuple[float, float], screening: tuple[Floats, Integers, Words, Booleans]) -> tuple[
                       np.ndarray, Booleans, Booleans]:
    """Choose one alternative each, the first to arrive of those that admit the chooser.

    Parameters
    ----------
    own
        Taste, what moving away adds and what home adds, each of shape (n,); see `choice.Choosers`.
    table
        Utility and slope, shape (n_cells, n_alternatives), the column of home by cell, -1 where there is none, and odds and
        steepest slope; see `choice.ChoiceTable`.
    bounds
        What keeps rounding from saying of anybody that they stay for sure; see `choice`.
    screening
        Chances of refusal by class, class of each, keys of the draws, and doors that are shut, see `choice.Admission`;
        arrays without rows where nobody screens, or no door is shut.

    Returns
    -------
    Alternatives, shape (n,); who was refused by an alternative they preferred, shape (n, n_alternatives); and whose first
    two arrivals are too close for this to say, shape (n,).
    """
    n, width = len(address), len(keys)
    chosen = np.zeros(n, np.uint8)
    refused = np.zeros((n, width if len(screening[0]) else 0), np.bool_)
    doubtful = np.zeros(n, np.bool_)
    rest = (np.ascontiguousarray(each) for each in (*own, *table, *screening))      # one layout, one compilation
    _loops().first_arrivals(address, keys, cell, reference, *rest, DOUBT, bounds, chosen, refused, doubtful)
    return chosen, refused, doubtful


def first_options(address: Words, country: Integers, n_options: Integers, first: Integers, keys: Words, weight: Floats) -> tuple[
        Integers, Booleans]:
    """Draw one option of its country for each address, the first of exponential arrivals with the options' weights as rates.

    Parameters
    ----------
    n_options, first, weight
        As `offers.Posts` has them; `keys` are the options' keys.

    Returns
    -------
    Place of the option, and whose first two arrivals are too close for this to say; each of shape (n,).
    """
    option, doubtful = np.empty(len(address), np.int64), np.zeros(len(address), np.bool_)
    _loops().first_options(address, np.ascontiguousarray(country), n_options, first, keys, weight, DOUBT, option, doubtful)
    return option, doubtful


def searching(address: Words, key: np.uint64, threshold: np.uint64, stage: np.ndarray, graduation_year: np.ndarray, researcher: int,
              year: int) -> Booleans:
    """Return whose word is below a threshold, of those at a career stage who did not graduate this year; shape (n,)."""
    searches = np.empty(len(address), np.bool_)
    _loops().searching(address, key, threshold, stage, graduation_year, researcher, year, searches)
    return searches


def sums_by_cell(columns: tuple[np.ndarray, ...], sizes: tuple[int, ...], ability: np.ndarray,
                 tables: tuple[Floats, ...]) -> tuple[Integers, Floats]:
    """Count heads, and sum what tables hold at everybody's ability, by cell of five columns, in one pass.

    Returns
    -------
    Heads, shape (n_cells,), and sums of whole numbers, shape (n_cells, n_tables).
    """
    size = prod(sizes)
    heads, sums = np.zeros(size, np.int64), np.zeros((size, len(tables)))
    table = np.stack(tables, axis=1) if tables else np.empty((0, 0))
    _loops().sums_by_cell(*columns, *sizes[1:], ability, table, heads, sums)
    return heads, sums


def keep(column: np.ndarray, stays: Booleans) -> int:
    """Move those who stay to the front, in their order; return how many they are."""
    return int(_loops().keep(column, stays))
