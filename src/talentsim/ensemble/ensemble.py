"""An ensemble: the replications of one arm, as they stand in the store."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import zip_longest
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from talentsim.config import Config
from talentsim.config.errors import no_such
from talentsim.config.schema import ExecutorConfig, require_config
from talentsim.ensemble.labelled import Outcomes
from talentsim.ensemble.runner import Progress, run_missing
from talentsim.ensemble.runs import Run, runs_of
from talentsim.ensemble.store import DamagedError, Store, open_store
from talentsim.model.recorder import in_researchers

T = TypeVar("T")


class RunsFailedError(RuntimeError):
    """Runs that could not be computed; the message is the first one's traceback."""

    def __init__(self, failed: dict[str, str]) -> None:
        self.failed = failed
        super().__init__(f"{len(failed)} run{'s' if len(failed) > 1 else ''} failed; the first:\n{next(iter(failed.values()))}")

    def __reduce__(self) -> tuple[type[RunsFailedError], tuple[dict[str, str]]]:
        return RunsFailedError, (self.failed,)


@dataclass(frozen=True)
class StoredRun:
    """One replication in the store, which gives its tables by name as `RunTables` does."""

    ensemble: Ensemble
    place: int

    def __repr__(self) -> str:
        """Say which replication of what."""
        return f"StoredRun(replication {self.place} of {self.ensemble!r})"

    @property
    def codes(self) -> list[str]:
        """Country codes in the order of every array."""
        return self.ensemble.codes

    @property
    def years(self) -> np.ndarray:
        """Years reported."""
        return self.ensemble.years

    def frame(self, table: str) -> pd.DataFrame:
        """Return one table, its numbers those of researchers.

        Raises
        ------
        KeyError
            When there is no such table.
        """
        return in_researchers(self.agents(table), table, self.ensemble.config.population.scale)

    def agents(self, table: str) -> pd.DataFrame:
        """Return one table as it is stored, its numbers those of agents."""
        return self.ensemble.of_run(self.place, table)


