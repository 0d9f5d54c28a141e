"""Indicators for the terminal: one country, one year, the partners that matter most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from rich.table import Table

from talentsim.report.numbers import in_percent
from talentsim.report.terminal.summaries import shown, shown_interval

N_PARTNERS = 4


def indicator_table(table: pd.DataFrame, titles: Mapping[str, str], focus: str, year: int, level: float,
                    countries: Sequence[str] = ()) -> Table:
    """Return the indicators of the focus country in one year, with the partners of the largest values.

    Parameters
    ----------
    table
        indicator, unit, year, country, partner, baseline, scenario, difference, low, high.
    titles
        Indicator -> title.
    """
    listed = Table(title=f"Indicators, {focus}, {year}: means", title_justify="left", title_style="bold")
    for column in ("indicator", "partner", "baseline", "scenario", "difference", f"{in_percent(level)}% interval"):
        listed.add_column(column, justify="left" if column in ("indicator", "partner") else "right", overflow="fold")
    rows = table[(table.year == year) & table.country.isin([*(countries or [focus]), ""])]
    if len(countries) > 1:          # each of them has its own
        rows = rows.assign(partner=rows.country.where(rows.partner == "", rows.country + ", " + rows.partner))
    for name, title in titles.items():
        of = rows[rows.indicator == name].sort_values("baseline", ascending=False).head(N_PARTNERS)
        for place, row in enumerate(of.itertuples()):
            unit = "HHI" if row.unit == "HHI" else "points"
            listed.add_row(f"{title}, {row.unit}" if place == 0 else "", row.partner, *(_number(each, unit) for each in (row.baseline, row.scenario)),
                          _number(row.difference, unit, is_difference=True), shown_interval(row.low, row.high, unit), end_section=place == len(of) - 1)
    return listed


def indicators_over_time(table: pd.DataFrame, titles: Mapping[str, str], countries: Sequence[str], year: int) -> Table:
    """Return the indicators of the focus country in the baseline every five years and in the headline's year, with the partners that matter most."""
    years = sorted({each for each in table.year if each % 5 == 0} | {year, table.year.max()})
    listed = Table(title=f"Indicators over time, {', '.join(countries)}, baseline: means", title_justify="left", title_style="bold")
    for column in ("indicator", "partner", *map(str, years)):
        listed.add_column(column, justify="left" if column in ("indicator", "partner") else "right", overflow="fold")
    for name, title in titles.items():
        of = table[(table.indicator == name) & table.country.isin([*countries, ""])]
        cells = of.set_index(["country", "partner", "year"]).baseline
        order = of[of.year == years[-1]].sort_values("baseline", ascending=False).head(N_PARTNERS)
        for place, row in enumerate(order.itertuples()):
            unit = "HHI" if row.unit == "HHI" else "points"
            values = (cells.get((row.country, row.partner, each), float("nan")) for each in years)
            listed.add_row(f"{title}, {row.unit}" if place == 0 else "", row.partner, *(_number(each, unit) for each in values), end_section=place == len(order) - 1)
    return listed


def indicator_list(known: Mapping[str, tuple[str, str]]) -> Table:
    """List the indicators: name -> title and unit."""
    listed = Table(show_lines=False)
    for column in ("indicator", "what it is", "unit"):
        listed.add_column(column, overflow="fold", no_wrap=column == "indicator")
    for name, (title, unit) in known.items():
        listed.add_row(name, title, unit)
    return listed


def _number(value: float, unit: str, is_difference: bool = False) -> str:
    return f"{value:{'+' if is_difference else ''}.4f}" if unit == "HHI" and pd.notna(value) else shown(value, unit, is_difference)
