"""TalentModel: a simulation as Mesa hosts it."""

from __future__ import annotations

import mesa
import numpy as np

from talentsim.config import Config
from talentsim.model.agents import ResearcherSet, view
from talentsim.model.recorder import Recorder, RunTables
from talentsim.model.simulation import Simulation
from talentsim.model.state.world import World


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
        self.simulation = Simulation(config, seed, replication)
        self._views: ResearcherSet | None = None
        self.datacollector = mesa.DataCollector(model_reporters={
            "year": "year", "researchers": lambda model: len(model.world.researchers),
            "works": lambda model: float(model.world.tally.output.sums[0].sum())})

    @property
    def year(self) -> int:
        """The year that was simulated last; before the first step the one before the first."""
        return self.simulation.year

    @property
    def world(self) -> World:
        """Everything that exists."""
        return self.simulation.world

    @property
    def recorder(self) -> Recorder:
        """What collects the years reported."""
        return self.simulation.recorder

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
        self.simulation.step()
        self._views = None
        if self.year >= self.config.world.start_year:
            self.datacollector.collect(self)
        self.running = not self.simulation.is_over

    def run(self) -> RunTables:
        """Simulate to the last year and return the tables."""
        while self.running:
            self.step()
        return self.tables()

    def tables(self) -> RunTables:
        """Return the tables of the years reported so far."""
        return self.simulation.tables()
