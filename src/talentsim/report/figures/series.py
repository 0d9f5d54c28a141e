"""Figures that move in time, and what a scenario makes of them."""

from __future__ import annotations

import math
import textwrap

import pandas as pd
from matplotlib.figure import Figure

from talentsim.report.colours import country_colour
from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import quoted

MOST = 6


@house_style()
def figures_over_time(series: pd.DataFrame, *, scenario: str, policy_start: float | None, source: str) -> Figure:
    """Draw series that a scenario touches, one a panel: as data give them, in the baseline and under the scenario.

    Parameters
    ----------
    series
        Columns figure (what is drawn, with its unit), country, year, baseline, scenario (with the policies of each arm), given (value
        of the series where it has a point, else missing); the first `MOST` figures are drawn.
    policy_start
        Year in which the policy starts; None draws no line.
    """
    names = list(dict.fromkeys(series["figure"]))[:MOST]
    columns = max(1, min(len(names), 3))
    figure = style.new_figure(max(7.6, 3.1 * columns), 0.9 + 2.4 * max(1, math.ceil(len(names) / columns)))
    grid = figure.add_gridspec(max(1, math.ceil(len(names) / columns)), columns)
    if not names:
        style.say(figure.add_subplot(grid[0, 0]), "The scenario touches no figure that moves in time.")
    for place, name in enumerate(names):
        axes, rows = figure.add_subplot(grid[place // columns, place % columns]), series[series["figure"] == name]
        colour = country_colour(str(rows["country"].iloc[0]))
        axes.plot(rows["year"], rows["scenario"], color=colour, linewidth=2.0)
        axes.plot(rows["year"], rows["baseline"], color=style.INK, linestyle=(0, (4, 2)), linewidth=1.1)
        axes.plot(rows["year"], rows["given"], "o", color=style.INK, markersize=3.5)
        axes.set_title(textwrap.fill(name, 40), loc="left", fontsize=style.SMALL)
        values = rows[["baseline", "scenario", "given"]].to_numpy(float)
        axes.set_ylim(*style.padded(values, 0.12, least=0.1 * float(abs(rows["baseline"]).max())))
        if policy_start is not None and policy_start >= rows["year"].min():
            axes.axvline(policy_start, color=style.GREY, linewidth=0.7, zorder=1)
        style.place_year_ticks(axes)
    return style.frame(figure, title=f"Which figures that move in time does {quoted(scenario)} touch?",
                       subtitle="Dots: values that data give; lines: what holds in each world, with the policies of the past and of the scenario.",
                       source=source, legend=[each for each in style.arm_legend(policy_start) if "replications" not in str(each.get_label())])
