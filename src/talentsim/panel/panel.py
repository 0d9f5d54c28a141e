"""The published panel of researcher migration: read from a folder of the user's, and checked before anything uses it.

The project carries no copy. `talentsim data scholars` makes the folder's tables from the published files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from talentsim.arrays import Floats, Integers
from talentsim.config.errors import UserError, unknown_name

REST = "ROW"
SOURCE = "scopus"
NO_YEAR = 0             # of tables that hold for all years
COLUMNS = {
    "flows": ("origin", "destination", "year", "migrations"),
    "stocks": ("region", "year", "researchers"),
    "covariates": ("region", "year", "gdp_pc_ppp_rw"),
    "covariates_pair": ("origin", "destination", "dist_km", "comlang_off", "comlang_ethno", "colony_sym", "contig"),
}
"""Columns that each table must have; others are ignored, but for `source`, of which the Scopus rows are taken."""

WORLD_TABLES = ("flows", "stocks")
"""Tables that a world is built from; covariates serve the benchmarks alone."""


@dataclass(frozen=True)
class Panel:
    """Yearly flows and stocks of researchers by region, and what may explain them.

    Regions are in the order of `codes`. `migrations[y, c, k]` counts researchers whose country of affiliation changed
    from c to k in `years[y]`: moves between countries of work, whatever the origin of the person. `stock[y, k]` are
    those active in k in that year, `gdp` is GDP per head in constant int'l $ (PPP) from `gdp_years[0]` on. The matrices
    by pair are those of CEPII: distance in km, 1 for a shared official or spoken language, a colonial tie, a border. A
    panel without covariates has no GDP and no matrices; flows and stocks alone build the world.
    """

    codes: tuple[str, ...]
    years: Integers
    migrations: Floats              # (y, c, k)
    stock: Floats                   # (y, k)
    gdp_years: Integers
    gdp: Floats                     # (y, k)
    pair: dict[str, Floats]         # column -> (c, k), 0 on the diagonal

    @property
    def has_covariates(self) -> bool:
        """Whether GDP and the matrices by pair are there."""
        return bool(self.pair) and len(self.gdp_years) > 0

    def until(self, last: int) -> Panel:
        """Return the panel as it was known at the end of `last`: no later flow, stock or GDP."""
        known, gdp_known = self.years <= last, self.gdp_years <= last
        return Panel(self.codes, self.years[known], self.migrations[known], self.stock[known],
                     self.gdp_years[gdp_known], self.gdp[gdp_known], self.pair)

    def place(self, year: int) -> int:
        """Return the position of a year.

        Raises
        ------
        ValueError
            When the panel does not have it: a place before the first would be counted from the end.
        """
        if not self.years[0] <= year <= self.years[-1]:
            raise ValueError(f"the panel runs from {self.years[0]} to {self.years[-1]}, and {year} was asked for")
        return int(year - self.years[0])


def load_panel(data_dir: str, codes: tuple[str, ...]) -> Panel:
    """Read and check the tables of a folder, as they stand now.

    Raises
    ------
    UserError
        When the folder, a table, a column, a year or a corridor is missing, a code is unknown or a count is negative.
    """
    return _loaded(data_dir, codes, *states_of(data_dir))


def states_of(data_dir: str) -> list[tuple[Path, int, int]]:
    """Return of each file of tables in a folder which it is, when it was written and how long it is."""
    paths = [Path(data_dir) / f"{name}{suffix}" for name in COLUMNS for suffix in (".parquet", ".csv")]
    return [(path.resolve(), path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.is_file()]


@lru_cache(maxsize=4)
def _loaded(data_dir: str, codes: tuple[str, ...], *_: tuple[Path, int, int]) -> Panel:
    """Read a folder's tables; those that have changed since are read anew."""
    folder = Path(data_dir)
    if not folder.is_dir():
        raise UserError("world.data_dir", f"there is no folder {data_dir!r}",
                        "a folder with " + ", ".join(f"{name}.parquet" for name in COLUMNS),
                        "make one with: talentsim data scholars SOURCE_DIR")
    flows, stocks = _read(folder, "flows"), _read(folder, "stocks")
    years = _years(folder / "flows.parquet", flows, "year")
    migrations = _cube(folder / "flows.parquet", flows, codes, ("origin", "destination"), "migrations", years)
    stock_years = _years(folder / "stocks.parquet", stocks, "year")
    if stock_years[0] > years[0] or stock_years[-1] < years[-1]:
        raise UserError(str(folder / "stocks.parquet"), f"stocks of {stock_years[0]} to {stock_years[-1]} do not cover the flows",
                        f"every year from {years[0]} to {years[-1]}")
    stock = _cube(folder / "stocks.parquet", stocks, codes, ("region",), "researchers", years)
    _check_sizes(folder, codes, years, migrations, stock)
    gdp_years, gdp, pair = _covariates(folder, codes)
    if len(gdp_years) and (gdp_years[0] > years[0] or gdp_years[-1] < years[-1]):
        raise UserError(str(folder / "covariates.parquet"), f"covariates of {gdp_years[0]} to {gdp_years[-1]} do not cover the flows",
                        f"every year from {years[0]} to {years[-1]}")
    return Panel(codes, years, migrations, stock, gdp_years, gdp, pair)


