"""How well the baseline fits what is known, in words and rows: made from the runs of the very comparison."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from talentsim.config import parameters_of
from talentsim.data.facts import facts
from talentsim.data.sources import sources
from talentsim.report.document.scene import Scene
from talentsim.report.numbers import interval, plain

N_KEYS = 12
CODE = re.compile(r"\b[A-Z]{3}\b")


class Observed(NamedTuple):
    """One published figure or table of figures that a baseline is laid beside."""

    id: str
    quantity: str
    unit: str
    source: str
    url: str
    note: str


def fit_table(scene: Scene) -> pd.DataFrame:
    """Return table `fit` of the results with countries by their names, empty where there is none."""
    if "fit" not in scene.results:
        return pd.DataFrame()
    table = scene.results.table("fit")
    return table.assign(quantity=[CODE.sub(lambda found: scene.names.get(found[0], found[0]), str(each)) for each in table["quantity"]])


def fit_rows(scene: Scene) -> list[list[str]]:
    """Return quantity, use, fact, simulated, interval and observed, as text."""
    return [[f"{row.quantity}, {row.unit}", row.use, row.fact, plain(row.simulated, 1), interval(row.low, row.high, 1).replace("+", ""),
             f"{'below ' if row.is_bound else ''}{plain(row.observed, 1)}"] for row in fit_table(scene).itertuples()]


def observed_facts(scene: Scene) -> list[Observed]:
    """Return what the baseline is laid beside, with source and reservations."""
    fit, known = fit_table(scene), sources()
    found = [facts()[name] for name in (fit["fact"].unique() if len(fit) else ()) if name in facts()]
    return [Observed(each.id, each.quantity, each.unit, known[each.source].title, known[each.source].url, each.note) for each in found]


def remarks(scene: Scene) -> list[str]:
    """Say why nothing is laid beside this baseline, or that it is not the one that was fitted."""
    if fit_table(scene).empty:
        is_invented = all(each.year is None and not each.source for _, each in parameters_of(scene.baseline.world.countries))
        return [f"The figures of this world ({scene.baseline.world.title}) are invented: there are no observations to compare its baseline with."
                if is_invented else "This baseline was not compared with observations."]
    if "departures" not in scene.results:
        return []
    keys = [str(key) for key in scene.results.table("departures")["key"]]
    more = f" and {len(keys) - N_KEYS} more" if len(keys) > N_KEYS else ""
    return ["This baseline differs from the shipped one in the years of these figures: what is marked as fitted was fitted with other "
            f"values of {', '.join(keys[:N_KEYS])}{more}."]
