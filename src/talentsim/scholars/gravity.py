"""Gravity equations behind four stylised facts: elasticities to distance, language, history, stocks and GDP."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.panel.panel import Panel
from talentsim.scholars.regression import fit_choice, fit_poisson
from talentsim.scholars.scores import corridors

KEPT = 0.9              # of the cumulated flow from one year to the next


def distance_and_language(panel: Panel, migrations: Floats, years: Integers) -> tuple[float, float]:
    """Return the elasticity to distance, and a shared official language in log points.

    Poisson with effects of origin, destination and year, a colonial tie and a border.
    """
    pair = panel.pair
    columns = [np.log(np.maximum(pair["dist_km"], 1.0)), pair["comlang_off"], pair["colony_sym"], pair["contig"]]
    found = _fit(panel, migrations, years, lambda _: columns)
    return float(found[0]), float(found[1])


def history_elasticity(panel: Panel, migrations: Floats, years: Integers) -> float:
    """Return the elasticity to the corridor's past: its flows before, cumulated and depreciated. Not causal."""
    past = [migrations[0] / (1.0 - KEPT)]
    for moves in migrations[:-1]:
        past.append(KEPT * past[-1] + moves)
    return float(_fit(panel, migrations, years, lambda place: [np.log1p(past[place])])[0])


def stock_and_gdp(panel: Panel, migrations: Floats, stock: Floats, years: Integers) -> tuple[float, float]:
    """Return the elasticities to the origin's stock and the destination's GDP per head, with effects of pairs.

    The Poisson likelihood given each pair's total is that of a choice among years.
    """
    off, n = corridors(len(panel.codes)), len(panel.codes)
    attributes, counts = [], []
    for year in years:
        place = panel.place(int(year))
        people, gdp = np.log(stock[place - 1]), np.log(panel.gdp[int(year - panel.gdp_years[0])])
        columns = [np.broadcast_to(people[:, None], (n, n)), np.broadcast_to(people, (n, n)),
                   np.broadcast_to(gdp[:, None], (n, n)), np.broadcast_to(gdp, (n, n))]
        attributes.append(np.stack(columns, axis=-1)[off])
        counts.append(migrations[place][off])
    found = fit_choice(np.stack(attributes, axis=1), np.stack(counts, axis=1))
    return float(found[0]), float(found[3])


def _fit(panel: Panel, migrations: Floats, years: Integers, columns_of: Callable[[int], list[Floats]]) -> Floats:
    """Fit Poisson regressions with effects of origin, destination and year; the coefficients of the columns come first."""
    n, off = len(panel.codes), corridors(len(panel.codes))
    origin = np.broadcast_to(np.eye(n)[:, None, :], (n, n, n))
    destination = np.broadcast_to(np.eye(n)[:, 1:], (n, n, n - 1))
    design, counts = [], []
    for number, year in enumerate(years):
        place = panel.place(int(year))
        effect = np.zeros((n, n, len(years)))
        effect[..., number] = 1.0
        columns = np.stack(columns_of(place), axis=-1)
        design.append(np.concatenate([columns, origin, destination, effect[..., 1:]], axis=-1)[off])
        counts.append(migrations[place][off])
    return fit_poisson(np.concatenate(design), np.concatenate(counts))
