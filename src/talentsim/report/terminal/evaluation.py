"""Tables of calibration and validation for the terminal."""

from __future__ import annotations

import math

import pandas as pd
from rich.table import Table
from rich.text import Text

from talentsim.digits import figure

SCORES = {"wlogRMSE": 3, "CPC": 3, "MAPE50": 1, "chg_corr50": 2, "netrate_RMSE_permil": 2, "TVD_stock": 4, "bias_total%": 1, "R2log": 3}


def score_lines(scores: pd.DataFrame, title: str) -> Table:
    """List forecasts with their scores; the model's lines are bold."""
    table = _table(title, ["forecast", *SCORES])
    for row in scores.to_dict("records"):
        bold = "bold" if str(row["model"]).startswith("model") else ""
        table.add_row(Text(str(row["model"])), *(_figure(row[name], places) for name, places in SCORES.items()), style=bold)
    return table


def verdict_lines(verdict: pd.DataFrame) -> Table:
    """List what was asked for and what came out."""
    table = _table("Asked for and reached", ["score", "required", "reached", ""])
    for row in verdict.itertuples():
        table.add_row(str(row.measure), str(row.required), _figure(row.reached, SCORES[str(row.measure)]), "met" if row.met else "MISSED")
    return table


def lead_lines(lead: pd.DataFrame, counts: pd.DataFrame) -> Table:
    """List by how much the model's log error is below each other's, and how many held-out facts each forecast shows."""
    table = _table("The model's lead in wlogRMSE (95 % interval over corridors drawn anew), and held-out facts inside their tolerance",
                   ["forecast", "lead", "interval", "facts"])
    known = lead.set_index("model")
    for row in counts.itertuples():
        ahead = known.loc[row.model] if row.model in known.index else None
        table.add_row(Text(str(row.model)), "" if ahead is None else f"{ahead.lead:+.3f}",
                      "" if ahead is None else f"{ahead.low:+.3f} to {ahead.high:+.3f}", f"{row.inside} of {row.facts}" if row.facts else "")
    return table


def by_year_lines(by_year: pd.DataFrame, shown: list[str]) -> Table:
    """List the scores of some forecasts by year ahead."""
    years = sorted(by_year.year.unique())
    table = _table("By year", ["forecast", "score", *map(str, years)])
    for name in shown:
        mine = by_year[by_year.model == name].set_index("year")
        for score in ("wlogRMSE", "CPC", "TVD_stock"):
            table.add_row(Text(name), score, *(_figure(mine[score][year], SCORES[score]) for year in years))
    return table


def ablation_lines(ablation: pd.DataFrame) -> Table:
    """List variants of the model with their scores on forecasts within the known years and on the years after."""
    columns = [name for name in ablation.columns if name != "variant"]
    table = _table("What buys what", ["variant", *columns])
    for row in ablation.to_dict("records"):
        table.add_row(Text(str(row["variant"])), *(_figure(row[name], SCORES[name.split()[-1]]) for name in columns))
    return table


def fact_lines(facts: pd.DataFrame) -> Table:
    """List stylised facts with target, the panel's own figure and the model's, in expected numbers and in runs of agents."""
    has_runs = bool(facts.runs.notna().any())
    columns = ["id", "fact", "use", "years", "target", "+-", "panel", "expected", "inside", *(("agents", "inside") if has_runs else ()),
               "panel after", "expected after", "inside", *(("agents after", "inside") if has_runs else ()), "remark"]
    table = _table("Stylised facts", columns)
    for row in facts.itertuples():
        years = "" if math.isnan(row.first) else f"{row.first:.0f}-{row.last:.0f}"
        runs = (_figure(row.runs, 3), _yes(row.runs_inside)) if has_runs else ()
        table.add_row(str(row.id), Text(str(row.fact)), str(row.use), years, figure(row.target, 4), figure(row.tolerance, 3),
                      _figure(row.panel, 3), _figure(row.model, 3), _yes(row.inside), *runs, _figure(row.panel_ahead, 3),
                      _figure(row.model_ahead, 3), _yes(row.ahead_inside),
                      *((_figure(row.runs_ahead, 3), _yes(row.runs_ahead_inside)) if has_runs else ()), Text(str(row.remark)))
    return table


def fact_count(facts: pd.DataFrame) -> str:
    """Count the facts inside their tolerance, by use, and those outside the count."""
    outside = f"outside the count: {', '.join(facts[facts.inside.isna()].id)}"
    counts = [f"{name}: {_count(facts, column)}" for name, column in (("expected numbers", "inside"), ("runs of agents", "runs_inside"))
              if facts[column].notna().any()]
    held_out = [f"{name} {int(facts[column].sum())} of {facts[column].count()}" for name, column in
                (("expected numbers", "ahead_inside"), ("runs of agents", "runs_ahead_inside")) if facts[column].notna().any()]
    return (f"Held out, over the years after the last known one: {', '.join(held_out)}. Over all their years, most of which are met by "
            f"construction, {'; '.join(counts)}; {outside}")


def _count(facts: pd.DataFrame, column: str) -> str:
    shown = facts.dropna(subset=[column])
    parts = [f"{use} {int(group[column].sum())} of {len(group)}" for use, group in shown.groupby("use", sort=False)]
    return f"{int(shown[column].sum())} of {len(shown)} ({', '.join(parts)})"


def _yes(inside: float) -> str:
    return "" if math.isnan(inside) else "yes" if inside else "NO"


def parameter_lines(parameters: pd.DataFrame) -> Table:
    """List figures before and as proposed."""
    table = _table("Proposed", ["key", "before", "proposed", "by"])
    for row in parameters.itertuples():
        table.add_row(str(row.key), figure(row.before, 4), figure(row.proposed, 4), str(row.method))
    return table


def moment_lines(careers: pd.DataFrame) -> Table:
    """List moments of careers before and as proposed."""
    table = _table("Moments of careers", ["id", "target", "+-", "before", "proposed", "inside"])
    for row in careers.itertuples():
        table.add_row(str(row.id), figure(row.target, 4), figure(row.tolerance, 3), _figure(row.before, 3), _figure(row.proposed, 3),
                      "yes" if row.inside else "NO")
    return table


def entry_lines(entries: pd.DataFrame, shown: int = 8) -> Table:
    """List the ways in which entries may go on that forecast stock shares best."""
    scores = ("TVD_stock", "wlogRMSE", "CPC", "netrate_RMSE_permil")
    table = _table("How entries go on: forecasts within the known years", ["growth of years", "left a year later", *scores])
    for row in entries.nsmallest(shown, "TVD_stock").to_dict("records"):
        table.add_row(f"{row['window']:.0f}", f"{row['damping']:.1f}", *(_figure(row[name], SCORES[name]) for name in scores))
    return table


def rolling_lines(rolling: pd.DataFrame) -> Table:
    """List scores by year of the forecast, and their means."""
    table = _table("Forecasts within the known years", ["last known year", "years ahead", *SCORES])
    for row in rolling.to_dict("records"):
        table.add_row(f"{row['last_known']:.0f}", f"{row['years']:.0f}", *(_figure(row[name], places) for name, places in SCORES.items()))
    mean = rolling.mean()
    table.add_section()
    table.add_row("mean", "", *(_figure(mean[name], places) for name, places in SCORES.items()))
    return table


def _table(title: str, columns: list[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        is_text = column in ("forecast", "variant", "fact", "remark", "key", "by", "id", "use", "score", "required")
        table.add_column(column, justify="left" if is_text or number == 0 else "right", overflow="fold")
    return table


def _figure(value: float, places: int) -> str:
    return "" if math.isnan(value) else f"{value:.{places}f}"
