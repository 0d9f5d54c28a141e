"""Join the comparisons of a sweep into one tidy table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from talentsim.model.outcomes import HEADLINE, OUTCOMES

OWN = ("world", "focus", "headline_year", "level")
"""What each job has of its own beside its numbers."""

COLUMNS = {"job", "overrides", *OWN, "outcome", "country", "unit", "year", "baseline", "scenario", "difference", "low", "high", "standard_error"}


@dataclass(frozen=True)
class Joined:
    """A sweep in one table.

    Parameters
    ----------
    table
        job, overrides, world, focus, headline_year, level, a column for each key that the sweep varies, outcome, country,
        unit, year, baseline, scenario, difference, low, high, standard_error: every year of every job. A key that has the
        name of another column stands there as `swept.KEY`.
    headline
        The focus country's share of the works in the headline's year, one row a job: each job's own focus, year and level.
    keys
        What the sweep varies, as columns of the table.
    mixed
        Those of world, focus, headline_year and level in which the jobs differ: rows that are not alike say so.
    dose
        The key on the horizontal axis: the one with most numbers, or with most values where none has numbers.
    medians
        Whether replications of any job are draws of the parameters: then levels and difference are medians, each of its own.
    curves
        dose, difference, low, high, series: as `report.figures.dose_response` draws it.
    arms
        Both arms of the first job as its manifest has them, for what is in force beside the swept keys.
    """

    table: pd.DataFrame
    headline: pd.DataFrame
    keys: list[str]
    dose: str
    curves: pd.DataFrame
    mixed: list[str]
    title: str
    level: float
    medians: bool
    csv: bool
    arms: Mapping[str, Any]


def join(jobs: Iterable[tuple[int, Mapping[str, Any], pd.DataFrame]]) -> Joined:
    """Join jobs, each given by number, manifest and paired differences over time."""
    jobs = list(jobs)
    values = {number: _values(manifest["overrides"]) for number, manifest, _ in jobs}
    swept = {key: _column(key) for key in dict.fromkeys(key for each in values.values() for key in each)
             if len({each.get(key) for each in values.values()}) > 1}
    table = pd.concat([_rows(number, manifest, differences, {column: values[number].get(key) for key, column in swept.items()})
                       for number, manifest, differences in jobs], ignore_index=True)
    keys = list(swept.values())
    for key in keys:
        table[key] = _numbers_where_all_are(table[key])
    for name in ("overrides", "outcome", "country", "unit", "world", "focus"):
        table[name] = table[name].astype("category")
    own = (table["country"].astype(str) == table["focus"].astype(str)) & (table["year"] == table["headline_year"])
    headline = table[(table["outcome"] == HEADLINE) & own].reset_index(drop=True)
    mixed = [name for name in OWN if headline[name].nunique() > 1]
    dose, curves = _curves(headline, keys, mixed)
    first = headline.iloc[0]
    where = "each job's focus" if "focus" in mixed else str(first["focus"])
    when = "each job's year" if "headline_year" in mixed else str(first["headline_year"])
    arms = jobs[0][1]["arms"]
    return Joined(table, headline, keys, dose, curves, mixed, f"{OUTCOMES[HEADLINE].title}, {where}, {when}", float(first["level"]),
                  any(each["arms"]["scenario"]["config"]["parameters"]["draws"] is not None for _, each, _ in jobs), arms["scenario"]["config"]["output"]["csv"], arms)


def _rows(number: int, manifest: Mapping[str, Any], differences: pd.DataFrame, swept: Mapping[str, object]) -> pd.DataFrame:
    rows = differences.assign(unit=differences["outcome"].map({name: outcome.unit for name, outcome in OUTCOMES.items()}))
    config = manifest["arms"]["scenario"]["config"]
    rows = rows.assign(job=number, overrides=" ".join(manifest["overrides"]), world=config["world"]["name"], focus=str(config["focus"]),
                       headline_year=config["compare"]["year"] or config["world"]["end_year"], level=config["compare"]["level"],
                       **{key: [value] * len(rows) for key, value in swept.items()})
    columns = ["job", "overrides", *OWN, *swept, "outcome", "country", "unit", "year", "baseline", "scenario", "difference", "low", "high",
               "standard_error"]
    return rows[columns]


def _column(key: str) -> str:
    return f"swept.{key}" if key in COLUMNS else key


def _values(overrides: Sequence[str]) -> dict[str, str]:
    pairs = (line.lstrip("+").partition("=") for line in overrides)
    return {key: value for key, _, value in pairs}


def _numbers_where_all_are(column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce")
    return numbers if numbers.notna().all() else column.astype("category")


def _curves(headline: pd.DataFrame, keys: Sequence[str], mixed: Sequence[str]) -> tuple[str, pd.DataFrame]:
    ranked = sorted(keys, key=lambda key: (pd.api.types.is_numeric_dtype(headline[key]) and not key.endswith("seed"),
                                           headline[key].nunique()), reverse=True)
    dose = ranked[0] if ranked else "overrides"
    curves = headline[["difference", "low", "high"]].assign(dose=headline[dose])
    if not pd.api.types.is_numeric_dtype(curves["dose"]):
        curves["dose"] = curves["dose"].astype(str)
    others = [key for key in keys if key != dose]
    others += [name for name in mixed if not any(headline.groupby(key, observed=True)[name].nunique().eq(1).all() for key in keys)]
    if others:
        curves["series"] = headline[others].astype(str).agg(", ".join, axis=1)
    return dose, curves
