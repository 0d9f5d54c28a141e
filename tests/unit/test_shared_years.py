"""Runs that share years in the store: the same bits as runs made alone, whatever is lost, damaged, killed or in the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from talentsim.comparison.compare import compare
from talentsim.config import Config
from talentsim.config.arms import load_arms
from talentsim.ensemble.ensemble import run_ensembles
from talentsim.ensemble.runs import Content, runs_of, simulate
from talentsim.ensemble.store import DamagedError, Store
from talentsim.model.simulation import Simulation
from worlds import edited, policy

pytestmark = pytest.mark.whole

Plain = dict[str, Any]


SHORT = {"world.burn_in_year": 2010, "world.start_year": 2013, "world.end_year": 2034}
TOLD = ("years", "conserved", "seed", "arm", "people")
ALONE: dict[str, Content] = {}
"""Runs made alone, by id: many tests hold theirs against the same."""


def arms_of(plain: Plain, n: int = 1, **changes: Any) -> list[Config]:
    """Return arms that part from the first in many years: policies, entry, an early one, an earlier end."""
    def arm(**more: Any) -> Config:
        return edited(plain, SHORT | {"ensemble.replications": n} | changes | more)

    late = {"x": policy("pay", start=2028, change="multiply", value=0.5)}
    return [arm(), arm(policy=late), arm(policy=late | {"y": policy("pay", start=2031, change="multiply", value=2.0)}),
            arm(**{"entry.damping": 0.5}), arm(**{"entry.damping": 0.5, "policy": late}), arm(**{"world.end_year": 2022}),
            arm(policy={"early": policy("pay", start=SHORT["world.burn_in_year"] + 3, change="multiply", value=0.9)}),
            arm(policy={"first": policy("pay", start=SHORT["world.burn_in_year"] + 4, change="multiply", value=0.9)})]


def assert_same_as_alone(store: Store, arms: list[Config]) -> None:
    """Hold every stored run of the arms, all its tables and what its manifest says of them, against the run made alone."""
    for run in (run for arm in arms for run in runs_of(arm)):
        if run.id not in ALONE:
            ALONE[run.id] = simulate(run)
        tables, _, facts = ALONE[run.id]
        manifest = store.manifest(run.id)
        assert {name: manifest[name] for name in TOLD} == {name: facts[name] for name in TOLD}
        assert manifest["tables"].keys() == tables.keys() and manifest["conserved"]
        for name, table in tables.items():
            pd.testing.assert_frame_equal(store.table(run.id, name), table, obj=name)


def test_arms_with_the_same_people_are_told_from_those_without(plain_toy: Plain, tmp_path: Path) -> None:
    """Two arms may say the same of those who entered after they parted from two others, and not before."""
    early = {"early": policy("student_refusal", start=2012, change="set", value=0.9)}
    late = {"x": policy("service", start=2028, change="set", value=0.5)}
    arms = [edited(plain_toy, SHORT | {"ensemble.replications": 1, "population.scale": 5.0, "policy": each})
            for each in ({}, early, late, early | late)]
    run_ensembles(arms, Store(tmp_path))
    people = [Store(tmp_path).manifest(runs_of(arm)[0].id)["people"] for arm in arms]
    assert people[0] != people[1] and people[2] != people[3]
    whole = [Store(tmp_path).table(runs_of(arm)[0].id, "people") for arm in arms]
    assert [one == other for one in people for other in people] == [one.equals(other) for one in whole for other in whole]


def n_years(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gets every year that is simulated from now on."""
    years, step = [], Simulation.step
    monkeypatch.setattr(Simulation, "step", lambda self: (step(self), years.append(self.year))[0])
    return years


@pytest.mark.parametrize("people", [True, False], ids=["people", "no people"])
def test_runs_that_share_years_are_those_made_alone(plain_toy: Plain, tmp_path: Path, people: bool) -> None:
    store, arms = Store(tmp_path), arms_of(plain_toy, **{"output.people": people})
    run_ensembles(arms, store)
    assert_same_as_alone(store, arms)
    roots = [store.manifest(run.id)["root"] for arm in arms for run in runs_of(arm)]
    assert roots[0] is None and all(root is not None for root in roots[2:])


