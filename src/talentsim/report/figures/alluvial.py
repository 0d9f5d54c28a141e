"""How work passes from the country that trained its makers to the one where it is made and the one that owns it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from talentsim.report.colours import country_colour
from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import plain, quoted, signed

STAGES = {"training": "trained in", "work": "working in", "hq": "for an employer from"}
OTHERS = "others"
WIDTH = 0.055           # of a bar, in distances between stages
LEAST = 5.2             # room of a bar with its label, in % of all works
SMALLEST_RIBBON = 0.04  # % of all works

Nodes = dict[tuple[str, str], tuple[float, float]]
"""Top and height of each bar, in % of all works downwards from the top, by stage and country."""


class _Ends(NamedTuple):
    """Where a ribbon begins and ends: x and top at both sides, and its height."""

    left: float
    left_top: float
    right: float
    right_top: float
    height: float


@house_style()
def alluvial(pathways: pd.DataFrame, *, scenario: str, year: int, source: str, n_countries: int = 7,
             names: Mapping[str, str] | None = None) -> Figure:
    """Draw works from training country to work country to headquarters country, baseline above, scenario below.

    Both worlds are drawn in % of the baseline's works, so a world that makes fewer is lower.

    Parameters
    ----------
    pathways
        Columns arm ("baseline" or "scenario"), works (mean over replications), and of training, work, hq those that are
        known: the country codes of each stage.
    year
        Year of the works.
    n_countries
        So many of the largest are shown; the rest is put together as "others".
    names
        What a country's code is called; the code itself where it has no name here.
    """
    stages = [stage for stage in STAGES if stage in pathways]
    figure = style.new_figure(8.6, 7.6)
    title = f"Who trains, hosts and owns the work, without and with {quoted(scenario)}?"
    total = float(pathways.loc[pathways["arm"].astype(str) == "baseline", "works"].sum())
    if not total > 0.0:
        style.say(figure.add_subplot(), f"No works were made in {year}.")
        return style.frame(figure, title=title, subtitle="Works", source=source)
    flows, order = _in_percent(pathways, stages, total, n_countries)
    panels = figure.subplots(2, 1)
    shares = {arm: {stage: rows.groupby(stage)["works"].sum() for stage in stages} for arm, rows in flows.groupby("arm")}
    for axes, arm, name in zip(panels, ("baseline", "scenario"), ("Baseline", "Scenario"), strict=True):
        rows = flows[flows["arm"] == arm].groupby(stages, as_index=False)["works"].sum()
        nodes = _stack(rows, stages, order)
        _draw_panel(axes, name, stages)
        for one, other in itertools.pairwise(stages):
            _draw_ribbons(axes, rows, (one, other), order, nodes, stages.index(one))
        for (stage, code), (top, height) in nodes.items():
            change = shares["scenario"][stage].get(code, 0.0) - shares["baseline"][stage].get(code, 0.0)
            text = f"{(names or {}).get(code, code)} {plain(height, 1)}" + (f" ({signed(change, 1)})" if arm == "scenario" else "")
            _draw_node(axes, stages.index(stage), len(stages), text, _colour(code), top, height)
    bottom = max(-axes.get_ylim()[0] for axes in panels)
    for axes in panels:
        axes.set_ylim(-bottom, 7.0)
    return style.frame(
        figure, title=title, source=source,
        subtitle=f"Works in {year}, both worlds in % of the baseline's works, mean over replications, so that a world that makes fewer is "
        "lower; in brackets the change in these points, which is not a change of shares. Ribbons have the colour of the country on their left.")


def _in_percent(pathways: pd.DataFrame, stages: Sequence[str], total: float, n_countries: int) -> tuple[pd.DataFrame, list[str]]:
    """Return works in % of the baseline's, small countries put together, and the countries shown, largest first."""
    table = pathways[["arm", *stages, "works"]].astype(dict.fromkeys(["arm", *stages], str))
    table["works"] = 100.0 * table["works"].astype(float) / total
    sizes = pd.concat([table[table["arm"] == "baseline"].groupby(stage)["works"].sum() for stage in stages], axis=1).max(axis=1)
    shown = list(sizes.sort_values(ascending=False, kind="stable").index[:n_countries])
    for stage in stages:
        table[stage] = table[stage].where(table[stage].isin(shown), OTHERS)
    return table.groupby(["arm", *stages], as_index=False)["works"].sum(), [*shown, OTHERS]


