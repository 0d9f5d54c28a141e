"""Where time goes: the stopwatch, workers that live on, figures that are the same wherever they are drawn."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from talentsim.commands.job import compare_and_write
from talentsim.commands.timing import Stopwatch
from talentsim.comparison.pair import Pair
from talentsim.config import Config
from talentsim.config.arms import load_arms
from talentsim.config.schema import ExecutorConfig
from talentsim.ensemble.executors import open_executor, workers_kept


def test_a_stopwatch_adds_up_what_each_phase_took() -> None:
    watch = Stopwatch()
    for phase in ("one", "two", "one"):
        watch.begin(phase)
        sum(range(200_000))
    lines = watch.told().splitlines()
    assert [line.split()[0] for line in lines] == ["one", "two", "all"] and watch.phases == {}
    seconds = [float(line.split()[1]) for line in lines]
    assert abs(seconds[0] + seconds[1] - seconds[2]) <= 0.011


def test_timing_has_a_short_name() -> None:
    assert Config.load("world=toy", "timing=true").output.timing and not Config.load("world=toy").output.timing
    assert Config.load("world=toy", "timing=true", "scenario=visa_tightening", "seed=3").ensemble.seed == 3


def test_workers_live_on_within_and_end_after() -> None:
    config, ids = ExecutorConfig(kind="processes", workers=2), []
    with workers_kept():
        for _ in range(2):
            with open_executor(config, 2) as pool:
                ids.append({pool.submit(os.getpid).result() for _ in range(6)})
                processes = list(pool._processes.values())       # type: ignore[attr-defined]
    assert ids[0] & ids[1] and os.getpid() not in ids[0]
    assert not any(each.is_alive() for each in processes)


@pytest.mark.slow
def test_figures_and_tables_are_the_same_bytes_wherever_they_are_made(tmp_path: Path) -> None:
    overrides = ["world=toy", "scenario=visa_tightening", "ensemble.replications=2", "compare.structure=null", f"output.dir={tmp_path}"]
    for kind in ("processes", "serial"):
        compare_and_write(Pair(*load_arms([*overrides, f"executor={kind}"])), tmp_path / kind, [], told=False)
    drawn = {each.name: each.read_bytes() for each in (tmp_path / "serial").iterdir() if each.suffix in (".png", ".svg", ".parquet")}
    assert len(drawn) > 20 and all((tmp_path / "processes" / name).read_bytes() == content for name, content in drawn.items())
