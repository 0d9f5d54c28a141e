"""Between which countries people move, and which of these corridors a scenario narrows or widens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, SymLogNorm
from matplotlib.figure import Figure

from talentsim.arrays import Floats
from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import interval_name, places_for, plain, quoted, signed

CELL = 6.6      # font size of the numbers, in points
CODE = 4        # letters that have room above a column; longer names stand upright


@house_style()
def corridor_matrix(corridors: pd.DataFrame, *, scenario: str, years: tuple[int, int], source: str, n_countries: int = 17,
                    level: float = 0.95, names: Mapping[str, str] | None = None) -> Figure:
    """Draw moves from each country (row) to each other one (column): the baseline above, the difference below.

    Parameters
    ----------
    corridors
        Columns from, to, baseline, scenario, difference, low, high: moves a year, means over replications.
    years
        First and last of the years that are averaged.
    n_countries
        So many of the countries with the most moves are shown.
    level
        Of the intervals: a difference whose interval includes zero is left blank.
    names
        What a country's code is called; the code itself where it has no name here.
    """
    title = f"Along which corridors do people move, and what does {quoted(scenario)} change?"
    span = f"{years[0]} to {years[1]}" if years[0] != years[1] else f"{years[0]}"
    subtitle = f"Moves a year from the country of the row to the country of the column, mean of {span} and of replications. "
    abroad = corridors[corridors["from"].astype(str) != corridors["to"].astype(str)]
    if abroad.empty:
        figure = style.new_figure(8.6, 2.0)
        style.say(figure.add_subplot(), f"Nobody moves between countries in {span}, in either world.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    codes = _largest(abroad, n_countries)
    baseline, change = _square(abroad, codes, "baseline"), _square(_clear(abroad), codes, "difference")
    called = [(names or {}).get(code, code) for code in codes]
    figure = style.new_figure(8.6, 0.9 + 0.44 * len(codes) + 0.6 + 0.14 * max(map(len, called)))
    above, below = figure.subplots(2, 1)
    largest = max(float(baseline.max()), 1.0)
    _draw(above, called, baseline, mpl.colormaps["Greys"], LogNorm(max(largest / 3e3, 1e-3), largest * 6.0), plain)
    steepest = max(float(np.abs(change).max()), 1e-6)
    _draw(below, called, change, mpl.colormaps["BrBG"], SymLogNorm(steepest / 30.0, vmin=-steepest * 2.0, vmax=steepest * 2.0), signed)
    above.set_title("Baseline", loc="left", fontweight="bold", pad=18)
    below.set_title("Scenario minus baseline", loc="left", fontweight="bold", pad=18)
    shown = "" if len(codes) == _n_codes(abroad) else f" Shown are the {len(codes)} countries with the most moves."
    return style.frame(
        figure, title=title, source=source,
        subtitle=f"{subtitle}Below: brown is fewer, teal is more; blank where the {interval_name(level)} includes zero.{shown}")


def _largest(abroad: pd.DataFrame, n_countries: int) -> list[str]:
    """Return the countries with the most arrivals and departures, largest first."""
    moves = [abroad.groupby(abroad[side].astype(str))["baseline"].sum() for side in ("from", "to")]
    total = moves[0].add(moves[1], fill_value=0.0).sort_values(ascending=False, kind="stable")
    return [str(code) for code in total.index[:n_countries]]


def _n_codes(abroad: pd.DataFrame) -> int:
    return len(set(abroad["from"].astype(str)) | set(abroad["to"].astype(str)))


def _clear(abroad: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose interval does not hold zero, all where there are no intervals."""
    return abroad[(abroad["low"] > 0) | (abroad["high"] < 0) | abroad["low"].isna()]


def _square(rows: pd.DataFrame, codes: list[str], value: str) -> Floats:
    place = {code: position for position, code in enumerate(codes)}
    table = np.zeros((len(codes), len(codes)))
    for one, other, each in zip(rows["from"].astype(str), rows["to"].astype(str), rows[value].astype(float), strict=True):
        if one in place and other in place:
            table[place[one], place[other]] = each
    return table


def _draw(axes: Axes, called: list[str], values: Floats, colours: mpl.colors.Colormap, norm: mpl.colors.Normalize,
          write: Callable[[float, int], str]) -> None:
    """Draw a square of coloured cells, each with its number; nothing where there is none."""
    places = 0 if np.abs(values).max() >= 100 else min(1, places_for([float(np.abs(values).max())]))
    shown = np.ma.masked_less_equal(np.abs(values), 0.5 * 10.0**-places)
    shown = np.ma.array(values, mask=np.ma.getmaskarray(shown))
    edges = np.arange(len(called) + 1)
    axes.pcolormesh(edges, edges, shown, cmap=colours, norm=norm, edgecolor="white", linewidth=0.6)
    axes.set_ylim(len(called), 0)
    axes.set_xticks(np.arange(len(called)) + 0.5, labels=called, rotation=90 if max(map(len, called)) > CODE else 0)
    axes.set_yticks(np.arange(len(called)) + 0.5, labels=called)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, pad=2, labelsize=style.SMALL - 1)
    axes.grid(visible=False)
    axes.set_facecolor("#FAFAFA")
    for side in axes.spines.values():
        side.set_visible(False)
    for row, column in zip(*np.nonzero(~shown.mask), strict=True):
        value = float(values[row, column])
        ink = _readable(colours(norm(value)))
        axes.text(column + 0.5, row + 0.5, write(value, places), ha="center", va="center", fontsize=CELL, color=ink, in_layout=False)


def _readable(background: tuple[float, float, float, float]) -> str:
    """Return dark or light ink, whichever stands out."""
    return style.INK if np.dot(background[:3], (0.299, 0.587, 0.114)) > 0.5 else "white"
