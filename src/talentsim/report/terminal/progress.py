"""How many runs are done and how long the rest will take, for a person at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from talentsim.ensemble.runner import Progress as Report


@contextmanager
def progress(shown: bool) -> Iterator[Report]:
    """Show how many runs are done and how long the rest will take, on stderr and only to a person."""
    console = Console(stderr=True)
    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TextColumn("elapsed"), TimeElapsedColumn(),
               TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not (shown and console.is_terminal)) as bar:
        task = bar.add_task("runs", total=None)

        def report(n_done: int, n_runs: int) -> None:
            bar.update(task, completed=n_done, total=n_runs)

        yield report
