"""What the answer's spread over draws depends on, by group of parameters."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import plain, quoted


@house_style()
def variance_shares(shares: pd.DataFrame, *, scenario: str, outcome: str, source: str) -> Figure:
    """Draw the share of the variance of the answer over draws that each group of parameters accounts for.

    Parameters
    ----------
    shares
        Columns group, share (may be a little below 0), parameters, r2, draws; the last row is what nothing explains.
    outcome
        What the answer is of, with country and year.
    """
    draws, r2 = (int(shares["draws"].iloc[0]), float(shares["r2"].iloc[0])) if len(shares) else (0, 0.0)
    title = f"What makes the answer to {quoted(scenario)} uncertain?"
    subtitle = (f"{outcome}: how much of the spread (variance) over {draws} sets of plausible figures goes with each group of them. "
                f"A straight line through the figures predicts sets left out with an R\N{SUPERSCRIPT TWO} of {plain(r2, 2)}.")
    figure = style.new_figure(8.6, 0.75 + 0.34 * max(len(shares), 3))
    axes = figure.add_subplot()
    if shares.empty:
        style.say(axes, "Too few sets of figures were run to tell.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    heights = np.arange(len(shares))[::-1]
    percent = 100.0 * shares["share"].to_numpy(float)
    colours = [style.INK] * (len(shares) - 1) + [style.GREY]
    axes.barh(heights, percent, height=0.55, color=colours, alpha=0.75)
    axes.axvline(0.0, color=style.INK, linewidth=0.8)
    style.name_rows(axes, heights, shares["group"].astype(str))
    axes.set_xlabel("% of the spread")
    style.write_columns(axes, heights, {"%": [plain(each, 0) for each in percent]})
    return style.frame(figure, title=title, subtitle=subtitle, source=source)
