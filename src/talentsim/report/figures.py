"""Figures: each a pure function from a table to a figure that asks one question. Nothing here writes a file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from talentsim.report import style
from talentsim.report.style import house_style, plain, signed

QUESTIONS: dict[str, tuple[str, str]] = {
    "work_share": ("Which countries gain and which lose work under {scenario}?", "Works by work country"),
    "frontier_share": ("Which countries gain and which lose frontier work under {scenario}?", "Frontier works by work country"),
    "training_share": ("Whose training stands behind the work under {scenario}?", "Works by training country"),
    "origin_share": ("Where do those come from who do the work under {scenario}?", "Works by country of first degree"),
    "researchers": ("Which countries gain and which lose researchers under {scenario}?", "Researchers and doctoral students by work country"),
}
"""Question and meaning, by outcome."""


@house_style()
def work_over_time(
    over_time: pd.DataFrame, *, scenario: str, countries: Sequence[str], policy_start: float | None, source: str,
    differences: pd.DataFrame | None = None, level: float = 0.95,
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
        of the means is drawn, and no interval.
    level
        Of the intervals in `differences`.
    """
    shares = over_time[over_time["outcome"] == "work_share"]
    paired = None if differences is None else differences[differences["outcome"] == "work_share"]
    arms = {code: _arms_of(shares, paired, code) for code in countries}
    limits = _common_limits(arms.values())
    figure, panels = _panels(len(countries))
    is_marked = [_draw_country(*pair, code, arms[code], limits, policy_start) for pair, code in zip(panels, countries, strict=True)]
    figure.align_ylabels()
    return style.frame(
        figure,
        title=f"Where is the work done, and what does {style.quoted(scenario)} change?",
        subtitle="Share of all works by work country, in %: each upper panel has a range of its own, which need not start at zero. "
        "Lower panels: scenario minus baseline in percentage points, all on one scale"
        + ("." if paired is None else f", with the {style.interval_name(level)} of the paired difference."),
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
    """Return one country's years, with columns (mean | low | high, baseline | scenario) and (gap, mean | low | high)."""
    rows = shares[shares["country"].astype(str) == code].dropna(subset="mean")
    wide = rows.pivot(index="year", columns="arm", values=["mean", "low", "high"]).astype(float).sort_index()
    wide = wide.reindex(columns=pd.MultiIndex.from_product([["mean", "low", "high"], ["baseline", "scenario"]]))
    wide["gap", "mean"] = wide["mean", "scenario"] - wide["mean", "baseline"]
    ends = pd.DataFrame(columns=["low", "high"], dtype=float) if paired is None else (
        paired[paired["country"].astype(str) == code].set_index("year")[["low", "high"]])
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
    if above.get_subplotspec().is_first_col():
        above.set_ylabel("% of all works")
        below.set_ylabel("points")
    return _mark_start((above, below), start, arms.index)


def _draw_levels(axes: Axes, code: str, arms: pd.DataFrame) -> None:
    """Draw both arms' shares with their bands; the baseline on top, so that it shows where the two are the same."""
    colour = style.country_colour(code)
    for arm, tint, dashes, width in (("scenario", colour, "-", 2.0), ("baseline", style.INK, (0, (4, 2)), 1.1)):
        axes.fill_between(arms.index, arms["low", arm], arms["high", arm], color=tint, alpha=0.16, linewidth=0)
        axes.plot(arms.index, arms["mean", arm], color=tint, linestyle=dashes, linewidth=width)
    axes.set_ylim(*style.padded(arms[["mean", "low", "high"]].to_numpy(), 0.12))
    axes.set_title(code, loc="left", fontweight="bold", color=style.INK)
    axes.tick_params(labelbottom=False)
    style.place_year_ticks(axes)


def _draw_gap(axes: Axes, code: str, arms: pd.DataFrame, limits: tuple[float, float]) -> None:
    """Draw scenario minus baseline around zero, and write its last value above."""
    gap, colour = arms["gap", "mean"].dropna(), style.country_colour(code)
    axes.fill_between(gap.index, 0.0, gap, color=colour, alpha=0.15, linewidth=0)
    axes.fill_between(arms.index, arms["gap", "low"], arms["gap", "high"], color=colour, alpha=0.3, linewidth=0)
    axes.plot(gap.index, gap, color=colour, linewidth=1.4)
    axes.axhline(0.0, color=style.GREY, linewidth=0.8, zorder=1)
    axes.set_ylim(*limits)
    axes.yaxis.set_major_formatter(FuncFormatter(style.signed_tick))
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
    question, meaning = QUESTIONS.get(outcome, (f"What changes in {outcome} under {{scenario}}?", outcome))
    figure = style.new_figure(8.6, 0.75 + 0.27 * max(len(rows), 4))
    axes = figure.add_subplot()
    title = question.replace("{scenario}", style.quoted(scenario))
    if rows.empty:
        style.say(axes, f"The comparison has no values for {outcome}.")
        return style.frame(figure, title=title, subtitle=meaning, source=source)
    unit = str(rows["unit"].iloc[0])
    _draw_dots(axes, rows)
    axes.set_xlabel(f"scenario minus baseline, in {style.unit_of_difference(unit)}")
    return style.frame(
        figure,
        title=title,
        subtitle=f"{meaning}{'' if meaning.lower().startswith(unit) else f', {unit}'}, {rows['year'].iloc[0]:g}. "
        f"Points: scenario minus baseline; bars: {style.interval_name(level)}.",
        source=source,
        legend=style.sign_legend(),
    )


def _draw_dots(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw one dot and bar a country, with the numbers at the side; hollow where the interval does not exclude zero."""
    heights = np.arange(len(rows))[::-1]
    for height, row in zip(heights, rows.itertuples(), strict=True):
        colour = style.sign_colour(row.difference)
        is_clear = row.low > 0 or row.high < 0
        axes.hlines(height, row.low, row.high, color=colour, linewidth=2.2, alpha=0.55)
        axes.plot(row.difference, height, "o", markersize=6, color=colour, markerfacecolor=colour if is_clear else "white")
    style.name_rows(axes, heights, rows["country"].astype(str))
    axes.xaxis.set_major_formatter(FuncFormatter(style.signed_tick))
    places = style.places_for(rows["difference"] if rows["difference"].any() else rows["baseline"])
    style.write_columns(axes, heights, {
        "baseline \N{RIGHTWARDS ARROW} scenario": [
            f"{plain(row.baseline, places)} \N{RIGHTWARDS ARROW} {plain(row.scenario, places)}" for row in rows.itertuples()
        ],
        "difference": [signed(each, places) for each in rows["difference"]],
        "interval": [style.interval(row.low, row.high, places) for row in rows.itertuples()],
    })


@house_style()
def diversion_flow(
    diversion: pd.DataFrame, *, focus: str, scenario: str, year: int, source: str, level: float = 0.95
) -> Figure:
    """Draw to whom a country loses people under a scenario, and from whom it gains them.

    The same person is followed in both arms: one who works in `focus` in the baseline and in k in the scenario is lost
    to k, one the other way round is gained from k.

    Parameters
    ----------
    diversion
        Columns baseline_country, scenario_country, researchers, low, high: means over replications, in researchers, one
        row for each ordered pair of countries, people who stay where they are included.
    focus
        Country whose losses and gains are drawn.
    year
        Year of both arms that is compared.
    level
        Of the intervals.
    """
    flows = _flows_of(diversion, focus)
    at_stake = float(diversion.loc[diversion["baseline_country"].astype(str) == focus, "researchers"].sum())
    figure = style.new_figure(8.6, 0.85 + 0.28 * max(len(flows), 4))
    axes = figure.add_subplot()
    title = f"To whom does {focus} lose researchers under {style.quoted(scenario)}, and from whom does it gain them?"
    units = f"Researchers in {year}, mean over replications"
    if flows.empty:
        nobody = f"Nobody works in {focus}, in the baseline or under {style.quoted(scenario)}."
        all_stay = (f"Nobody is diverted: whoever works in {focus} in the baseline works there under {style.quoted(scenario)} too, "
                    "and nobody else does.")
        style.say(axes, all_stay if at_stake else nobody)
        return style.frame(figure, title=title, subtitle=f"{units}.", source=source)
    _draw_sides(axes, flows, focus)
    subtitle = f"{units}; thin lines: {style.interval_name(level)}. {_in_all(flows, at_stake, focus)}"
    return style.frame(figure, title=title, subtitle=subtitle, source=source)


def _flows_of(diversion: pd.DataFrame, focus: str) -> pd.DataFrame:
    """Return what `focus` loses to and gains from each other country, largest exchange first.

    Returns
    -------
    Columns lost, lost_low, lost_high, gained, gained_low, gained_high, in researchers; index country. Countries with
    neither are left out.
    """
    sides = []
    for name, here, there in (("lost", "baseline_country", "scenario_country"), ("gained", "scenario_country", "baseline_country")):
        rows = diversion[(diversion[here].astype(str) == focus) & (diversion[there].astype(str) != focus)]
        rows = rows.set_index(rows[there].astype(str))[["researchers", "low", "high"]].astype(float)
        sides.append(rows.set_axis([name, f"{name}_low", f"{name}_high"], axis=1))
    flows = sides[0].join(sides[1], how="outer").fillna({"lost": 0.0, "gained": 0.0})
    total = (flows["lost"] + flows["gained"]).sort_values(ascending=False, kind="stable")
    return flows.loc[total.index[total > 0]]


def _draw_sides(axes: Axes, flows: pd.DataFrame, focus: str) -> None:
    """Draw losses to the left of zero and gains to the right, with the numbers at the side."""
    heights = np.arange(len(flows))[::-1]
    for name, side, colour in (("lost", -1, style.LOSS), ("gained", 1, style.GAIN)):
        axes.barh(heights, side * flows[name], height=0.62, color=colour, alpha=0.8)
        low = flows[f"{name}_low"].clip(lower=0.0)  # an interval of few people can reach below none
        axes.hlines(heights, side * low, side * flows[f"{name}_high"], color=style.INK, linewidth=1.1)
    style.name_rows(axes, heights, flows.index, ticks=8)
    axes.xaxis.set_major_formatter(FuncFormatter(style.unsigned_tick))
    axes.set_xlabel("researchers and doctoral students")
    axes.set_title(f"\N{LEFTWARDS ARROW} {focus} loses to", loc="left", fontsize=style.SMALL, color=style.LOSS)
    axes.set_title(f"{focus} gains from \N{RIGHTWARDS ARROW}", loc="right", fontsize=style.SMALL, color=style.GAIN)
    places = min(2, style.places_for(flows[["lost", "gained"]].to_numpy().ravel()))
    style.write_columns(axes, heights, {
        "lost": [plain(each, places) for each in flows["lost"]],
        "gained": [plain(each, places) for each in flows["gained"]],
        "net": [signed(each, places) for each in flows["gained"] - flows["lost"]],
    })


def _in_all(flows: pd.DataFrame, at_stake: float, focus: str) -> str:
    """Say the totals in one sentence."""
    lost, gained = flows["lost"].sum(), flows["gained"].sum()
    places = min(2, style.places_for((lost, gained)))
    share = f" ({100 * lost / at_stake:.1f}\N{NO-BREAK SPACE}% of its {plain(at_stake, 0)} in the baseline)" if at_stake else ""
    return f"In all {focus} loses {plain(lost, places)}{share} and gains {plain(gained, places)}: net {signed(gained - lost, places)}."
