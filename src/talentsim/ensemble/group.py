"""A group of runs with one root: simulated together, each year that some of them share once."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from talentsim.config import Config, UserError
from talentsim.ensemble.checkpoint import Checkpoints, Kept
from talentsim.ensemble.runs import Beginning, Made, Run, content
from talentsim.ensemble.store import DamagedError, Store, cannot_write
from talentsim.ensemble.tree import Branches
from talentsim.model.simulation import Checkpoint, Simulation


@dataclass(frozen=True)
class Grown:
    """What became of the runs of a group, and how many states found no room on disk."""

    made: list[Made]
    n_dropped: int = 0


def make_group(runs: Sequence[Run], store: Store, states: Checkpoints, wait: bool = False) -> Grown:
    """Simulate the runs of a group that the store lacks and write them, but for those that somebody else is at.

    Parameters
    ----------
    runs
        Runs with one root. The first leads: the others are stored as what differs from it. It may be there already.

    Raises
    ------
    UserError
        When the store cannot be written to.
    """
    made = {run.id: Made(run.id, "there") for run in runs if store.suits(run.id, run.apart)}    # somebody else's since they were asked for
    with ExitStack() as claims:
        missing = [run for run in runs if run.id not in made]
        for run in sorted(missing, key=lambda run: run.id):     # in one order, so that no two wait for each other
            if not claims.enter_context(store.claim(run.id, wait)):
                made[run.id] = Made(run.id, "busy")
            elif store.suits(run.id, run.apart):
                made[run.id] = Made(run.id, "there")
        if runs[0].id in made and made[runs[0].id].state == "busy":         # the others are made when it is there
            return Grown([made[run.id] for run in runs if run not in missing] + [Made(run.id, "busy") for run in missing])
        tree = _Tree(store, states, made)
        try:
            tree.grow([run for run in runs if run.id not in made or made[run.id].state != "busy"])
        except UserError:
            raise
        except Exception:       # whatever it is, it is told with the runs and other groups go on
            made |= {run.id: Made(run.id, "failed", traceback.format_exc()) for run in missing if run.id not in made}
    return Grown(list(made.values()), tree.n_dropped)


@dataclass(frozen=True)
class _Branch:
    """Runs that are missing, all equal up to a state that was met in a stored run; without one they share no year."""

    runs: list[Run]
    start: Checkpoint | None = None
    begins: str = ""


@dataclass
class _Tree:
    """The years of a group as they are simulated."""

    store: Store
    states: Checkpoints
    made: dict[str, Made]
    n_dropped: int = 0
    _branches: Branches = field(default_factory=Branches)
    _beginnings: dict[str, tuple[Mapping[str, Any], pd.DataFrame]] = field(default_factory=dict)

    def grow(self, runs: list[Run]) -> None:
        """Make the runs that are missing, the branches that part last first: few states are kept at once."""
        waiting = [_Branch(runs)]
        while waiting:
            branch = waiting.pop()
            first = branch.runs[0]
            waiting += self._beside(branch) if self.store.suits(first.id, first.apart) else self._along(branch)

    def _beside(self, branch: _Branch) -> Iterator[_Branch]:
        """Yield the branches of a stored run: only the years between their states are simulated."""
        first, start = branch.runs[0], branch.start
        for year, runs in self._partings(first, branch.runs[1:]).items():
            kept = self._deepest(first, year)
            if kept is not None and (start is None or kept.state.year > start.year):
                start = kept.state
            start = self._moved(first, start, year - 1)
            yield _Branch(runs, start, first.id)

    def _along(self, branch: _Branch) -> Iterator[_Branch]:
        """Make the first run of a branch, and yield the branches that part from it."""
        first, others, start, begins = branch.runs[0], branch.runs[1:], branch.start, branch.begins
        if start is None and not first.apart:
            kept = self._deepest(first, first.config.world.end_year, stored=True)
            start, begins = (kept.state, kept.run) if kept else (None, "")
        parts = self._partings(first, others)
        begun = first.config.world.burn_in_year if start is None else start.year + 1
        try:
            states = self._make(first, [year for year in parts if year > begun], start, begins)
        except UserError:
            raise
        except DamagedError as damaged:         # it costs time only
            self.store.set_aside(damaged.run)
            yield _Branch(branch.runs)
            return
        except Exception:       # whatever it is, it is told with the run and the others do without it
            self.made[first.id] = Made(first.id, "failed", traceback.format_exc())
            if others:
                yield _Branch(others, branch.start, branch.begins)
            return
        beside = [run for year, runs in parts.items() if year <= begun for run in runs]
        if beside and start is branch.start:
            yield _Branch(beside, start, begins)
        elif beside:                # they part before the state that was found on disk
            yield _Branch([first, *beside])
        for year, state in states.items():
            yield _Branch(parts[year], state, first.id)

    def _partings(self, first: Run, others: Iterable[Run]) -> dict[int, list[Run]]:
        """Return those of the others that are missing by the first year in which they are not equal to the first, or their last."""
        keys = self._keys(first)
        found: dict[int, list[Run]] = {}
        for run in others:
            if not self.store.suits(run.id, run.apart):
                differing = (year for year, key in self._keys(run).items() if keys.get(year) != key)
                found.setdefault(next(differing, run.config.world.end_year), []).append(run)
        return dict(sorted(found.items()))

    def _make(self, run: Run, parts: Iterable[int], start: Checkpoint | None, begins: str) -> dict[int, Checkpoint]:
        """Make one run and return the states before the years in `parts`."""
        started, wanted, states = time.perf_counter(), set(parts), {}
        simulation = self._simulation(self._branches.arm(run.config, run.replication), run, start)
        while not simulation.is_over:
            simulation.step()
            if simulation.year + 1 in wanted:
                states[simulation.year + 1] = simulation.checkpoint()
        result = content(run, simulation, self._beginning(begins, start) if start is not None else None, started)
        try:
            self.store.write(run.id, *result)
        except OSError as error:        # it would be the same with the others
            raise cannot_write(self.store.folder, error) from error
        self.made[run.id] = Made(run.id, "made")
        for state in states.values():
            self._keep(run, state)
        return states

    def _moved(self, run: Run, start: Checkpoint | None, year: int) -> Checkpoint | None:
        """Return the state at the end of a year of a stored run, given an earlier one; None before the first year."""
        if (run.config.world.burn_in_year - 1 if start is None else start.year) == year:
            return start
        bare = self._branches.arm(run.config, run.replication)
        bare = bare.model_copy(update={"output": bare.output.model_copy(update={"people": False})})
        simulation = self._simulation(bare, run, start)
        while simulation.year < year:
            simulation.step()
        state = simulation.checkpoint()
        self._keep(run, state)
        return state

    @staticmethod
    def _simulation(arm: Config, run: Run, start: Checkpoint | None) -> Simulation:
        return Simulation(arm, run.config.ensemble.seed, run.replication, start)

    def _deepest(self, run: Run, before: int, stored: bool = False) -> Kept | None:
        """Return the last state on disk before a year of the run; with `stored` one met in another run that is still there."""
        for year, key in reversed(self._keys(run).items()):
            kept = self.states.load(key) if year < before else None
            if kept is not None and (not stored or (kept.run != run.id and self.store.suits(kept.run))):
                return kept
        return None

    def _keep(self, run: Run, state: Checkpoint) -> None:
        if not self.states.save(self._keys(run)[state.year], state, run.id):
            self.n_dropped += 1

    def _keys(self, run: Run) -> dict[int, str]:
        return self._branches.keys(run.config, run.replication)

    def _beginning(self, run: str, state: Checkpoint) -> Beginning:
        if run not in self._beginnings:
            self._beginnings[run] = self.store.manifest(run), self.store.table(run, "outcomes")
        return Beginning(run, state.year + 1, state, *self._beginnings[run])
