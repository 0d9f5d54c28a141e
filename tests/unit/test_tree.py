"""The tree of years: keys, states to go on from, and sessions that answer from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talentsim.config import Config
from talentsim.config.arms import load_arms
from talentsim.ensemble.ensemble import run_ensemble
from talentsim.ensemble.session import Cancelled, Session
from talentsim.ensemble.store import Store
from talentsim.ensemble.tree import year_keys
from talentsim.model.inputs import Inputs
from talentsim.model.rules import entry
from talentsim.model.rules import policy as rule
from talentsim.model.simulation import Simulation
from worlds import edited, policy

pytestmark = pytest.mark.whole

Plain = dict[str, Any]


def parting(one: Config, other: Config, replication: int = 0) -> int | None:
    """Return the first year whose keys differ."""
    keys, others = (year_keys(each, replication) for each in (one, other))
    return next((year for year in keys if keys[year] != others[year]), None)


def test_keys_part_where_what_a_year_is_given_parts(plain_toy: Plain) -> None:
    base = edited(plain_toy)
    assert parting(base, edited(plain_toy, {"focus": "CAN", "population.chunk": 100})) is None
    assert parting(base, edited(plain_toy, {"policy": {"x": policy("pay", start=2021, value=1000.0)}})) == 2021
    assert parting(base, edited(plain_toy, {"policy": {"x": policy("pay", start=2021, change="multiply", value=1.0)}})) is None
    assert parting(base, edited(plain_toy, {"entry.damping": 0.5})) == base.entry.data_until + 1
    assert parting(base, edited(plain_toy, {"behaviour.exit.rate.value": 0.06})) == base.world.burn_in_year
    assert parting(base, edited(plain_toy, {"ensemble.seed": 1})) == base.world.burn_in_year
    assert year_keys(base, 0).keys() == year_keys(base, 1).keys() and not set(year_keys(base, 0).values()) & set(year_keys(base, 1).values())


def test_a_run_that_ends_earlier_shares_all_its_years(plain_toy: Plain) -> None:
    short, long = year_keys(edited(plain_toy, {"world.end_year": 2024}), 0), year_keys(edited(plain_toy), 0)
    assert len(short) < len(long) and short.items() <= long.items()


@pytest.mark.parametrize("world", ["toy", "ai"])
def test_what_is_hashed_of_a_year_is_what_its_rules_are_given(world: str) -> None:
    config = load_arms([f"world={world}", "scenario=visa_tightening", "population.scale=0.05"])[1]
    simulation, inputs = Simulation(config), Inputs.of(config)
    for year in range(config.world.burn_in_year, config.world.end_year + 1):
        rule.step(simulation.world, year)
        given = inputs.in_year(year)
        assert all(np.array_equal(given[name], value) for name, value in simulation.world.levers.items())
        assert np.array_equal(given["corridor"], simulation.world.given.corridor)
        sizes = entry.cohort_sizes(simulation.world, year)
        assert (np.abs(sizes - given["cohorts"] * given["entry"] * config.population.scale) <= 1).all()


def test_nothing_in_the_model_reads_policies_or_entry_but_what_makes_the_inputs() -> None:
    """Else two arms could differ in a year whose keys are equal."""
    folder = Path(rule.__file__).parents[1]
    # world.py asks which countries of training policies single out, for which the year's levers are then given
    allowed = {"policy.py", "tables.py", "world.py", "cohorts.py", "inputs.py", "meanfield.py"}
    found = [path.name for path in folder.rglob("*.py") if path.name not in allowed
             and any(word in path.read_text() for word in ("config.policies", "config.policy.", "config.entry", "world.end_year"))]
    assert sorted(found) == ["simulation.py"]       # where the end of the run is


@pytest.mark.parametrize("overrides", [
    ["world=toy", "population.scale=10.0"], ["world=toy", "output.people=false"],
    ["world=ai", "parameters=point", "population.scale=0.02", "scenario=great_decoupling", "world.end_year=2029"]], ids=["toy", "no people", "ai"])
def test_a_simulation_goes_on_from_any_state_as_if_it_had_not_stopped(overrides: list[str]) -> None:
    config = load_arms(overrides)[1]
    whole, states = Simulation(config, replication=1), {}
    while not whole.is_over:
        whole.step()
        states[whole.year] = whole.checkpoint()
    expected = whole.tables()
    start, end = config.world.start_year, config.world.end_year
    for year in (config.world.burn_in_year + 3, start - 1, start, start + 5, end - 1):
        later = Simulation(config, replication=1, start=states[year])
        tables = later.run()
        for name in expected.cells:
            one, other = expected.frame(name), tables.frame(name)
            assert one[one["year"] > year].reset_index(drop=True).equals(other), name
        for name, column in (("people", "entry_year"), ("events", "year")) if config.output.people else ():
            one, other = expected.frame(name), tables.frame(name)
            assert one[one[column] > year].reset_index(drop=True).equals(other), name


def test_a_session_answers_as_stored_runs_do_and_simulates_no_year_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arms = load_arms(["world=toy", "ensemble.replications=2", "executor=serial", "scenario=visa_tightening"])
    years: list[int] = []
    step = Simulation.step
    monkeypatch.setattr(Simulation, "step", lambda self: (step(self), years.append(self.year))[0])
    session, seen = Session(), []
    answers = [session.outcomes(arm, lambda replication, year, values: seen.append((replication, year, values))) for arm in arms]
    world, start = arms[0].world, min(each.start.year for name, each in arms[1].policies.items() if name not in arms[0].policies)
    assert len(years) == 2 * (world.end_year - world.burn_in_year + 1 + world.end_year - start + 1)
    assert [(replication, year) for replication, year, _ in seen] == 2 * [
        (each, year) for each in range(2) for year in range(world.start_year, world.end_year + 1)]
    assert np.array_equal(seen[-1][2]["work_share"], answers[1]["work_share"][1, -1])
    years.clear()
    session.outcomes(arms[1])
    assert years == []
    for arm, answer in zip(arms, answers, strict=True):
        stored = run_ensemble(arm, Store(tmp_path)).outcomes
        assert list(stored) == list(answer) and all(np.array_equal(stored[name], answer[name]) for name in stored)


def test_a_session_without_room_for_states_gives_the_same_and_a_cancelled_one_goes_on(plain_toy: Plain) -> None:
    arms = [edited(plain_toy, {"ensemble.replications": 2, "policy": each})
            for each in ({}, {"x": policy("pay", start=2030, value=2.0, change="multiply")})]
    plain, poor = Session(), Session(budget=1)
    expected = [plain.outcomes(arm)["work_share"] for arm in arms]
    assert plain.n_bytes > 0
    assert all(np.array_equal(poor.outcomes(arm)["work_share"], each) for arm, each in zip(arms, expected, strict=True))
    assert poor.n_bytes == 0 and poor.n_dropped > 0 == plain.n_dropped
    assert f"{poor.n_dropped} dropped for lack of room" in repr(poor)
    few = Session(n_states=2)
    assert all(np.array_equal(few.outcomes(arm)["work_share"], each) for arm, each in zip(arms, expected, strict=True))
    assert 0 < few.n_bytes < plain.n_bytes and few.n_dropped == 0
    asked: list[bool] = []
    fresh = Session()
    with pytest.raises(Cancelled):
        fresh.outcomes(arms[0], cancelled=lambda: asked.append(True) or len(asked) > 30)        # type: ignore[func-returns-value]
    assert np.array_equal(fresh.outcomes(arms[0])["work_share"], expected[0])
