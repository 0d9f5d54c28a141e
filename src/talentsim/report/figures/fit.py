"""How near a baseline is to what is observed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import NEAR, interval_name, places_for, plain, quoted

FARTHEST = 200.0        # % of what is observed; what lies beyond is drawn at the edge
FILLS = {"fitted": "none", "seen": "full"}
MEANINGS = {"fitted": "the model was fitted to it", "seen": "known when it was built, and not fitted"}


@house_style()
def baseline_fit(fit: pd.DataFrame, *, baseline: str, source: str, level: float = 0.95, over_draws: bool = False) -> Figure:
    """Draw what the baseline simulates in % of what is observed, quantity by quantity.

    Parameters
    ----------
    fit
        Columns quantity, unit, simulated, observed, is_bound (whether that is an upper bound), use ("fitted" or "seen"),
        low, high (the interval of what is simulated; missing with one replication).
    baseline
        Its title.
    """
    title = f"How well does {quoted(baseline)} fit what is known?"
    subtitle = (f"Simulated, in % of what is observed; bars: {interval_name(level)} {'over sets of plausible figures' if over_draws else 'from chance alone'}. Triangles: what is observed is an upper "
                f"bound, to be left of the line. Inside the band a figure is within {NEAR:g}\N{NO-BREAK SPACE}% of it.")
    figure = style.new_figure(8.6, 0.7 + 0.25 * max(len(fit), 3))
    axes = figure.add_subplot()
    if fit.empty:
        style.say(axes, "This baseline was not compared with observations.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    heights = np.arange(len(fit))[::-1]
    axes.axvspan(100.0 - NEAR, 100.0 + NEAR, color=style.GAIN, alpha=0.12, linewidth=0)
    for height, row in zip(heights, fit.itertuples(), strict=True):
        _draw_row(axes, height, row)
    style.name_rows(axes, heights, (f"{row.quantity}, {row.unit}" for row in fit.itertuples()))
    axes.axvline(100.0, color=style.INK, linewidth=0.9, zorder=1)
    axes.set_xlim(0.0, min(FARTHEST, max(150.0, np.nanmax(_percent(fit["simulated"], fit)))) + 6.0)
    axes.set_xlabel("simulated, % of what is observed")
    style.write_columns(axes, heights, {"simulated": [_number(row.simulated, row) for row in fit.itertuples()], "observed": [
        ("below " if row.is_bound else "") + _number(row.observed, row) for row in fit.itertuples()]})
    legend = [Patch(color=style.GAIN, alpha=0.15, linewidth=0, label=f"within {NEAR:g}\N{NO-BREAK SPACE}%"),
              *(Line2D([], [], linestyle="none", marker="o", label=MEANINGS[use], **_look(use)) for use in FILLS)]
    return style.frame(figure, title=title, subtitle=subtitle, source=source, legend=legend)


def _draw_row(axes: Axes, height: float, row: Any) -> None:
    """Draw one quantity as a dot with its interval; at the edge, with an arrow, where it lies beyond."""
    value, low, high = (100.0 * each / row.observed for each in (row.simulated, row.low, row.high))
    axes.hlines(height, np.clip(low, 0.0, FARTHEST), np.clip(high, 0.0, FARTHEST), color=style.GREY, linewidth=2.4, alpha=0.5)
    marker = ">" if value > FARTHEST else "<" if row.is_bound else "o"
    axes.plot(min(value, FARTHEST), height, marker, **_look(row.use))


def _look(use: str) -> dict[str, Any]:
    return {"markersize": 6.5, "color": style.INK, "markerfacecoloralt": "white", "fillstyle": FILLS[use]}


def _percent(values: pd.Series, fit: pd.DataFrame) -> pd.Series:
    return 100.0 * values / fit["observed"]


def _number(value: float, row: Any) -> str:
    return plain(value, min(1, places_for([row.observed])))
