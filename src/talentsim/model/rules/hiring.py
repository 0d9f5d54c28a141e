"""Submodel hiring: who has moved or graduated finds an employer in the country."""

from __future__ import annotations

import numpy as np

from talentsim.model.employers import NO_EMPLOYER
from talentsim.model.offers import offered_employers
from talentsim.model.state.world import World

READS = ("researchers", "levers.site_weight", "destinations.industry_share")
WRITES = ("researchers.employer",)


def step(world: World, year: int) -> None:
    """Give everybody without an employer the one that offers a post this year."""
    people = world.researchers
    rows = np.flatnonzero(people.employer == NO_EMPLOYER)
    people.employer[rows] = offered_employers(world, rows, people.work_country[rows].astype(np.int64), year)
