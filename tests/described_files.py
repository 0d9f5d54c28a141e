"""Files that commands have written, held against the dictionary of results: nothing that it does not describe, and nothing besides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow.parquet as pq

from talentsim.report.dictionary import COMPARISON, Described
from talentsim.report.dictionary_of_others import FIT, OTHERS

COPIED = "OTHER"
"""Stands for other columns of a file that is copied as it is, in an order of its own."""

FITS = ("ai", "ai_2019", "ai_prior")


def tables_in(folder: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield every table in a folder of results itself with its columns; of one that is there as CSV too, both."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".parquet":
            yield path, tuple(pq.read_schema(path).names)
        if path.suffix == ".csv":
            yield path, tuple(pd.read_csv(path, nrows=0).columns)


def held(path: Path, columns: tuple[str, ...], table: Described, others: Collection[str] = ()) -> None:
    """Make sure that a table has the columns that are described, in their order, and besides just those that are named."""
    own = tuple(each for each in columns if each not in others)
    assert (set(own) == set(table.columns) if COPIED in table.besides else own == table.columns), path
    assert set(others) <= set(columns) and bool(table.besides) >= bool(others), path
    assert all(table.column(each).meaning for each in table.columns), path


def hold_comparison(folder: Path) -> set[str]:
    """Hold every table of a comparison against the dictionary; return their names."""
    found = list(tables_in(folder))
    for path, columns in found:
        held(path, columns, COMPARISON[path.stem])
    return {path.stem for path, _ in found}


def hold(folder: Path, command: str, others: Mapping[str, Collection[str]] = MappingProxyType({}), without: Collection[str] = ()) -> None:
    """Hold every table that a command has written against what is described of it, both ways.

    Parameters
    ----------
    others
        Columns whose names depend on the run, by table.
    without
        Tables that are described and that this run had no cause to write.
    """
    described = {each.name: each for each in OTHERS if each.command == command}
    found = set()
    for path, columns in tables_in(folder):
        fit = next((each for each in FITS if path.stem in (each, f"{each}_checked", f"{each}_identifiability")), None)
        name = path.stem if fit is None else path.stem.replace(fit, FIT, 1)
        held(path, columns, described[name], others.get(name, ()))
        found.add(name)
    assert found == described.keys() - set(without)
