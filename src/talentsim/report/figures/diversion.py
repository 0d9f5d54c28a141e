"""To whom a country loses people, and from whom it gains them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import capital, interval_name, places_for, plain, quoted, unsigned_tick


@house_style()
def diversion_flow(
    diversion: pd.DataFrame, *, focus: str, scenario: str, year: int, source: str, level: float = 0.95, called: str = ""
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
    called
        What `focus` is called in a sentence, with its article; itself where nothing is given.
    """
    flows = _flows_of(diversion, focus)
    at_stake = float(diversion.loc[diversion["baseline_country"].astype(str) == focus, "researchers"].sum())
    figure = style.new_figure(8.6, 0.85 + 0.28 * max(len(flows), 4))
    axes = figure.add_subplot()
    called = called or focus
    title = f"To whom does {called} lose researchers under {quoted(scenario)}, and from whom does it gain them?"
    units = f"Researchers in {year}, mean over replications"
    if flows.empty:
        nobody = f"Nobody works in {called}, in the baseline or under {quoted(scenario)}."
        all_stay = (f"Nobody is diverted: whoever works in {called} in the baseline works there under {quoted(scenario)} too, "
                    "and nobody else does.")
        style.say(axes, all_stay if at_stake else nobody)
        return style.frame(figure, title=title, subtitle=f"{units}.", source=source)
    _draw_sides(axes, flows, called)
    subtitle = f"{units}; thin lines: {interval_name(level)}. {_in_all(flows, at_stake, called)}"
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
    axes.xaxis.set_major_formatter(FuncFormatter(unsigned_tick))
    axes.set_xlabel("researchers and doctoral students")
    axes.set_title(f"\N{LEFTWARDS ARROW} {capital(focus)} loses to", loc="left", fontsize=style.SMALL, color=style.LOSS)
    axes.set_title(f"{capital(focus)} gains from \N{RIGHTWARDS ARROW}", loc="right", fontsize=style.SMALL, color=style.GAIN)
    places = min(2, places_for(flows[["lost", "gained"]].to_numpy().ravel()))
    style.write_columns(axes, heights, {
        "lost": [plain(each, places) for each in flows["lost"]],
        "gained": [plain(each, places) for each in flows["gained"]],
    })


def _in_all(flows: pd.DataFrame, at_stake: float, focus: str) -> str:
    """Say the totals in one sentence."""
    lost, gained = flows["lost"].sum(), flows["gained"].sum()
    places = min(2, places_for((lost, gained)))
    share = f" ({100 * lost / at_stake:.1f}\N{NO-BREAK SPACE}% of its {plain(at_stake, 0)} in the baseline)" if at_stake else ""
    return f"In all {focus} loses {plain(lost, places)}{share} and gains {plain(gained, places)}."
