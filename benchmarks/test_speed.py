"""Times of the model's loops and of one run, kept by hand: `python -m pytest benchmarks/test_speed.py`.

Not part of the tests. With `TALENTSIM_KERNELS=numpy` the same figures without Numba.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from talentsim import Config
from talentsim.model.attribution import ITSELF, sums_of_cells
from talentsim.model.choice import AWAY, HOME, STAY, Admission, ChoiceTable, Choosers, choose
from talentsim.model.offers import Posts, offered_employers
from talentsim.model.rules.location import searching
from talentsim.model.simulation import Simulation
from talentsim.model.state.researchers import COLUMNS, Researchers
from talentsim.streams import Key, draw_key, person_address, seed_key
from talentsim.vocab import Decision

N, K = 100_000, 17
pytestmark = pytest.mark.benchmark(warmup=True, warmup_iterations=1, min_rounds=5, disable_gc=True)


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    """The AI world in a late year, a fifth of its size."""
    simulation = Simulation(Config.load("population.scale=0.2", "output.people=false"))
    while simulation.year < 2034:
        simulation.step()
    return simulation


def keys_of(decision: Decision) -> np.ndarray:
    return draw_key(Key(seed_key(3)), decision, 2020, np.arange(K))


@pytest.mark.parametrize("screened", [False, True])
def test_choice(benchmark: Any, screened: bool) -> None:
    rng = np.random.default_rng(0)
    origin, current, alternative = np.ogrid[:K, :K, :K]
    kind = np.where(alternative == current, STAY, np.where(alternative == origin, HOME, AWAY)).reshape(K * K, K).astype(np.int8)
    table, cell = ChoiceTable(rng.normal(size=(K * K, K)), rng.normal(size=(K * K, K)) * 0.3, kind), rng.integers(0, K * K, N)
    who = Choosers(person_address(1, 2000, np.arange(N)), cell, cell % K, rng.gamma(1.0, size=N), np.full(N, -4.0), rng.normal(size=N))
    refusal = np.where(np.arange(K) == 0, 0.0, 0.15) * np.ones((2, 1))
    admission = Admission(refusal, rng.integers(0, 2, N), keys_of(Decision.STUDENT_VISA)) if screened else None
    benchmark(choose, table, who, keys_of(Decision.LOCATION), admission)


def test_offers(benchmark: Any, simulation: Simulation) -> None:
    world = simulation.world
    rows = np.arange(len(world.researchers))
    assert len(Posts.of(world.levers["site_weight"]).alternative) > 20
    benchmark(offered_employers, world, rows, world.researchers.work_country.astype(np.int64), 2034)


def test_search(benchmark: Any, simulation: Simulation) -> None:
    benchmark(searching, simulation.world, 2034)


def test_sums_by_cell(benchmark: Any, simulation: Simulation) -> None:
    people, n = simulation.world.researchers, len(simulation.world.countries)
    columns = (people.origin_country, people.training_country, people.work_country, people.work_country, people.career_stage)
    benchmark(sums_of_cells, columns, (n, n, n, n, 2), people.ability, (ITSELF, ITSELF.copy()))


def test_compaction(benchmark: Any) -> None:
    stays = np.random.default_rng(0).random(N) < 0.96

    def fresh() -> tuple[tuple[Researchers, np.ndarray], dict[str, Any]]:
        people = Researchers()
        people.append(**{name: np.arange(N).astype(kind) for name, kind in COLUMNS.items()})
        return (people, stays), {}

    benchmark.pedantic(Researchers.keep, setup=fresh, rounds=20)


@pytest.mark.parametrize("scale", [0.01, 0.2])
def test_one_run(benchmark: Any, scale: float) -> None:
    config = Config.load(f"population.scale={scale}")
    benchmark(lambda: Simulation(config).run())
