"""Series of the configuration that a scenario touches: as given, in the baseline and under the scenario."""

from __future__ import annotations

import numpy as np
import pandas as pd

from talentsim.config import Parameter, parameters_of
from talentsim.model.inputs import Inputs
from talentsim.report.document.changes import lever_behind, part_of_lever
from talentsim.report.document.scene import Scene
from talentsim.vocab import LEVERS, Axes

COLUMNS = ["figure", "country", "year", "baseline", "scenario", "given"]


def touched_series(scene: Scene) -> pd.DataFrame:
    """Return the series whose lever differs between the arms in a reported year, and cohorts by year where entry does.

    Returns
    -------
    figure (in words, with its unit), country, year, baseline, scenario, given (missing where the series has no point). A figure for
    several origins is their mean.
    """
    config, parts = scene.scenario, []
    years = range(config.world.start_year, config.world.end_year + 1)
    moving = [(key, each) for key, each in parameters_of(config.world.countries, "world.countries") if each.series is not None]
    arms = [[inputs.in_year(year) for year in years] for inputs in map(Inputs.of, (scene.baseline, config))] if moving else []
    for key, each in moving:
        country = key.split(".")[2]
        if key.endswith(".entry.level"):
            at, words = [config.world.countries[country].name], f"cohorts, {each.unit}"
            place = list(config.world.countries).index(country)
            values = [np.array([given["cohorts"][place] * given["entry"][place] for given in arm]) for arm in arms]
        else:
            name, origin = lever_behind(key)
            if name not in LEVERS or LEVERS[name].axes not in (Axes.COUNTRY, Axes.HOST_ORIGIN):
                continue
            where = part_of_lever(config, country, name, origin)
            at = [config.world.countries[country].name, *([f"for {scene.name(origin)}"] if origin else [])]
            words = f"{LEVERS[name].meaning}, {LEVERS[name].unit}"
            values = [np.array([given[name][where].mean() for given in arm]) for arm in arms]
        if not np.array_equal(values[0], values[1]):
            parts.append(pd.DataFrame({"figure": f"{' '.join(at)}: {words}", "country": country, "year": list(years),
                                       "baseline": values[0], "scenario": values[1], "given": [_given(each, year) for year in years]}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _given(figure: Parameter, year: int) -> float:
    return figure.at(year) if figure.series is not None and year in figure.series.points else float("nan")
