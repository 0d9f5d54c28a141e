"""A comparison as one Excel workbook: what was asked, the headline, years side by side, by origin and tier, who was diverted."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from talentsim.comparison.pair import Pair
from talentsim.config import Config, UserError
from talentsim.digits import figure
from talentsim.ensemble.opened import Results
from talentsim.model.outcomes import OUTCOMES
from talentsim.report.dictionary import dictionary
from talentsim.report.headline import command_of
from talentsim.report.numbers import in_percent, unit_of_difference
from talentsim.report.words import policy_in_words, policy_lines

MOST_ROWS = 1_048_576
"""Rows of a sheet, its head included."""

PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
"""Texts of a configuration stay texts: none becomes a formula or a link."""


def workbook_of(results: Results) -> bytes:
    """Return the workbook of a comparison, as the bytes of an .xlsx file.

    Raises
    ------
    UserError
        When the results are no comparison, or a table is too long for a sheet.
    """
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, PLAIN) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        for name, frame in sheets_of(results).items():
            _write(book.add_worksheet(name), name, frame, head)
    return content.getvalue()


def sheets_of(results: Results) -> dict[str, pd.DataFrame]:
    """Return the sheets by name, in their order, with countries and outcomes by name and a unit in every row of numbers.

    Raises
    ------
    UserError
        When the results are no comparison.
    """
    if set(results.arms) != {"baseline", "scenario"}:
        raise UserError(str(results.folder), "these results are not a comparison", "results of `talentsim scenario=NAME`",
                        "a sweep is one table: talentsim export RESULTS --csv writes it for Excel")
    pair = Pair(results.arms["baseline"], results.arms["scenario"])
    names = {code: each.name for code, each in pair.scenario.world.countries.items()} | {pair.scenario.focus: pair.scenario.focus_name}
    described = dictionary([(name, list(results.table(name).columns)) for name in results.names])
    if "headline" not in results:
        own = {"World": _named(results.table("portrait"), names), "Over time": _named(_with_units(results.table("over_time")), names)}
        return {"Asked": _asked(results, pair), **own, "Dictionary": described}
    sheets = {"Asked": _asked(results, pair), "Headline": _named(_with_units(results.table("headline")), names),
              "Over time": _over_time(results, names)}
    for sheet, table, unit in (("By origin", "by_origin", "people"), ("By tier", "by_tier", None), ("By sector", "by_sector", None), ("Diverted", "diverted", "people")):
        if table in results:
            frame = results.table(table)
            sheets[sheet] = _named(_with_units(frame) if unit is None else frame.assign(unit=unit), names)
    return {**sheets, "Scenarios": _scenarios(pair), "Dictionary": described}


def _asked(results: Results, pair: Pair) -> pd.DataFrame:
    """Return what was asked, under which conditions, and whether the checks hold."""
    arm, manifest = pair.scenario, results.manifest
    rows = [("Scenario", arm.scenario.title), ("Against", pair.baseline.scenario.title),
            ("Command", command_of(manifest)),
            *(("What differs", line) for line in policy_lines(pair)),
            ("World", f"{arm.world.name}, {arm.world.start_year} to {arm.world.end_year}"), ("Cohorts", arm.entry.title),
            ("Agents per researcher", figure(arm.population.scale)), ("Replications", str(arm.ensemble.replications)),
            ("Seed", str(arm.ensemble.seed)), ("Interval", f"{in_percent(arm.compare.level)}%, "
                                               + ("uncertainty about the parameters" if arm.over_draws else "chance alone")),
            *((f"Check: {each['name']}", ("holds: " if each["passed"] else "FAILED: ") + each["detail"]) for each in manifest.get("checks", [])),
            ("Version", f"talentsim {manifest.get('talentsim')}, code {str(manifest.get('source_sha256'))[:10]}"),
            *([("Written", str(manifest["written"]))] if manifest.get("written") else [])]
    return pd.DataFrame(rows, columns=["what", "value"])


def _scenarios(pair: Pair) -> pd.DataFrame:
    """Return what both scenarios say of themselves, and every policy of either in words."""
    rows: list[tuple[str, str, str]] = []
    for name, arm in zip(("baseline", "scenario"), pair, strict=True):
        said: Mapping[str, Any] = {"title": arm.scenario.title, "description": arm.scenario.description, "stands for": arm.scenario.stands_for,
                                   "source": "; ".join(arm.scenario.source)}
        rows += [(name, what, text) for what, text in said.items() if text] + _policies(name, arm)
    return pd.DataFrame(rows, columns=["arm", "what", "text"])


def _policies(name: str, arm: Config) -> list[tuple[str, str, str]]:
    return [(name, f"policy {key}", policy_in_words(policy)) for key, policy in arm.policies.items()]


def _with_units(table: pd.DataFrame) -> pd.DataFrame:
    """Give each row the unit of its outcome, and that of a difference."""
    units = {name: each.unit for name, each in OUTCOMES.items()}
    outcome = table["outcome"].astype(str)
    unit = table["unit"] if "unit" in table else outcome.map(units).fillna(outcome)
    frame = table.drop(columns="unit", errors="ignore")
    return frame.assign(unit=unit, unit_of_difference=unit.map(unit_of_difference))


def _named(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Put countries' names beside their codes, and outcomes' titles beside their names."""
    frame = table.copy()
    for column in ("country", "origin", "baseline_country", "scenario_country"):
        if column in frame:
            frame.insert(int(frame.columns.get_indexer([column])[0]) + 1, f"{column} name", frame[column].astype(str).map(names))
    if "outcome" in frame:
        titles = {name: each.title for name, each in OUTCOMES.items()}
        frame.insert(int(frame.columns.get_indexer(["outcome"])[0]) + 1, "outcome title", frame["outcome"].astype(str).map(titles))
    return frame


