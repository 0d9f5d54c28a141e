"""The state of a world in one year, and the tally of what happened in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.config import Config
from talentsim.data.tables import (
    DestinationTable,
    OriginTable,
    base_levers,
    cohort_path,
    codes_of,
    corridor_path,
    destination_table,
    lever_axes,
    origin_table,
)
from talentsim.policy import LeverAxes
from talentsim.state.countries import Countries
from talentsim.state.researchers import Researchers
from talentsim.streams import seed_key
from talentsim.vocab import MOVES, CareerStage, Reason


@dataclass
class Tally:
    """Counts of one year. Axes: o origin, t training, w work or current country, h host; see `arrays`."""

    entrants: Integers                  # (o)
    exits: Integers                     # (o, w)
    moves: Integers                     # (reason, o, from, to)
    refused_students: Integers          # (h, o)
    researchers: Integers               # (o, t, w, stage) at the end of the year
    ability: Floats                     # (o, t, w, stage) whole numbers of ABILITY_UNIT, those who worked this year
    works: Floats                       # (o, t, w)
    frontier_works: Floats              # (o, t, w)

    @classmethod
    def empty(cls, n: int) -> Tally:
        """Return a tally of a year in which nothing has happened yet."""
        stages = len(CareerStage)
        return cls(np.zeros(n, np.int64), np.zeros((n, n), np.int64), np.zeros((len(MOVES), n, n, n), np.int64),
                   np.zeros((n, n), np.int64), np.zeros((n, n, n, stages), np.int64), np.zeros((n, n, n, stages)),
                   np.zeros((n, n, n)), np.zeros((n, n, n)))

    def count_moves(self, reason: Reason, origin: np.ndarray, start: np.ndarray, end: np.ndarray) -> None:
        """Add moves between countries; those who stay are left out."""
        moved = start != end
        np.add.at(self.moves[reason], (origin[moved], start[moved], end[moved]), 1)


@dataclass
class World:
    """Everything that exists in a simulated year.

    `levers` are this year's; `log_strength` and `diaspora` stand as submodel ecosystem left them last year.
    """

    config: Config
    key: np.uint64
    countries: Countries
    origins: OriginTable
    destinations: DestinationTable
    base_levers: dict[str, Floats]
    lever_axes: LeverAxes
    cohorts: Floats                     # (year, o) expected entrants at scale 1
    corridors: Floats                   # (year, c, k) constants of the corridors, utils
    corridor: Floats                    # (c, k) this year's
    levers: dict[str, Floats]
    log_strength: Floats                # (k) log ecosystem strength
    log_reference: dict[str, Floats]    # component -> (k), as it stood in the start year; empty before
    diaspora: Floats                    # (o, k) share of o's nationals abroad who live in k
    researchers: Researchers
    tally: Tally
    entered: slice = field(default_factory=lambda: slice(0, 0))

    @classmethod
    def from_config(cls, config: Config, seed: int, replication: int = 0) -> World:
        """Return the world on the eve of its first year: countries, but nobody yet."""
        countries = Countries.from_config(config)
        levers = base_levers(config)
        destinations = destination_table(config)
        n, corridors = len(countries), corridor_path(config)
        return cls(
            config=config, key=seed_key(seed, replication), countries=countries, origins=origin_table(config),
            destinations=destinations, base_levers=levers, lever_axes=lever_axes(config), cohorts=cohort_path(config),
            corridors=corridors, corridor=corridors[0], levers=levers,
            log_strength=np.log(destinations.strength), log_reference={}, diaspora=np.zeros((n, n)),
            researchers=Researchers(), tally=Tally.empty(n),
        )

    @property
    def codes(self) -> tuple[str, ...]:
        """Country codes in the order of every array."""
        return codes_of(self.config)
