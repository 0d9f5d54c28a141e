"""How many of those a country has trained are still there, year after year."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from talentsim.report.colours import country_colour
from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import interval_name, quoted, signed

DASHES: dict[str, Any] = {"baseline": (0, (4, 2)), "scenario": "-"}


@house_style()
def stay_curves(stay: pd.DataFrame, *, training: str, scenario: str, cohorts: tuple[int, int], source: str,
                n_origins: int = 6, level: float = 0.95, names: Mapping[str, str] | None = None,
                called: str | None = None) -> Figure:
    """Draw the share of a country's doctorates from each origin who are there so many years later, in both worlds.

    Parameters
    ----------
    stay
        Columns arm, training, origin, years_since, stay_rate, low, high (%, means and intervals over replications) and
        graduates (people): the rows with the training country are drawn. Years without anybody are left out.
    training
        Country that gave the doctorates.
    cohorts
        First and last year of the doctorates.
    n_origins
        So many of the origins with the most graduates are shown.
    names
        What a country's code is called; the code itself where it has no name here.
    called
        What the training country is called in a sentence; its code if nothing is given.
    """
    rows = stay[(stay["training"].astype(str) == training) & stay["stay_rate"].notna()]
    sizes = rows.groupby(rows["origin"].astype(str))["graduates"].max().sort_values(ascending=False, kind="stable")
    origins = [str(origin) for origin in sizes.index[:n_origins]]
    named, here = names or {}, called or training
    title = f"How many doctorates of {here} stay there, without and with {quoted(scenario)}?"
    span = f"{cohorts[0]} to {cohorts[1]}" if cohorts[0] != cohorts[1] else f"{cohorts[0]}"
    subtitle = f"Share still in {here}, % of the doctorates of {span}, by years since and by country of first degree."
    if not origins:
        figure = style.new_figure(8.6, 2.0)
        style.say(figure.add_subplot(), f"Nobody took a doctorate in {here} in {span} and could be followed.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    figure, panels = _panels(len(origins))
    for axes, origin in zip(panels, origins, strict=False):
        _draw_origin(axes, rows[rows["origin"].astype(str) == origin], country_colour(origin), f"{named.get(origin, origin)}, {sizes[origin]:,.0f} doctorates")
    return style.frame(figure, title=title, subtitle=subtitle, source=source, legend=[
        Line2D([], [], color=style.INK, linestyle=DASHES["baseline"], linewidth=1.1, label="baseline"),
        Line2D([], [], color=style.GREY, linewidth=2.0, label="scenario, in the origin's colour"),
        Patch(color=style.GREY, alpha=0.25, linewidth=0, label=interval_name(level)),
    ])


def _panels(n_panels: int) -> tuple[Figure, Sequence[Axes]]:
    columns = min(n_panels, 3)
    rows = math.ceil(n_panels / columns)
    figure = style.new_figure(max(7.6, 2.85 * columns), 2.3 * rows)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for axes in grid.ravel()[n_panels:]:
        axes.set_axis_off()
    for axes in grid[-1]:
        axes.set_xlabel("years since the doctorate")
    for axes in grid[:, 0]:
        axes.set_ylabel("% still there")
    return figure, list(grid.ravel())


def _draw_origin(axes: Axes, rows: pd.DataFrame, colour_of_it: str, title: str) -> None:
    last = {}
    for arm, colour, width in (("scenario", colour_of_it, 2.0), ("baseline", style.INK, 1.1)):
        curve = rows[rows["arm"].astype(str) == arm].sort_values("years_since")
        if curve.empty:
            continue
        years, rate = curve["years_since"].to_numpy(float), curve["stay_rate"].to_numpy(float)
        axes.fill_between(years, curve["low"].to_numpy(float), curve["high"].to_numpy(float), color=colour, alpha=0.2, linewidth=0)
        axes.plot(years, rate, color=colour, linestyle=DASHES[arm], linewidth=width, marker="o" if len(curve) < 4 else None, markersize=3.5)
        last[arm] = years[-1], rate[-1]
    axes.set_ylim(0.0, 103.0)
    axes.set_xlim(left=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=style.STEPS))
    axes.set_title(title, loc="left", fontweight="bold", fontsize=style.SMALL, color=style.INK)
    if len(last) == 2 and np.isfinite([each[1] for each in last.values()]).all():
        gap = last["scenario"][1] - last["baseline"][1]
        words = f"after {last['scenario'][0]:g} years {signed(gap, 1)} points"
        axes.text(0.03, 0.05, words, transform=axes.transAxes, fontsize=style.SMALL)
