"""Where in the world researchers are more or fewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import BoundaryNorm, Colormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter

from talentsim.arrays import Floats
from talentsim.data.shapes import GROUPS, country_shapes, members_of
from talentsim.report.figures import style
from talentsim.report.figures.labels import Label, place_labels
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import interval_name, places_for, quoted, signed, signed_tick, unit_of_difference
from talentsim.report.projection import EUROPE, POINT_STATES, equal_earth, globe_outline

NOT_IN_WORLD = "#EFEFEF"
HATCH, BORDER = "/////", "#AAAAAA"


@house_style()
def world_map(headline: pd.DataFrame, *, scenario: str, source: str, outcome: str = "researchers", level: float = 0.95,
              names: Mapping[str, str] | None = None) -> Figure:
    """Draw the net change of each country on a map of the world, Europe enlarged.

    Parameters
    ----------
    headline
        Columns outcome, country, unit, year, difference, low, high. Codes are ISO 3166 alpha-3, REU or ROW; others have
        no place on the map and are named below it. Of several years the last is drawn.
    outcome
        Which rows to draw.
    level
        Of the intervals: where one includes zero the country is drawn as unchanged.
    names
        What a country's code is called; the code itself where it has no name here.
    """
    rows = headline[headline["outcome"] == outcome]
    rows = rows[rows["year"] == rows["year"].max()]
    title = f"Where in the world are there more researchers under {quoted(scenario)}, and where fewer?"
    figure = style.new_figure(8.6, 4.3)
    if rows.empty:
        style.say(figure.add_subplot(), f"The comparison has no values for {outcome}.")
        return style.frame(figure, title=title, subtitle="Net change by country", source=source)
    change = dict(zip(rows["country"].astype(str), rows["difference"].astype(float), strict=True))
    is_clear = dict(zip(change, (rows["low"] > 0) | (rows["high"] < 0) | rows["low"].isna(), strict=True))
    members = members_of(list(change))
    axes, bar = figure.subplots(2, 1, height_ratios=[1.0, 0.035])
    colours, norm = _scale(change)
    _draw_world(axes, change, is_clear, members, colours, norm, names or {})
    unit = unit_of_difference(str(rows["unit"].iloc[0]))
    _draw_bar(bar, colours, norm, f"scenario minus baseline, {rows['year'].iloc[0]:g}, in {unit}")
    return style.frame(
        figure,
        title=title,
        subtitle=f"Scenario minus baseline, {unit}, in {rows['year'].iloc[0]:g}. White: the {interval_name(level)} includes zero. "
        + _note_of_groups(members, names or {}) + _note_of_the_rest(change, members, names or {}),
        source=f"{source}. Outlines: Natural Earth (public domain), Equal Earth projection",
        legend=_legend(members),
    )


def _scale(change: Mapping[str, float]) -> tuple[Colormap, BoundaryNorm]:
    """Return brown to teal in steps of about three, from a hundredth of the largest change up to it, on both sides."""
    largest = max((abs(value) for value in change.values()), default=0.0) or 1.0
    top = int(np.floor(2.0 * np.log10(largest)))
    edges = [float(f"{10.0 ** (half / 2.0):.0e}") for half in range(top - 4, top + 1)]
    bounds = [*(-each for each in reversed(edges)), *edges]
    return mpl.colormaps["BrBG"].resampled(len(bounds) + 1), BoundaryNorm(bounds, len(bounds) + 1, extend="both")


def _draw_world(axes: Axes, change: Mapping[str, float], is_clear: Mapping[str, bool], members: Mapping[str, list[str]],
                colours: Colormap, norm: BoundaryNorm, names: Mapping[str, str]) -> None:
    """Draw the world and, where the Pacific is empty, Europe."""
    edge = globe_outline()
    west, south = edge.min(axis=0)
    east, north = edge.max(axis=0)
    axes.set(xlim=(west, east), ylim=(south, north), aspect="equal")
    axes.set_axis_off()
    (left, bottom), (right, top) = equal_earth(np.array(EUROPE))
    inset = axes.inset_axes((0.0, 0.0, 0.215, 0.52))
    inset.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", xticks=[], yticks=[])
    inset.set_anchor("SW")
    inset.grid(visible=False)
    for side in inset.spines.values():
        side.set(visible=True, color=style.GREY, linewidth=0.7)
    for panel in (axes, inset):
        _draw_countries(panel, change, is_clear, members, colours, norm)
    placed = [code for code in members if members[code] or code in POINT_STATES]
    in_europe = [code for code in placed if code in (*GROUPS["REU"], "REU")]
    place_labels(axes, [_label(code, change, members, names) for code in placed if code not in in_europe], inches_wide=8.3)
    place_labels(inset, [_label(code, change, members, names) for code in in_europe], inches_wide=8.3 * 0.215)
    axes.text(0.0, 0.535, "Europe, enlarged", transform=axes.transAxes, fontsize=style.SMALL - 1, color=style.GREY, va="bottom")


def _draw_countries(axes: Axes, change: Mapping[str, float], is_clear: Mapping[str, bool], members: Mapping[str, list[str]],
                    colours: Colormap, norm: BoundaryNorm) -> None:
    whose = {member: code for code, all_of in members.items() for member in all_of}
    def colour(code: str) -> Any:
        return colours(norm(change[code])) if is_clear[code] else "white"

    for member, rings in _within(axes).items():
        code = whose.get(member)
        is_group, is_own = code is not None and code != member, code == member
        look: dict[str, Any] = {"edgecolor": style.INK, "linewidth": 0.5, "zorder": 2} if is_own else {"edgecolor": BORDER, "linewidth": 0.3, "zorder": 1}
        outline = Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))
        filled = NOT_IN_WORLD if code is None else colour(code)
        axes.add_artist(PathPatch(outline, facecolor=filled, hatch=HATCH if is_group else None, **look))
    for code, place in POINT_STATES.items():
        if code in change:
            axes.plot(*equal_earth(np.array([place]))[0], "o", markersize=5, color=colour(code), markeredgecolor=style.INK,
                      markeredgewidth=0.6, zorder=3)


def _within(axes: Axes) -> dict[str, list[Floats]]:
    """Return the projected rings that reach into the panel, by country."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    projected = {code: [equal_earth(ring) for ring in rings] for code, rings in country_shapes().items()}
    seen = {code: [ring for ring in rings if ring[:, 0].max() > left and ring[:, 0].min() < right
                   and ring[:, 1].max() > bottom and ring[:, 1].min() < top] for code, rings in projected.items()}
    return {code: rings for code, rings in seen.items() if rings}


