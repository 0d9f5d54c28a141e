"""Simulation: the year's schedule over one world, and the state to go on from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from talentsim.config import Config
from talentsim.model.recorder import Recorder, RunTables
from talentsim.model.rules import admission, displacement, ecosystem, entry, exit, graduation, hiring, location, output, policy, study, visa
from talentsim.model.state.world import World

SCHEDULE: tuple[Callable[[World, int], None], ...] = (
    policy.step,        # the dated changes in force give this year's levers
    entry.step,         # new cohorts by origin
    study.step,         # stay or train abroad, student visa
    graduation.step,    # stay, go home or try elsewhere
    visa.step,          # clocks, permanence, renewal, expiry
    location.step,      # those who search choose a country
    admission.step,     # screening, lottery under the cap, refusal, other ways
    displacement.step,  # those without a status left, or not let in: placed elsewhere, home, or the next-best country
    hiring.step,        # employer in the country
    output.step,        # works and frontier works, attributed four ways
    ecosystem.step,     # strength and diaspora
    exit.step,          # those whose career ends
)


@dataclass(frozen=True)
class Checkpoint:
    """The state at the end of a year: all that the years after it depend on beside the configuration and the seed.

    Parameters
    ----------
    year
        The year that is over.
    arrays
        As `World.state` gives them.
    """

    year: int
    arrays: dict[str, np.ndarray]

    @property
    def n_bytes(self) -> int:
        """Bytes it takes in memory."""
        return sum(each.nbytes for each in self.arrays.values())


class Simulation:
    """One world, one seed, one set of policies, year after year.

    Parameters
    ----------
    config
        The arm to simulate.
    seed
        Base seed, `ensemble.seed` unless another is given.
    replication
        Number of the replication: its seed is hashed from the base seed and this.
    start
        Where to begin instead of before the first year. What is reported begins in the year after it.
    """

    def __init__(self, config: Config, seed: int | None = None, replication: int = 0, start: Checkpoint | None = None) -> None:
        self.config = config
        self.world = World.from_config(config, config.ensemble.seed if seed is None else seed, replication)
        self.recorder = Recorder(config.world.start_year)
        self.year = config.world.burn_in_year - 1
        if start is not None:
            self.year = start.year
            self.world.restore(start.arrays)

    @property
    def is_over(self) -> bool:
        """Whether the last year has been simulated."""
        return self.year >= self.config.world.end_year

    def step(self) -> None:
        """Simulate one year; years of burn-in are simulated but not reported.

        Raises
        ------
        RuntimeError
            When the last year is over.
        """
        if self.is_over:
            raise RuntimeError(f"{self.year} was the last year; world.end_year sets it")
        self.year += 1
        for submodel in SCHEDULE:
            submodel(self.world, self.year)
        self.recorder.observe(self.world, self.year)

    def run(self) -> RunTables:
        """Simulate to the last year and return the tables."""
        while not self.is_over:
            self.step()
        return self.tables()

    def tables(self, since: int | None = None) -> RunTables:
        """Return the tables of the years reported so far; with `since` the yearly tables from that year on alone."""
        return self.recorder.tables(self.world, since)

    def checkpoint(self) -> Checkpoint:
        """Return the state at the end of the present year, which later years leave as it is."""
        return Checkpoint(self.year, self.world.state())
