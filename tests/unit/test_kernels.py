"""Compiled loops give what NumPy gives, to the last bit, ties built to the last digit among them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from talentsim.config import Config
from talentsim.model import kernels
from talentsim.model.attribution import ITSELF, sums_of_cells
from talentsim.model.choice import AWAY, HOME, STAY, Admission, ChoiceTable, Choosers, Chosen, choose
from talentsim.model.offers import Posts, _drawn
from talentsim.model.simulation import Simulation
from talentsim.model.state.researchers import COLUMNS, Researchers
from talentsim.streams import Key, draw_key, person_address, seed_key
from talentsim.vocab import Decision

pytest.importorskip("numba")
N, K = 4000, 6


@pytest.fixture(autouse=True)
def few_rows_are_enough(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(kernels, "MANY", 0)
    monkeypatch.setattr(kernels, "SOME", 0)
    kernels.is_available.cache_clear()
    yield
    kernels.is_available.cache_clear()


def by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "pays", lambda _: False)


def keys_of(decision: Decision) -> np.ndarray:
    return draw_key(Key(seed_key(3)), decision, 2020, np.arange(K))


def scene(spread: float, seed: int = 0) -> tuple[ChoiceTable, Choosers]:
    """Random choosers over K countries, cell (origin, current); utilities differ by some `spread` utils."""
    rng = np.random.default_rng(seed)
    origin, current, alternative = np.ogrid[:K, :K, :K]
    kind = np.where(alternative == current, STAY, np.where(alternative == origin, HOME, AWAY)).reshape(K * K, K).astype(np.int8)
    table = ChoiceTable(rng.normal(size=(K * K, K)) * spread, rng.normal(size=(K * K, K)) * spread, kind)
    where = rng.integers(0, K * K, N)
    return table, Choosers(person_address(1, 2000, np.arange(N)), where, where % K, rng.gamma(1.0, size=N), rng.normal(size=N) * spread,
                           rng.normal(size=N) * spread)


def screening(closed: bool) -> Admission:
    rng = np.random.default_rng(5)
    of = rng.integers(0, 3, N)
    p_refusal = np.where(rng.random((3, K)) < 0.3, 0.0, rng.random((3, K)))
    p_refusal[:, 0] = 0.0
    doors = rng.random((N, K)) < 0.2
    doors[:, 0] = False
    return Admission(p_refusal, of, keys_of(Decision.STUDENT_VISA), doors if closed else None)


def assert_same(one: Chosen, other: Chosen) -> None:
    for name in ("alternative", "refused_row", "refused_by"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
        assert getattr(one, name).dtype == getattr(other, name).dtype, name


@pytest.mark.parametrize("admission", [None, screening(False), screening(True)], ids=["open", "screened", "doors"])
@pytest.mark.parametrize("spread", [0.0, 1.0, 30.0])
def test_everybody_chooses_what_they_choose_by_numpy(monkeypatch: pytest.MonkeyPatch, spread: float, admission: Admission | None) -> None:
    table, who = scene(spread)
    compiled = choose(table, who, keys_of(Decision.LOCATION), admission)
    by_numpy(monkeypatch)
    plain = choose(table, who, keys_of(Decision.LOCATION), admission)
    assert_same(compiled, plain)
    assert len(np.unique(plain.alternative)) == K and (admission is None) == (len(plain.refused_row) == 0)


@pytest.mark.parametrize("apart", [0.0, 1e-16, 1e-13, 1e-11])
@pytest.mark.parametrize("admission", [None, screening(False)], ids=["open", "screened"])
def test_numpy_decides_between_arrivals_that_tie(monkeypatch: pytest.MonkeyPatch, apart: float, admission: Admission | None) -> None:
    """All alternatives share their draw, so that arrivals differ by `apart` utils or not at all: log and exp cannot tell."""
    table, who = scene(apart)
    keys = np.full(K, keys_of(Decision.LOCATION)[0])
    seen: list[int] = []
    real = kernels.first_arrivals

    def counting(*arguments: object) -> object:
        found = real(*arguments)                    # type: ignore[arg-type]
        seen.append(int(found[2].sum()))
        return found

    monkeypatch.setattr(kernels, "first_arrivals", counting)
    compiled = choose(table, who, keys, admission)
    assert seen == [N]                              # everybody is handed back
    by_numpy(monkeypatch)
    assert_same(compiled, choose(table, who, keys, admission))


def test_alternatives_out_of_reach_and_infinite_arrivals(monkeypatch: pytest.MonkeyPatch) -> None:
    table, who = scene(1.0)
    utility = np.where((table.kind == AWAY) & (np.arange(K) % 2 == 0), -np.inf, table.utility)
    far = ChoiceTable(utility, np.zeros_like(table.slope), table.kind)
    compiled = choose(far, who, keys_of(Decision.LOCATION))
    by_numpy(monkeypatch)
    assert_same(compiled, choose(far, who, keys_of(Decision.LOCATION)))


@pytest.mark.parametrize("same_luck", [False, True])
def test_offers_are_drawn_as_by_numpy(monkeypatch: pytest.MonkeyPatch, same_luck: bool) -> None:
    """With one draw for all options and equal weights every arrival ties; a firm of weight 0 never arrives."""
    rng = np.random.default_rng(2)
    sites = np.where(rng.random((5, K)) < 0.6, rng.random((5, K)) * 0.3, 0.0)
    sites[:, 2] = 0.0
    sites[:, 3] = [0.5, 0.5, 0.0, 0.0, 0.0]
    posts = Posts.of(np.full((5, K), 1.0 / 6.0) if same_luck else sites)
    keys = draw_key(Key(seed_key(3)), Decision.EMPLOYER, 2020, posts.alternative * (not same_luck))
    country = rng.integers(0, K, N)
    country = country[posts.n_options[country] > 0]
    address = person_address(1, 2000, np.arange(len(country)))
    compiled = _drawn(address, country, posts, keys)
    by_numpy(monkeypatch)
    assert np.array_equal(compiled, _drawn(address, country, posts, keys))
    assert same_luck or len(np.unique(compiled)) > 10


def test_sums_by_cell_and_compaction(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    sizes = (3, 4, 5, 4, 2)
    columns = tuple(rng.integers(0, size, N).astype(np.uint8) for size in sizes)
    ability, table = rng.integers(1, 2**16, N).astype(np.uint16), np.rint(np.arange(1 << 16) ** 1.5)
    stays = rng.random(N) < 0.7
    found = []
    for compiled in (True, False):
        if not compiled:
            by_numpy(monkeypatch)
        people = Researchers()
        people.append(**{name: np.arange(N).astype(kind) for name, kind in COLUMNS.items()})
        people.keep(stays)
        heads, sums = sums_of_cells(columns, sizes), sums_of_cells(columns, sizes, ability, (ITSELF, table))
        found.append([heads.place, *heads.sums, sums.place, *sums.sums, *people.columns().values()])
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other) and one.dtype == other.dtype


def test_a_whole_run_is_the_same_bit_for_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config.load("world=toy", "population.scale=20.0", "scenario=visa_tightening")
    compiled = Simulation(config).run()
    by_numpy(monkeypatch)
    plain = Simulation(config).run()
    for name, cells in plain.cells.items():
        for column, values in cells.values.items():
            assert np.array_equal(values, compiled.cells[name].values[column]), (name, column)
    for name, columns in plain.persons.items():
        for column, values in columns.items():
            assert np.array_equal(values, compiled.persons[name][column]), (name, column)


def test_numpy_is_used_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kernels.pays(1)
    monkeypatch.setenv("TALENTSIM_KERNELS", "numpy")
    kernels.is_available.cache_clear()
    assert not kernels.pays(10**9)


def test_one_of_several_processes_says_that_loops_are_compiled(tmp_path: Path) -> None:
    mark = tmp_path / "loops.compiling"
    assert [kernels._is_first_to_say(mark) for _ in range(2)] == [True, False]
    os.utime(mark, (0, 0))          # whoever said so was ended before it was done
    assert [kernels._is_first_to_say(mark) for _ in range(2)] == [True, False]
    assert kernels._is_first_to_say(tmp_path / "nowhere" / "mark")
