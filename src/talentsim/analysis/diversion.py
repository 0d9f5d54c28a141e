"""Diversion: where the same person works in the baseline and in the scenario."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from talentsim.analysis.intervals import t_interval
from talentsim.arrays import Integers
from talentsim.recorder import RunTables


def diversion_matrix(baseline: RunTables, scenario: RunTables) -> Integers:
    """Count people by country in the baseline (row) and in the scenario (column), those alive in both.

    Shape (n_countries, n_countries), in agents.
    """
    _, one, other = np.intersect1d(baseline.uid, scenario.uid, assume_unique=True, return_indices=True)
    n = len(baseline.codes)
    pair = baseline.work_country[one].astype(np.int64) * n + scenario.work_country[other]
    return np.bincount(pair, minlength=n * n).reshape(n, n)


def diversion_table(baseline: Sequence[RunTables], scenario: Sequence[RunTables], weight: float,
                    level: float) -> pd.DataFrame:
    """Return the mean diversion matrix in long form with t intervals over replications.

    Returns
    -------
    baseline_country, scenario_country, researchers, low, high.
    """
    matrices = weight * np.array([diversion_matrix(*pair) for pair in zip(baseline, scenario, strict=True)])
    mean, low, high = t_interval(matrices, level)
    codes = baseline[0].codes
    n = len(codes)
    return pd.DataFrame({"baseline_country": np.repeat(codes, n), "scenario_country": np.tile(codes, n),
                         "researchers": mean.ravel(), "low": low.ravel(), "high": high.ravel()})
