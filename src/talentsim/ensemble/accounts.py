"""What a run's tables must hold among themselves, and a hash of each year of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from talentsim.arrays import Floats

YEARLY = ("stocks", "works", "flows", "entries", "exits", "visas", "ecosystem", "tiers", "sectors")
"""Tables with one row a year and cell, in order of year."""


def year_digests(tables: Mapping[str, pd.DataFrame], years: Sequence[int]) -> dict[str, str]:
    """Return a hash of all that the yearly tables say of each year: equal hashes, equal bits."""
    hashes = [hashlib.sha256() for _ in years]
    for name in YEARLY:
        if name not in tables:
            continue
        table = tables[name]
        bounds = np.searchsorted(table["year"].to_numpy(), [*years, years[-1] + 1])
        columns = [_bits(table[column]) for column in table.columns]
        for digest, start, stop in zip(hashes, bounds[:-1], bounds[1:], strict=True):
            digest.update(name.encode())
            for column in columns:
                digest.update(column[start:stop].data)
    return {str(year): digest.hexdigest()[:16] for year, digest in zip(years, hashes, strict=True)}


def people_digests(people: pd.DataFrame) -> dict[str, str]:
    """Return a hash of all that is said of those who entered, by year of entry; the table is in that order."""
    entered = people["entry_year"].to_numpy()
    years, starts = np.unique(entered, return_index=True)
    columns, found = [_bits(people[column]) for column in people.columns], {}
    for year, start, stop in zip(years, starts, [*starts[1:], len(entered)], strict=True):
        digest = hashlib.blake2b(digest_size=8)
        for column in columns:
            digest.update(column[start:stop].tobytes())
        found[str(year)] = digest.hexdigest()
    return found


def conserved(tables: Mapping[str, pd.DataFrame], years: Sequence[int], before: Floats | None = None) -> bool:
    """Return whether stocks and flows of a run add up, by origin and country, in every year but the first.

    stock(t) - stock(t-1) = entrants at home + moves in - moves out - exits

    Parameters
    ----------
    before
        Stock by origin and country at the end of the year before the first: then that one counts, too.
    """
    n = len(tables["stocks"]["work"].cat.categories)
    stock = dense(tables["stocks"], "researchers", ("origin", "work"), years)
    moves = dense(tables["flows"], "moves", ("origin", "from", "to"), years)
    entrants = dense(tables["entries"], "entrants", ("origin",), years)[:, :, None] * np.eye(n)
    exits = dense(tables["exits"], "exits", ("origin", "work"), years)
    change = entrants + moves.sum(axis=2) - moves.sum(axis=3) - exits
    if before is not None:
        stock, change = np.concatenate([before[None], stock]), np.concatenate([change[:1], change])
    return bool(np.array_equal(np.diff(stock, axis=0), change[1:]))


def dense(table: pd.DataFrame, value: str, axes: Sequence[str], years: Sequence[int] | np.ndarray) -> Floats:
    """Sum a value over (year, *axes), whose columns are categoricals; shape (n_years, n_categories, ...)."""
    shape = (len(years), *(len(table[axis].cat.categories) for axis in axes))
    place = table["year"].to_numpy().astype(np.int64) - years[0]
    for axis, size in zip(axes, shape[1:], strict=True):
        place = place * size + table[axis].cat.codes.to_numpy()
    total: Floats = np.bincount(place, table[value].to_numpy(), minlength=int(np.prod(shape))).astype(np.float64, copy=False)
    return total.reshape(shape)


def _bits(column: pd.Series) -> np.ndarray:
    values = column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column
    return np.ascontiguousarray(values.to_numpy())
