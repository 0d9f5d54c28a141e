"""What the answer depends on: single figures at the ends of their ranges."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import one_or_count, places_for, quoted, signed, signed_tick, unit_of_difference

SHOWN = 20
LOOKS = {"low": (style.GREY, "o", 0.17), "high": (style.INK, "s", -0.17)}
"""Colour, marker and place in the row of each end: the two bars of a row never lie on each other, though both may lead one way."""

LONGEST = 44            # characters of a row's name on one line


@house_style()
def tornado(figures: pd.DataFrame, *, scenario: str, here: float, outcome: str, unit: str, source: str) -> Figure:
    """Draw how far the difference goes from where it is when each figure goes to the ends of its range, widest first.

    Parameters
    ----------
    figures
        Columns title, low_value, low, high_value, high: each end's value as text, and the difference there.
    here
        The difference as configured.
    outcome
        What the difference is of, with country and year.
    unit
        Of the outcome's levels.
    """
    change = unit_of_difference(unit)
    title = f"Which figures does the answer to {quoted(scenario)} depend on?"
    more = f" The {SHOWN} that move it most of {len(figures)}." if len(figures) > SHOWN else ""
    subtitle = (f"{outcome}: scenario minus baseline, {change}, with one figure at each end of its range and all others kept; the dashed line is "
                f"the answer as configured.{more}")
    rows = figures.head(SHOWN)
    figure = style.new_figure(8.6, 0.75 + 0.36 * max(len(rows), 3))
    axes = figure.add_subplot()
    if rows.empty:
        style.say(axes, "No figure was varied.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    heights = np.arange(len(rows))[::-1]
    for height, row in zip(heights, rows.itertuples(), strict=True):
        for end in LOOKS:
            _draw_end(axes, height, here, getattr(row, end), end)
    style.name_rows(axes, heights, (textwrap.fill(str(each), LONGEST) for each in rows["title"]))
    axes.axvline(here, color=style.INK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    axes.xaxis.set_major_formatter(FuncFormatter(signed_tick))
    axes.set_xlabel(f"scenario minus baseline, in {change}")
    places = places_for([here, *rows["low"], *rows["high"]])
    style.write_columns(axes, heights, {f"at the {end} end": [f"{one_or_count(value)}: {signed(difference, places)}" for value, difference in
                                                              zip(rows[f"{end}_value"], rows[end], strict=True)] for end in LOOKS})
    legend = [Line2D([], [], color=colour, marker=marker, markersize=5.5, linewidth=4.0, label=f"at the {end} end of the range")
              for end, (colour, marker, _) in LOOKS.items()]
    return style.frame(figure, title=title, subtitle=subtitle, source=source, legend=legend)


def _draw_end(axes: Axes, height: float, here: float, difference: float, end: str) -> None:
    colour, marker, shift = LOOKS[end]
    axes.hlines(height + shift, min(here, difference), max(here, difference), color=colour, linewidth=4.0, alpha=0.6)
    axes.plot(difference, height + shift, marker, markersize=5.5, color=colour)
