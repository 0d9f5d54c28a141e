"""A pair reduced replication by replication, what is read once, a table as Parquet, a configuration sent to other processes."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from talentsim.comparison.breakdown import _shares
from talentsim.comparison.compare import compare_runs
from talentsim.comparison.pair import Pair, PairRuns, run_pair
from talentsim.comparison.pathways import flow_tables
from talentsim.comparison.reduced import reduced
from talentsim.config import Config
from talentsim.ensemble.once import once, read_once
from talentsim.ensemble.parquet import decoded, encoded
from talentsim.ensemble.store import Store

SMALL = ("world=toy", "ensemble.replications=2", "executor=serial", "population.scale=0.3", "world.start_year=2024", "world.end_year=2031")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> PairRuns:
    pair = Pair(Config.load(*SMALL), Config.load(*SMALL, "scenario=visa_tightening"))
    return run_pair(pair, Store(tmp_path_factory.mktemp("store")))


@pytest.mark.whole
def test_tables_are_the_same_from_what_is_reduced_beforehand(runs: PairRuns) -> None:
    each = reduced(runs, flows=True)
    tables, found = flow_tables(runs), flow_tables(runs, each.rows, each.stays)
    assert {"pathways", "corridors", "visa_funnel"} <= tables.keys() == found.keys()
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, found[name], check_exact=True)
    compared, again = compare_runs(runs).tables, compare_runs(runs, each).tables
    for name, table in compared.items():
        pd.testing.assert_frame_equal(table, again[name], check_exact=True)


@pytest.mark.whole
def test_what_is_reduced_is_that_of_its_own_replication(runs: PairRuns) -> None:
    other = PairRuns(*(replace(arm, runs=arm.runs[::-1]) for arm in runs))
    there, back = reduced(runs, flows=True).rows["scenario"], reduced(other, flows=True).rows["scenario"]
    for one, two in zip(there, back[::-1], strict=True):
        assert all(one[name].equals(two[name]) for name in one)
    assert not there[0]["flows"].equals(there[1]["flows"])


@pytest.mark.whole
def test_a_table_is_read_once_within_and_again_outside(runs: PairRuns) -> None:
    asked: list[int] = []
    for _ in range(2):
        with read_once():
            assert [once("place", lambda: asked.append(1) or len(asked)) for _ in range(3)] == [len(asked)] * 3
    assert len(asked) == 2 and [once("place", lambda: asked.append(1)) for _ in range(2)] and len(asked) == 4
    plain = runs.scenario.of_run(1, "events", ["uid", "year"])
    with read_once():
        whole, some = runs.scenario.of_run(1, "events"), runs.scenario.of_run(1, "events", ["uid", "year"])
        whole["year"] = 0               # who changes what was read changes no other's
        pd.testing.assert_frame_equal(runs.scenario.of_run(1, "events", ["uid", "year"]), plain)
    pd.testing.assert_frame_equal(some, plain)


@pytest.mark.whole
def test_a_table_comes_back_from_parquet_as_it_was(runs: PairRuns) -> None:
    people = runs.baseline.of_run(0, "people")
    pd.testing.assert_frame_equal(decoded(encoded(people).to_pybytes()).to_pandas(), people, check_exact=True)
    assert decoded(encoded(people).to_pybytes(), ["uid"]).column_names == ["uid"]


def test_a_configuration_that_is_sent_twice_is_one_object_there() -> None:
    config = Config.load("world=toy")
    first, second = (pickle.loads(pickle.dumps([config, 1])) for _ in range(2))
    assert first[0] is second[0] and first[0] is not config and first[0] == config
    other = pickle.loads(pickle.dumps(Config.load("world=toy", "population.scale=0.5")))
    assert other.population.scale == 0.5


def test_a_part_that_nobody_is_in_has_no_shares() -> None:
    """In one of two replications nobody is in the second part in the second year: its share there is none, and not half of one."""
    works = np.ones((2, 2, 2, 3))
    other = works.copy()
    works[0, 1, 1] = 0.0
    for one, two in (_shares(works, other), _shares(other, works)):
        for each in (one, two):
            assert np.isnan(each[:, 1, 1]).all() and np.isfinite(np.delete(each.reshape(2, 4, 3), 3, axis=1)).all()
            assert np.delete(each.reshape(2, 4, 3), 3, axis=1).sum(axis=-1) == pytest.approx(100.0)
