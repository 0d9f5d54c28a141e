"""Targets of a calibration beside what draws of its posterior show of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import places_for, plain

FARTHEST = 4.0      # tolerances; what lies beyond is drawn at the edge
ROLES = {"calibrate": "fitted", "input": "input", "held_out": "held out", "report": "never fitted"}


@house_style()
def target_card(card: pd.DataFrame, *, title: str, source: str) -> Figure:
    """Draw the middle 90 % that draws predict of every target, less what is observed, in the target's tolerances.

    Parameters
    ----------
    card
        As `calibration.scorecard.scorecard` gives it.
    """
    inside = int(card["inside"].sum()) if len(card) else 0
    subtitle = (f"{inside} of {len(card)} figures lie inside. Bars: 90\N{NO-BREAK SPACE}% of what the draws predict, tolerance included; at 0 the model shows "
                f"what is observed. In tolerances of the figure; at the edge it is off by {FARTHEST:g} or more.")
    figure = style.new_figure(8.6, 0.7 + 0.2 * max(len(card), 3))
    axes = figure.add_subplot()
    if card.empty:
        style.say(axes, "Nothing has been scored.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    heights = np.arange(len(card))[::-1]
    axes.axvline(0.0, color=style.INK, linewidth=0.9, zorder=1)
    for height, row in zip(heights, card.itertuples(), strict=True):
        colour = style.GAIN if row.inside else style.LOSS
        half = (row.miss - 1.65, row.miss + 1.65)
        axes.hlines(height, *np.clip(half, -FARTHEST, FARTHEST), color=colour, linewidth=2.0, alpha=0.5)
        marker = "o" if abs(row.miss) <= FARTHEST else ">" if row.miss > 0 else "<"
        axes.plot(np.clip(row.miss, -FARTHEST, FARTHEST), height, marker, color=colour, markersize=5,
                  markerfacecolor=colour if row.role == "held_out" else "white")
    style.name_rows(axes, heights, card["title"].astype(str))
    axes.set_xlim(-FARTHEST - 0.2, FARTHEST + 0.2)
    axes.set_xlabel("simulated less observed, in tolerances")
    places = [places_for([each]) if abs(each) < 100 else 0 for each in card["observed"].astype(float)]
    style.write_columns(axes, heights, {
        "observed": [plain(value, digits) for value, digits in zip(card["observed"], places, strict=True)],
        "90 % band": [f"{plain(row.low, digits)} to {plain(row.high, digits)}" for row, digits in zip(card.itertuples(), places, strict=True)],
        "role": [ROLES[role] for role in card["role"]]})
    return style.frame(figure, title=title, subtitle=subtitle, source=source, legend=[
        Patch(color=style.GAIN, alpha=0.4, linewidth=0, label="observed lies inside"), Patch(color=style.LOSS, alpha=0.4, linewidth=0, label="outside"),
        Line2D([], [], color=style.INK, linestyle="none", marker="o", markersize=5, label="held out"),
        Line2D([], [], color=style.INK, linestyle="none", marker="o", markersize=5, markerfacecolor="white", label="the others")])
