"""Tables of a sweep for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich.table import Table
from rich.text import Text

from talentsim.report.terminal.tables import shown, shown_interval

N_SHOWN = 40
SHARE = "% of works"


def sweep_table(headline: pd.DataFrame, keys: Sequence[str], level: float) -> Table:
    """Return the headline of every job: the focus country's share of the works in both arms and the paired difference."""
    first = headline.iloc[0]
    table = Table(title=f"Works made in {first.country}, {first.year}, % of the world's: {len(headline)} comparisons",
                  title_justify="left", title_style="bold", caption_justify="left",
                  caption="" if len(headline) <= N_SHOWN else f"The first {N_SHOWN}; all are in sweep.parquet.")
    for key in keys:
        table.add_column(Text(key), overflow="fold")
    for column in ("baseline", "scenario", "difference", f"{level:.0%} interval"):
        table.add_column(column, justify="right")
    for _, row in headline.head(N_SHOWN).iterrows():
        table.add_row(*(Text(str(row[key])) for key in keys), shown(row.baseline, SHARE), shown(row.scenario, SHARE),
                      shown(row.difference, SHARE, is_difference=True), shown_interval(row.low, row.high, SHARE))
    return table


def failure_table(failures: pd.DataFrame) -> Table:
    """Return the jobs that failed, with what went wrong."""
    table = Table(title=f"{len(failures)} failed; tracebacks are in failures.parquet", title_justify="left", title_style="bold red")
    for column in ("job", "overrides", "what went wrong"):
        table.add_column(column, overflow="fold")
    for row in failures.head(N_SHOWN).itertuples():
        table.add_row(str(row.job), Text(row.overrides), Text(row.message))
    return table
