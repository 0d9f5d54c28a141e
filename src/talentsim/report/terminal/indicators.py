"""Indicators for the terminal: one country, one year, the partners that matter most."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from rich.table import Table

from talentsim.report.terminal.tables import interval, number

N_PARTNERS = 4


def indicator_table(table: pd.DataFrame, titles: Mapping[str, str], focus: str, year: int, level: float) -> Table:
    """Return the indicators of the focus country in one year, with the partners of the largest values.

    Parameters
    ----------
    table
        indicator, unit, year, country, partner, baseline, scenario, difference, low, high.
    titles
        Indicator -> title.
    """
    shown = Table(title=f"Indicators, {focus}, {year}", title_justify="left", title_style="bold")
    for column in ("indicator", "partner", "baseline", "scenario", "difference", f"{level:.0%} interval"):
        shown.add_column(column, justify="left" if column in ("indicator", "partner") else "right", overflow="fold")
    rows = table[(table.year == year) & table.country.isin([focus, ""])]
    for name, title in titles.items():
        of = rows[rows.indicator == name].sort_values("baseline", ascending=False).head(N_PARTNERS)
        for place, row in enumerate(of.itertuples()):
            unit = "HHI" if row.unit == "HHI" else "points"
            shown.add_row(f"{title}, {row.unit}" if place == 0 else "", row.partner, *(_number(each, unit) for each in (row.baseline, row.scenario)),
                          _number(row.difference, unit, signed=True), interval(row.low, row.high, unit), end_section=place == len(of) - 1)
    return shown


def _number(value: float, unit: str, signed: bool = False) -> str:
    return f"{value:{'+' if signed else ''}.4f}" if unit == "HHI" and pd.notna(value) else number(value, unit, signed)