def _over_time(results: Results, names: Mapping[str, str]) -> pd.DataFrame:
    """Return every outcome with a column a year: both arms, the paired difference and its interval."""
    paired, places = results.table("differences"), ["outcome", "country", "year"]
    if "baseline" not in paired:        # written by an older version: what it has of levels is means, and is called so
        means = results.table("over_time").astype({"arm": str}).pivot(index=places, columns="arm", values="mean").add_suffix(", mean")
        paired = paired.join(means, on=places)
    long = paired.drop(columns="standard_error", errors="ignore").melt(places, var_name="arm")
    long["arm"] = long["arm"].replace({"low": "difference, lower end", "high": "difference, upper end"})
    long = long.assign(outcome=long["outcome"].astype(str), country=long["country"].astype(str))
    wide = long.pivot(index=["outcome", "country", "arm"], columns="year", values="value")
    wide = wide.reindex(pd.MultiIndex.from_frame(long[["outcome", "country", "arm"]].drop_duplicates().sort_values(["outcome", "country"], kind="stable")))
    frame = wide.reset_index()
    units = frame["outcome"].map({name: each.unit for name, each in OUTCOMES.items()})
    frame.insert(3, "unit", units.where(~frame["arm"].str.startswith("difference"), units.map(unit_of_difference)))
    return _named(frame.rename(columns={"arm": "what"}), names)


def _write(sheet: Any, name: str, frame: pd.DataFrame, head: Any) -> None:
    """Write one table: numbers as numbers, everything else as text, cells without a value empty."""
    if len(frame) >= MOST_ROWS:
        raise UserError(f"sheet {name!r}", f"{len(frame):,} rows", f"up to {MOST_ROWS - 1:,}, which is what a sheet holds", "use talentsim export RESULTS --csv")
    for place, column in enumerate(frame.columns):
        sheet.write(0, place, int(column) if isinstance(column, int | np.integer) else str(column).replace("_", " "), head)
        values = frame[column]
        longest = max([len(str(column)), *(len(str(each)) for each in values.head(200))])
        sheet.set_column(place, place, min(max(longest + 2, 8), 100) if values.dtype.kind not in "f" else 13)
        is_number = values.dtype.kind in "iuf"
        for row, value in enumerate(values.tolist(), start=1):
            if is_number:
                if np.isfinite(value):
                    sheet.write_number(row, place, value)
            elif value is not None and value == value:
                sheet.write_string(row, place, str(value))
    sheet.freeze_panes(1, 0)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
