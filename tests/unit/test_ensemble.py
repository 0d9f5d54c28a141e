"""The store and what computes its runs: identity, executors, damage, claims, failures, reading."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from talentsim.config import Config, UserError
from talentsim.ensemble import group
from talentsim.ensemble.checkpoint import Checkpoints
from talentsim.ensemble.ensemble import RunsFailedError, run_ensemble, run_ensembles
from talentsim.ensemble.group import make_group
from talentsim.ensemble.inventory import inventory, verify_all
from talentsim.ensemble.runner import run_missing
from talentsim.ensemble.runs import Made, Run, runs_of, simulate
from talentsim.ensemble.store import DamagedError, Store
from talentsim.model.model import TalentModel
from talentsim.model.simulation import Simulation
from worlds import edited, policy

pytestmark = pytest.mark.whole

Plain = dict[str, Any]


def few(plain: Plain, n: int = 2, **changes: Any) -> Config:
    return edited(plain, {"ensemble.replications": n, "world.burn_in_year": 2005} | changes)


def hashes(store: Store) -> dict[str, dict[str, str]]:
    """Return the hash of every table of every run."""
    return {run: {name: each["sha256"] for name, each in store.manifest(run)["tables"].items()} for run in store}


def make_run(run: Run, store: Store, wait: bool = False) -> Made:
    """Make one run without states on disk."""
    return make_group([run], store, Checkpoints(store.folder, 0, 0.0), wait).made[0]


EXECUTORS = [{"kind": "threads", "workers": 2}, {"kind": "processes", "workers": 2},
             pytest.param({"kind": "dask", "workers": 2}, marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def serial(plain_toy: Plain, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that one process has filled: what every executor is held against."""
    store = Store(tmp_path_factory.mktemp("serial"))
    run_ensembles([few(plain_toy), few(plain_toy, **{"entry.damping": 0.5})], store)
    assert len(hashes(store)) == 4
    return store


@pytest.mark.parametrize("executor", EXECUTORS, ids=lambda each: str(each["kind"]))
def test_executors_write_the_same_bits(plain_toy: Plain, tmp_path: Path, serial: Store, executor: Plain) -> None:
    run_ensembles([few(plain_toy, executor=executor), few(plain_toy, **{"entry.damping": 0.5})], Store(tmp_path))
    assert hashes(serial) == hashes(Store(tmp_path))


def test_a_stored_run_is_what_the_model_gives(plain_toy: Plain, tmp_path: Path) -> None:
    config = few(plain_toy)
    stored, bare = run_ensemble(config, Store(tmp_path))[1], TalentModel(config, replication=1).run()
    for table in ("stocks", "works", "flows"):
        pd.testing.assert_frame_equal(stored.frame(table), bare.frame(table))


def test_a_run_that_is_there_is_not_computed_again(plain_toy: Plain, tmp_path: Path) -> None:
    """Whatever arm, executor or number of replications asks for it."""
    store, seen = Store(tmp_path), []
    run_ensemble(few(plain_toy), store)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    run_ensemble(few(plain_toy, 3, **{"focus": "CAN", "executor": {"kind": "threads", "workers": 2}}), store,
                 lambda done, of: seen.append((done, of)))
    assert seen == [(0, 1), (1, 1)]
    assert {path: path.stat().st_mtime_ns for path in before} == before and len(list(store)) == 3


@pytest.mark.parametrize("kind", ["serial", "threads"])
def test_progress_counts_every_run_once(plain_toy: Plain, tmp_path: Path, kind: str) -> None:
    seen: list[tuple[int, int]] = []
    arm = few(plain_toy, 3, executor={"kind": kind, "workers": 2})
    run_ensembles([arm, arm], Store(tmp_path), lambda done, of: seen.append((done, of)))
    assert seen == [(done, 3) for done in range(4)]


