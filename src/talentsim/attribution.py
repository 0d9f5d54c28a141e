"""Attribution: one total, split by origin, training and work country."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.state.researchers import Researchers
from talentsim.vocab import CareerStage

AXES = ("origin", "training", "work")


def cells(researchers: Researchers, n_countries: int) -> Integers:
    """Return each researcher's place in a table over (origin, training, work, stage), flattened."""
    cell = researchers.origin_country.astype(np.int64)
    for column in (researchers.training_country, researchers.work_country):
        cell *= n_countries
        cell += column
    cell *= len(CareerStage)
    cell += researchers.career_stage
    return cell


def sum_by_cell(researchers: Researchers, weight: np.ndarray | None, n_countries: int) -> Floats:
    """Sum whole-number weights (None counts heads) over (origin, training, work, stage); exact below 2**53."""
    shape = (n_countries, n_countries, n_countries, len(CareerStage))
    return np.bincount(cells(researchers, n_countries), weight, minlength=int(np.prod(shape))).reshape(shape)


def shares(works: Floats, by: str) -> Floats:
    """Return the share of the total credited to each country.

    Parameters
    ----------
    works
        Shape (..., origin, training, work).
    by
        "origin", "training" or "work".

    Returns
    -------
    Shares that sum to 1, shape (..., n_countries); 0 where there is no total.
    """
    others = tuple(axis - len(AXES) for axis, name in enumerate(AXES) if name != by)
    credited = works.sum(axis=others)
    total = credited.sum(axis=-1, keepdims=True)
    return np.divide(credited, total, out=np.zeros_like(credited, dtype=float), where=total > 0)
