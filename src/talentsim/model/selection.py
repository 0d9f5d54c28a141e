"""Selection by wage level in the lottery for work visas: relative odds, and who sits at which level.

A person's chance is odds * w_l / W, 1 at most, with w_l the weight of their level and W the mean weight of all registrations.
Where everybody is selected no weight counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.model.tables import RegimeTable


def relative_odds(levers: Mapping[str, Floats], regimes: RegimeTable) -> Floats | None:
    """Return each level's odds against those of all registrations, shape (host, level); None where all levels weigh alike."""
    weight = levers["level_odds"]
    if (weight == weight[:, :1]).all():
        return None
    mean = (regimes.registrations * weight).sum(axis=1, keepdims=True)
    alike = (weight == weight[:, :1]).all(axis=1, keepdims=True)
    return np.where(alike, 1.0, weight / np.where(mean > 0.0, mean, 1.0))


def mean_odds(levers: Mapping[str, Floats], regimes: RegimeTable) -> Floats:
    """Return the chance of selection of a doctorate whose wage level is not known, shape (host, origin)."""
    relative, odds = relative_odds(levers, regimes), levers["work_visa_odds"]
    if relative is None:
        return odds
    by_level = np.minimum(odds[:, :, None] * relative[:, None, :], 1.0)
    return np.where(odds < 1.0, (by_level * regimes.level_share[:, None, :]).sum(axis=2), odds)


def level_of(regimes: RegimeTable, host: Integers, ability: Integers) -> Integers:
    """Return the place of the wage level at which an ability, in ABILITY_UNIT, would be paid in a country; 0 is the lowest."""
    return np.asarray((np.asarray(ability)[..., None] >= regimes.level_ability[host]).sum(axis=-1))
