"""The stored runs as a table for the terminal: one row an arm and seed."""

from __future__ import annotations

import pandas as pd
from rich.table import Table
from rich.text import Text


def runs_table(runs: pd.DataFrame, place: str) -> Table:
    """Return the runs grouped by what they have in common.

    Parameters
    ----------
    runs
        run, arm, written, world, entry, policies, scale, seed, replication, megabytes, seconds, model, fault.
    """
    table = Table(title=f"{len(runs)} runs in {place}", title_justify="left", title_style="bold")
    for column in ("world", "entry", "scale", "seed", "policies", "replications", "MB", "s a run", "last written", "model", "a run's id"):
        table.add_column(column, overflow="fold", justify="right" if column in ("scale", "seed", "replications", "MB", "s a run") else "left")
    sound, broken = runs[runs.fault == ""], runs[runs.fault != ""]
    keys = ["world", "entry", "scale", "seed", "policies", "model", "arm"]
    for (world, entry, scale, seed, policies, model, _), rows in sound.groupby(keys, sort=True):
        table.add_row(Text(world), Text(entry), f"{scale:g}", str(int(seed)), Text(policies or "none"), str(len(rows)), f"{rows.megabytes.sum():.1f}",
                      f"{rows.seconds.mean():.2f}", rows.written.max(), model, rows.run.iloc[0])
    for row in broken.itertuples():
        table.add_row("", "", "", "", Text(row.fault), "", "", "", "", "damaged", row.run)
    return table
