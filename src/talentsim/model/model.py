"""TalentModel: the year's schedule, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import mesa
import numpy as np

from talentsim.config import Config
from talentsim.model.agents import ResearcherSet, view
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


class TalentModel(mesa.Model):
    """One world, one seed, one set of policies, year after year.

    Parameters
    ----------
    config
        The arm to simulate, as `Config.load("world=toy")` gives it.
    rng
        Seed; overrides `ensemble.seed`. A numpy Generator is asked for one.
    replication
        Number of the replication: its seed is hashed from the base seed and this.
    """

    def __init__(self, config: Config, rng: int | np.random.Generator | None = None, replication: int = 0) -> None:
        seed = config.ensemble.seed if rng is None else rng
        if isinstance(seed, np.random.Generator):
            seed = int(seed.integers(2**63))
        super().__init__(rng=seed)
        self.config = config
        self.year = config.world.burn_in_year - 1
        self.world = World.from_config(config, seed, replication)
        self.recorder = Recorder(config.world.start_year)
        self._views: ResearcherSet | None = None
        self.datacollector = mesa.DataCollector(model_reporters={
            "year": "year", "researchers": lambda model: len(model.world.researchers),
            "works": lambda model: float(model.world.tally.works.sum())})

    @property
    def codes(self) -> tuple[str, ...]:
        """Country codes in the order of every array."""
        return self.world.codes

    @property
    def agents(self) -> ResearcherSet:
        """The population as Mesa agents, valid until the next step. Built on demand: the model itself never uses it."""
        if self._views is None:
            self._views = view(self)
        return self._views

    def step(self) -> None:
        """Simulate one year; years of burn-in are simulated but not reported.

        Raises
        ------
        RuntimeError
            When the last year is over.
        """
        if self.year >= self.config.world.end_year:
            raise RuntimeError(f"{self.year} was the last year; world.end_year sets it")
        self.year += 1
        self._views = None
        for submodel in SCHEDULE:
            submodel(self.world, self.year)
        self.recorder.observe(self.world, self.year)
        if self.year >= self.config.world.start_year:
            self.datacollector.collect(self)
        self.running = self.year < self.config.world.end_year

    def run(self) -> RunTables:
        """Simulate to the last year and return the tables."""
        while self.running:
            self.step()
        return self.tables()

    def tables(self) -> RunTables:
        """Return the tables of the years reported so far."""
        return self.recorder.tables(self.world)
