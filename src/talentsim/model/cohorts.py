"""Expected cohorts by year: levels and growth of each country, and how they go on after the last year with data."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.config import Config
from talentsim.model.tables import all_years, codes_of, column
from talentsim.panel.paths import panel_paths


def cohort_path(config: Config) -> Floats:
    """Return the expected number of new researchers by year and country of first degree.

    Until `entry.data_until` log cohorts grow by the country's own rate, before and after the years of a series of levels where
    there is one; where the world is built from the migration
    panel, cohorts are those that meet its stocks and go on with their damped growth. Then the variant of entry takes
    over: every year they grow by the rate that `growth_after` gives, or else by their rate of `data_until` times damping,
    damping squared, and so on.

    Returns
    -------
    Researchers a year at scale 1, shape (n_years, n_countries), from `burn_in_year` to `end_year`.
    """
    world, entry = config.world, config.entry
    years = all_years(config)[:, None]
    if world.panel is None:
        level = column(config, years[:, 0], lambda c: c.entry.level)
        first, known, until = _known_cohorts(config)
        grown = _log_growth(config, np.clip(years, first, known), np.minimum(years, until))
        growth = np.array([country.entry.growth.at(int(year)) for country, year in zip(world.countries.values(), until, strict=True)])
        return level * np.exp(grown + _growth_after(config, growth, years - until))
    cohorts, last = panel_paths(config).cohorts, max(entry.data_until, world.panel.known_until)
    if last >= world.end_year:
        return cohorts
    level, before = np.maximum(cohorts[last - world.burn_in_year - np.arange(2)], 1e-9)
    return np.where(years <= last, cohorts, level * np.exp(_growth_after(config, np.log(level / before), years - last)))


def _known_cohorts(config: Config) -> tuple[Integers, Integers, Integers]:
    """Return the first and last year with a level, and until when a country's own growth goes on; each of shape (n_countries,)."""
    entry, series = config.entry, [country.entry.level.series for country in config.world.countries.values()]
    years = [(entry.level_year, entry.level_year, entry.data_until) if each is None else
             (each.first, each.last, max(each.last, entry.data_until)) for each in series]
    first, last, until = np.array(years).T
    return first, last, until


def _log_growth(config: Config, since: Integers, until: Integers) -> Floats:
    """Return by how much log cohorts grow between two years, back where the second is earlier; shape (n_years, n_countries)."""
    figures = [country.entry.growth for country in config.world.countries.values()]
    steady = np.array([float(each) for each in figures]) * (until - since)
    if all(each.series is None for each in figures):
        return steady
    span = np.arange(min(since.min(), until.min()), max(since.max(), until.max()) + 1)
    total, country = np.cumsum(column(config, span, lambda c: c.entry.growth), axis=0), np.arange(len(figures))
    moving = total[until - span[0], country] - total[since - span[0], country]
    return np.where([each.series is None for each in figures], steady, moving)


def _growth_after(config: Config, growth: Floats, ahead: Integers) -> Floats:
    """Return by how much log cohorts grow in the years after the last one with data; shape (n_years, n_countries).

    Parameters
    ----------
    growth
        Each country's yearly growth up to then, in log points.
    ahead
        Years after it, shape (n_years, 1).
    """
    entry, damping = config.entry, float(config.entry.damping)
    ahead = np.maximum(ahead, 0)
    damped = ahead if damping == 1.0 else damping * (1.0 - damping**ahead) / (1.0 - damping)
    given = [entry.growth_after.get(code, entry.growth_after_others) for code in codes_of(config)]
    after = np.array([np.nan if each is None else float(each) for each in given])
    return np.where(np.isnan(after), growth * damped, after * ahead)