def _check_sizes(folder: Path, codes: tuple[str, ...], years: Integers, migrations: Floats, stock: Floats) -> None:
    """Check that flows and stocks are of one population: somebody everywhere, nobody moves at home, no more leave than were there.

    Raises
    ------
    UserError
        Otherwise.
    """
    if (stock <= 0).any():
        raise UserError(str(folder / "stocks.parquet"), f"{_cell(stock <= 0, codes, ('region',), years)} has no researchers", "more than 0")
    at_home = migrations * np.eye(len(codes))
    if at_home.any():
        raise UserError(str(folder / "flows.parquet"), f"{_cell(at_home > 0, codes, ('origin', 'destination'), years)} is a flow from a region to "
                        "itself", "0, or no such row")
    leave = migrations[1:].sum(axis=2)
    if (leave >= stock[:-1]).any():
        year, place = (int(each[0]) for each in np.nonzero(leave >= stock[:-1]))
        raise UserError(str(folder / "flows.parquet"), f"{leave[year, place]:,.0f} leave {codes[place]} in {years[year + 1]}, where "
                        f"{stock[year, place]:,.0f} were the year before", "fewer than were there: flows and stocks in the same unit")


def _covariates(folder: Path, codes: tuple[str, ...]) -> tuple[Integers, Floats, dict[str, Floats]]:
    """Read what may explain the flows: years of GDP, GDP and the matrices by pair; nothing where neither table is there."""
    here = [name for name in ("covariates", "covariates_pair") if any((folder / f"{name}{suffix}").is_file() for suffix in (".parquet", ".csv"))]
    if not here:
        return np.empty(0, np.int64), np.empty((0, len(codes))), {}
    if len(here) == 1:
        raise UserError(str(folder), f"of the two tables of covariates only {here[0]} is there", "both covariates and covariates_pair, or neither",
                        "take it out of the folder, or add the other one")
    table, pair = _read(folder, "covariates"), _read(folder, "covariates_pair").assign(year=NO_YEAR)
    years = _years(folder / "covariates.parquet", table, "year")
    gdp = _cube(folder / "covariates.parquet", table, codes, ("region",), "gdp_pc_ppp_rw", years)
    matrices = {name: _cube(folder / "covariates_pair.parquet", pair, codes, ("origin", "destination"), name, np.full(1, NO_YEAR))[0]
                for name in COLUMNS["covariates_pair"][2:]}
    return years, gdp, matrices


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read `name.parquet`, or `name.csv` where there is none.

    Raises
    ------
    UserError
        When neither is there, or cannot be read.
    """
    path = table_file(folder, name)
    try:
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, keep_default_na=False, na_values=[""])
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise UserError(str(path), "this table cannot be read: " + " ".join(str(error).split())[:200], "Parquet or CSV") from None


def table_file(folder: Path, name: str) -> Path:
    """Return the file that holds a table.

    Raises
    ------
    UserError
        When there is none.
    """
    files = [folder / f"{name}.parquet", folder / f"{name}.csv"]
    for path in files:
        if path.is_file():
            return path
    raise UserError(str(files[0]), "this table is missing", "Parquet, or CSV of the same name",
                    "make it with: talentsim data scholars SOURCE_DIR")


def _read(folder: Path, name: str) -> pd.DataFrame:
    table = read_table(folder, name)
    where = str(folder / f"{name}.parquet")
    missing = [column for column in COLUMNS[name] if column not in table]
    if missing:
        found = f"column {missing[0]!r} is missing" if len(missing) == 1 else f"columns {', '.join(missing)} are missing"
        raise UserError(where, found, ", ".join(COLUMNS[name]), f"found: {', '.join(map(str, table.columns))}")
    if "source" in table:
        table = table[table["source"] == SOURCE]
        if table.empty:
            raise UserError(where, f"no row has source {SOURCE!r}", f"rows of {SOURCE!r}")
    return table


def _years(path: Path, table: pd.DataFrame, column: str) -> Integers:
    found = np.unique(_whole(path, table, column))
    if not len(found):
        raise UserError(str(path), "the table has no rows")
    every = np.arange(found[0], found[-1] + 1)
    gap = np.setdiff1d(every, found)
    if len(gap):
        raise UserError(str(path), f"year {gap[0]} is missing between {found[0]} and {found[-1]}", "every year, without a gap")
    return every


def _cube(path: Path, table: pd.DataFrame, codes: Sequence[str], axes: tuple[str, ...], column: str,
          years: Integers) -> Floats:
    """Spread a table over (year, *axes); every cell must be given once, but for pairs of a region with itself."""
    table = table[np.isin(_whole(path, table, "year"), years)]
    place = {code: position for position, code in enumerate(codes)}
    for axis in axes:
        strange = sorted(set(table[axis].astype(str)) - set(place))
        if strange:
            raise unknown_name(f"{path}, column {axis!r}", "region of this world", strange[0], place)
    value = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
    index = (table["year"].to_numpy(dtype=int) - years[0], *(table[axis].astype(str).map(place).to_numpy(dtype=int) for axis in axes))

    def row(bad: np.ndarray) -> str:
        first = table.iloc[int(np.flatnonzero(bad)[0])]
        return ", ".join(f"{name} {first[name]}" for name in (*axes, "year"))

    if not np.isfinite(value).all():
        raise UserError(str(path), f"{column!r} is not a number for {row(~np.isfinite(value))}", "a number in every row")
    if (value < 0).any():
        raise UserError(str(path), f"{column!r} is negative for {row(value < 0)}: {value[value < 0][0]:g}", "0 or more")
    counted = np.zeros((len(years), *[len(codes)] * len(axes)), dtype=int)
    np.add.at(counted, index, 1)
    if (counted > 1).any():
        raise UserError(str(path), f"{_cell(counted > 1, codes, axes, years)} is there twice", "one row each",
                        "" if "source" in table else f"with rows of several sources, a column 'source' that says {SOURCE!r} for those to take")
    missing = counted == 0
    if len(axes) == 2:
        missing &= ~np.eye(len(codes), dtype=bool)
    if missing.any():
        raise UserError(str(path), f"{_cell(missing, codes, axes, years)} is missing", "every region or pair in every year, zeros included")
    cube = np.zeros(counted.shape)
    cube[index] = value
    return cube


def _cell(wrong: np.ndarray, codes: Sequence[str], axes: tuple[str, ...], years: Integers) -> str:
    year, *places = (int(each[0]) for each in np.nonzero(wrong))
    regions = [f"{axis} {codes[place]}" for axis, place in zip(axes, places, strict=True)]
    return ", ".join(regions if years[year] == NO_YEAR else [*regions, f"year {years[year]}"])


def _whole(path: Path, table: pd.DataFrame, column: str) -> Integers:
    value = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
    wrong = ~np.isfinite(value) | (value != np.rint(value))
    if wrong.any():
        raise UserError(str(path), f"{column!r} is {table[column].iloc[int(np.flatnonzero(wrong)[0])]!r} in a row", "a whole number")
    return value.astype(np.int64)
