"""Who gains and who loses, country by country."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from talentsim.model.outcomes import OUTCOMES
from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import (
    PEOPLE,
    interval,
    interval_name,
    interval_of_people,
    places_for,
    plain,
    quoted,
    signed,
    signed_tick,
    unit_of_difference,
)

QUESTIONS = {
    "work_share": "Which countries gain and which lose work under {scenario}?",
    "frontier_share": "Which countries gain and which lose frontier work under {scenario}?",
    "training_share": "Whose training stands behind the work under {scenario}?",
    "origin_share": "Where do the people who do the work come from under {scenario}?",
    "researchers": "Which countries gain and which lose researchers under {scenario}?",
}
"""Question that the picture answers, by outcome."""


@house_style()
def difference_by_country(headline: pd.DataFrame, *, outcome: str, scenario: str, source: str, level: float = 0.95) -> Figure:
    """Draw who gains and who loses in one outcome: differences to the baseline, largest gain first.

    Parameters
    ----------
    headline
        Columns outcome, country, unit (of the levels), year, baseline, scenario, difference, low, high (the last two of
        the difference). Of several years the last is drawn; without low and high only the points are.
    outcome
        Which rows to draw.
    level
        Of the intervals.
    """
    rows = headline[headline["outcome"] == outcome]
    rows = rows[rows["year"] == rows["year"].max()].sort_values("difference", ascending=False, kind="stable")
    meaning = OUTCOMES[outcome].title if outcome in OUTCOMES else outcome
    question = QUESTIONS.get(outcome, f"What changes in {meaning} under {{scenario}}?")
    figure = style.new_figure(8.6, 0.75 + 0.27 * max(len(rows), 4))
    axes = figure.add_subplot()
    title = question.replace("{scenario}", quoted(scenario))
    if rows.empty:
        style.say(axes, f"The comparison has no values for {outcome}.")
        return style.frame(figure, title=title, subtitle=meaning, source=source)
    unit = str(rows["unit"].iloc[0])
    _draw_dots(axes, rows)
    axes.set_xlabel(f"scenario minus baseline, in {unit_of_difference(unit)}")
    return style.frame(
        figure,
        title=title,
        subtitle=f"{meaning}{'' if meaning.lower().startswith(unit) else f', {unit}'}, {rows['year'].iloc[0]:g}. "
        f"Points: scenario minus baseline; bars: {interval_name(level)}.",
        source=source,
        legend=style.sign_legend(),
    )


def _draw_dots(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw one dot and bar a country, with the numbers at the side; hollow where the interval does not exclude zero."""
    heights = np.arange(len(rows))[::-1]
    places = places_for(rows["difference"] if rows["difference"].any() else rows["baseline"])
    for height, row in zip(heights, rows.itertuples(), strict=True):
        colour = style.sign_colour(row.difference)
        is_clear = round(row.low, places) > 0 or round(row.high, places) < 0
        axes.hlines(height, row.low, row.high, color=colour, linewidth=2.2, alpha=0.55)
        axes.plot(row.difference, height, "o", markersize=6, color=colour, markerfacecolor=colour if is_clear else "white")
    style.name_rows(axes, heights, rows["country"].astype(str))
    axes.xaxis.set_major_formatter(FuncFormatter(signed_tick))
    style.write_columns(axes, heights, {
        "baseline": [plain(each, places) for each in rows["baseline"]],
        "difference": [signed(each, places) for each in rows["difference"]],
        "interval": [interval_of_people(row.low, row.high, max(row.baseline, row.scenario), places, is_difference=True) if row.unit == PEOPLE
                     else interval(row.low, row.high, places) for row in rows.itertuples()],
    })
