"""Outcomes of an ensemble with what their numbers are: axes, units, and the same in long form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.config.errors import no_such
from talentsim.model.outcomes import OUTCOMES

AXES = ("replication", "year", "country")


class Outcomes(dict[str, Floats]):
    """Every outcome by name, each of shape (n_replications, n_years, n_countries), with its axes and its unit.

    Parameters
    ----------
    values
        Outcome -> numbers, in % or of researchers, whatever `population.scale` is.
    years, codes
        Labels of the last two axes.
    """

    def __init__(self, values: Mapping[str, Floats], years: Sequence[int], codes: Sequence[str]) -> None:
        super().__init__(values)
        self.axes: dict[str, Sequence[int | str]] = {"replication": list(range(len(next(iter(values.values()))))), "year": [int(year) for year in years], "country": list(codes)}

    def __missing__(self, name: object) -> Floats:
        """Name the outcomes there are."""
        raise no_such("outcome", name, self)

    @property
    def units(self) -> dict[str, str]:
        """Outcome -> unit."""
        return {name: OUTCOMES[name].unit for name in self}

    def frame(self, *names: str) -> pd.DataFrame:
        """Return outcomes in long form, all of them by default: outcome, unit, replication, year, country, value.

        Raises
        ------
        KeyError
            When there is no such outcome.
        """
        for name in names:
            self[name]      # one that there is not is told before anything is made
        places = np.meshgrid(*(np.asarray(each) for each in self.axes.values()), indexing="ij")
        labels = {axis: grid.ravel() for axis, grid in zip(AXES, places, strict=True)}
        return pd.concat([pd.DataFrame({"outcome": name, "unit": OUTCOMES[name].unit, **labels, "value": self[name].ravel()}) for name in names or self],
                         ignore_index=True)

    def __repr__(self) -> str:
        """Say which outcomes there are, in which unit, over which axes."""
        axes = ", ".join(f"{name} ({len(each)}: {each[0]} to {each[-1]})" for name, each in self.axes.items())
        return f"Outcomes({', '.join(f'{name} [{unit}]' for name, unit in self.units.items())}; axes {axes})"
