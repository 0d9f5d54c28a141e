"""How people and work pass through the world: what the flow figures and the report are drawn from.

Each function takes the runs of both arms by name and returns one tidy table of means over replications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from talentsim.analysis.intervals import t_interval
from talentsim.recorder import RunTables

Arms = Mapping[str, Sequence[RunTables]]

STAGES = ("training", "work", "hq")
FUNNEL = ("applied", "refused", "lost_lottery", "granted")


def pathways(arms: Arms, year: int, weight: float) -> pd.DataFrame:
    """Return the works of a year by the country of training, of work and of the employer's headquarters.

    Returns
    -------
    arm, training, work, hq (where it is recorded), works.
    """
    parts = []
    for arm, runs in arms.items():
        frames = [frame[frame["year"] == year] for frame in (run.frame("works") for run in runs)]
        stages = [stage for stage in STAGES if stage in frames[0]]
        summed = pd.concat(frames).groupby(stages, observed=True, as_index=False)["works"].sum()
        parts.append(summed.assign(works=weight * summed["works"] / len(runs), arm=arm))
    return _tidy(pd.concat(parts, ignore_index=True))


def corridors(arms: Arms, years: tuple[int, int], weight: float, level: float) -> pd.DataFrame:
    """Return moves a year between each pair of countries, both ends of `years` included, with their paired difference.

    Returns
    -------
    from, to, baseline, scenario, difference, low, high; pairs without a move in either arm are left out.
    """
    moved = {arm: weight * np.array([_moves_a_year(run, years) for run in runs]) for arm, runs in arms.items()}
    difference, low, high = t_interval(moved["scenario"] - moved["baseline"], level)
    means = {arm: each.mean(axis=0) for arm, each in moved.items()}
    codes = next(iter(arms.values()))[0].codes
    one, other = np.nonzero(means["baseline"] + means["scenario"])
    columns = {**means, "difference": difference, "low": low, "high": high}
    names = {"from": np.array(codes)[one], "to": np.array(codes)[other]}
    return pd.DataFrame(names | {name: values[one, other] for name, values in columns.items()})


def visa_funnel(arms: Arms, years: tuple[int, int], weight: float) -> pd.DataFrame:
    """Return what became of applications for visas, a year, both ends of `years` included.

    Returns
    -------
    arm, country, origin, route, applied, refused, lost_lottery, granted; empty where applications are not recorded.
    """
    parts = []
    for arm, runs in arms.items():
        frames = [frame[frame["year"].between(*years)] for frame in (run.frame("visas") for run in runs)]
        if "route" in frames[0]:
            keys = ["country", "origin", "route"]
            summed = pd.concat(frames).groupby(keys, observed=True, as_index=False)[list(FUNNEL)].sum()
            summed[list(FUNNEL)] *= weight / len(runs) / (years[1] - years[0] + 1)
            parts.append(summed.assign(arm=arm))
    empty = pd.DataFrame(columns=["arm", "country", "origin", "route", *FUNNEL]).astype(dict.fromkeys(FUNNEL, float))
    return _tidy(pd.concat(parts, ignore_index=True)) if parts else empty


def _moves_a_year(run: RunTables, years: tuple[int, int]) -> np.ndarray:
    """Return moves by country left and country reached, shape (n, n), in agents a year."""
    frame = run.frame("flows")
    frame = frame[frame["year"].between(*years)]
    codes = list(run.codes)
    table = frame.pivot_table(index="from", columns="to", values="moves", aggfunc="sum", observed=False, fill_value=0)
    return table.reindex(index=codes, columns=codes, fill_value=0).to_numpy(float) / (years[1] - years[0] + 1)


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Put the arm first and turn categories into codes."""
    table = table[["arm", *(column for column in table.columns if column != "arm")]]
    categories = table.select_dtypes("category").columns
    return table.astype(dict.fromkeys(categories, str))