@dataclass(frozen=True)
class Ensemble:
    """Replications of one arm, whose tables are read when they are asked for.

    A run found damaged is named on stderr, set aside and computed anew.
    """

    config: Config
    store: Store
    runs: tuple[Run, ...]

    def __len__(self) -> int:
        return len(self.runs)

    def __repr__(self) -> str:
        """Say of what, how many and over which years."""
        return (f"Ensemble({len(self)} of {self.config.scenario.name} in world {self.config.world.name}, {self.years[0]} to {self.years[-1]}; "
                f"`outcomes`, `frame(table)`)")

    def __iter__(self) -> Iterator[StoredRun]:
        """Yield the replications in their order."""
        return (StoredRun(self, place) for place in range(len(self)))

    def __getitem__(self, place: int) -> StoredRun:
        """Return one replication."""
        return StoredRun(self, place)

    @property
    def ids(self) -> list[str]:
        """Identities of the runs, in order of replication."""
        return [run.id for run in self.runs]

    @property
    def codes(self) -> list[str]:
        """Country codes in the order of every array."""
        return list(self.config.world.countries)

    @property
    def years(self) -> np.ndarray:
        """Years reported."""
        return np.arange(self.config.world.start_year, self.config.world.end_year + 1)

    @property
    def weight(self) -> float:
        """Researchers that one agent stands for."""
        return 1.0 / self.config.population.scale

    @cached_property
    def manifests(self) -> list[dict[str, Any]]:
        """What each run says of itself."""
        return [self._sound(partial(self.store.manifest, run.id)) for run in self.runs]

    def frame(self, table: str) -> pd.DataFrame:
        """Return one table of every replication in long form, column `replication` first; its numbers are those of researchers.

        Raises
        ------
        KeyError
            When there is no such table.
        """
        return in_researchers(self.agents(table), table, self.config.population.scale)

    def agents(self, table: str) -> pd.DataFrame:
        """Return one table of every replication as `frame`, its numbers those of agents, as they are stored."""
        try:
            long = self._sound(lambda: self.store.tables(self.ids, table))
        except KeyError:
            raise self._lacks(table) from None
        long.insert(0, "replication", long.pop("run").cat.codes.to_numpy().astype(np.int32))
        return long

    def of_run(self, place: int, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return one table of one replication as it is stored, in agents, or some columns of it."""
        try:
            return self._sound(lambda: self.store.table(self.runs[place].id, table, columns))
        except KeyError:
            raise self._lacks(table) from None

    def _lacks(self, table: str) -> KeyError:
        """Return the error of a table that the runs do not have."""
        return no_such("table", table, self.manifests[0]["tables"], "" if self.config.output.people else "People and events are kept with output.people=true.")

    @cached_property
    def outcomes(self) -> Outcomes:
        """Every outcome by name, in its unit: %, researchers or works; shape (n_replications, n_years, n_countries)."""
        long = self.agents("outcomes")
        shape = (len(self), -1, len(self.years), len(self.codes))
        values = long["value"].to_numpy().reshape(shape)
        return Outcomes({name: values[:, place] for place, name in enumerate(long["outcome"].cat.categories)}, [int(year) for year in self.years], self.codes)

    def _sound(self, read: Callable[[], T]) -> T:
        """Read; as long as a run turns out damaged, compute it anew and read again."""
        while True:
            try:
                return read()
            except DamagedError as damaged:
                place = self.store.set_aside(damaged.run)
                print(f"talentsim: {damaged}; it is computed anew, the damaged one is in {place}", file=sys.stderr)
                _raise_when_failed(run_missing(self.runs, self.store, ExecutorConfig(kind="serial")))


def run_ensemble(config: Config, store: Store | None = None, progress: Progress | None = None) -> Ensemble:
    """Return every replication of one arm, computing those that the store lacks.

    Parameters
    ----------
    store
        Where runs are looked for and kept; None takes that of the configuration's `output.dir`.
    progress
        Called with the runs that are done and those there are.

    Returns
    -------
    Runs whose `outcomes` are arrays of shape (n_replications, n_years, n_countries), each with its unit.

    Raises
    ------
    RunsFailedError
        When a run fails; those that did not are in the store.

    Examples
    --------
    >>> from talentsim import Config, run_ensemble
    >>> arm = run_ensemble(Config.load("world=toy", "world.end_year=2012", "executor=serial", "ensemble.replications=1"))
    >>> arm
    Ensemble(1 of baseline in world toy, 2010 to 2012; `outcomes`, `frame(table)`)
    >>> arm.outcomes.units["work_share"], arm.outcomes.axes["country"]
    ('% of works', ['USA', 'CHN', 'IND', 'CAN'])
    >>> round(float(arm.outcomes["work_share"][0, -1].sum()), 6)      # shares of a year
    100.0
    """
    require_config("run_ensemble", config)
    return run_ensembles([config], store, progress)[0]


def run_ensembles(arms: list[Config], store: Store | None = None, progress: Progress | None = None, n_apart: int = 0) -> list[Ensemble]:
    """Return every replication of every arm; the executor of the first holds for all.

    Parameters
    ----------
    n_apart
        In so many arms, from the first one on, the first replication shares no year with a run of another arm: what is
        said of equal years is checked on these.

    Raises
    ------
    RunsFailedError
        As `run_ensemble`.
    """
    store = store or open_store(arms[0].output.dir)
    runs = [runs_of(config, apart=place < n_apart) for place, config in enumerate(arms)]
    in_turn = [run for each in zip_longest(*runs) for run in each if run is not None]
    _raise_when_failed(run_missing(in_turn, store, arms[0].executor, progress, arms[0].ensemble.max_failures))
    return [Ensemble(config, store, tuple(each)) for config, each in zip(arms, runs, strict=True)]


def _raise_when_failed(failed: dict[str, str]) -> None:
    if failed:
        raise RunsFailedError(failed)
