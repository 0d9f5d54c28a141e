"""Outcomes: the quantities a comparison reports by year and country, each a sum over one table of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from talentsim.arrays import Floats


@dataclass(frozen=True)
class Outcome:
    """One quantity by year and country.

    `value` of `table` is summed by year and by the country in column `by`; a share is what part of the year's total that
    is, in %, and anything else a number of people or works, which speaks of researchers whatever `population.scale` is.
    """

    name: str
    title: str
    unit: str
    table: str
    value: str
    by: str
    is_share: bool

    def of(self, table: pd.DataFrame, years: Sequence[int], scale: float) -> Floats:
        """Return the outcome, shape (n_years, n_countries)."""
        n = len(table[self.by].cat.categories)
        place = (table["year"].to_numpy().astype(np.int64) - years[0]) * n + table[self.by].cat.codes.to_numpy()
        total = np.bincount(place, table[self.value].to_numpy(np.float64), minlength=len(years) * n).reshape(len(years), n).astype(np.float64)
        return percent(total) if self.is_share else total / scale


OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome("work_share", "Works by work country", "% of works", "works", "works", "work", True),
        Outcome("training_share", "Works by training country", "% of works", "works", "works", "training", True),
        Outcome("researchers", "Researchers and doctoral students by work country", "people", "stocks", "researchers", "work", False),
        Outcome("hq_share", "Works by headquarters country", "% of works", "works", "works", "hq", True),
        Outcome("works", "Number of works by work country", "works", "works", "works", "work", False),
        Outcome("frontier_share", "Frontier works by work country", "% of frontier works", "works", "frontier_works", "work", True),
        Outcome("origin_share", "Works by country of first degree", "% of works", "works", "works", "origin", True),
    )
}


HEADLINE = "work_share"
"""The outcome whose difference, for the focus country, is the headline of a comparison."""


def outcome_table(tables: Mapping[str, pd.DataFrame], years: Sequence[int], scale: float) -> pd.DataFrame:
    """Return every outcome that the tables hold, in long form: outcome, year, country, value; zeros included."""
    present = [each for each in OUTCOMES.values() if each.by in tables[each.table]]
    codes = tables["stocks"]["work"].cat.categories
    n_cells = len(years) * len(codes)
    return pd.DataFrame({
        "outcome": pd.Categorical.from_codes(np.repeat(np.arange(len(present)), n_cells), [each.name for each in present]),
        "year": np.tile(np.repeat(np.asarray(years, np.int16), len(codes)), len(present)),
        "country": pd.Categorical.from_codes(np.tile(np.arange(len(codes)), len(years) * len(present)), codes),
        "value": np.concatenate([each.of(tables[each.table], years, scale).ravel() for each in present]),
    })


def outcomes_of(dense: Callable[[str, str, str], np.ndarray], scale: float) -> Floats:
    """Return every outcome, shape (n_outcomes, n_years, n_countries), given the sum of a table's column by year and axis.

    `dense` is that of a run's tables; the values are those of `outcome_table` to the last bit.
    """
    totals = ((each, np.asarray(dense(each.table, each.value, each.by))) for each in OUTCOMES.values())
    return np.array([percent(total) if each.is_share else total / scale for each, total in totals])


def percent(total: Floats) -> Floats:
    """Return what part of the sum over the last axis each is, in %; 0 where there is nothing."""
    everything = total.sum(axis=-1, keepdims=True)
    return np.divide(100.0 * total, everything, out=np.zeros(total.shape), where=everything > 0)
