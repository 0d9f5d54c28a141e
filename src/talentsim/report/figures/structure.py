"""How much the answer depends on what the model assumes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import interval, interval_name, places_for, plain, quoted, signed, signed_tick, unit_of_difference


def _bars(variants: pd.DataFrame, level: float, over_draws: bool) -> str:
    """Say what the bars are, and why there are none where a row is one pair of runs."""
    if over_draws:
        return f"bars: {interval_name(level)} over sets of plausible figures, fewer of them in the rows below the first."
    bars = f"bars: {interval_name(level)} from chance alone, often thinner than the dot"
    alone = variants["low"].iloc[1:].isna()
    return f"{bars}; a row without one is a single pair of runs." if alone.any() else f"{bars}."


@house_style()
def structure_range(variants: pd.DataFrame, *, scenario: str, outcome: str, unit: str, source: str, level: float = 0.95,
                    over_draws: bool = False) -> Figure:
    """Draw the headline under other assumptions, beside its Monte-Carlo error or its spread over draws of the parameters.

    Parameters
    ----------
    variants
        Columns variant (a few words), baseline, scenario, difference, low, high: the first row is the model as it was run.
    outcome
        What the difference is of, with country and year.
    unit
        Of the outcome's levels.
    """
    change = unit_of_difference(unit)
    title = f"How much does the answer to {quoted(scenario)} depend on what is assumed?"
    subtitle = f"{outcome}: scenario minus baseline, {change}. Each row changes one assumption; {_bars(variants, level, over_draws)} The shaded band spans all rows."
    figure = style.new_figure(8.6, 0.75 + 0.29 * max(len(variants), 3))
    axes = figure.add_subplot()
    if variants.empty:
        style.say(axes, "No other assumption was run.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    heights = np.arange(len(variants))[::-1]
    values = variants["difference"].to_numpy(float)
    axes.axvspan(values.min(), values.max(), color=style.GREY, alpha=0.12, linewidth=0)
    axes.axvline(values[0], color=style.INK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    for place, (height, row) in enumerate(zip(heights, variants.itertuples(), strict=True)):
        colour = style.INK if place == 0 else style.sign_colour(row.difference)
        axes.hlines(height, row.low, row.high, color=colour, linewidth=2.4, alpha=0.55)
        axes.plot(row.difference, height, "D" if place == 0 else "o", markersize=6, color=colour)
    style.name_rows(axes, heights, variants["variant"].astype(str), ticks=4)
    axes.xaxis.set_major_formatter(FuncFormatter(signed_tick))
    axes.set_xlabel(f"scenario minus baseline, in {change}")
    places = places_for(values if values.any() else variants["baseline"])
    style.write_columns(axes, heights, {
        "baseline": [plain(each, places) for each in variants["baseline"]],
        "difference": [signed(each, places) for each in values],
        "interval": [interval(row.low, row.high, places) for row in variants.itertuples()],
    })
    return style.frame(figure, title=title, subtitle=subtitle, source=source)
