"""Pairs of stored runs, computed a few at a time, so that little is left to finish when somebody stops."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from functools import lru_cache

from talentsim.dashboard.memory import give_back, hold_little
from talentsim.ensemble.checkpoint import Checkpoints
from talentsim.ensemble.ensemble import RunsFailedError
from talentsim.ensemble.group import Grown, make_group
from talentsim.ensemble.runs import Run
from talentsim.ensemble.session import Cancelled
from talentsim.ensemble.store import Store
from talentsim.ensemble.tree import Branches

PATIENCE = 0.1
"""Seconds after which it is asked again whether somebody has stopped."""

BEHIND = 10
"""How far the workers' priority lies below that of the server, which answers, in Unix's units."""


def made_up_to(pairs: Sequence[tuple[Run, Run]], store: Store, pool: Executor, cancelled: Callable[[], bool]) -> Iterator[int]:
    """Compute what is missing of some pairs, the years that both arms share once; yield how many, from the first on, are there.

    No more pairs are under way than there are workers.

    Raises
    ------
    Cancelled, RunsFailedError
        When somebody stops; when a run fails.
    """
    under_way: set[Future[Grown]] = set()
    states = Checkpoints(store.folder / "checkpoints", pairs[0][0].config.store.checkpoints, time.time())
    are_one = _share_years(pairs[0])
    missing = [list({run.id: run for run in pair if run.id not in store}.values()) for pair in pairs if not _is_there(pair, store)]   # arms may be one and the same
    waiting = [group for runs in missing for group in ([runs] if are_one else [[run] for run in runs])]
    room, done = getattr(pool, "_max_workers", 1), 0
    while True:
        before = done
        while done < len(pairs) and _is_there(pairs[done], store):
            done += 1
        if done > before:
            yield done
        if done == len(pairs):
            return
        if cancelled():
            for future in under_way:
                future.cancel()
            raise Cancelled
        while waiting and len(under_way) < room:
            under_way.add(pool.submit(_make, waiting.pop(0), store, states))
        over, under_way = wait(under_way, timeout=PATIENCE, return_when=FIRST_COMPLETED)
        failed = {made.id: made.fault for each in over for made in each.result().made if made.state == "failed"}
        if failed:
            raise RunsFailedError(failed)


def _make(group: list[Run], store: Store, states: Checkpoints) -> Grown:
    """Make a group in a worker, which then forgets its configurations: each draw has its own, and none comes again."""
    hold_little()
    if group[0].config.executor.kind == "processes":
        _stand_back()
    try:
        return make_group(group, store, states, True)
    finally:
        give_back()


@lru_cache(maxsize=1)
def _stand_back() -> None:
    """Let a worker process of our own take what the next preview and the browser leave: a pair under way goes on after a new question."""
    if multiprocessing.parent_process() is not None and hasattr(os, "nice"):
        os.nice(BEHIND)


def _is_there(pair: tuple[Run, Run], store: Store) -> bool:
    return all(run.id in store for run in pair)


def _share_years(pair: tuple[Run, Run]) -> bool:
    """Return whether both runs can share years: what is true of one pair is true of all, whose arms take the same rows of figures."""
    branches = Branches()
    return len({branches.root(run.config, run.replication) for run in pair}) == 1
