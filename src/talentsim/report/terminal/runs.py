"""The stored runs for the terminal: two lines an arm and seed, which fit into a hundred columns."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from talentsim.digits import counted, figure

SHORT = 10
"""Signs of a run's id that are shown; `talentsim runs why` takes as many."""

_LINE = "{:<10}  {:<16}  {:<9.9}  {:<13.13}  {:>6}  {:>10}  {:>4}  {:>7}  {:>6}"


def run_lines(runs: pd.DataFrame, place: str, width: int = 100) -> list[str]:
    """Return the runs grouped by what they have in common, as lines.

    Parameters
    ----------
    runs
        run, arm, written, world, entry, policies, scale, seed, replication, megabytes, seconds, model, fault.
    width
        Columns that a line may take.
    """
    sound, broken = runs[runs.fault == ""], runs[runs.fault != ""]
    lines = [f"{counted(len(runs), 'run', 'runs')} in {place}"]
    if len(sound):
        lines += ["", _LINE.format("run", "last written", "world", "entry", "scale", "seed", "runs", "MB", "s/run")]
    keys = ["world", "entry", "scale", "seed", "policies", "model", "arm"]
    for (world, entry, scale, seed, policies, model, _), rows in sound.groupby(keys, sort=True):
        lines.append(_LINE.format(rows.run.iloc[0][:SHORT], rows.written.max()[:16].replace("T", " "), world, entry, figure(scale), int(seed), len(rows),
                                  f"{rows.megabytes.sum():.1f}", f"{rows.seconds.mean():.2f}"))
        lines += _wrapped([*(["of another version of the model"] if model != "this" else []), f"policies: {policies or 'none'}"], width)
    for row in broken.itertuples():
        lines += [f"{row.run[:SHORT]}  damaged", *_wrapped([row.fault], width)]
    return lines


def _wrapped(parts: Iterable[str], width: int) -> list[str]:
    from textwrap import wrap

    return wrap("; ".join(parts), width, initial_indent=" " * 12, subsequent_indent=" " * 12)