def _stack(rows: pd.DataFrame, stages: Sequence[str], order: Sequence[str]) -> Nodes:
    """Stack the bars of each stage from the top, each with room for its label."""
    nodes: Nodes = {}
    for stage in stages:
        height, top = rows.groupby(stage)["works"].sum(), 0.0
        for code in order:
            if height.get(code, 0.0) > 0.0:
                room = max(float(height[code]), LEAST)
                nodes[stage, code] = (top + (room - float(height[code])) / 2.0, float(height[code]))
                top += room + 1.5
    return nodes


def _draw_panel(axes: Axes, name: str, stages: Sequence[str]) -> None:
    last = len(stages) - 1
    axes.set_axis_off()
    axes.set_xlim(-0.46, last + 0.52)
    axes.set_ylim(-100.0, 7.0)
    axes.set_title(name, loc="left", fontweight="bold", color=style.INK)
    for place, stage in enumerate(stages):
        where = "right" if place == 0 else "left" if place == last else "center"
        x = place + WIDTH * (place == 0) if place != last else place
        axes.text(x, 3.0, STAGES[stage], ha=where, va="bottom", fontsize=style.SMALL, color=style.GREY)


def _draw_ribbons(axes: Axes, rows: pd.DataFrame, pair: tuple[str, str], order: Sequence[str], nodes: Nodes, place: int) -> None:
    """Draw the ribbons between two stages, those of a bar stacked in the order of the bars on the other side."""
    one, other = pair
    works = rows.groupby([one, other])["works"].sum()
    left = {code: nodes[one, code][0] for code in order if (one, code) in nodes}
    right = {code: nodes[other, code][0] for code in order if (other, code) in nodes}
    for code in left:
        for target in right:
            height = float(works.get((code, target), 0.0))
            if height >= SMALLEST_RIBBON:
                ends = _Ends(place + WIDTH, left[code], place + 1.0, right[target], height)
                axes.add_artist(PathPatch(_ribbon(ends), facecolor=_colour(code), alpha=0.42, linewidth=0.0))
            left[code] += height
            right[target] += height


def _ribbon(ends: _Ends) -> Path:
    middle = (ends.left + ends.right) / 2.0
    top, bottom = (ends.left_top, ends.right_top), (ends.left_top + ends.height, ends.right_top + ends.height)
    points = [(ends.left, top[0]), (middle, top[0]), (middle, top[1]), (ends.right, top[1]),
              (ends.right, bottom[1]), (middle, bottom[1]), (middle, bottom[0]), (ends.left, bottom[0]), (ends.left, top[0])]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return Path([(x, -y) for x, y in points], codes)


def _draw_node(axes: Axes, place: int, n_stages: int, text: str, colour: str, top: float, height: float) -> None:
    """Draw a bar with its text beside it."""
    axes.add_artist(Rectangle((place, -top - height), WIDTH, height, facecolor=colour, linewidth=0.0))
    axes.set_ylim(min(axes.get_ylim()[0], -top - max(height, LEAST)), axes.get_ylim()[1])
    at_left = place == 0
    halo = [patheffects.withStroke(linewidth=1.8, foreground="white")] if 0 < place < n_stages - 1 else None
    axes.text(place - 0.02 if at_left else place + WIDTH + 0.02, -top - height / 2.0, text, ha="right" if at_left else "left",
              va="center", fontsize=style.SMALL, path_effects=halo)


def _colour(code: str) -> str:
    return "#BBBBBB" if code == OTHERS else country_colour(code)