@pytest.mark.parametrize("harm", ["changed", "cut", "deleted", "manifest.json"])
def test_a_damaged_run_is_named_set_aside_and_computed_anew(plain_toy: Plain, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                            harm: str) -> None:
    ensemble = run_ensemble(few(plain_toy), Store(tmp_path))
    whole, run = hashes(ensemble.store), ensemble.ids[1]
    path = tmp_path / run / (harm if "." in harm else "outcomes.parquet")
    content = path.read_bytes()
    if harm == "deleted":
        path.unlink()
    else:
        path.write_bytes(content[:-9] if harm in ("cut", "manifest.json") else content.replace(content[500:504], b"\0\1\2\3"))
    value = run_ensemble(few(plain_toy), Store(tmp_path)).outcomes["work_share"]
    told = capsys.readouterr().err
    assert run in told and path.name in told and "computed anew" in told
    assert value.shape[0] == 2 and hashes(ensemble.store) == whole
    assert len(list((tmp_path / "damaged").iterdir())) == 1


def test_verifying_finds_every_changed_file(plain_toy: Plain, tmp_path: Path) -> None:
    store = run_ensemble(few(plain_toy), Store(tmp_path)).store
    runs = list(store)
    assert verify_all(store, runs) == {}
    (tmp_path / runs[0] / "flows.parquet").write_bytes(b"PAR1")
    faults = verify_all(store, runs)
    assert list(faults) == [runs[0]] and "flows.parquet is not what was written" in faults[runs[0]]
    assert list(store) == runs[1:]


def test_runs_are_filtered_by_their_configuration(plain_toy: Plain, tmp_path: Path) -> None:
    store = Store(tmp_path)
    run_ensembles([few(plain_toy, 1), few(plain_toy, 1, **{"ensemble.seed": 5, "policy": {"x": policy("pay", value=1.0)}})], store)
    assert set(inventory(store).policies) == {"", "x"} and (inventory(store).model == "this").all()
    assert list(inventory(store, {"seed": "5"}).policies) == ["x"]
    assert len(inventory(store, {"world": "toy", "behaviour.exit.rate": "0.05"})) == 2
    assert inventory(store, {"policy.x.value": "2"}).empty
    with pytest.raises(UserError, match="no stored run has such a key"):
        inventory(store, {"ensemble.sed": "5"})


def test_nothing_is_seen_of_a_run_that_is_not_whole(plain_toy: Plain, tmp_path: Path) -> None:
    """A write that stops half-way leaves no run, and what it left does not hinder the next."""
    store, run = Store(tmp_path), runs_of(few(plain_toy))[0]
    tables, config, facts = simulate(run)
    broken = dict(list(tables.items())[:3]) | {"bad": "no table"}
    with pytest.raises(AttributeError):
        store.write(run.id, broken, config, facts)       # type: ignore[arg-type]   # no table is what breaks the write
    assert list(store) == [] and not list((tmp_path / "parts").iterdir())
    (tmp_path / "parts" / run.id).mkdir()
    (tmp_path / "parts" / run.id / "stocks.parquet").write_bytes(b"half")
    assert make_run(run, store) == Made(run.id, "made")
    store.verify(run.id)


def test_one_claim_a_run(plain_toy: Plain, tmp_path: Path) -> None:
    """Who comes second is told so at once, or waits and finds the run there."""
    store, run = Store(tmp_path), runs_of(few(plain_toy))[0]
    with store.claim(run.id, wait=False) as first:
        assert first and make_run(run, store) == Made(run.id, "busy")
        late: list[Made] = []
        waiting = threading.Thread(target=lambda: late.append(make_run(run, store, wait=True)))
        waiting.start()
        store.write(run.id, *simulate(run))
    waiting.join()
    assert late == [Made(run.id, "there")]


class Failing(Simulation):
    """A model that breaks down in one replication."""

    def __init__(self, config: Config, seed: int, replication: int, start: Any) -> None:
        if replication == 1:
            raise ZeroDivisionError("a fault of the model")
        super().__init__(config, seed, replication, start)


def test_a_run_that_fails_is_told_and_the_others_are_kept(plain_toy: Plain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "Simulation", Failing)
    store = Store(tmp_path)
    with pytest.raises(RunsFailedError, match="ZeroDivisionError: a fault of the model"):
        run_ensemble(few(plain_toy, 4), store)
    assert len(list(store)) == 3


