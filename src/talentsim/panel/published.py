"""Make the tables of world=scholars from the published files of the Scholarly Migration Database.

Taken are the country file (researchers, arrivals, departures) and the file of flows between countries, as CSV or Parquet,
plain or enriched, both of one version. Countries are summed to the regions of the world; flows from and to the rest are
totals less those between named regions, so that moves within the rest drop out. Everything is checked before anything is
added up: a row that is missing, doubled or damaged would otherwise become a number that looks like any other.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from talentsim.config.errors import UserError
from talentsim.panel.panel import REST, SOURCE, load_panel, read_table
from talentsim.panel.places import COUNTRY_CODES
from talentsim.panel.source_files import ROW, read_source, refuse_repeated, told

FIRST_YEAR = 1998       # earlier moves are cut off by the start of the database
LAST_FLOW_YEAR = 2018   # later moves are not yet seen by all who made them
LAST_STOCK_YEAR = 2020
COUNTRY_COLUMNS = {"code": ("iso3code", "countrycode"), "year": ("year",), "researchers": ("padded_population_of_researchers",),
                   "inflow": ("number_of_inmigrations",), "outflow": ("number_of_outmigrations",)}
FLOW_COLUMNS = {"origin": ("iso3codefrom", "migrationfrom"), "destination": ("iso3codeto", "migrationto"), "year": ("year",),
                "migrations": ("n_migrations",)}
PAIR = ["origin", "destination", "year"]
COVARIATES = ("covariates", "covariates_pair")
SMALL_FLOW = 10         # where no row has 0, a pair may be left out in a year; next to more moves than this a row is missing


@dataclass(frozen=True)
class Made:
    """Tables of the scholars world, the files they come from, and what had to be taken for granted."""

    tables: dict[str, pd.DataFrame]
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def make_tables(source_dir: Path, regions: Sequence[str]) -> Made:
    """Return flows and stocks by region, and the tables of covariates that lie in the folder already.

    Raises
    ------
    UserError
        When a file, a column, a year or a pair is missing, a row stands there twice, a cell is no whole number, a code is
        not one of ISO 3166 alpha-3, or totals are below their parts.
    """
    if not source_dir.is_dir():
        raise UserError("talentsim data scholars", f"there is no folder {str(source_dir)!r}", "a folder with the published files")
    named = [code for code in regions if code != REST]
    country_file, flow_file = _one_version(source_dir)
    country = read_source(country_file, COUNTRY_COLUMNS, ("code",))
    flows = read_source(flow_file, FLOW_COLUMNS, ("origin", "destination"))
    _check_codes(country_file, country, "code", named)
    for column in ("origin", "destination"):
        _check_codes(flow_file, flows, column, named)
    refuse_repeated(country_file, country, ["code", "year"])
    refuse_repeated(flow_file, flows, PAIR)
    at_home = flows[(flows.origin == flows.destination) & (flows.migrations > 0)]
    if len(at_home):
        raise UserError(f"{flow_file}, row {at_home[ROW].iloc[0]}", f"{told(at_home.iloc[0], PAIR)} is a move from a country to itself", "0, or no such row")
    notes = [*_check_years(country_file, country, flow_file, flows, named), *_check_pairs(flow_file, flows, named)]
    country["region"] = country["code"].where(country["code"].isin(named), REST)
    stocks = country.groupby(["region", "year"], as_index=False)[["researchers", "inflow", "outflow"]].sum()
    stocks = stocks[(stocks.year >= FIRST_YEAR) & (stocks.year <= LAST_STOCK_YEAR)]
    tables = {"flows": _flows(country_file, flows, country, named), "stocks": stocks.reset_index(drop=True)}
    tables = {name: table.assign(source=SOURCE) for name, table in tables.items()}
    for name in COVARIATES:
        if any((source_dir / f"{name}{suffix}").is_file() for suffix in (".parquet", ".csv")):
            tables[name] = read_table(source_dir, name)
    return Made(tables, (country_file, flow_file), tuple(notes))


def write_tables(tables: dict[str, pd.DataFrame], folder: Path, regions: Sequence[str]) -> list[Path]:
    """Write the tables as Parquet, and put them in the folder's place once a panel can be read from them; return the files.

    Raises
    ------
    UserError
        When no panel can be read from them; the folder stays as it was.
    """
    beside, old = (folder.with_name(f".{folder.name}-{each}") for each in ("new", "old"))
    for left in (beside, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        for name, table in tables.items():
            table.to_parquet(beside / f"{name}.parquet", index=False)
        load_panel(str(beside), tuple(regions))
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.stem not in (*tables, *COVARIATES):         # the user's own, such as a table of facts
                shutil.copyfile(path, beside / path.name)
        if folder.is_dir():
            folder.rename(old)
        beside.rename(folder)       # all tables at once: half of an import would read like a whole one
    except UserError as error:
        where = error.where.replace(f"{beside}/", "the tables made of the files, ")
        raise UserError(where, error.found, error.allowed, error.fix) from None
    finally:
        for left in (beside, old):
            shutil.rmtree(left, ignore_errors=True)
    return [folder / f"{name}.parquet" for name in tables]


def _one_version(folder: Path) -> tuple[Path, Path]:
    """Return the country file and the file of flows, both of the one version that is there.

    Raises
    ------
    UserError
        When either is missing, or files of several versions or formats lie in the folder.
    """
    found = {kind: _files(folder, kind) for kind in ("country", "countryflows")}
    for kind, files in found.items():
        if not files:
            raise UserError(str(folder), f"there is no {kind} file", f"one named *scholarlymigration_{kind}.csv or .parquet, plain or _enriched",
                            "docs/scholars.md says where it is published")
        enriched = [path for path in files if "_enriched" in path.name] or files
        if len(enriched) > 1:
            raise UserError(str(folder), f"there are several {kind} files: {', '.join(str(path.relative_to(folder)) for path in enriched[:4])}",
                            "one version, as CSV or as Parquet", "leave one of them in the folder")
        found[kind] = enriched
    country, flows = found["country"][0], found["countryflows"][0]
    if country.name.split("scholarlymigration_")[0] != flows.name.split("scholarlymigration_")[0]:
        raise UserError(str(folder), f"{country.name} and {flows.name} are not of one version", "both files of the same version")
    return country, flows


def _files(folder: Path, kind: str) -> list[Path]:
    stem = f"scholarlymigration_{kind}"
    return sorted(path for path in folder.rglob(f"*{stem}*") if path.suffix in (".parquet", ".csv") and path.is_file()
                  and path.name.split(stem)[1].split(".")[0] in ("", "_enriched") and "openalex" not in path.name)


def _check_codes(path: Path, table: pd.DataFrame, column: str, named: Sequence[str]) -> None:
    missing = sorted(set(named) - set(table[column]))
    if missing:
        raise UserError(str(path), f"there is no country {missing[0]!r}", "ISO 3166 alpha-3 codes",
                        "OpenAlex's plain files have two letters: take the enriched ones, or Scopus'")
    strange = table[~table[column].isin(COUNTRY_CODES)]
    if len(strange):
        raise UserError(f"{path}, row {strange[ROW].iloc[0]}", f"{strange[column].iloc[0]!r} is not the code of a country",
                        "ISO 3166 alpha-3 codes, and no sums over countries", "take out rows of the world or of a region")


def _check_years(country_file: Path, country: pd.DataFrame, flow_file: Path, flows: pd.DataFrame, named: Sequence[str]) -> list[str]:
    """Make sure that both files have every year, and each country all years from its first on; tell of late first years."""
    spans = {}
    for path, table in ((country_file, country), (flow_file, flows)):
        years = np.unique(table["year"])
        first, last = max(FIRST_YEAR, int(years[0])), int(years[-1])
        gap = np.setdiff1d(np.arange(FIRST_YEAR, max(last, LAST_FLOW_YEAR) + 1), years)
        if len(gap):
            raise UserError(str(path), f"there is no row of {gap[0]}", f"every year from {FIRST_YEAR} to {LAST_FLOW_YEAR} at least", "fetch the whole file again")
        spans[path] = first, last
    if spans[country_file][1] != spans[flow_file][1]:
        raise UserError(str(country_file.parent), f"{country_file.name} ends in {spans[country_file][1]} and {flow_file.name} in {spans[flow_file][1]}",
                        "the same last year: both files of one version, whole")
    seen = country[country.year >= FIRST_YEAR].groupby("code")["year"].agg(["min", "max", "count"])
    broken = seen[(seen["count"] != seen["max"] - seen["min"] + 1) | (seen["max"] != spans[country_file][1])
                  | ((seen["min"] > FIRST_YEAR) & seen.index.isin(named))]
    if len(broken):
        code, span = broken.index[0], broken.iloc[0]
        years = country.year[country.code == code]
        first = FIRST_YEAR if code in named else int(span["min"])
        gap = np.setdiff1d(np.arange(first, spans[country_file][1] + 1), years)
        raise UserError(str(country_file), f"{code} has no row of {gap[0]}", f"every country in every year up to {spans[country_file][1]}, zeros included")
    late = seen.index[seen["min"] > FIRST_YEAR]
    return [f"Nobody is counted in {code} before {seen['min'][code]}, its first row" for code in late]


def _check_pairs(path: Path, flows: pd.DataFrame, named: Sequence[str]) -> list[str]:
    """Make sure that no pair of named countries is missing in a year; where the file leaves out zeros, tell how many it did."""
    inside = flows[flows.origin.isin(named) & flows.destination.isin(named) & flows.year.between(FIRST_YEAR, LAST_FLOW_YEAR)]
    counts = inside.pivot_table(index="year", columns=["origin", "destination"], values="migrations", aggfunc="sum")
    every = pd.MultiIndex.from_tuples([(one, other) for one in named for other in named if one != other])
    counts = counts.reindex(columns=every)
    absent = counts.isna()
    if not absent.any(axis=None):
        return []
    around = counts.fillna(0.0).rolling(3, center=True, min_periods=1).max()
    wrong = absent if (flows.migrations == 0).any() else absent & (around > SMALL_FLOW)
    if wrong.any(axis=None):
        year, place = (int(each[0]) for each in np.nonzero(wrong.to_numpy()))
        one, other = counts.columns[place]
        raise UserError(str(path), f"there is no row of {one} {other} in {counts.index[year]}", "every pair in every year, zeros included")
    return [f"{int(absent.to_numpy().sum())} times a pair of countries has no row in a year: taken as no moves, because the file has no zeros"]


def _flows(country_file: Path, flows: pd.DataFrame, country: pd.DataFrame, named: list[str]) -> pd.DataFrame:
    """Return moves between all regions by year; those from and to the rest are totals less named.

    Raises
    ------
    UserError
        When a country's total is below the sum of its parts.
    """
    years = range(FIRST_YEAR, min(LAST_STOCK_YEAR, int(flows["year"].max())) + 1)
    known = flows[flows.origin.isin(named) & flows.destination.isin(named) & (flows.origin != flows.destination)]
    grid = pd.MultiIndex.from_product([years, named, named], names=["year", "origin", "destination"])
    between = known.set_index(["year", "origin", "destination"]).migrations.reindex(grid, fill_value=0)
    between = between[between.index.get_level_values(1) != between.index.get_level_values(2)]
    totals = country[country.code.isin(named) & country.year.isin(years)].set_index(["year", "code"]).sort_index()
    rest = []
    for total, near, far in (("outflow", "origin", "destination"), ("inflow", "destination", "origin")):
        inside = between.groupby(["year", near]).sum()
        other = totals[total].rename_axis(["year", near]).sub(inside)
        if (other < 0).any():
            year, code = other.index[other < 0][0]
            raise UserError(f"{country_file}, row {totals[ROW][year, code]}", f"{code} has an {total} of {totals[total][year, code]:,} in {year}, and "
                            f"{inside[year, code]:,} moves between it and named countries", "a total that is not below its parts",
                            "fetch both files again, of one version")
        rest.append(other.rename("migrations").reset_index().assign(**{far: REST}))
    table = pd.concat([between.rename("migrations").reset_index(), *rest], ignore_index=True)
    table = table[table["year"] <= LAST_FLOW_YEAR].reset_index(drop=True)
    return table.astype({"migrations": np.int64})[["origin", "destination", "year", "migrations"]]
