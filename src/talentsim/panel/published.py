"""Make the tables of world=scholars from the published files of the Scholarly Migration Database.

Taken are the country file (researchers, arrivals, departures) and the file of flows between countries, as CSV or Parquet,
plain or enriched. Countries are summed to the regions of the world; flows from and to the rest are totals less those
between named regions, so that moves within the rest drop out and countries without a code of their own are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from talentsim.config.errors import UserError
from talentsim.panel.panel import REST, SOURCE

FIRST_YEAR = 1998       # earlier moves are cut off by the start of the database
LAST_FLOW_YEAR = 2018   # later moves are not yet seen by all who made them
LAST_STOCK_YEAR = 2020
COUNTRY_COLUMNS = {"code": ("iso3code", "countrycode"), "year": ("year",), "researchers": ("padded_population_of_researchers",),
                   "inflow": ("number_of_inmigrations",), "outflow": ("number_of_outmigrations",)}
FLOW_COLUMNS = {"origin": ("iso3codefrom", "migrationfrom"), "destination": ("iso3codeto", "migrationto"), "year": ("year",),
                "migrations": ("n_migrations",)}
COVARIATES = ("covariates", "covariates_pair")


def make_tables(source_dir: Path, regions: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return flows and stocks by region, and the tables of covariates that lie in the folder already.

    Raises
    ------
    UserError
        When a file or a column is missing, or the codes are not those of ISO 3166 alpha-3.
    """
    if not source_dir.is_dir():
        raise UserError("talentsim data scholars", f"there is no folder {str(source_dir)!r}", "a folder with the published files")
    country = _read(source_dir, "country", COUNTRY_COLUMNS)
    flows = _read(source_dir, "countryflows", FLOW_COLUMNS)
    named = [code for code in regions if code != REST]
    for path, codes in (("country", country["code"]), ("countryflows", flows["origin"])):
        missing = sorted(set(named) - set(codes))
        if missing:
            raise UserError(f"{source_dir}, {path} file", f"there is no country {missing[0]!r}", "ISO 3166 alpha-3 codes",
                            "OpenAlex's plain files have two letters: take the enriched ones, or Scopus'")
    country["region"] = country["code"].where(country["code"].isin(named), REST)
    stocks = country.groupby(["region", "year"], as_index=False)[["researchers", "inflow", "outflow"]].sum()
    stocks = stocks[(stocks.year >= FIRST_YEAR) & (stocks.year <= LAST_STOCK_YEAR)]
    years = range(FIRST_YEAR, min(LAST_FLOW_YEAR, int(flows["year"].max())) + 1)
    tables = {"flows": _flows(flows, country, named, years), "stocks": stocks.reset_index(drop=True)}
    tables = {name: table.assign(source=SOURCE) for name, table in tables.items()}
    for name in COVARIATES:
        for file in (source_dir / f"{name}.parquet", source_dir / f"{name}.csv"):
            if file.is_file() and name not in tables:
                tables[name] = pd.read_parquet(file) if file.suffix == ".parquet" else pd.read_csv(file)
    return tables


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write the tables as Parquet into a folder, which is made; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        table.to_parquet(path, index=False)
        written.append(path)
    return written


def _flows(flows: pd.DataFrame, country: pd.DataFrame, named: list[str], years: range) -> pd.DataFrame:
    """Return moves between all regions by year; those from and to the rest are totals less named."""
    known = flows[flows.origin.isin(named) & flows.destination.isin(named) & (flows.origin != flows.destination)]
    grid = pd.MultiIndex.from_product([years, named, named], names=["year", "origin", "destination"])
    between = known.groupby(["year", "origin", "destination"]).migrations.sum().reindex(grid, fill_value=0)
    between = between[between.index.get_level_values(1) != between.index.get_level_values(2)]
    totals = country[country.code.isin(named) & country.year.isin(years)].groupby(["year", "code"])[["inflow", "outflow"]].sum()
    rest = []
    for total, near, far in (("outflow", "origin", "destination"), ("inflow", "destination", "origin")):
        inside = between.groupby(["year", near]).sum()
        other = totals[total].rename_axis(["year", near]).sub(inside).fillna(0).clip(lower=0).rename("migrations").reset_index()
        rest.append(other.assign(**{far: REST}))
    table = pd.concat([between.rename("migrations").reset_index(), *rest], ignore_index=True)
    return table.astype({"migrations": np.int64})[["origin", "destination", "year", "migrations"]]


def _read(folder: Path, kind: str, columns: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Read the newest file of a kind and give its columns our names."""
    stem = f"scholarlymigration_{kind}"
    found = sorted(path for path in folder.rglob(f"*{stem}*") if path.suffix in (".parquet", ".csv")
                   and path.name.split(stem)[1].split(".")[0] in ("", "_enriched") and "openalex" not in path.name)
    if not found:
        raise UserError(str(folder), f"there is no {kind} file", f"one named *{stem}.csv or .parquet, plain or _enriched",
                        "docs/scholars.md says where it is published")
    path = found[-1]
    raw = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, keep_default_na=False, na_values=[""])
    table = {}
    for name, candidates in columns.items():
        given = [raw[each] for each in candidates if each in raw]
        if not given:
            raise UserError(str(path), f"column {candidates[0]!r} is missing", " or ".join(candidates),
                            f"found: {', '.join(map(str, raw.columns))}")
        table[name] = given[0] if len(given) == 1 else given[0].combine_first(given[1])     # Taiwan has no code of the World Bank's
    out = pd.DataFrame(table).dropna()
    for name in ("code", "origin", "destination"):
        if name in out:
            out[name] = out[name].astype(str).str.upper()
    return out.astype({"year": np.int64})