def test_the_rest_is_dropped_after_too_many_failures(plain_toy: Plain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "Simulation", Failing)
    config, store = few(plain_toy, 6), Store(tmp_path)
    failed = run_missing(runs_of(config), store, config.executor, max_failures=0)
    assert len(failed) == 1


def test_the_table_of_many_runs_is_the_runs_one_by_one(plain_toy: Plain, tmp_path: Path) -> None:
    ensemble = run_ensemble(few(plain_toy, 3), Store(tmp_path))
    for name in ("works", "outcomes"):
        long = ensemble.frame(name)
        for place in range(3):
            part = long[long.replication == place].drop(columns="replication").reset_index(drop=True)
            pd.testing.assert_frame_equal(part, ensemble.of_run(place, name))
    outcomes = ensemble.outcomes
    assert outcomes["work_share"].sum(axis=2) == pytest.approx(100.0)
    stock = ensemble.of_run(2, "stocks")
    assert outcomes["researchers"][2, -1, 1] == stock[(stock.year == 2035) & (stock.work == ensemble.codes[1])].researchers.sum()


def test_a_manifest_says_with_what_a_run_was_made(plain_toy: Plain, tmp_path: Path) -> None:
    ensemble = run_ensemble(few(plain_toy, 1), Store(tmp_path))
    manifest = json.loads((tmp_path / ensemble.ids[0] / "manifest.json").read_text())
    assert Config.model_validate(ensemble.store.config(ensemble.ids[0])) == ensemble.config
    assert manifest["seed"] == {"base": 2010, "replication": 0, "key": manifest["seed"]["key"]}
    assert {"numpy", "mesa", "python"} <= manifest["versions"].keys() and manifest["wall_seconds"] > 0
    assert len(manifest["years"]) == 26 and manifest["conserved"] is True
    assert {"git", "host", "source_sha256", "data_sha256"} <= manifest.keys()


def test_a_table_that_a_run_does_not_have(plain_toy: Plain, tmp_path: Path) -> None:
    ensemble = run_ensemble(few(plain_toy, 1), Store(tmp_path))
    with pytest.raises(KeyError):
        ensemble.of_run(0, "nothing")
    with pytest.raises(DamagedError):
        ensemble.store.manifest("0" * 20)


def test_arms_of_a_placebo_share_their_runs(plain_toy: Plain, tmp_path: Path) -> None:
    one, other = run_ensembles([few(plain_toy), few(plain_toy)], Store(tmp_path))
    assert one.ids == other.ids and len(list(one.store)) == 2
    assert all(np.array_equal(one.outcomes[name], other.outcomes[name]) for name in one.outcomes)


def test_frames_speak_of_researchers_whatever_the_scale(plain_toy: dict[str, Any], tmp_path: Path) -> None:
    """Twenty agents a researcher, and twenty times fewer in the frame than in the store, of one run as of several and of a model's own."""
    config = edited(plain_toy, {"population.scale": 20.0, "ensemble.replications": 1, "world.end_year": 2012})
    ensemble, model = run_ensemble(config, Store(tmp_path)), TalentModel(config).run()
    for table, column in (("works", "works"), ("stocks", "researchers"), ("flows", "moves"), ("visas", "applied")):
        for each in (ensemble, ensemble[0], model):
            frame, agents = each.frame(table), each.agents(table)
            assert frame.attrs["unit"] == "researchers"
            np.testing.assert_allclose(frame[column], agents[column] / 20.0)
    assert ensemble.frame("ecosystem").equals(ensemble.agents("ecosystem"))
    assert ensemble.frame("outcomes").equals(ensemble.agents("outcomes")) and "stands for 0.05" in ensemble.frame("people").attrs["unit"]
    stock = ensemble.frame("stocks").groupby("year").researchers.sum()
    np.testing.assert_allclose(ensemble.outcomes["researchers"][0].sum(axis=1), stock)
