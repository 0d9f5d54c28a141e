"""What a world is given from outside, year by year: all that a year rests on but its people and the policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from talentsim.arrays import Floats
from talentsim.config import Config
from talentsim.config.frozen import remembered
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

    @staticmethod
    def of_all_years(config: Config) -> Given:
        """Return the figures of every simulated year, burn-in first."""
        return _of_all_years(config) if config.world.panel is None else _gathered(config)       # the panel's files may change

    def at(self, place: int) -> Given:
        """Return the figures of one year, by its place among all."""
        levers = {name: value[place] for name, value in self.levers.items()}
        return Given(levers, _row(self.origins, place), _row(self.destinations, place), _row(self.regimes, place),
                     self.cohorts[place], self.corridor[place])


@remembered(4)
def _of_all_years(config: Config) -> Given:
    return _gathered(config)


def _gathered(config: Config) -> Given:
    years = all_years(config)
    return Given(lever_paths(config, years), origin_table(config, years), destination_table(config, years),
                 regime_table(config, years), cohort_path(config), corridor_path(config))


def _row(table: Table, place: int) -> Table:
    return type(table)(**{name: value[place] for name, value in vars(table).items()})
