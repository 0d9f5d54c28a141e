"""A person's two lives, and people worth looking at, as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich.table import Table
from rich.text import Text

from talentsim.comparison.person import name_of
from talentsim.report.words import decision_in_words


def lives_table(who: pd.Series, years: pd.DataFrame, codes: Sequence[str]) -> Table:
    """Return a person's years in both worlds; years that differ stand out."""
    listed = ", tied to a listed institution" if who.get("is_listed", False) else ""
    table = Table(title=f"{name_of(int(who.uid), codes)}: first degree in {who.origin}, entered in "
                  f"{who.entry_year}, doctorate due {who.doctorate_year}, ability {who.ability:.2f} of a typical researcher{listed}",
                  title_justify="left", title_style="bold")
    for column in ("year", "in the baseline", "what happened", "in the scenario", "what happened"):
        table.add_column(column)
    for row in years.itertuples(index=False):
        style = "bold" if row.baseline != row.scenario else ""
        table.add_row(*(Text(str(each)) for each in row), style=style)
    return table


def examples_table(people: pd.DataFrame) -> Table:
    """Return people whose lives differ, with the first decision that does."""
    table = Table(title="People whose lives differ: `talentsim person NAME scenario=...` shows one", title_justify="left", title_style="bold")
    for column in ("name", "year", "decision in the baseline", "in the scenario"):
        table.add_column(column)
    for row in people.itertuples():
        table.add_row(row.name, str(row.year), Text(decision_in_words(str(row.baseline_decision))),
                      Text(decision_in_words(str(row.scenario_decision))))
    return table
