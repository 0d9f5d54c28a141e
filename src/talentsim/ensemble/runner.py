"""Compute the runs that are missing from a store; a run that is there is never computed again."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, as_completed
from dataclasses import dataclass
from typing import Any

import pandas as pd

from talentsim.config import Config, UserError
from talentsim.config.schema import ExecutorConfig
from talentsim.ensemble.accounts import conserved, year_digests
from talentsim.ensemble.draws import config_of
from talentsim.ensemble.executors import open_executor
from talentsim.ensemble.identity import arm_id, data_digests, run_ids
from talentsim.ensemble.provenance import made_with
from talentsim.ensemble.store import Store, cannot_write
from talentsim.model.model import TalentModel
from talentsim.model.outcomes import outcome_table
from talentsim.streams import seed_key

Progress = Callable[[int, int], None]
MAX_BREAKS = 3


@dataclass(frozen=True)
class Run:
    """One replication of one arm."""

    config: Config
    replication: int
    id: str


@dataclass(frozen=True)
class Made:
    """What became of a run: "made", "there" already, "busy" elsewhere or "failed" with a traceback."""

    id: str
    state: str
    fault: str = ""


def runs_of(config: Config, replications: range | None = None) -> list[Run]:
    """Return the replications of an arm, `ensemble.replications` of them unless others are asked for."""
    wanted = range(config.ensemble.replications) if replications is None else replications
    return [Run(config, each, run) for each, run in zip(wanted, run_ids(config, wanted), strict=True)]


def run_missing(runs: Iterable[Run], store: Store, executor: ExecutorConfig, progress: Progress | None = None,
                max_failures: int | None = None) -> dict[str, str]:
    """Compute what the store lacks, each run once however often it is named.

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
    missing = {run.id: run for run in runs if run.id not in store}
    failed: dict[str, str] = {}
    n_runs, breaks, wait = len(missing), 0, False

    def tick() -> None:
        if progress is not None:
            progress(n_runs - len(missing), n_runs)

    tick()
    while missing:
        n_before = len(missing)
        try:
            for made in _round(list(missing.values()), store, executor, wait):
                del missing[made.id]
                if made.state == "failed":
                    failed[made.id] = made.fault
                    if max_failures is not None and len(failed) > max_failures:
                        return failed
                tick()
            wait = True         # what is left, another process has: come back when it is done
        except BrokenExecutor:
            breaks = breaks + 1 if len(missing) == n_before else 0
            if breaks >= MAX_BREAKS:
                raise UserError("executor", "worker processes keep dying; the system may have ended them for want of memory",
                                "", "executor.workers=1, or a smaller population.scale") from None
    return failed


def _round(runs: Sequence[Run], store: Store, executor: ExecutorConfig, wait: bool) -> Iterator[Made]:
    """Submit every run once and yield what became of each, but of those that another process has."""
    with open_executor(executor, len(runs)) as pool:
        for future in as_completed([pool.submit(make_run, run, store, wait) for run in runs]):
            made = future.result()
            if made.state != "busy":
                yield made


def make_run(run: Run, store: Store, wait: bool = False) -> Made:
    """Simulate one replication and write it to the store, unless it is there or somebody else is at it.

    Raises
    ------
    UserError
        When the store cannot be written to.
    """
    with store.claim(run.id, wait) as mine:
        if not mine:
            return Made(run.id, "busy")
        if run.id in store:
            return Made(run.id, "there")
        try:
            result = simulate(run)
        except Exception:       # whatever it is, it is told with the run and the others go on
            return Made(run.id, "failed", traceback.format_exc())
        try:
            store.write(run.id, *result)
        except OSError as error:        # it would be the same with the others
            raise cannot_write(store.folder, error) from error
    return Made(run.id, "made")


def simulate(run: Run) -> tuple[dict[str, pd.DataFrame], dict[str, Any], dict[str, Any]]:
    """Simulate one replication; return its tables, its configuration and what its manifest says."""
    started, config = time.perf_counter(), config_of(run.config, run.replication)
    result = TalentModel(config, replication=run.replication).run()
    years = [int(year) for year in result.years]
    tables = {name: result.frame(name) for name in result.names}
    tables["outcomes"] = outcome_table(tables, years, config.population.scale)
    seed = {"base": config.ensemble.seed, "replication": run.replication, "key": int(seed_key(config.ensemble.seed, run.replication))}
    facts = {"arm": arm_id(run.config), "seed": seed, "data_sha256": data_digests(config),
             "conserved": conserved(tables, years), "years": year_digests(tables, years), **made_with(),
             "process": os.getpid(), "wall_seconds": round(time.perf_counter() - started, 4)}
    return tables, config.model_dump(mode="json"), facts
