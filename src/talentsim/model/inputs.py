"""What a configuration gives each year, of all that may differ between years: figures, and the levers under the policies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Floats
from talentsim.config import Config
from talentsim.model.given import Given
from talentsim.model.policy import LeverAxes, TrainingClasses, levers_in_year
from talentsim.model.tables import lever_axes
from talentsim.vocab import BY_TRAINING


@dataclass(frozen=True)
class Inputs:
    """The dated inputs of an arm; everything else in its configuration holds in all years alike."""

    config: Config
    axes: LeverAxes
    figures: Given      # of all years
    classes: TrainingClasses

    @classmethod
    def of(cls, config: Config) -> Inputs:
        """Gather the inputs of an arm."""
        axes = lever_axes(config)
        return cls(config, axes, Given.of_all_years(config), TrainingClasses.from_policies(config.policies, axes.codes))

    def in_year(self, year: int) -> dict[str, Floats]:
        """Return all that a year is given, by name: the levers, "cohorts" (o), "corridor" (c, k), and the tables' columns."""
        given = self.figures.at(year - self.config.world.burn_in_year)
        tables = {f"{name} {column}": value for name in ("origins", "destinations", "regimes")
                  for column, value in vars(getattr(given, name)).items()}
        classes = self.classes
        for place, code in enumerate(classes.members[1:], start=1):
            levers = levers_in_year(given.levers, self.config.policies, year, self.axes, code)
            tables |= {f"trained {place} {name}": levers[name] for name in BY_TRAINING}
        if len(classes) > 1:
            tables["training classes"] = classes.of.astype(np.float64)
        return {**levers_in_year(given.levers, self.config.policies, year, self.axes), **tables,
                "cohorts": given.cohorts, "corridor": given.corridor}
