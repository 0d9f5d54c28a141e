"""A validation as one card: each score and fact with what is asked of it."""

from __future__ import annotations

import textwrap

import pandas as pd

NAME_WIDTH = 44


def forecast_card(verdict: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of the forecast beside what was required and the best benchmark.

    Parameters
    ----------
    verdict
        measure, required ("at most 0.12" or "at least 0.957"), reached.
    scores
        model and one column a measure; models of ours have names that begin with "model".

    Returns
    -------
    measure, value, low, high, is_held_out, benchmark; as `report.figures.scorecard` draws it.
    """
    bounds = verdict["required"].str.extract(r"(at most|at least) (\S+)")
    is_upper, value = bounds[0] == "at most", bounds[1].astype(float)
    others = scores[~scores["model"].str.startswith("model")]
    best = [others[name].min() if upper else others[name].max() for name, upper in zip(verdict["measure"], is_upper, strict=True)]
    return pd.DataFrame({"measure": verdict["measure"], "value": verdict["reached"], "low": value.where(~is_upper),
                         "high": value.where(is_upper), "is_held_out": True, "benchmark": best})


def fact_card(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the stylised facts that count, each with its tolerance and whether it was used to set the model.

    Parameters
    ----------
    facts
        id, fact, use, target, tolerance, model, inside (missing where a fact is outside the count).
    """
    counted = facts.dropna(subset=["inside"])
    names = [f"{row.id} {textwrap.shorten(row.fact.split(' (')[0], NAME_WIDTH, placeholder=' ...')}" for row in counted.itertuples()]
    return pd.DataFrame({"measure": names, "value": counted["model"], "low": counted["target"] - counted["tolerance"],
                         "high": counted["target"] + counted["tolerance"],
                         "is_held_out": counted["use"] != "calibrate"}).reset_index(drop=True)
