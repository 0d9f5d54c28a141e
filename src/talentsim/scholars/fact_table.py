"""Stylised facts laid beside the model's, and counted.

The table of targets and tolerances lies in the user's data folder. Facts that are there to be calibrated to look no
further than `CALIBRATED_UNTIL`: where the table's period goes on, the target is computed anew from the panel's years
before. Facts of one field, of economies, or of years outside the panel cannot be shown and are listed apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from talentsim.scholars.stylised import FACTS, LOOKS_BACK, Fact, Series, Years

CALIBRATED_UNTIL = 2014
NOT_SHOWN = {
    "R8": "doctorates in the United States by citizenship, not all researchers", "R9": "doctorates in the United States by citizenship",
    "R11": "computer science faculty", "A1": "articles in AI", "A2": "authors at a conference on AI", "G3": "58 economies",
    "G5": "58 economies", "C7": "reported only: the sign depends on the vintage of the data", "C10": "the panel ends in 2018",
}
COLUMNS = ("id", "fact", "use", "first", "last", "target", "tolerance", "panel", "model", "inside", "runs", "runs_inside", "panel_ahead",
           "model_ahead", "ahead_inside", "runs_ahead", "runs_ahead_inside", "remark")
NEED_COVARIATES = ("G1", "G2", "G6", "G7")


def fact_table(targets: pd.DataFrame, observed: Series, model: Series, persons: dict[str, float], known_until: int,
               runs: Sequence[Series] = ()) -> pd.DataFrame:
    """Lay the model beside the targets.

    Flows until `known_until` are met by construction, so a fact over those years says nothing about the model. The same
    fact over the years after is held out, where it is a fact of these years alone or at least three of its period are;
    there the panel's own figure of these years stands in the place of the target.

    Parameters
    ----------
    targets
        The published table: id, fact, target, tolerance, use.
    model
        The model's expected numbers.
    persons
        The model's patterns of careers by id.
    runs
        Runs of agents, if there are any. A fact of theirs is the mean over runs of what each shows: noise that a mean
        run would have lost stays in.

    Returns
    -------
    id, fact, use, first, last, target, tolerance, panel (the same computed from the panel), model, inside (NaN where the
    fact cannot be shown), runs and runs_inside (likewise; patterns of careers are those of `persons`), panel_ahead,
    model_ahead, ahead_inside, runs_ahead and runs_ahead_inside (over the years after `known_until`), and remark.
    """
    return pd.DataFrame([_row(each, observed, model, persons, known_until, runs) for each in targets.itertuples()], columns=COLUMNS)


def _row(each: Any, observed: Series, model: Series, persons: dict[str, float], known_until: int, runs: Sequence[Series]) -> tuple[Any, ...]:
    name, target, tolerance, panel = str(each.id), float(each.target), float(each.tolerance), float("nan")
    remark = _not_shown(name, observed)
    first = last = None
    panel_ahead = model_ahead = runs_ahead = float("nan")
    value = persons.get(name, float("nan"))
    in_runs = value if runs else float("nan")
    if name in FACTS and not remark:
        first, last, fact = FACTS[name]
        if each.use == "calibrate" and last > CALIBRATED_UNTIL:
            first, last = min(first, CALIBRATED_UNTIL - 4), CALIBRATED_UNTIL
        years = np.arange(first, last + 1)
        panel, value, in_runs = fact(observed, years), fact(model, years), _mean_over(runs, fact, years)
        later = held_out_years(name, years, known_until)
        if len(later):
            panel_ahead, model_ahead, runs_ahead = fact(observed, later), fact(model, later), _mean_over(runs, fact, later)
        if last != FACTS[name][1] and np.isfinite(panel):
            target, remark = panel, f"target of {first}-{last} from the panel; the table's is {target:g}"
    return (name, each.fact, each.use, first, last, target, tolerance, panel, value, _is_inside(value, target, tolerance), in_runs,
            _is_inside(in_runs, target, tolerance), panel_ahead, model_ahead, _is_inside(model_ahead, panel_ahead, tolerance), runs_ahead,
            _is_inside(runs_ahead, panel_ahead, tolerance), remark)


def _not_shown(name: str, observed: Series) -> str:
    """Return why a fact cannot be shown, nothing where it can."""
    if name in NEED_COVARIATES and not observed.panel.has_covariates:
        return "no covariates in the data folder"
    if name in FACTS and observed.panel.years[-1] < FACTS[name][1]:
        return f"the panel ends in {observed.panel.years[-1]}"
    if name in FACTS and observed.panel.years[0] > FACTS[name][0] - LOOKS_BACK.get(name, 0):
        return f"the panel begins in {observed.panel.years[0]}"
    return NOT_SHOWN.get(name, "")


def held_out_counts(facts: pd.DataFrame, forecasts: Mapping[str, Sequence[Series]], known_until: int) -> pd.DataFrame:
    """Count the held-out facts that each forecast has inside their tolerance.

    Parameters
    ----------
    facts
        See `fact_table`.
    forecasts
        Series by name of the forecast, one or several runs of each.

    Returns
    -------
    model, inside, facts (how many there are).
    """
    held_out = facts.dropna(subset=["panel_ahead"])
    rows = []
    for model, runs in forecasts.items():
        inside = 0.0
        for each in held_out.itertuples():
            later = held_out_years(str(each.id), np.arange(int(each.first), int(each.last) + 1), known_until)
            inside += _is_inside(_mean_over(runs, FACTS[str(each.id)][2], later), float(each.panel_ahead), float(each.tolerance)) == 1.0
        rows.append((model, int(inside), len(held_out)))
    return pd.DataFrame(rows, columns=["model", "inside", "facts"])


def held_out_years(name: str, years: Years, known_until: int) -> Years:
    """Return the years of a fact that are held out; none where they are too few to show it."""
    later = years[years > known_until]
    enough = len(later) >= 3 or len(later) == len(years)
    return later if enough and name != "S24" else later[:0]         # S24 is the year of a change of sign, in 2008


def _mean_over(runs: Sequence[Series], fact: Fact, years: Years) -> float:
    return float(np.mean([fact(run, years) for run in runs])) if runs else float("nan")


def _is_inside(value: float, target: float, tolerance: float) -> float:
    return float(abs(value - target) <= tolerance) if np.isfinite(value) else float("nan")
