"""A session: outcomes of one arm after another from memory, each year that several arms share simulated once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import RLock

import numpy as np

from talentsim.arrays import Floats
from talentsim.config import Config
from talentsim.ensemble.tree import Branches
from talentsim.model.outcomes import OUTCOMES, outcomes_of
from talentsim.model.simulation import Checkpoint, Simulation

YearDone = Callable[[int, int, dict[str, Floats]], None]
"""Called with replication, year and the year's outcomes by name, each of shape (n_countries,)."""


MOST_YEARS = 20_000
"""Years of outcomes that are remembered, about a kilobyte each."""


class Cancelled(Exception):     # nothing has gone wrong
    """The caller has asked to stop; what was simulated until then is remembered."""


class Session:
    """Outcomes of arms, baseline and scenarios alike, for somebody who changes one after another and waits for the answer.

    Years that were simulated before are not simulated again, whichever arm they belonged to: a scenario begins from the
    end of the last year in which it is still equal to one of them. Nobody's life is kept.

    Parameters
    ----------
    budget
        Bytes of states kept in memory at most. Those used longest ago go first; without them more years are simulated, and
        `n_dropped`, which `repr` shows, says how often that was so.
    since
        First year in which arms are expected to differ: the state at the end of the year before it is kept, and those after it. By
        default the year after the last one with data on entry.
    n_states
        States kept of an arm at most, the first ones; by default all to the last year. An arm that parts later begins from the last of them.
    """

    def __init__(self, budget: int = 1 << 30, since: int | None = None, n_states: int | None = None) -> None:
        self.budget, self.since, self.n_states, self.n_dropped = budget, since, n_states, 0
        self._states: OrderedDict[str, Checkpoint] = OrderedDict()
        self._years: dict[str, Floats] = {}
        self._branches, self._lock = Branches(), RLock()

    def __repr__(self) -> str:
        mib = 1 << 20
        return (f"Session({len(self._states)} states in {self.n_bytes / mib:.0f} of {self.budget / mib:.0f} MiB, {self.n_dropped} dropped for lack of room, "
                f"{len(self._years)} years of outcomes)")

    @property
    def n_bytes(self) -> int:
        """Bytes of the states kept."""
        return sum(each.n_bytes for each in self._states.values())

    def outcomes(self, config: Config, progress: YearDone | None = None,
                 cancelled: Callable[[], bool] = lambda: False, keep: bool = True) -> dict[str, Floats]:
        """Return every outcome of an arm, as `Ensemble.outcomes` gives them.

        Parameters
        ----------
        progress
            Called after each year that is reported, those remembered included.
        cancelled
            Asked before each year; where it returns True the rest is left.
        keep
            Whether later arms may begin from this one's states, as from a baseline's. What a slider passes over need not be kept.

        Returns
        -------
        By name, each of shape (n_replications, n_years, n_countries).

        Raises
        ------
        Cancelled
            When `cancelled` says so.
        """
        bare = config.model_copy(update={"output": config.output.model_copy(update={"people": False})})
        n = config.ensemble.replications
        try:
            values = np.array([self._replication(bare, each, progress, cancelled, keep) for each in range(n)])
        finally:
            self._forget_what_is_over()
        return {name: values[:, :, place] for place, name in enumerate(OUTCOMES)}

    def forget(self) -> None:
        """Drop all that is remembered."""
        with self._lock:
            self._states.clear()
            self._years.clear()

    def _forget_what_is_over(self) -> None:
        """Drop the hashes of an arm that nobody asks for again, and years beyond those that a long sitting needs, the oldest first."""
        with self._lock:
            self._branches = Branches()
            for key in list(self._years)[: max(len(self._years) - MOST_YEARS, 0)]:
                del self._years[key]

    def _replication(self, config: Config, replication: int, progress: YearDone | None, cancelled: Callable[[], bool],
                     keep: bool) -> Floats:
        """Return the outcomes of one replication, shape (n_years, n_outcomes, n_countries)."""
        with self._lock:
            keys = self._branches.keys(config, replication)
        simulation: Simulation | None = None
        for year, key in keys.items():
            if year < config.world.start_year:
                continue
            if key not in self._years:
                simulation = simulation or self._nearest(config, replication, keys, year)
                while simulation.year < year:
                    if cancelled():
                        raise Cancelled
                    simulation.step()
                    self._remember(simulation, keys, keep)
            if progress is not None:
                progress(replication, year, dict(zip(OUTCOMES, self._years[key], strict=True)))
        return np.array([self._years[key] for year, key in keys.items() if year >= config.world.start_year])

    def _nearest(self, config: Config, replication: int, keys: dict[int, str], year: int) -> Simulation:
        """Return a simulation that stands at the end of the last year before `year` whose state is kept."""
        with self._lock:
            known = [keys[each] for each in keys if each < year and keys[each] in self._states]
            start = self._states[known[-1]] if known else None
            if known:
                self._states.move_to_end(known[-1])
        return Simulation(self._branches.arm(config, replication), config.ensemble.seed, replication, start)

    def _remember(self, simulation: Simulation, keys: dict[int, str], keep: bool) -> None:
        """Keep the outcomes of the year that is over, and its state where arms may part."""
        year, key, config = simulation.year, keys[simulation.year], simulation.config
        since = config.entry.data_until + 1 if self.since is None else self.since
        if year >= config.world.start_year:
            self._years[key] = outcomes_of(simulation.tables(since=year).dense, config.population.scale)[:, 0]
        until = config.world.end_year if self.n_states is None else min(config.world.end_year, since - 1 + self.n_states)
        if not keep or not since - 1 <= year < until:
            return
        with self._lock:
            self._states[key] = simulation.checkpoint()
            while self._states and self.n_bytes > self.budget:
                self._states.popitem(last=False)
                self.n_dropped += 1
