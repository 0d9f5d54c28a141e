"""Tables of a sweep for the terminal."""

from __future__ import annotations

import pandas as pd
from rich.table import Table
from rich.text import Text

from talentsim.comparison.sweep import Joined
from talentsim.digits import counted
from talentsim.report.numbers import in_percent
from talentsim.report.terminal.summaries import shown, shown_interval

N_SHOWN = 40
SHARE = "% of works"


def sweep_table(joined: Joined) -> Table:
    """Return the headline of every job: its focus country's share of the works in both arms and the paired difference.

    Where jobs differ in world, focus, year or level, each row says which it has.
    """
    headline, mixed = joined.headline, [name for name in joined.mixed if name not in joined.keys and f"swept.{name}" not in joined.keys]
    said = ["Over draws levels and difference are medians, which need not subtract."] if joined.medians else []
    said += [f"The first {N_SHOWN}; all are in sweep.parquet."] if len(headline) > N_SHOWN else []
    table = Table(title=f"{joined.title}, % of the world's: {counted(len(headline), 'comparison', 'comparisons')}", title_justify="left", title_style="bold",
                  caption_justify="left", caption=" ".join(said))
    for key in joined.keys:
        table.add_column(Text(key.removeprefix("swept.")), overflow="fold")
    for name in mixed:
        table.add_column(name.replace("_", " "), overflow="fold")
    level = "interval" if "level" in joined.mixed else f"{in_percent(joined.level)}% interval"
    for column in ("baseline", "scenario", "difference", level):
        table.add_column(column, justify="right")
    for _, row in headline.head(N_SHOWN).iterrows():
        table.add_row(*(Text(str(row[key])) for key in (*joined.keys, *mixed)), shown(row.baseline, SHARE), shown(row.scenario, SHARE),
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