def _label(code: str, change: Mapping[str, float], members: Mapping[str, list[str]], names: Mapping[str, str]) -> Label:
    """Return a country's name and change, to be put on its largest part."""
    places = min(2, places_for(change.values()))
    called, is_whole = names.get(code, code), members[code] == [code] or code in POINT_STATES or code in names
    text = f"{called}{'' if is_whole else ' (all)'}\n{signed(change[code], places)}"
    anchors = {"ROW": (-58.0, -12.0), "REU": (19.0, 61.0), "USA": (-98.0, 39.5), "CAN": (-106.0, 57.0)} | POINT_STATES
    if code in anchors:
        x, y = equal_earth(np.array([anchors[code]]))[0]
        return Label(text, float(x), float(y), code in POINT_STATES)
    rings = [equal_earth(ring) for ring in country_shapes()[code]]
    largest = max(rings, key=lambda ring: float(np.ptp(ring, axis=0).prod()))
    x, y = (largest.min(axis=0) + largest.max(axis=0)) / 2.0
    return Label(text, float(x), float(y))


def _draw_bar(axes: Axes, colours: Colormap, norm: BoundaryNorm, title: str) -> None:
    bar = Colorbar(axes, mpl.cm.ScalarMappable(norm, colours), orientation="horizontal", spacing="uniform",
                   format=FuncFormatter(signed_tick))
    bar.set_ticks(list(norm.boundaries))
    bar.minorticks_off()
    bar.outline.set_linewidth(0.5)
    axes.tick_params(labelsize=style.SMALL - 0.5)
    axes.set_xlabel(title)


def _legend(members: Mapping[str, list[str]]) -> list[Patch]:
    look: dict[str, Any] = {"edgecolor": BORDER, "linewidth": 0.4}
    legend = []
    if any(members.get(group) for group in (*GROUPS, "ROW")):
        legend.append(Patch(facecolor="white", hatch=HATCH, label="part of a group, which has one value", **look))
    if len(legend) == 0 or "ROW" not in members:
        legend.append(Patch(facecolor=NOT_IN_WORLD, label="not in this world", **look))
    return legend


def _note_of_groups(members: Mapping[str, list[str]], names: Mapping[str, str]) -> str:
    groups = {"REU": "rest of Europe", "ROW": "rest of the world"}
    shown = [words if code in names else f"{code} ({words})" for code, words in groups.items() if members.get(code)]
    are = "are groups" if len(shown) > 1 else "is a group"
    return f"Hatched: {' and '.join(shown)} {are} of countries with one value for all. " if shown else ""


def _note_of_the_rest(change: Mapping[str, float], members: Mapping[str, list[str]], names: Mapping[str, str]) -> str:
    lost = [code for code in change if not members.get(code) and code not in POINT_STATES]
    return f"Without a place on the map: {', '.join(f'{names.get(code, code)} {signed(change[code], 1)}' for code in lost)}." if lost else ""
