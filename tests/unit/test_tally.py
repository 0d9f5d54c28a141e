"""Tables as the cells that exist: the same sums whether few cells are possible or very many."""

from __future__ import annotations

import numpy as np
import pytest

from talentsim.model.state import tally
from talentsim.model.state.tally import CellSums, Tally
from talentsim.vocab import MOVES, Reason

SHAPE = (7, 11, 13)


@pytest.mark.parametrize("n", [0, 1, 500, 5_000])
def test_sorting_and_counting_all_cells_agree(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    rng = np.random.default_rng(n)
    cell, weight = rng.integers(0, np.prod(SHAPE), n), rng.integers(1, 2**16, n).astype(np.uint16)
    found = []
    for busy in (0, 10**9):
        monkeypatch.setattr(tally, "BUSY", busy)
        found.append(CellSums.of(cell, SHAPE, None, weight))
    expected = np.zeros((2, int(np.prod(SHAPE))))
    np.add.at(expected[0], cell, 1)
    np.add.at(expected[1], cell, weight)
    for sums in found:
        assert (np.diff(sums.place) > 0).all() and len(sums.place) == len(np.unique(cell))
        for column in range(2):
            assert np.array_equal(sums.dense(column).ravel(), expected[column])
            assert sums.sums[column].dtype == found[0].sums[column].dtype or n == 0


def test_moves_are_counted_where_they_happened_and_staying_is_none() -> None:
    counts, n = Tally.empty(9), 9
    rng = np.random.default_rng(5)
    expected = np.zeros((len(MOVES), n, n, n), np.int64)
    for reason in (Reason.STUDY, Reason.SEARCH, Reason.SEARCH):
        origin, start, end = rng.integers(0, n, (3, 200)).astype(np.uint8)
        counts.count_moves(reason, origin, start, end)
        np.add.at(expected[reason], (origin[start != end], start[start != end], end[start != end]), 1)
    assert np.array_equal(counts.moves, expected)
    assert Tally.empty(9).moves.sum() == 0
