"""Where the work is done, year by year, in both worlds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from talentsim.report.colours import country_colour
from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import interval_name, quoted, signed, signed_tick


@house_style()
def work_over_time(
    over_time: pd.DataFrame, *, scenario: str, countries: Sequence[str], policy_start: float | None, source: str,
    differences: pd.DataFrame | None = None, level: float = 0.95, names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw where the work is done, year by year, in both arms: levels above, their difference below.

    Levels have a range of their own in each country, else a change of a few points could not be seen. Differences
    share one scale, so that they can be compared; being paired, they have intervals that cannot be had from the arms'.

    Parameters
    ----------
    over_time
        Columns outcome, country, year, arm ("baseline" or "scenario"), mean, low, high (the
        middle 90 % of single replications); the rows with outcome "work_share" are drawn, in % of all works.
    countries
        Work countries in the order of their panels.
    policy_start
        Year in which the policy starts; None draws no line.
    differences
        Columns outcome, country, year, difference, low, high: paired, in percentage points. Without it the difference
        of the means is drawn, and no interval. Columns baseline and scenario are the lines above, where they are there.
    level
        Of the intervals in `differences`.
    names
        What countries are called, by code; the code itself where nothing is given.
    """
    shares = over_time[over_time["outcome"] == "work_share"]
    paired = None if differences is None else differences[differences["outcome"] == "work_share"]
    arms = {code: _arms_of(shares, paired, code) for code in countries}
    limits = _common_limits(arms.values())
    figure, panels = _panels(len(countries))
    is_marked = [_draw_country(*pair, code, arms[code], limits, policy_start) for pair, code in zip(panels, countries, strict=True)]
    for (above, _), code in zip(panels, countries, strict=True):
        if not arms[code].empty:
            above.set_title((names or {}).get(code, code), loc="left", fontweight="bold", color=style.INK)
    figure.align_ylabels()
    return style.frame(
        figure,
        title=f"Where is the work done, and what does {quoted(scenario)} change?",
        subtitle="Share of all works by work country, in %: each upper panel has a range of its own, which need not start at zero. "
        "Lower panels: scenario minus baseline in percentage points, all on one scale"
        + ("." if paired is None else f", with the {interval_name(level)} of the paired difference."),
        source=source,
        legend=style.arm_legend(policy_start if any(is_marked) else None),
    )


def _panels(n_countries: int) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """Make a figure with an upper and a lower panel for each country, up to three countries abreast."""
    columns = max(1, 2 if n_countries == 4 else min(n_countries, 3))
    blocks = max(1, math.ceil(n_countries / columns))
    figure = style.new_figure(max(7.6, 3.1 * columns), 3.1 * blocks)
    grid = figure.add_gridspec(3 * blocks - 1, columns, height_ratios=([2.0, 1.2, 0.1] * blocks)[:-1])
    places = [(3 * (position // columns), position % columns) for position in range(n_countries)]
    if not places:
        style.say(figure.add_subplot(grid[:, 0]), "No country was asked for.")
    return figure, [(figure.add_subplot(grid[row, column]), figure.add_subplot(grid[row + 1, column])) for row, column in places]


def _arms_of(shares: pd.DataFrame, paired: pd.DataFrame | None, code: str) -> pd.DataFrame:
    """Return one country's years, with columns (level | low | high, baseline | scenario) and (gap, level | low | high)."""
    rows = shares[shares["country"].astype(str) == code].dropna(subset="mean")
    wide = rows.rename(columns={"mean": "level"}).pivot(index="year", columns="arm", values=["level", "low", "high"]).astype(float).sort_index()
    wide = wide.reindex(columns=pd.MultiIndex.from_product([["level", "low", "high"], ["baseline", "scenario"]]))
    wide["gap", "level"] = wide["level", "scenario"] - wide["level", "baseline"]
    own = pd.DataFrame(columns=["difference", "low", "high"], dtype=float) if paired is None else paired[paired["country"].astype(str) == code].set_index("year")
    if paired is not None:          # over draws a median, which the difference of two means is not
        wide["gap", "level"] = own["difference"].astype(float).reindex(wide.index)
        for arm in {"baseline", "scenario"} & set(own):         # and so are the levels; results of older versions have none here
            wide["level", arm] = own[arm].astype(float).reindex(wide.index)
    ends = own[["low", "high"]]
    return wide.join(ends.set_axis(pd.MultiIndex.from_product([["gap"], ["low", "high"]]), axis=1))


def _common_limits(arms: Iterable[pd.DataFrame]) -> tuple[float, float]:
    """Return limits that hold zero and every country's gap with its interval, in percentage points."""
    gaps = np.concatenate([[0.0], *(each["gap"].to_numpy().ravel() for each in arms)])
    return style.padded(gaps, 0.15)


def _draw_country(
    above: Axes, below: Axes, code: str, arms: pd.DataFrame, limits: tuple[float, float], start: float | None
) -> bool:
    """Draw one country's two panels; tell whether the start of the policy is marked in them."""
    if arms.empty:
        style.say(above, f"There are no shares of work for {code}.")
        below.set_axis_off()
        return False
    _draw_levels(above, code, arms)
    _draw_gap(below, code, arms, limits)
    place = above.get_subplotspec()
    if place is not None and place.is_first_col():
        above.set_ylabel("% of all works")
        below.set_ylabel("points")
    return _mark_start((above, below), start, arms.index)


def _draw_levels(axes: Axes, code: str, arms: pd.DataFrame) -> None:
    """Draw both arms' shares with their bands; the baseline on top, so that it shows where the two are the same."""
    colour = country_colour(code)
    for arm, tint, dashes, width in (("scenario", colour, "-", 2.0), ("baseline", style.INK, (0, (4, 2)), 1.1)):
        axes.fill_between(arms.index, arms["low", arm], arms["high", arm], color=tint, alpha=0.16, linewidth=0)
        axes.plot(arms.index, arms["level", arm], color=tint, linestyle=dashes, linewidth=width)
    axes.set_ylim(*style.padded(arms[["level", "low", "high"]].to_numpy(), 0.12))
    axes.tick_params(labelbottom=False)
    style.place_year_ticks(axes)


def _draw_gap(axes: Axes, code: str, arms: pd.DataFrame, limits: tuple[float, float]) -> None:
    """Draw scenario minus baseline around zero, and write its last value above."""
    gap, colour = arms["gap", "level"].dropna(), country_colour(code)
    axes.fill_between(arms.index, arms["gap", "low"], arms["gap", "high"], color=colour, alpha=0.3, linewidth=0)
    axes.plot(gap.index, gap, color=colour, linewidth=1.4)
    axes.axhline(0.0, color=style.GREY, linewidth=0.8, zorder=1)
    axes.set_ylim(*limits)
    axes.yaxis.set_major_formatter(FuncFormatter(signed_tick))
    style.place_year_ticks(axes)
    if len(gap):
        axes.set_title(f"difference {signed(gap.iloc[-1], 2)} points in {gap.index[-1]:g}", loc="left", fontsize=style.SMALL, pad=3)


def _mark_start(panels: Sequence[Axes], start: float | None, years: pd.Index) -> bool:
    """Draw a thin line where the policy starts, if that is among the years; tell whether it is."""
    if start is None or not years.min() <= start <= years.max():
        return False
    for axes in panels:
        axes.axvline(start, color=style.GREY, linewidth=0.7, zorder=1)
    return True
