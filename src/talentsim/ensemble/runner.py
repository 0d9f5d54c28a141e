"""Run replications of one arm or of a pair of arms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from itertools import product

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
    if progress is not None:
        progress(0, len(places))
    with open_executor(arms[0].executor, len(places)) as executor:
        pending = {executor.submit(run_one, arms[arm], replication): (arm, replication) for replication, arm in places}
        for n_done, future in enumerate(as_completed(pending), start=1):
            arm, replication = pending.pop(future)
            results[arm][replication] = future.result()
            if progress is not None:
                progress(n_done, len(places))
    return [[each for each in arm if each is not None] for arm in results]
