"""Intervals of means over replications."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats


def t_interval(values: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """Return mean and Student's t interval over the first axis, the replications.

    With one replication there is no interval: its ends are NaN.
    """
    from scipy.special import stdtrit

    n = len(values)
    mean = values.mean(axis=0)
    if n < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = stdtrit(n - 1, 0.5 + level / 2.0) * values.std(axis=0, ddof=1) / np.sqrt(n)
    return mean, mean - half, mean + half
