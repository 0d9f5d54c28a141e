"""A focus of several countries: they are put together into one before anything is compared, so that sums stay sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from talentsim.arrays import Floats, Integers
from talentsim.config import Config


def codes_shown(config: Config) -> list[str]:
    """Return the countries of a comparison, in order; those of a focus of several are one, in the place of their first."""
    codes = list(config.world.countries)
    if len(config.focus_countries) == 1:
        return codes
    members = config.focus_countries
    first = min(codes.index(each) for each in members)
    return [config.focus if place == first else code for place, code in enumerate(codes) if place == first or code not in members]


def place_shown(config: Config) -> Integers:
    """Return the place of each country of the world among those shown, shape (n_countries,)."""
    shown = codes_shown(config)
    return np.array([shown.index(config.focus if code in config.focus_countries else code) for code in config.world.countries])


def put_together(values: Floats, config: Config, axes: Sequence[int] = (-1,)) -> Floats:
    """Sum values by country over those that are shown as one."""
    if len(config.focus_countries) == 1:
        return values
    fold = np.eye(len(codes_shown(config)))[place_shown(config)]
    for axis in axes:
        values = np.moveaxis(np.tensordot(values, fold, axes=(axis, 0)), -1, axis)
    return values


def relabelled(table: pd.DataFrame, config: Config, columns: Sequence[str]) -> pd.DataFrame:
    """Return a table whose country columns hold the countries shown."""
    if len(config.focus_countries) == 1:
        return table
    shown, place, codes = codes_shown(config), place_shown(config), list(config.world.countries)
    new = dict(zip(codes, (shown[each] for each in place), strict=True))
    return table.assign(**{name: pd.Categorical(table[name].astype(str).map(lambda code: new.get(code, code)), shown)
                           for name in columns if name in table})
