"""Run replications of one arm or of a pair of arms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from itertools import count, product

from talentsim.config import Config
from talentsim.ensemble.executors import open_executor
from talentsim.model import TalentModel
from talentsim.recorder import RunTables

Progress = Callable[[int, int], None]


def run_one(config: Config, replication: int) -> RunTables:
    """Simulate one replication of one arm."""
    return TalentModel(config, replication=replication).run()


def run_ensemble(config: Config, progress: Progress | None = None) -> list[RunTables]:
    """Simulate every replication of one arm, in order of replication."""
    return run_arms([config], progress)[0]


def run_arms(arms: Sequence[Config], progress: Progress | None = None) -> list[list[RunTables]]:
    """Simulate every replication of every arm.

    The executor, the number of replications and the scale of the first arm hold for all.

    Parameters
    ----------
    progress
        Called with the number of runs done and the number of runs.

    Returns
    -------
    One list an arm, in order of replication.
    """
    replications = arms[0].ensemble.replications
    places = list(product(range(replications), range(len(arms))))
    results: list[list[RunTables | None]] = [[None] * replications for _ in arms]
    n_done = count()

    def tick(_: Future[RunTables] | None = None) -> None:
        if progress is not None:
            progress(next(n_done), len(places))

    tick()
    with open_executor(arms[0].executor, len(places)) as executor:
        pending = {}
        for replication, arm in places:
            future = executor.submit(run_one, arms[arm], replication)
            future.add_done_callback(tick)          # a serial executor is done already, and says so now
            pending[future] = arm, replication
        for future in as_completed(pending):
            arm, replication = pending.pop(future)
            results[arm][replication] = future.result()
    return [[each for each in arm if each is not None] for arm in results]
