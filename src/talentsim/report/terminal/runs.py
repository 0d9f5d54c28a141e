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
    common = _common(sound)
    for world, shared in common.items():
        if shared:
            lines += ["", *_wrapped([f"{world}, in all runs: {', '.join(shared)}"], width)]
    if len(sound):
        lines += ["", _LINE.format("run", "last written", "world", "entry", "scale", "seed", "runs", "MB", "s/run")]
    keys = ["world", "entry", "scale", "seed", "policies", "model", "arm"]
    for (world, entry, scale, seed, policies, model, _), rows in sound.groupby(keys, sort=True):
        lines.append(_LINE.format(rows.run.iloc[0][:SHORT], rows.written.max()[:16].replace("T", " "), world, entry, figure(scale), int(seed), len(rows),
                                  f"{rows.megabytes.sum():.1f}", f"{rows.seconds.mean():.2f}"))
        lines += _wrapped([*(["of another version of the model"] if model != "this" else []), _beyond(policies.split(", "), common[world])], width)
    for row in broken.itertuples():
        lines += [f"{row.run[:SHORT]}  damaged", *_wrapped([row.fault], width)]
    return lines


def _common(runs: pd.DataFrame) -> dict[str, list[str]]:
    """Return the policies that all runs of a world share, where it has more than one set of them: history that none leaves out."""
    found: dict[str, list[str]] = {}
    for world, rows in runs.groupby("world", sort=True):
        sets = [set(each.split(", ")) for each in rows.policies.unique()]
        found[str(world)] = [each for each in rows.policies.iloc[0].split(", ") if each and all(each in one for one in sets)] if len(sets) > 1 else []
    return found


def _beyond(policies: list[str], shared: list[str]) -> str:
    """Name the policies of a run beside those that are named once for all."""
    own = [each for each in policies if each and each not in shared]
    return f"policies: {', '.join(own) or ('those of all runs' if shared else 'none')}"


def _wrapped(parts: Iterable[str], width: int) -> list[str]:
    from textwrap import wrap

    return wrap("; ".join(parts), width, initial_indent=" " * 12, subsequent_indent=" " * 12)
