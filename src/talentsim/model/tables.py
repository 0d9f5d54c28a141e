"""Typed tables of a configured world by year: the values of the levers without policies, cohorts, constants.

Every table has the years it is asked for as its first axis, since any figure of a country may be a series; `given` takes
one year out of all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from talentsim.arrays import ABILITY_UNIT, Booleans, Floats, Integers
from talentsim.config import Config, Parameter
from talentsim.config.world import Country, VisaRegime
from talentsim.model.policy import LeverAxes
from talentsim.panel.paths import panel_paths
from talentsim.vocab import LEVERS, WAGE_LEVELS, Axes, Sector, Tier

SECTORS = tuple(sector.name.lower() for sector in Sector)
FOR_EVER = 200.0        # years
TIER_SHARES = {Tier.ALL: 1.0, Tier.TOP20: 0.2, Tier.TOP2: 0.02}


@dataclass(frozen=True)
class OriginTable:
    """What differs between researchers by the country of their first degree; each of shape (n_countries,), or by year."""

    ability_mean_log: Floats
    ability_sd_log: Floats
    home_attachment: Floats     # utils
    home_attachment_sd: Floats  # utils
    home_study: Floats          # utils
    listed_share: Floats        # share with ties to a listed institution
    tier_ability: Integers      # (tier) lowest ability of the tier, in ABILITY_UNIT, among all origins' entrants of the level year


@dataclass(frozen=True)
class DestinationTable:
    """What differs between countries as destinations and no policy changes; each of shape (n_countries,), or by year."""

    asc_work: Floats            # utils
    asc_study: Floats           # utils
    strength: Floats            # ecosystem strength, index: as data give it, or in the start year
    is_known: Booleans          # whether data give it: up to the last year of a series
    industry_share: Floats      # share of the posts in research


@dataclass(frozen=True)
class RegimeTable:
    """Fields of the visa regimes that no policy changes, by host country, or by year and host country."""

    background_demand: Floats   # (k) applicants of other trades in the ranked lottery, a year
    cap_exempt: Booleans        # (k, sector) whether a post is outside lottery and cap
    renewal_years: Floats       # (k)
    queue_after: Floats         # (k) years on a work visa until one is queued for permanence; inf where there is no queue
    transfer: Floats            # (k) chance to come over within a firm
    level_ability: Integers     # (k, level but the lowest) lowest ability at each wage level, in ABILITY_UNIT
    level_share: Floats         # (k, level) where doctorates sit
    registrations: Floats       # (k, level) where all sit who register for the lottery


OWN_NATIONALS: dict[str, float] = {
    "student_refusal": 0.0, "work_visa_odds": 1.0, "work_visa_refusal": 0.0, "renewal_refusal": 0.0, "years_to_permanence": 0.0,
    "listed_refusal": 0.0, "other_visa": 0.0, "spouse_right": 0.0, "further_degree": 0.0,
    "yearly_charge": 0.0,
}
"""Levers of host and origin that stand in the visa regime, with the value for a country's own nationals."""

NO_RULES: dict[str, float] = {
    "student_refusal": 0.0, "work_visa_odds": 1.0, "work_visa_refusal": 0.0, "renewal_refusal": 0.0, "listed_refusal": 0.0,
    "years_to_permanence": FOR_EVER, "post_study_years": 100.0, "max_years": 100.0, "visa_fee": 0.0, "yearly_charge": 0.0, "fee_unfiled": 0.0,
    "work_visa_cap": np.inf, "doctoral_capacity": np.inf,
}
"""Values for foreigners where visa regimes are lifted (`visa=open`)."""


def codes_of(config: Config) -> tuple[str, ...]:
    """Return the country codes in the order of every array of the model."""
    return tuple(config.world.countries)


def all_years(config: Config) -> Integers:
    """Return the years that are simulated, burn-in first."""
    return np.arange(config.world.burn_in_year, config.world.end_year + 1)


def origin_table(config: Config, years: Integers) -> OriginTable:
    """Gather the figures of origin countries, by year."""
    tiers = tier_ability(config)
    return OriginTable(
        ability_mean_log=column(config, years, lambda c: c.ability.mean_log),
        ability_sd_log=column(config, years, lambda c: c.ability.sd_log),
        home_attachment=column(config, years, lambda c: c.home.attachment),
        home_attachment_sd=column(config, years, lambda c: c.home.sd),
        home_study=column(config, years, lambda c: c.home.study),
        listed_share=column(config, years, lambda c: c.listed_share),
        tier_ability=np.broadcast_to(tiers, (len(years), *tiers.shape)),
    )


