"""TalentModel: a simulation as Mesa hosts it."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from talentsim.config import Config, UserError
from talentsim.config.schema import require_config
from talentsim.model.agents import FIXED, Researcher, ResearcherSet, view
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

    Raises
    ------
    UserError
        When the arm asks for draws of the parameters: those belong to an ensemble, and this one world has each figure at its own value.

    Examples
    --------
    >>> from talentsim import Config, TalentModel
    >>> model = TalentModel(Config.load("world=toy"), rng=7)
    >>> model.step()
    >>> model
    TalentModel(baseline in world toy, 1992: 6 agents; `step()`, `run()`)
    """

    def __init__(self, config: Config, rng: int | np.random.Generator | None = None, replication: int = 0) -> None:
        require_config("TalentModel", config)
        if config.parameters.draws is not None:
            raise UserError("parameters", f"{config.parameters.name!r} asks for another draw of the figures in each replication, and a TalentModel is one world with each "
                            "figure at its own value", "parameters=point", "Config.load(..., 'parameters=point'); run_ensemble and compare lay draws on")
        seed = config.ensemble.seed if rng is None else rng
        if isinstance(seed, np.random.Generator):
            seed = int(seed.integers(2**63))
        super().__init__(rng=seed)
        self.config = config
        self.simulation = Simulation(config, seed, replication)
        self._views: ResearcherSet | None = None
        self.datacollector = mesa.DataCollector(model_reporters={"year": "year", "researchers": _count_researchers, "works": _sum_works})

    def __repr__(self) -> str:
        """Say which world, under what, how far it has come and how many it holds."""
        return f"TalentModel({self.config.scenario.name} in world {self.config.world.name}, {self.year}: {len(self.world.researchers):,} agents; `step()`, `run()`)"

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

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], ResearcherSet]:      # type: ignore[override]    # Mesa's dict is invariant
        """The population by class of agent: there is one."""
        return {Researcher: self.agents}

    @property
    def agent_types(self) -> list[type]:
        """The classes of agents: one."""
        return [Researcher]

    def register_agent(self, _: mesa.Agent) -> None:
        """Refuse: who exists follows from the configuration.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(FIXED)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for a copy or another process: without the views, which are built anew when asked for."""
        return self.__dict__ | {"_views": None}

    def step(self) -> None:
        """Simulate one year; years of burn-in are simulated but not reported.

        Raises
        ------
        RuntimeError
            When the last year is over.
        """
        self.simulation.step()
        self._views = None
        self.datacollector.collect(self)        # burn-in too: Mesa's batch runs look a step up by its number
        self.running = not self.simulation.is_over

    def run(self) -> RunTables:
        """Simulate to the last year and return the tables."""
        while self.running:
            self.step()
        return self.tables()

    def tables(self) -> RunTables:
        """Return the tables of the years reported so far."""
        return self.simulation.tables()


def _count_researchers(model: TalentModel) -> int:
    return len(model.world.researchers)


def _sum_works(model: TalentModel) -> float:
    if model.year < model.config.world.start_year:
        return float("nan")         # nothing is reported of burn-in
    return float(model.world.tally.output.sums[0].sum())
