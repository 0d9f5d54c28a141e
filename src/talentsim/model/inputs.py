"""What a configuration gives each year, of all that may differ between years: levers, cohorts, constants of corridors."""

from __future__ import annotations

from dataclasses import dataclass

from talentsim.arrays import Floats
from talentsim.config import Config
from talentsim.model.policy import LeverAxes, levers_in_year
from talentsim.model.tables import base_levers, cohort_path, corridor_path, lever_axes


@dataclass(frozen=True)
class Inputs:
    """The dated inputs of an arm; everything else in its configuration holds in all years alike."""

    config: Config
    axes: LeverAxes
    base: dict[str, Floats]
    cohorts: Floats
    corridors: Floats

    @classmethod
    def of(cls, config: Config) -> Inputs:
        """Gather the inputs of an arm."""
        return cls(config, lever_axes(config), base_levers(config), cohort_path(config), corridor_path(config))

    def in_year(self, year: int) -> dict[str, Floats]:
        """Return all that a year is given, by name: the levers, "cohorts" (o) and "corridor" (c, k)."""
        place = year - self.config.world.burn_in_year
        return {**levers_in_year(self.base, self.config.policies, year, self.axes),
                "cohorts": self.cohorts[place], "corridor": self.corridors[place]}