def destination_table(config: Config, years: Integers) -> DestinationTable:
    """Gather the figures of destinations, by year."""
    series = [country.ecosystem.strength.series for country in config.world.countries.values()]
    last = np.array([-np.inf if each is None else each.last for each in series])
    return DestinationTable(
        asc_work=column(config, years, lambda c: c.asc.work),
        asc_study=column(config, years, lambda c: c.asc.study),
        strength=column(config, years, lambda c: c.ecosystem.strength),
        is_known=years[:, None] <= last,
        industry_share=column(config, years, lambda c: c.industry_share),
    )


def tier_ability(config: Config) -> Integers:
    """Return the lowest ability of each tier, in ABILITY_UNIT, shape (n_tiers,).

    They belong to the configuration, so a scenario is measured by the same ones as its baseline.
    """
    return lowest_ability(config, np.array(list(TIER_SHARES.values())))


def lowest_ability(config: Config, above: Floats) -> Integers:
    """Return the ability, in ABILITY_UNIT, that given shares of the researchers have at least; shape of `above`.

    The cut-offs are quantiles among those who enter in the level year, a mixture of lognormals.
    """
    from scipy.special import ndtr

    year = np.array([config.entry.level_year])
    figures = (lambda c: c.entry.level, lambda c: c.ability.mean_log, lambda c: c.ability.sd_log)
    cohort, mean, sd = (column(config, year, each)[0] for each in figures)
    grid = np.linspace(-8.0, 8.0, 4001)                                         # log ability
    below = ndtr((grid[:, None] - mean) / np.maximum(sd, 1e-9)) @ (cohort / max(cohort.sum(), 1e-300))
    cut = np.exp(np.where(above < 1.0, np.interp(1.0 - above, below, grid), -np.inf))
    return np.ceil(np.minimum(cut / ABILITY_UNIT, np.iinfo(np.uint16).max)).astype(np.int64)


def regime_table(config: Config, years: Integers) -> RegimeTable:
    """Gather the visa fields that no policy changes, by year."""
    exempt = np.array([[sector in country.visa.cap_exempt for sector in SECTORS] for country in config.world.countries.values()])
    cuts, doctorates, registrations = _wage_levels(config)
    table = RegimeTable(
        background_demand=column(config, years, lambda c: c.visa.background_demand),
        cap_exempt=np.broadcast_to(exempt, (len(years), *exempt.shape)),
        renewal_years=column(config, years, lambda c: c.visa.renewal_years),
        queue_after=column(config, years, lambda c: c.visa.queue_after),
        transfer=column(config, years, lambda c: c.visa.transfer),
        level_ability=np.broadcast_to(cuts, (len(years), *cuts.shape)),
        level_share=np.broadcast_to(doctorates, (len(years), *doctorates.shape)),
        registrations=np.broadcast_to(registrations, (len(years), *registrations.shape)),
    )
    if config.visa.open:
        shape = table.transfer.shape
        return replace(table, background_demand=np.zeros(shape), renewal_years=np.full(shape, FOR_EVER), queue_after=np.full(shape, np.inf))
    return table


def _wage_levels(config: Config) -> tuple[Integers, Floats, Floats]:
    """Return the lowest ability of each level but the lowest, and where doctorates and all registrations sit, by country.

    Where a country tells nobody apart by pay, all are at the highest level.
    """
    top = (0.0,) * (len(WAGE_LEVELS) - 1) + (1.0,)
    given = [country.visa.wage_levels for country in config.world.countries.values()]
    doctorates, registrations = (np.array([top if each is None else getattr(each, who).shares for each in given])
                                 for who in ("doctorates", "registrations"))
    above = 1.0 - np.cumsum(doctorates, axis=1)[:, :-1]                 # share above each level but the highest
    cuts = lowest_ability(config, above) if any(each is not None for each in given) else np.zeros(above.shape, np.int64)
    return cuts, doctorates, registrations


def exempt_share(regimes: RegimeTable, destinations: DestinationTable) -> Floats:
    """Return the share of a country's posts in sectors outside the cap on work visas; shape (n_countries,)."""
    share = np.stack([1.0 - destinations.industry_share, destinations.industry_share], axis=1)      # (k, sector)
    return np.asarray((regimes.cap_exempt * share).sum(axis=1))


def lever_axes(config: Config) -> LeverAxes:
    """Return the names along the axes of the levers."""
    return LeverAxes(codes_of(config), tuple(config.employers), tuple(each.hq for each in config.employers.values()))


def base_levers(config: Config, year: int) -> dict[str, Floats]:
    """Return the value of every lever in a year without policies, each of its axes' shape; no limit is infinite."""
    return {name: value[0] for name, value in lever_paths(config, np.array([year])).items()}


