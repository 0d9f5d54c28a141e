"""How the model fares against what is observed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from talentsim.arrays import Floats
from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import places_for, plain

FARTHEST = 3.0      # tolerances; what lies beyond is drawn at the edge


@house_style()
def scorecard(scores: pd.DataFrame, *, title: str, source: str) -> Figure:
    """Draw each score by its distance from what is required, in tolerances: inside the band it is met.

    Parameters
    ----------
    scores
        Columns measure (a few words with unit), value, low, high (what is allowed; an end that is not bounded is missing),
        and where they are known is_held_out (the figure was not used to set the model) and benchmark (the best other
        method's value).
    """
    subtitle = ("Distance from the middle of what is allowed, in half its width; of a bound on one side, in shares of the bound. "
                f"Inside the band a score is met; at the edge it is off by {FARTHEST:g} or more.")
    figure = style.new_figure(8.6, 0.7 + 0.25 * max(len(scores), 3))
    axes = figure.add_subplot()
    if scores.empty:
        style.say(axes, "Nothing has been scored.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    distance = distances(scores)
    heights = np.arange(len(scores))[::-1]
    axes.axvspan(-1.0, 1.0, color=style.GAIN, alpha=0.12, linewidth=0)
    is_held_out = scores["is_held_out"].astype(bool) if "is_held_out" in scores else pd.Series(True, index=scores.index)
    for height, where, held_out in zip(heights, distance, is_held_out, strict=True):
        _draw_score(axes, height, where, held_out)
    style.name_rows(axes, heights, scores["measure"].astype(str))
    axes.set_xlim(-FARTHEST - 0.2, FARTHEST + 0.2)
    axes.set_xticks([-3, -2, -1, 0, 1, 2, 3], labels=["\N{MINUS SIGN}3", "\N{MINUS SIGN}2", "\N{MINUS SIGN}1", "0", "1", "2", "3"])
    axes.set_xlabel("distance, in tolerances")
    style.write_columns(axes, heights, _columns(scores, distance))
    met = int(np.sum(np.abs(distance) <= 1.0))
    return style.frame(figure, title=title, subtitle=f"{met} of {len(scores)} are met. {subtitle}", source=source, legend=[
        Patch(color=style.GAIN, alpha=0.15, linewidth=0, label="allowed"),
        Line2D([], [], color=style.INK, linestyle="none", marker="o", markersize=6, label="held out"),
        Line2D([], [], color=style.INK, linestyle="none", marker="o", markersize=6, markerfacecolor="white", label="used to set the model, or met by construction"),
    ] if "is_held_out" in scores else ())


def distances(scores: pd.DataFrame) -> Floats:
    """Return how far each score is from what is allowed, in tolerances: at most 1 in size where it is met.

    Between two bounds it is the distance from their middle in half their width; under an upper bound value / bound, over
    a lower one bound / value with a minus sign.
    """
    value, low, high = (scores[name].to_numpy(float) for name in ("value", "low", "high"))
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (value - (low + high) / 2.0) / np.where(high > low, (high - low) / 2.0, 1.0)
        return np.select([np.isnan(low) & np.isnan(high), np.isnan(low), np.isnan(high)], [np.nan, value / high, -low / value], between)


def _draw_score(axes: Axes, height: float, where: float, is_held_out: bool) -> None:
    if not np.isfinite(where):
        return
    colour = style.GAIN if abs(where) <= 1.0 else style.LOSS
    marker = "o" if abs(where) <= FARTHEST else ">" if where > 0 else "<"
    axes.plot(np.clip(where, -FARTHEST, FARTHEST), height, marker, markersize=6.5, color=colour,
              markerfacecolor=colour if is_held_out else "white")


def _columns(scores: pd.DataFrame, distance: Floats) -> dict[str, list[str]]:
    places = [max(0, places_for([each])) if abs(each) < 100 else 0 for each in scores["value"].astype(float)]
    columns = {"value": [plain(value, digits) for value, digits in zip(scores["value"].astype(float), places, strict=True)],
               "required": [_required(row.low, row.high, digits) for row, digits in zip(scores.itertuples(), places, strict=True)]}
    if "benchmark" in scores:
        columns["best benchmark"] = [plain(value, digits) for value, digits in zip(scores["benchmark"].astype(float), places, strict=True)]
    columns["verdict"] = ["met" if abs(each) <= 1.0 else "missed" if np.isfinite(each) else "n/a" for each in distance]
    return columns


def _required(low: float, high: float, places: int) -> str:
    if np.isnan(low) and np.isnan(high):
        return "n/a"
    if np.isnan(low):
        return f"at most {plain(high, places)}"
    return f"at least {plain(low, places)}" if np.isnan(high) else f"{plain(low, places)} to {plain(high, places)}"
