"""Runs, and what is stored of one."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.config import Config, UserError
from talentsim.ensemble.accounts import conserved, people_digests, year_digests
from talentsim.ensemble.draws import config_of
from talentsim.ensemble.identity import arm_id, data_digests, run_ids
from talentsim.ensemble.provenance import made_with
from talentsim.model.outcomes import outcome_table
from talentsim.model.simulation import Checkpoint, Simulation
from talentsim.streams import seed_key

Tables = dict[str, pd.DataFrame]
Content = tuple[Tables, dict[str, Any], dict[str, Any]]
"""Tables, configuration and facts of a run."""


@dataclass(frozen=True)
class Run:
    """One replication of one arm; one that stands `apart` shares no year with another, so that it can be held against it."""

    config: Config
    replication: int
    id: str
    apart: bool = False


@dataclass(frozen=True)
class Made:
    """What became of a run: "made", "there" already, "busy" elsewhere or "failed" with a traceback."""

    id: str
    state: str
    fault: str = ""


@dataclass(frozen=True)
class Beginning:
    """The stored run that another is equal to before a year, as far as the other's content rests on it.

    Parameters
    ----------
    run, year
        Its id, and the first year that is the other's own.
    state
        The state at the end of the year before.
    facts, outcomes
        What its manifest says, and its table of outcomes.
    """

    run: str
    year: int
    state: Checkpoint
    facts: Mapping[str, Any]
    outcomes: pd.DataFrame

    def stock(self, n: int) -> Floats:
        """Return how many there were at the end of the year before, by origin and country of work."""
        place = self.state.arrays["origin_country"].astype(np.int64) * n + self.state.arrays["work_country"]
        return np.bincount(place, minlength=n * n).reshape(n, n).astype(np.float64)


def runs_of(config: Config, replications: range | None = None, apart: bool = False) -> list[Run]:
    """Return the replications of an arm, `ensemble.replications` of them unless others are asked for.

    With `apart` the first of them shares no year with runs of other arms.
    """
    wanted = range(config.ensemble.replications) if replications is None else replications
    return [Run(config, each, run, apart and each == wanted[0]) for each, run in zip(wanted, run_ids(config, wanted), strict=True)]


def simulate(run: Run) -> Content:
    """Simulate one replication from the first year on; return its tables, its configuration and what its manifest says."""
    started = time.perf_counter()
    simulation = Simulation(config_of(run.config, run.replication), run.config.ensemble.seed, run.replication)
    while not simulation.is_over:
        simulation.step()
    return content(run, simulation, None, started)


def content(run: Run, simulation: Simulation, beginning: Beginning | None, started: float) -> Content:
    """Return what is stored of a run that is over: of its years before its own only what its beginning does not say, the outcomes."""
    if run.config.parameters.draws is not None and run_ids(run.config, range(run.replication, run.replication + 1)) != [run.id]:
        raise UserError("parameters.draws", f"{run.config.parameters.draws} has changed while runs were computed with it", "draws that stay as they are",
                        "start the command again")
    config, result = simulation.config, simulation.tables()
    years = [int(year) for year in result.years]
    tables = {name: result.agents(name) for name in result.names}
    tables["outcomes"] = outcome_table(tables, years, config.population.scale)
    seed = {"base": config.ensemble.seed, "replication": run.replication, "key": int(seed_key(config.ensemble.seed, run.replication))}
    people = people_digests(tables["people"]) if "people" in tables else {}
    before, digests, root, closed = None, {}, None, True
    if beginning is not None:
        root = {"run": beginning.run, "year": beginning.year}
        shared = [str(year) for year in range(config.world.start_year, beginning.year)]
        digests = {year: beginning.facts["years"][year] for year in shared}
        people |= {year: digest for year, digest in beginning.facts["people"].items() if int(year) < beginning.year}
        tables["outcomes"] = _spliced(beginning.outcomes, tables["outcomes"], beginning.year)
        if shared:
            before, closed = beginning.stock(len(config.world.countries)), beginning.facts["conserved"]
    facts = {"arm": arm_id(run.config), "seed": seed, "data_sha256": data_digests(config), "root": root, "people": people,
             "conserved": closed and conserved(tables, years, before), "years": digests | year_digests(tables, years), **made_with(),
             "process": os.getpid(), "wall_seconds": round(time.perf_counter() - started, 4)}
    return tables, config.model_dump(mode="json"), facts


def _spliced(before: pd.DataFrame, own: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return a table of outcomes with the years before `year` from one and the others from another, in their order."""
    joined = pd.concat([before[before["year"] < year], own], ignore_index=True)
    places = [joined["outcome"].cat.codes, joined["year"], joined["country"].cat.codes]
    return joined.iloc[np.lexsort(places[::-1])].reset_index(drop=True)