def test_years_are_simulated_once(plain_toy: Plain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a group, by a scenario that comes later, and by one that parts before any state was kept."""
    store, arms, years = Store(tmp_path), arms_of(plain_toy), n_years(monkeypatch)
    first, end = arms[0].world.burn_in_year, arms[0].world.end_year
    run_ensembles(arms[:2], store)
    assert len(years) == end - first + 1 + end - 2028 + 1
    years.clear()
    run_ensembles([arms[0], arms[2]], store)
    assert years == list(range(2028, end + 1))
    years.clear()
    run_ensembles([arms[0], arms[3]], store)        # cohorts part in 2025, and no state was kept at the end of 2024
    assert years == [*range(first, 2025), *range(2025, end + 1)]
    years.clear()
    run_ensembles([arms[0], arms[4]], store)
    assert years == list(range(2025, end + 1))
    assert_same_as_alone(store, arms[:5])


def test_what_stands_apart_shares_nothing_and_is_made_anew_where_it_did(plain_toy: Plain, tmp_path: Path,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    store, arms = Store(tmp_path), arms_of(plain_toy, 2)[:2]
    run_ensembles(arms, store)
    shared = runs_of(arms[1])
    assert all(store.manifest(run.id)["root"] for run in shared)
    years = n_years(monkeypatch)
    run_ensembles(arms, store, n_apart=2)
    assert len(years) == arms[0].world.end_year - arms[0].world.burn_in_year + 1
    assert [store.manifest(run.id)["root"] is None for run in shared] == [True, False]
    assert_same_as_alone(store, arms)


def test_the_check_of_equal_years_is_made_on_runs_that_share_none(plain_toy: Plain, tmp_path: Path) -> None:
    arms = [edited(plain_toy, SHORT | {"ensemble.replications": 3, "policy": each}) for each in (
        {}, {"x": policy("pay", start=2028, change="multiply", value=0.5)})]
    checks = {each.name: each for each in compare(*arms, Store(tmp_path)).checks}
    assert checks["before start"].passed and "1 replication; 2 share these years" in checks["before start"].detail
    assert checks["placebo"].passed
    store = Store(tmp_path)
    assert [store.manifest(run.id)["root"] is None for run in runs_of(arms[1])] == [True, False, False]


@pytest.mark.parametrize("harm", ["deleted", "changed", "cut", "empty"])
def test_a_lost_or_damaged_state_costs_time_only(plain_toy: Plain, tmp_path: Path, harm: str) -> None:
    store, arms = Store(tmp_path), arms_of(plain_toy)
    run_ensembles(arms[:2], store)
    [state] = (tmp_path / "checkpoints").iterdir()
    content = state.read_bytes()
    if harm == "deleted":
        state.unlink()
    else:
        state.write_bytes({"changed": content[:-300] + bytes(300), "cut": content[:5000], "empty": b""}[harm])
    run_ensembles([arms[0], arms[2]], store)
    assert_same_as_alone(store, arms[:3])


def test_states_stay_within_their_room_and_what_finds_none_is_told(plain_toy: Plain, tmp_path: Path,
                                                                   capsys: pytest.CaptureFixture[str]) -> None:
    arms = arms_of(plain_toy, **{"store.checkpoints": 60_000})
    store, folder = Store(tmp_path), tmp_path / "checkpoints"
    run_ensembles(arms, store)
    assert "found no room in store.checkpoints" in capsys.readouterr().err
    files = {each: each.stat() for each in folder.iterdir()}
    assert files and sum(each.st_size for each in files.values()) <= 60_000
    oldest = min(files, key=lambda each: files[each].st_mtime)
    os.utime(oldest, (0, 0))
    run_ensembles([arms[0], edited(plain_toy, SHORT | {"ensemble.replications": 1, "store.checkpoints": 60_000, "policy": {
        "z": policy("pay", start=2034, change="multiply", value=2.0)}})], store)
    assert not oldest.exists() and sum(each.stat().st_size for each in folder.iterdir()) <= 60_000
    assert_same_as_alone(store, arms)
    capsys.readouterr()
    none = Store(tmp_path / "none")
    run_ensembles(arms_of(plain_toy, **{"store.checkpoints": 0})[:2], none)
    assert not (tmp_path / "none" / "checkpoints").exists() and "no room" not in capsys.readouterr().err


def test_a_run_whose_root_is_gone_is_never_read_short(plain_toy: Plain, tmp_path: Path) -> None:
    store, arms = Store(tmp_path), arms_of(plain_toy)
    one, other = run_ensembles(arms[:2], store)
    store.delete(one.ids)
    with pytest.raises(DamagedError, match="which is gone"):
        store.table(other.ids[0], "stocks")
    assert other.ids[0] not in store
    again = run_ensembles([arms[1]], store)[0]
    assert store.manifest(again.ids[0])["root"] is None
    assert_same_as_alone(store, [arms[1]])


def test_a_root_that_is_damaged_is_found_when_the_other_is_read(plain_toy: Plain, tmp_path: Path,
                                                               capsys: pytest.CaptureFixture[str]) -> None:
    store, arms = Store(tmp_path), arms_of(plain_toy)
    one, other = run_ensembles(arms[:2], store)
    (tmp_path / one.ids[0] / "events.parquet").write_bytes(b"PAR1")
    events = other.of_run(0, "events")
    assert "events.parquet is not what was written" in capsys.readouterr().err
    pd.testing.assert_frame_equal(events, simulate(other.runs[0])[0]["events"])
    run_ensembles(arms[:2], store)
    assert_same_as_alone(store, arms[:2])


@pytest.fixture(scope="module")
def serial(plain_toy: Plain, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that one process has filled: what every executor is held against."""
    store = Store(tmp_path_factory.mktemp("serial"))
    run_ensembles(arms_of(plain_toy, 2)[:5], store, n_apart=2)
    return store


@pytest.mark.parametrize("kind", ["threads", "processes", pytest.param("dask", marks=pytest.mark.slow)])
def test_executors_share_years_alike(plain_toy: Plain, tmp_path: Path, serial: Store, kind: str) -> None:
    store = Store(tmp_path)
    run_ensembles(arms_of(plain_toy, 2, executor={"kind": kind, "workers": 2})[:5], store, n_apart=2)
    assert {run: store.manifest(run)["tables"] for run in store} == {run: serial.manifest(run)["tables"] for run in serial}


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["visa_tightening", "great_decoupling", "site_closed"])
def test_runs_of_the_ai_world_that_share_years_are_those_made_alone(tmp_path: Path, scenario: str) -> None:
    arms = [arm for entry in ("trend", "surge_china") for arm in load_arms(
        ["world=ai", f"scenario={scenario}", f"entry={entry}", "population.scale=0.1", "ensemble.replications=2", "executor=processes"])]
    run_ensembles(arms, Store(tmp_path), n_apart=2)
    assert_same_as_alone(Store(tmp_path), arms)


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_left_in_the_way(tmp_path: Path) -> None:
    """Kill a process that runs arms, again and again a little later; what it leaves goes on to the same bits."""
    overrides = ["world=toy", "population.scale=100.0", "scenario=visa_tightening", "ensemble.replications=3", "executor=serial"]
    code = ("import sys; from pathlib import Path; from talentsim.config.arms import load_arms; "
            "from talentsim.ensemble.ensemble import run_ensembles; from talentsim.ensemble.store import Store; "
            "run_ensembles(list(load_arms(sys.argv[2:])), Store(Path(sys.argv[1])), n_apart=2)")
    for attempt in range(12):
        process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), *overrides])
        time.sleep(1.5 + 0.35 * attempt)
        process.send_signal(signal.SIGKILL)
        process.wait()
    arms = list(load_arms(overrides))
    run_ensembles(arms, Store(tmp_path), n_apart=2)
    assert_same_as_alone(Store(tmp_path), arms)
    assert not list((tmp_path / "parts").iterdir())
