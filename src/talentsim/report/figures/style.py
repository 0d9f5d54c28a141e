"""The look that all figures share: palette, sizes, and the frame of title, units and source.

Colour is never the only carrier of a meaning: countries are named where they are drawn, gains and losses also lie on
two sides of zero. All text is literal: "$" and "_" are printed, never read as mathematics.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from talentsim.arrays import Floats, Integers

INK, GREY = "#222222", "#666666"
GAIN, LOSS, UNCHANGED = "#01665E", "#8C510A", "#777777"
"""Teal and brown, told apart by colour-blind readers too, and no country's colours."""

TITLE, BODY, SMALL = 13.0, 9.5, 8.5
"""Font sizes, in points."""

FONT = "DejaVu Sans"
"""The font of all figures; Matplotlib brings it along."""

STEPS = [1, 2, 5, 10]
"""Round distances between ticks, times a power of ten."""

MARGIN = 0.15
"""Free edge around a figure, in inches."""

STYLE: dict[str, object] = {
    "figure.dpi": 150, "savefig.dpi": "figure", "figure.facecolor": "white",
    "font.family": [FONT], "font.size": BODY, "text.color": INK, "text.parse_math": False,
    "axes.edgecolor": GREY, "axes.labelcolor": INK, "axes.labelsize": SMALL, "axes.titlesize": BODY, "axes.linewidth": 0.7,
    "axes.spines.top": False, "axes.spines.right": False, "axes.formatter.useoffset": False,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": "#E8E8E8", "grid.linewidth": 0.6,
    "xtick.color": GREY, "ytick.color": GREY, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "xtick.major.size": 3, "ytick.major.size": 3,
    "lines.linewidth": 1.6, "legend.frameon": False, "legend.fontsize": SMALL, "legend.handlelength": 1.8,
    "hatch.linewidth": 0.4, "svg.hashsalt": "talentsim", "svg.fonttype": "path",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Put the style in force inside a `with` block, or inside a function that it decorates; a user's own settings play no part."""
    with matplotlib.style.context(["default", STYLE]):
        yield


def sign_colour(value: float) -> str:
    """Return the colour of a gain, a loss or no change."""
    if value > 0:
        return GAIN
    return LOSS if value < 0 else UNCHANGED


def new_figure(width: float, height: float) -> Figure:
    """Make an empty figure, sized in inches, whose panels make room for their labels; `frame` adds to the height."""
    return Figure(figsize=(width, height), layout="constrained")


def frame(figure: Figure, *, title: str, subtitle: str, source: str, legend: Sequence[Artist] = ()) -> Figure:
    """Write title, units, legend and source around the panels, lay everything out and keep it so.

    The figure grows by the height of what is written. Positions are fixed at the end, so that every later drawing of
    the figure is the same one.

    Parameters
    ----------
    title
        Question that the figure answers.
    subtitle
        Units, and how the marks are to be read.
    source
        Where the numbers come from; one small line at the bottom, more when it is long.
    legend
        Labelled artists, drawn as one row under the subtitle.
    """
    width, body = figure.get_size_inches()
    head = [(_fit(title, width, TITLE, "bold"), TITLE, "bold", INK), (_fit(subtitle, width, BODY), BODY, "normal", GREY)]
    foot = _fit(source, width, SMALL)
    above = MARGIN + sum(_height(text, size) for text, size, *_ in head) + (0.3 if legend else 0.08)
    below = MARGIN + _height(foot, SMALL)
    height = body + above + below
    figure.set_size_inches(width, height)
    top, left = height - MARGIN, MARGIN / width
    for text, size, weight, colour in head:
        figure.text(left, top / height, text, va="top", fontsize=size, fontweight=weight, color=colour, linespacing=1.25)
        top -= _height(text, size)
    if legend:
        figure.legend(handles=legend, loc="upper left", bbox_to_anchor=(left, (top + 0.02) / height), ncols=len(legend),
                      borderaxespad=0, borderpad=0.2, columnspacing=1.8)
    figure.text(left, MARGIN / height, foot, va="bottom", fontsize=SMALL, color=GREY, linespacing=1.25)
    _lay_out(figure, (left, below / height, 1 - 2 * left, body / height))
    return figure


def _lay_out(figure: Figure, rectangle: tuple[float, float, float, float]) -> None:
    """Fit the panels into a rectangle (left, bottom, width, height; shares of the figure), then fix them."""
    for artist in (*figure.texts, *figure.legends):
        artist.set_in_layout(False)
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    engine.set(rect=rectangle, w_pad=0.05, h_pad=0.05)
    engine.execute(figure)
    figure.set_layout_engine(None)      # "none" leaves one that does nothing, for which every file is drawn twice
    for axes in figure.axes:  # the solver's last digits change from one call to the next
        left, bottom, width, height = (round(each, 6) for each in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))


