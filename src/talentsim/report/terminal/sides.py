"""Tables of side arms: the headline under other structures, and policy by policy."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from talentsim.data.posterior import Draws
from talentsim.decide.sensitivity import by_figure
from talentsim.report.numbers import in_percent, one_or_count
from talentsim.report.terminal.summaries import shown, shown_interval
from talentsim.report.words import GROUPS, leaning

POINTS = "points"
CLEAR = 2.5             # intervals of the comparison: about how far apart single replications are by chance alone


def structure_table(sides: pd.DataFrame, level: float) -> Table:
    """Return the headline as configured and under other structures, and single policies with what is to be said of them.

    Parameters
    ----------
    sides
        kind, name, title, country, year, replications, baseline, scenario, difference, low, high.
    """
    first = sides.iloc[0]
    spread = sides[sides.kind.isin(["as configured", "structure"])].difference
    clear = spread.max() - spread.min() > CLEAR * (first.high - first.low)
    claim = "The uncertainty comes from structure, not from sampling" if clear else "Under other structures"
    table = _table(f"{claim}: works made in {first.country}, {first.year}, % of the world's", "condition", level)
    rows = sides[sides.kind.isin(["as configured", "structure"]) | ((sides.kind == "policy alone") & (sides.replications < first.replications))]
    for row in rows.itertuples():
        words = row.title if row.kind != "policy alone" else f"{row.name} alone: {row.title}"
        _row(table, words, row)
    lean = leaning(sides[sides.kind.isin(["as configured", "structure"])])
    table.caption, table.caption_justify = lean and f"{lean}.", "left"
    return table


def decomposition_table(sides: pd.DataFrame, level: float) -> Table:
    """Return what each policy does alone, and what the scenario does without it."""
    first = sides.iloc[0]
    table = _table(f"Policy by policy: works made in {first.country}, {first.year}, % of the world's", "policies", level)
    rows = sides[(sides.kind != "structure") & (sides.replications == first.replications)]
    for row in rows.itertuples():
        named = {"as configured": "All together", "interaction": "How they act on each other"}
        _row(table, named.get(row.kind, f"{row.name}, {row.kind.removeprefix('policy ')}"), row)
    table.caption = ("How they act on each other: the effect of all together less the sum of their effects alone, which is shown as its baseline; "
                     "taken in each replication.")
    table.caption_justify = "left"
    return table


def sensitivity_table(sensitivity: pd.DataFrame) -> Table:
    """Return the headline with each figure at the ends of its range, all others kept; where it moves most first."""
    first = sensitivity.iloc[0]
    table = Table(title=f"What it depends on: difference in the works made in {first.country}, {first.year}, percentage points of the world's",
                  title_justify="left", title_style="bold", caption_justify="left",
                  caption=f"As configured {shown(first.difference, POINTS, is_difference=True)}; runs of each world: {first.replications}.")
    for column, justify in (("figure", "left"), ("configured", "right"), ("low end", "right"), ("difference", "right"),
                            ("high end", "right"), ("difference", "right")):
        table.add_column(column, justify="left" if justify == "left" else "right", overflow="fold")
    for row in by_figure(sensitivity).itertuples():
        table.add_row(Text(row.title), one_or_count(row.configured), one_or_count(row.low_value), shown(row.low, POINTS, is_difference=True),
                      one_or_count(row.high_value), shown(row.high, POINTS, is_difference=True))
    return table


def beyond_line(sensitivity: pd.DataFrame, draws: Draws | None) -> str:
    """Say which ends of ranges lie outside all draws of the posterior: the data speak against them."""
    if draws is None:
        return ""
    low, high = dict(zip(draws.keys, draws.values.min(axis=0), strict=True)), dict(zip(draws.keys, draws.values.max(axis=0), strict=True))
    beyond = []
    for row in by_figure(sensitivity).itertuples():
        keys = str(row.parameter).split(", ")
        for end, values in (("low", row.low_value), ("high", row.high_value)):
            at = dict(zip(keys, map(float, str(values).split(", ")), strict=True))
            if any(key in low and not low[key] <= at[key] <= high[key] for key in keys):
                beyond.append(f"{row.title} ({end} end)")
    return f"Outside all draws of the posterior, so that the data speak against it: {'; '.join(beyond)}." if beyond else ""


def variance_line(shares: pd.DataFrame) -> str:
    """Say how much of the variance over draws goes with each group of parameters."""
    groups = ", ".join(f"{GROUPS.get(row.group, row.group)} {100 * row.share:.0f} %" for row in shares.itertuples())
    return f"What the interval depends on, in shares of the variance over {shares.draws.iloc[0]} draws: {groups} (R2 for draws left out {shares.r2.iloc[0]:.2f}).\n"


def _table(title: str, what: str, level: float) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column, justify in ((what, "left"), ("runs of each", "right"), ("baseline", "right"), ("scenario", "right"),
                            ("difference", "right"), (f"{in_percent(level)}% interval", "right")):
        table.add_column(column, justify="left" if justify == "left" else "right")
    return table


def _row(table: Table, words: str, row: Any) -> None:
    table.add_row(Text(words), str(row.replications), shown(row.baseline, POINTS), shown(row.scenario, POINTS),
                  shown(row.difference, POINTS, is_difference=True), shown_interval(row.low, row.high, POINTS))
