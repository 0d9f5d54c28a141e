"""Runs of the store, computed a few at a time, so that little is left to finish when somebody stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

from talentsim.ensemble.ensemble import RunsFailedError
from talentsim.ensemble.runner import Made, Run, make_run
from talentsim.ensemble.session import Cancelled
from talentsim.ensemble.store import Store

PATIENCE = 0.1
"""Seconds after which it is asked again whether somebody has stopped."""


def made_up_to(runs: list[Run], store: Store, pool: Executor, cancelled: Callable[[], bool]) -> Iterator[int]:
    """Compute what is missing of some runs, and yield how many of them, from the first on, are there.

    No more runs are under way than there are workers.

    Raises
    ------
    Cancelled, RunsFailedError
        When somebody stops; when a run fails.
    """
    under_way: set[Future[Made]] = set()
    waiting = [run for run in {run.id: run for run in runs}.values() if run.id not in store]
    room, done = getattr(pool, "_max_workers", 1), 0
    while True:
        before = done
        while done < len(runs) and runs[done].id in store:
            done += 1
        if done > before:
            yield done
        if done == len(runs):
            return
        if cancelled():
            for future in under_way:
                future.cancel()
            raise Cancelled
        while waiting and len(under_way) < room:
            under_way.add(pool.submit(make_run, waiting.pop(0), store, True))
        over, under_way = wait(under_way, timeout=PATIENCE, return_when=FIRST_COMPLETED)
        for each in over:
            made = each.result()
            if made.state == "failed":
                raise RunsFailedError({made.id: made.fault})
