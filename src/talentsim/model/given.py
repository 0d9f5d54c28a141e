"""What a world is given from outside, year by year: all that a year rests on but its people and the policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from talentsim.arrays import Floats
from talentsim.config import Config
from talentsim.model.cohorts import cohort_path
from talentsim.model.tables import (
    DestinationTable,
    OriginTable,
    RegimeTable,
    all_years,
    corridor_path,
    destination_table,
    lever_paths,
    origin_table,
    regime_table,
)

Table = TypeVar("Table", OriginTable, DestinationTable, RegimeTable)


@dataclass(frozen=True)
class Given:
    """Figures of one year, or of all years with one more axis in front."""

    levers: dict[str, Floats]       # without policies
    origins: OriginTable
    destinations: DestinationTable
    regimes: RegimeTable
    cohorts: Floats                 # (o) expected entrants at scale 1
    corridor: Floats                # (c, k) constants of the corridors, utils

    @classmethod
    def of_all_years(cls, config: Config) -> Given:
        """Return the figures of every simulated year, burn-in first."""
        years = all_years(config)
        return cls(lever_paths(config, years), origin_table(config, years), destination_table(config, years),
                   regime_table(config, years), cohort_path(config), corridor_path(config))

    def at(self, place: int) -> Given:
        """Return the figures of one year, by its place among all."""
        levers = {name: value[place] for name, value in self.levers.items()}
        return Given(levers, _row(self.origins, place), _row(self.destinations, place), _row(self.regimes, place),
                     self.cohorts[place], self.corridor[place])


def _row(table: Table, place: int) -> Table:
    return type(table)(**{name: value[place] for name, value in vars(table).items()})
