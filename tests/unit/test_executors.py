"""Where work is carried out: what a worker that is ended from outside leaves behind."""

from __future__ import annotations

import os
from functools import partial

import pytest

from talentsim.config.schema import ExecutorConfig
from talentsim.ensemble.executors import begin_workers, map_replications, open_executor, workers_kept


def squared(parent: int, n: int) -> int:
    """Square a number; any process but the parent ends in the middle of it, the way the system ends one."""
    if os.getpid() != parent:
        os._exit(1)
    return n * n


@pytest.mark.whole
def test_work_whose_workers_are_ended_is_done_all_the_same() -> None:
    processes = ExecutorConfig(kind="processes", workers=2)
    with workers_kept():
        assert map_replications(partial(squared, os.getpid()), 5, processes) == [0, 1, 4, 9, 16]
        with open_executor(processes, 2) as pool:       # and workers are there again
            assert pool.submit(len, "four").result() == 4
        begin_workers(processes, os.getpid)
        with workers_kept(), open_executor(processes, 2) as same:
            assert same is pool, "a block within shares the workers"
        assert pool.submit(len, "four").result() == 4, "and leaves them at work"
