"""What becomes of applications for visas."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from talentsim.report.figures import style
from talentsim.report.figures.style import house_style
from talentsim.report.numbers import places_for, plain, quoted, unsigned_tick
from talentsim.report.words import ROUTES

FATES = {
    "granted": ("granted", style.GAIN, None),
    "lost_lottery": ("lost the lottery", "#DFC27D", "..."),
    "refused": ("refused", style.LOSS, "///"),
}


@house_style()
def visa_funnel(funnel: pd.DataFrame, *, country: str, scenario: str, years: tuple[int, int], source: str, called: str | None = None) -> Figure:
    """Draw applications for visas of one country by route and outcome, baseline above scenario in each pair of bars.

    Parameters
    ----------
    funnel
        Columns arm, country, route, applied, refused, lost_lottery, granted: applications a year, means over replications;
        further columns, such as the origin, are summed over.
    country
        Country that decides.
    years
        First and last of the years that are averaged.
    called
        What the country is called; its code if nothing is given.
    """
    title = f"What becomes of applications for visas of {called or country}, without and with {quoted(scenario)}?"
    span = f"{years[0]} to {years[1]}" if years[0] != years[1] else f"{years[0]}"
    subtitle = f"Applications a year, mean of {span} and of replications: for each way, baseline above and scenario below."
    counts = _counts(funnel[funnel["country"].astype(str) == country])
    figure = style.new_figure(8.6, 0.7 + 0.62 * max(len(counts), 3))
    axes = figure.add_subplot()
    if counts.empty:
        style.say(axes, f"Nobody applies for a visa of {called or country} in {span}.")
        return style.frame(figure, title=title, subtitle=subtitle, source=source)
    _draw(axes, counts)
    return style.frame(figure, title=title, subtitle=subtitle, source=source, legend=_legend(counts))


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return counts by route, in the order of the routes, with columns (arm, outcome); routes nobody takes are left out."""
    named = rows.assign(arm=rows["arm"].astype(str), route=rows["route"].astype(str))
    table = named.pivot_table(index="route", columns="arm", values=["applied", *FATES], aggfunc="sum", fill_value=0.0, observed=True)
    if table.empty:
        return table
    columns = pd.MultiIndex.from_product([["baseline", "scenario"], ["applied", *FATES]])
    table = table.swaplevel(axis=1).reindex(columns=columns, fill_value=0.0).astype(float)
    order = [route for route in (*ROUTES, *table.index.difference(list(ROUTES))) if route in table.index]
    table = table.loc[order]
    return table[(table.xs("applied", axis=1, level=1) > 0.0).any(axis=1)]


def _draw(axes: Axes, counts: pd.DataFrame) -> None:
    """Draw two bars a route, and write what they are made of beside them."""
    centres = np.arange(len(counts))[::-1].astype(float)
    heights, texts = [], []
    for centre, route in zip(centres, counts.index, strict=True):
        for arm, shift in (("baseline", 0.2), ("scenario", -0.2)):
            left = 0.0
            for outcome, (_, colour, hatch) in FATES.items():
                width = float(counts.loc[route, (arm, outcome)])
                axes.barh(centre + shift, width, left=left, height=0.34, color=colour, hatch=hatch, edgecolor="white", linewidth=0.0)
                left += width
            heights.append(centre + shift)
            texts.append(counts.loc[route, arm])
    style.name_rows(axes, centres, [ROUTES.get(route, route.replace("_", " ")) for route in counts.index])
    axes.set_xlim(left=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=style.STEPS))
    axes.xaxis.set_major_formatter(FuncFormatter(unsigned_tick))
    axes.set_xlabel("applications a year")
    places = min(1, places_for(counts.xs("applied", axis=1, level=1).to_numpy().ravel()))
    names = {"applied": "applied", "refused": "refused", "lost_lottery": "lost lottery", "granted": "granted"}
    columns = {heading: [plain(float(each[key]), places) for each in texts] for key, heading in names.items() if _occurs(counts, key)}
    style.write_columns(axes, heights, columns)


def _occurs(counts: pd.DataFrame, outcome: str) -> bool:
    return outcome != "lost_lottery" or bool((counts.xs(outcome, axis=1, level=1) > 0.0).any(axis=None))


def _legend(counts: pd.DataFrame) -> list[Patch]:
    return [Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.0, label=label)
            for outcome, (label, colour, hatch) in FATES.items() if _occurs(counts, outcome)]
