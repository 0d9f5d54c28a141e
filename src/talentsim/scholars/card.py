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
    bounds = verdict["required"].astype(str).str.extract(r"(at most|at least) (\S+)")
    is_upper, value = bounds[0] == "at most", bounds[1].astype(float)
    others = scores[~scores["model"].str.startswith("model")]
    best = [others[name].min() if upper else others[name].max() for name, upper in zip(verdict["measure"], is_upper, strict=True)]
    return pd.DataFrame({"measure": verdict["measure"], "value": verdict["reached"], "low": value.where(~is_upper),
                         "high": value.where(is_upper), "is_held_out": True, "benchmark": best})


def fact_card(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the stylised facts that count, each with its tolerance and whether it is held out.

    A fact of flows or stocks is drawn by the years after the last known one, beside the panel's own figure of these
    years, and is held out; over other years the model meets the panel by construction. Runs of agents stand in for
    expected numbers where there are any.

    Parameters
    ----------
    facts
        See `scholars.fact_table.fact_table`.
    """
    counted = facts.dropna(subset=["inside"])
    is_ahead, is_career = counted["panel_ahead"].notna(), counted["first"].isna()
    middle = counted["panel_ahead"].where(is_ahead, counted["target"])
    value = counted["runs_ahead"].fillna(counted["model_ahead"]).where(is_ahead, counted["runs"].fillna(counted["model"]))
    names = [f"{row.id} {textwrap.shorten(row.fact.split(' (')[0], NAME_WIDTH, placeholder=' ...')}" for row in counted.itertuples()]
    return pd.DataFrame({"measure": names, "value": value, "low": middle - counted["tolerance"], "high": middle + counted["tolerance"],
                         "is_held_out": is_ahead | (is_career & (counted["use"] != "calibrate"))}).reset_index(drop=True)
