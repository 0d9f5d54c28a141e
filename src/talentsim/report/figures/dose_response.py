"""How an effect grows with the strength of a policy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import interval_name, signed_tick, unit_of_difference

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#332288", "#882255")
MARKERS = "osD^vPX*"


@house_style()
def dose_response(sweep: pd.DataFrame, *, dose: str, outcome: str, unit: str, source: str, level: float = 0.95, beside: str = "", axis: str = "") -> Figure:
    """Draw the difference that a sweep finds against the value that it sweeps over.

    Parameters
    ----------
    sweep
        Columns dose (numbers, or words in the order of the sweep), difference, low, high, and where several curves are
        swept at once series (their names, eight at most are told apart).
    dose
        What is swept, in words or as an override's key.
    outcome
        What the difference is of, with country and year.
    unit
        Of the outcome's levels.
    beside
        What else is in force, as a sentence.
    axis
        What to write below the axis where `dose` says too little.
    """
    title = f"How does the effect grow with {dose}?"
    change = unit_of_difference(unit)
    subtitle = f"{outcome}: scenario minus baseline, {change}. Bars: {interval_name(level)} of the paired difference.{beside and f' {beside}'}"
    figure = style.new_figure(8.6, 3.9)
    axes = figure.add_subplot()
    rows = sweep.dropna(subset="difference")
    if rows.empty:
        style.say(axes, "The sweep has no result to draw.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    places = _places(axes, rows["dose"])
    series = rows["series"].astype(str) if "series" in rows else pd.Series("", index=rows.index)
    legend = [(*_draw_curve(axes, rows[series == name], places, number), name) for number, name in enumerate(dict.fromkeys(series))]
    axes.axhline(0.0, color=style.INK, linewidth=0.9, zorder=1)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=style.STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(signed_tick))
    axes.set_ylim(*style.padded(np.append(rows[["difference", "low", "high"]].to_numpy(float), 0.0), 0.08, least=1e-6))
    axes.set_xlabel(axis or dose)
    axes.set_ylabel(change)
    lines = [Line2D([], [], color=colour, marker=marker, markersize=5, label=name) for colour, marker, name in legend]
    return style.frame(figure, title=title, subtitle=subtitle, source=source, legend=lines if len(lines) > 1 else ())


def _places(axes: Axes, doses: pd.Series) -> dict[object, float]:
    """Return where on the axis each dose lies: numbers at their value, words side by side."""
    if pd.api.types.is_numeric_dtype(doses):
        axes.xaxis.set_major_locator(MaxNLocator(8, steps=style.STEPS))
        return {value: float(value) for value in doses}
    words = list(dict.fromkeys(doses.astype(str)))
    axes.set_xticks(range(len(words)), labels=words)
    return {word: float(place) for place, word in enumerate(words)}


def _draw_curve(axes: Axes, rows: pd.DataFrame, places: dict[object, float], number: int) -> tuple[str, str]:
    """Draw one curve with its intervals and return its colour and marker."""
    colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
    x = np.array([places[each] if each in places else places[str(each)] for each in rows["dose"]])
    order = np.argsort(x, kind="stable")
    x, table = x[order], rows[["difference", "low", "high"]].to_numpy(float)[order]
    axes.vlines(x, table[:, 1], table[:, 2], color=colour, linewidth=2.0, alpha=0.5)
    axes.plot(x, table[:, 0], color=colour, marker=marker, markersize=5)
    return colour, marker