def _fit(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Break text into lines that fit between the margins of a width in inches, at a font size in points."""
    room = (width - 2 * MARGIN) * 72
    longest = int(1.2 * room * len(text) / max(text_width(text, size, weight), 1.0)) + 2
    for per_line in range(min(longest, int(room / (0.45 * size))), 1, -1):
        lines = textwrap.wrap(text, per_line)
        if all(text_width(line, size, weight) <= room for line in lines):
            break
    return "\n".join(lines)


def text_width(line: str, size: float, weight: str = "normal") -> float:
    """Return how wide a line of text is at a font size, both in points."""
    font = FontProperties(size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0])


def _height(text: str, size: float) -> float:
    """Return the height of some lines of text, in inches, with a gap below."""
    return (text.count("\n") + 1) * size * 1.45 / 72 + 0.05 if text else 0.0


def say(axes: Axes, sentence: str) -> None:
    """Write a sentence in a panel that has nothing to show, instead of empty axes."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, "\n".join(textwrap.wrap(sentence, 60)), transform=axes.transAxes, ha="center", va="center",
              fontsize=BODY, color=INK, linespacing=1.4)


def write_columns(axes: Axes, rows: Sequence[float] | Floats | Integers, columns: Mapping[str, Sequence[str]]) -> None:
    """Write columns of text to the right of the axes, each under its heading and aligned right.

    Parameters
    ----------
    rows
        Heights of the rows, in data units.
    columns
        One text a row, by heading.
    """
    edge = 4.0
    for heading, cells in columns.items():
        edge += 14.0 + 0.64 * SMALL * max(len(text) for text in (heading, *cells))
        look: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "fontsize": SMALL}
        axes.annotate(heading, (1.0, 1.0), xycoords="axes fraction", xytext=(edge, 4.0), va="bottom", color=GREY, **look)
        for row, text in zip(rows, cells, strict=True):
            axes.annotate(text, (1.0, row), xycoords=axes.get_yaxis_transform(), xytext=(edge, 0.0), va="center", **look)


def name_rows(axes: Axes, rows: Sequence[float] | Floats | Integers, names: Iterable[str], ticks: int = 6) -> None:
    """Name the rows of a horizontal chart that is drawn already, set its line at zero and at most so many steps between ticks."""
    axes.axvline(0.0, color=INK, linewidth=0.9, zorder=1)
    axes.set_yticks(rows, labels=list(names))
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=STEPS))
    axes.margins(x=0.06)
    if np.ptp(axes.dataLim.intervalx) < 1e-6:
        axes.set_xlim(-1.0, 1.0)


def sign_legend() -> list[Artist]:
    """Return the legend of points that gain, that lose, and whose interval holds zero."""
    look: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 6}
    return [
        Line2D([], [], color=GAIN, label="gains", **look),
        Line2D([], [], color=LOSS, label="loses", **look),
        Line2D([], [], color=UNCHANGED, markerfacecolor="white", label="hollow: not clear of zero", **look),
    ]


def arm_legend(start: float | None) -> list[Artist]:
    """Return the legend of the two arms, and of the line at the policy's start where there is one."""
    legend = [
        Line2D([], [], color=INK, linestyle=(0, (4, 2)), linewidth=1.1, label="baseline"),
        Line2D([], [], color=GREY, linewidth=2.0, label="scenario, in the country's colour"),
        Patch(color=GREY, alpha=0.25, linewidth=0, label="middle 90\N{NO-BREAK SPACE}% of replications"),
    ]
    if start is not None:
        legend.append(Line2D([], [], color=GREY, linestyle="none", marker="|", markersize=11, label=f"policy starts {start:g}"))
    return legend


def place_year_ticks(axes: Axes) -> None:
    """Set few ticks: whole years below, round values at the side."""
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=STEPS))
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=STEPS))
    axes.margins(x=0.02)


def padded(values: NDArray[np.float64], share: float, least: float = 1.0) -> tuple[float, float]:
    """Return axis limits around values, a share of their span free on both sides; a span below `least` is widened, not magnified."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = max(share * (high - low), (least - (high - low)) / 2)
    return low - margin, high + margin


def font_found() -> tuple[str, str | None]:
    """Return the font of all figures and the file it is in; None where this machine has none of that name."""
    try:
        return FONT, findfont(FontProperties(family=FONT), fallback_to_default=False)
    except ValueError:
        return FONT, None
