"""Typed tables of a configured world: the values of the levers without policies, cohorts, constants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Floats
from talentsim.config import Config, Parameter
from talentsim.config.world import Country
from talentsim.vocab import LEVERS, Axes


@dataclass(frozen=True)
class OriginTable:
    """What differs between researchers by the country of their first degree; each of shape (n_countries,)."""

    ability_mean_log: Floats
    ability_sd_log: Floats
    home_attachment: Floats     # utils
    home_attachment_sd: Floats  # utils
    home_study: Floats          # utils


@dataclass(frozen=True)
class DestinationTable:
    """What differs between countries as destinations and no policy changes; each of shape (n_countries,)."""

    asc_work: Floats            # utils
    asc_study: Floats           # utils
    strength: Floats            # ecosystem strength in the start year, index


def codes_of(config: Config) -> tuple[str, ...]:
    """Return the country codes in the order of every array of the model."""
    return tuple(config.world.countries)


def origin_table(config: Config) -> OriginTable:
    """Gather the figures of origin countries."""
    return OriginTable(
        ability_mean_log=_column(config, lambda c: c.ability.mean_log),
        ability_sd_log=_column(config, lambda c: c.ability.sd_log),
        home_attachment=_column(config, lambda c: c.home.attachment),
        home_attachment_sd=_column(config, lambda c: c.home.sd),
        home_study=_column(config, lambda c: c.home.study),
    )


def destination_table(config: Config) -> DestinationTable:
    """Gather the figures of destinations."""
    return DestinationTable(
        asc_work=_column(config, lambda c: c.asc.work),
        asc_study=_column(config, lambda c: c.asc.study),
        strength=_column(config, lambda c: c.ecosystem.strength),
    )


def base_levers(config: Config) -> dict[str, Floats]:
    """Return the value of every lever without policies: shape (n_countries,), or (host, origin) for visas."""
    codes = codes_of(config)
    levers: dict[str, Floats] = {
        "pay": _column(config, lambda c: c.pay),
        "chilling": np.zeros((len(codes), len(codes))),
        "return_grant": np.zeros(len(codes)),
        "entry": np.ones(len(codes)),
    }
    for name in ("compute", "capital", "openness", "ip_protection", "translation"):
        levers[name] = _column(config, lambda c, name=name: getattr(c.ecosystem, name))
    for name, own in (("student_refusal", 0.0), ("work_visa_odds", 1.0), ("years_to_permanence", 0.0)):
        levers[name] = _visa_matrix(config, name, own)
    assert levers.keys() == LEVERS.keys()
    assert all((levers[name].ndim == 2) == (lever.axes is Axes.HOST_ORIGIN) for name, lever in LEVERS.items())
    return levers


def cohort_path(config: Config) -> Floats:
    """Return the expected number of new researchers by year and country of first degree.

    log cohort grows by the country's own rate until `data_until`, then by that rate times damping, damping squared, ...

    Returns
    -------
    Researchers a year at scale 1, shape (n_years, n_countries), from `burn_in_year` to `end_year`.
    """
    world, entry = config.world, config.entry
    years = np.arange(world.burn_in_year, world.end_year + 1)
    damping = float(entry.damping)
    ahead = np.maximum(years - entry.data_until, 0)
    damped = ahead if damping == 1.0 else damping * (1.0 - damping**ahead) / (1.0 - damping)
    grown = np.minimum(years, entry.data_until) - entry.level_year + damped
    level = _column(config, lambda c: c.entry.level)
    growth = _column(config, lambda c: c.entry.growth)
    return level * np.exp(growth * grown[:, None])


def _column(config: Config, figure: Callable[[Country], Parameter]) -> Floats:
    return np.array([float(figure(country)) for country in config.world.countries.values()])


def _visa_matrix(config: Config, field: str, own: float) -> Floats:
    """Spread one visa figure over (host, origin): the general value, the one by origin, `own` for nationals."""
    codes = codes_of(config)
    matrix = np.empty((len(codes), len(codes)))
    for host, country in enumerate(config.world.countries.values()):
        matrix[host] = float(getattr(country.visa, field))
        for origin, parameter in getattr(country.visa, f"{field}_by_origin").items():
            if origin in codes:         # a country's file may speak of origins that a smaller world leaves out
                matrix[host, codes.index(origin)] = float(parameter)
    np.fill_diagonal(matrix, own)
    return matrix