def lever_paths(config: Config, years: Integers) -> dict[str, Floats]:
    """Return the values of every lever by year without policies, each of shape (n_years, *its axes' shape)."""
    codes, axes = codes_of(config), lever_axes(config)
    pair, country = ((len(years), *axes.shape(each)) for each in (Axes.PAIR, Axes.COUNTRY))
    sites, placement = site_table(config), np.array([float(each.placement) for each in config.employers.values()])
    levers: dict[str, Floats] = {
        "pay": column(config, years, lambda c: c.pay),
        "chilling": np.zeros(pair),
        "entry_refusal": np.zeros(pair),
        "return_grant": np.zeros(country),
        "talent_grant": np.zeros(country),
        "entry": np.ones(country),
        "service": np.ones(country),
        "collaboration": np.ones(pair),
        "level_odds": np.ones((len(years), *axes.shape(Axes.LEVEL))),
        "other_visa_cap": column(config, years, lambda c: c.visa.other_visa_cap),
        "visa_fee": column(config, years, lambda c: c.visa.fee),
        "fee_share": column(config, years, lambda c: c.visa.fee_share, 1.0),
        "fee_unfiled": column(config, years, lambda c: c.visa.fee_unfiled, 0.0),
        "fee_inside": column(config, years, lambda c: c.visa.fee_inside, 0.0),
        "work_visa_cap": column(config, years, lambda c: c.visa.work_visa_cap),
        "doctoral_capacity": column(config, years, lambda c: c.doctoral_capacity),
        "site_weight": np.broadcast_to(sites, (len(years), *sites.shape)),
        "placement": np.broadcast_to(placement, (len(years), *placement.shape)),
    }
    for name in ("compute", "capital", "openness", "ip_protection", "translation"):
        levers[name] = column(config, years, attrgetter(f"ecosystem.{name}"))
    for name in ("post_study_years", "max_years"):
        levers[name] = column(config, years, attrgetter(f"visa.{name}"))
    for name, own in OWN_NATIONALS.items():
        levers[name] = _visa_matrices(config, years, codes, name, own)
    levers = {name: levers[name] for name in LEVERS}
    if config.visa.open:
        levers |= {name: _foreign(value, levers[name]) for name, value in NO_RULES.items()}
    assert all(levers[name].shape[1:] == axes.shape(lever.axes) for name, lever in LEVERS.items())
    return levers


def corridor_path(config: Config) -> Floats:
    """Return the yearly constants of corridors between countries of work, in utils; 0 without a panel.

    Returns
    -------
    Shape (n_years, n_countries, n_countries), from `burn_in_year` to `end_year`.
    """
    if config.world.panel is not None:
        return panel_paths(config).corridor
    n, years = len(codes_of(config)), config.world.end_year - config.world.burn_in_year + 1
    return np.broadcast_to(0.0, (years, n, n))


def column(config: Config, years: Integers, figure: Callable[[Country], Parameter | None], nothing: float = np.inf) -> Floats:
    """Return a figure by year and country, shape (n_years, n_countries); one that is not given is `nothing`, a limit infinite."""
    given = [figure(country) for country in config.world.countries.values()]
    table = np.tile(np.array([nothing if each is None else float(each) for each in given]), (len(years), 1))
    for place, each in enumerate(given):
        if each is not None and each.series is not None:
            table[:, place] = each.over(years)
    return table


def _visa_matrices(config: Config, years: Integers, codes: tuple[str, ...], field: str, own: float) -> Floats:
    """Spread one visa figure over (year, host, origin): the general value, the one by origin, `own` for nationals."""
    by_origin = field in VisaRegime.tables_by_origin()
    matrix = np.repeat(column(config, years, attrgetter(f"visa.{field}"), 0.0)[:, :, None], len(codes), axis=2)
    for host, country in enumerate(config.world.countries.values()):
        for origin, parameter in (getattr(country.visa, f"{field}_by_origin") if by_origin else {}).items():
            if origin in codes:         # a country's file may speak of origins that a smaller world leaves out
                matrix[:, host, codes.index(origin)] = float(parameter) if parameter.series is None else parameter.over(years)
    everyone = np.arange(len(codes))
    matrix[:, everyone, everyone] = own
    return matrix


def site_table(config: Config) -> Floats:
    """Return the weights of the sites of named employers, shape (employer, country)."""
    codes = codes_of(config)
    weights = np.zeros((len(config.employers), len(codes)))
    for row, employer in enumerate(config.employers.values()):
        for country, weight in employer.sites.items():
            if country in codes:        # firms may have sites in countries that a smaller world leaves out
                weights[row, codes.index(country)] = float(weight)
    return weights


def _foreign(value: float, levers: Floats) -> Floats:
    """Put one value for all foreigners; a country's own nationals keep theirs."""
    return np.where(np.eye(levers.shape[-1], dtype=bool), levers, value) if levers.ndim == 3 else np.full_like(levers, value)
