"""Compute the runs that are missing from a store; a run that is there is never computed again."""

from __future__ import annotations

import linecache
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait

from talentsim.config import UserError
from talentsim.config.schema import ExecutorConfig
from talentsim.digits import counted
from talentsim.ensemble.checkpoint import Checkpoints
from talentsim.ensemble.executors import open_executor
from talentsim.ensemble.group import Grown, make_group
from talentsim.ensemble.runs import Made, Run, runs_of, simulate
from talentsim.ensemble.store import Store
from talentsim.ensemble.tree import Branches

__all__ = ["Made", "Progress", "Run", "run_missing", "runs_of", "simulate"]

Progress = Callable[[int, int], None]
MAX_BREAKS = 3
AT_ONCE = 6
"""Runs of a group that one task makes beside the first, so that a large group keeps every worker busy."""


def run_missing(runs: Iterable[Run], store: Store, executor: ExecutorConfig, progress: Progress | None = None,
                max_failures: int | None = None) -> dict[str, str]:
    """Compute what the store lacks, each run once however often it is named, and years that runs share once.

    A worker process that dies takes nothing with it: what it had not finished is begun again, `MAX_BREAKS` times
    without any progress between.

    Parameters
    ----------
    progress
        Called with the number of runs done and the number of runs.
    max_failures
        Failed runs after which the rest is dropped; None goes on to the end.

    Returns
    -------
    Run id -> traceback, of the runs that failed.

    Raises
    ------
    UserError
        When worker processes keep dying.
    """
    asked = _by_id(runs)
    missing = {run.id: run for run in asked.values() if not store.suits(run.id, run.apart)}
    failed: dict[str, str] = {}
    n_runs, breaks, late, states = len(missing), 0, False, _states(asked, store)

    def tick() -> None:
        if progress is not None:
            progress(n_runs - len(missing), n_runs)

    tick()
    while missing:
        n_before = len(missing)
        try:
            for made in _round(_groups(asked.values(), missing), store, executor, states, late):
                missing.pop(made.id, None)      # the first of a group may have been there all along
                if made.state == "failed":
                    failed[made.id] = made.fault
                    if max_failures is not None and len(failed) > max_failures:
                        return failed
                tick()
            late = True         # what is left, another process has: come back when it is done
        except BrokenExecutor:
            breaks = breaks + 1 if len(missing) == n_before else 0
            _refuse_to_go_on(breaks)
    return failed


def _refuse_to_go_on(breaks: int) -> None:
    """Give up when workers have died so many times without any progress.

    Raises
    ------
    UserError
        At the first when the program is a script whose work begins when it is read, as every worker does; else at the last.
    """
    if breaks >= MAX_BREAKS:
        raise UserError("executor", "worker processes keep dying; the system may have ended them for lack of memory",
                        "", "executor.workers=1, or a smaller population.scale") from None
    program = sys.modules.get("__main__")
    path = getattr(program, "__file__", None)
    if breaks and path is not None and getattr(program, "__spec__", None) is None and "__name__" not in "".join(linecache.getlines(path)):
        raise UserError("executor=processes", "the script starts its work whenever it is read, and every worker reads it",
                        "executor=serial or threads, or a script that starts its work only when run",
                        'put what it does under `if __name__ == "__main__":`')


def _by_id(runs: Iterable[Run]) -> dict[str, Run]:
    """Return each run once, in the order asked for; one that somebody wants apart stands apart."""
    asked: dict[str, Run] = {}
    for run in runs:
        if run.id not in asked or run.apart:
            asked[run.id] = run
    return asked


def _states(asked: dict[str, Run], store: Store) -> Checkpoints:
    budget = next(iter(asked.values())).config.store.checkpoints if asked else 0
    return Checkpoints(store.folder / "checkpoints", budget, time.time())


def _groups(asked: Iterable[Run], missing: dict[str, Run]) -> list[list[Run]]:
    """Return the missing runs by root, each group behind the first run asked for that has it; largest groups first.

    A run that stands apart and leads no group is a group of its own.
    """
    groups: dict[tuple[str, int, int], list[Run]] = {}
    lone, branches = [], Branches()
    for run in asked:
        key = branches.root(run.config, run.replication), run.config.ensemble.seed, run.replication
        if key not in groups:
            groups[key] = [run]
        elif run.id in missing and run.apart:
            lone.append([run])
        elif run.id in missing:
            groups[key].append(run)
    found = [group for group in groups.values() if any(run.id in missing for run in group)]
    return sorted([*found, *lone], key=len, reverse=True)


def _round(groups: Sequence[list[Run]], store: Store, executor: ExecutorConfig, states: Checkpoints, late: bool) -> Iterator[Made]:
    """Make every group once and yield what became of each run, but of those that another process has."""
    n_dropped = 0
    with open_executor(executor, sum(1 + len(group) // (AT_ONCE + 1) for group in groups)) as pool:
        for grown in _in_parts(groups, lambda part: pool.submit(make_group, part, store, states, late)):
            n_dropped += grown.n_dropped
            yield from (made for made in grown.made if made.state != "busy")
    if n_dropped:
        print(f"talentsim: {counted(n_dropped, 'state', 'states')} that later runs could begin from found no room in store.checkpoints, "
              f"{states.budget / 2**20:.0f} MiB: such runs simulate more years", file=sys.stderr)


def _in_parts(groups: Sequence[list[Run]], submit: Callable[[list[Run]], Future[Grown]]) -> Iterator[Grown]:
    """Submit the beginning of every group, the rest of one when that is done, and yield what has become of each part."""
    rest = {submit(group[: AT_ONCE + 1]): group for group in groups}
    while rest:
        for future in wait(rest, return_when=FIRST_COMPLETED).done:
            group, grown = rest.pop(future), future.result()
            failed = {made.id for made in grown.made if made.state == "failed"}
            more = group[AT_ONCE + 1:]
            for start in range(0, len(more), AT_ONCE):
                rest[submit([run for run in group[:1] if run.id not in failed] + more[start: start + AT_ONCE])] = []
            yield grown
