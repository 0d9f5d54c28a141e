"""Typed tables of a configured world: the values of the levers without policies, cohorts, constants."""

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
from talentsim.vocab import LEVERS, Sector, Tier

SECTORS = tuple(sector.name.lower() for sector in Sector)
FOR_EVER = 200.0        # years
TIER_SHARES = {Tier.ALL: 1.0, Tier.TOP20: 0.2, Tier.TOP2: 0.02}


@dataclass(frozen=True)
class OriginTable:
    """What differs between researchers by the country of their first degree; each of shape (n_countries,)."""

    ability_mean_log: Floats
    ability_sd_log: Floats
    home_attachment: Floats     # utils
    home_attachment_sd: Floats  # utils
    home_study: Floats          # utils
    listed_share: Floats        # share with ties to a listed institution
    tier_ability: Integers      # (tier) lowest ability of the tier, in ABILITY_UNIT, among all origins' entrants of the level year


@dataclass(frozen=True)
class DestinationTable:
    """What differs between countries as destinations and no policy changes; each of shape (n_countries,)."""

    asc_work: Floats            # utils
    asc_study: Floats           # utils
    strength: Floats            # ecosystem strength in the start year, index
    industry_share: Floats      # share of the posts in research


@dataclass(frozen=True)
class RegimeTable:
    """Fields of the visa regimes that no policy changes, by host country."""

    background_demand: Floats   # (k) applicants of other trades in the ranked lottery, a year
    cap_exempt: Booleans        # (k, sector) whether a post is outside lottery and cap
    renewal_years: Floats       # (k)
    queue_after: Floats         # (k) years on a work visa until one is queued for permanence; inf where there is no queue
    transfer: Floats            # (k) chance to come over within a firm


OWN_NATIONALS: dict[str, float] = {
    "student_refusal": 0.0, "work_visa_odds": 1.0, "work_visa_refusal": 0.0, "renewal_refusal": 0.0, "years_to_permanence": 0.0,
    "listed_refusal": 0.0, "other_visa": 0.0, "spouse_right": 0.0, "further_degree": 0.0,
}
"""Levers of host and origin that stand in the visa regime, with the value for a country's own nationals."""

NO_RULES: dict[str, float] = {
    "student_refusal": 0.0, "work_visa_odds": 1.0, "work_visa_refusal": 0.0, "renewal_refusal": 0.0, "listed_refusal": 0.0,
    "years_to_permanence": FOR_EVER, "post_study_years": 100.0, "max_years": 100.0, "visa_fee": 0.0, "work_visa_cap": np.inf,
    "doctoral_capacity": np.inf,
}
"""Values for foreigners where visa regimes are lifted (`visa=open`)."""


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
        listed_share=_column(config, lambda c: c.listed_share),
        tier_ability=tier_ability(config),
    )


def destination_table(config: Config) -> DestinationTable:
    """Gather the figures of destinations."""
    return DestinationTable(
        asc_work=_column(config, lambda c: c.asc.work),
        asc_study=_column(config, lambda c: c.asc.study),
        strength=_column(config, lambda c: c.ecosystem.strength),
        industry_share=_column(config, lambda c: c.industry_share),
    )


def tier_ability(config: Config) -> Integers:
    """Return the lowest ability of each tier, in ABILITY_UNIT, shape (n_tiers,).

    The cut-offs are quantiles among those who enter in the level year, a mixture of lognormals. They belong to the
    configuration, so a scenario is measured by the same ones as its baseline.
    """
    from scipy.special import ndtr

    cohort = _column(config, lambda c: c.entry.level)
    mean, sd = _column(config, lambda c: c.ability.mean_log), _column(config, lambda c: c.ability.sd_log)
    grid = np.linspace(-8.0, 8.0, 4001)                                         # log ability
    below = ndtr((grid[:, None] - mean) / np.maximum(sd, 1e-9)) @ (cohort / max(cohort.sum(), 1e-300))
    cut = np.exp([np.interp(1.0 - share, below, grid) if share < 1.0 else -np.inf for share in TIER_SHARES.values()])
    return np.ceil(np.minimum(cut / ABILITY_UNIT, np.iinfo(np.uint16).max)).astype(np.int64)


def regime_table(config: Config) -> RegimeTable:
    """Gather the visa fields that no policy changes."""
    regimes = [country.visa for country in config.world.countries.values()]
    table = RegimeTable(
        background_demand=_column(config, lambda c: c.visa.background_demand),
        cap_exempt=np.array([[sector in each.cap_exempt for sector in SECTORS] for each in regimes]),
        renewal_years=_column(config, lambda c: c.visa.renewal_years),
        queue_after=np.array([np.inf if each.queue_after is None else float(each.queue_after) for each in regimes]),
        transfer=_column(config, lambda c: c.visa.transfer),
    )
    if config.visa.open:
        return replace(table, background_demand=np.zeros(len(regimes)), renewal_years=np.full(len(regimes), FOR_EVER),
                       queue_after=np.full(len(regimes), np.inf))
    return table


def exempt_share(regimes: RegimeTable, destinations: DestinationTable) -> Floats:
    """Return the share of a country's posts in sectors outside the cap on work visas; shape (n_countries,)."""
    share = np.stack([1.0 - destinations.industry_share, destinations.industry_share], axis=1)      # (k, sector)
    return np.asarray((regimes.cap_exempt * share).sum(axis=1))


def lever_axes(config: Config) -> LeverAxes:
    """Return the names along the axes of the levers."""
    return LeverAxes(codes_of(config), tuple(config.employers), tuple(each.hq for each in config.employers.values()))


def base_levers(config: Config) -> dict[str, Floats]:
    """Return the value of every lever without policies, each of its axes' shape; no limit is infinite."""
    codes, axes = codes_of(config), lever_axes(config)
    levers: dict[str, Floats] = {
        "pay": _column(config, lambda c: c.pay),
        "chilling": np.zeros((len(codes), len(codes))),
        "entry_refusal": np.zeros((len(codes), len(codes))),
        "return_grant": np.zeros(len(codes)),
        "entry": np.ones(len(codes)),
        "service": np.ones(len(codes)),
        "collaboration": np.ones((len(codes), len(codes))),
        "visa_fee": _column(config, lambda c: c.visa.fee),
        "work_visa_cap": _limits(config, lambda c: c.visa.work_visa_cap),
        "doctoral_capacity": _limits(config, lambda c: c.doctoral_capacity),
        "site_weight": _sites(config),
        "placement": np.array([float(each.placement) for each in config.employers.values()]),
    }
    for name in ("compute", "capital", "openness", "ip_protection", "translation"):
        levers[name] = _column(config, attrgetter(f"ecosystem.{name}"))
    for name in ("post_study_years", "max_years"):
        levers[name] = _column(config, attrgetter(f"visa.{name}"))
    for name, own in OWN_NATIONALS.items():
        levers[name] = _visa_matrix(config, name, own)
    levers = {name: levers[name] for name in LEVERS}
    if config.visa.open:
        levers |= {name: _foreign(value, levers[name]) for name, value in NO_RULES.items()}
    assert all(levers[name].shape == axes.shape(lever.axes) for name, lever in LEVERS.items())
    return levers


def cohort_path(config: Config) -> Floats:
    """Return the expected number of new researchers by year and country of first degree.

    Until `entry.data_until` log cohorts grow by the country's own rate; where the world is built from the migration
    panel, cohorts are those that meet its stocks and go on with their damped growth. Then the variant of entry takes
    over: every year they grow by the rate that `growth_after` gives, or else by their rate of `data_until` times damping,
    damping squared, and so on.

    Returns
    -------
    Researchers a year at scale 1, shape (n_years, n_countries), from `burn_in_year` to `end_year`.
    """
    world, entry = config.world, config.entry
    years = np.arange(world.burn_in_year, world.end_year + 1)[:, None]
    if world.panel is None:
        level, growth = _column(config, lambda c: c.entry.level), _column(config, lambda c: c.entry.growth)
        grown = growth * (np.minimum(years, entry.data_until) - entry.level_year)
        return level * np.exp(grown + _growth_after(config, growth, years - entry.data_until))
    cohorts, last = panel_paths(config).cohorts, max(entry.data_until, world.panel.known_until)
    if last >= world.end_year:
        return cohorts
    level, before = np.maximum(cohorts[last - world.burn_in_year - np.arange(2)], 1e-9)
    return np.where(years <= last, cohorts, level * np.exp(_growth_after(config, np.log(level / before), years - last)))


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


def _column(config: Config, figure: Callable[[Country], Parameter]) -> Floats:
    return np.array([float(figure(country)) for country in config.world.countries.values()])


def _visa_matrix(config: Config, field: str, own: float) -> Floats:
    """Spread one visa figure over (host, origin): the general value, the one by origin, `own` for nationals."""
    codes = codes_of(config)
    by_origin = field in VisaRegime.tables_by_origin()
    matrix = np.empty((len(codes), len(codes)))
    for host, country in enumerate(config.world.countries.values()):
        matrix[host] = float(getattr(country.visa, field))
        for origin, parameter in (getattr(country.visa, f"{field}_by_origin") if by_origin else {}).items():
            if origin in codes:         # a country's file may speak of origins that a smaller world leaves out
                matrix[host, codes.index(origin)] = float(parameter)
    np.fill_diagonal(matrix, own)
    return matrix


def _limits(config: Config, figure: Callable[[Country], Parameter | None]) -> Floats:
    """Return a limit of each country, infinite where there is none."""
    given = (figure(country) for country in config.world.countries.values())
    return np.array([np.inf if each is None else float(each) for each in given])


def _sites(config: Config) -> Floats:
    """Return the weights of the sites of employers with a name, shape (employer, country)."""
    codes = codes_of(config)
    weights = np.zeros((len(config.employers), len(codes)))
    for row, employer in enumerate(config.employers.values()):
        for country, weight in employer.sites.items():
            if country in codes:        # firms may have sites in countries that a smaller world leaves out
                weights[row, codes.index(country)] = float(weight)
    return weights


def _foreign(value: float, levers: Floats) -> Floats:
    """Put one value for all foreigners; a country's own nationals keep theirs."""
    return np.where(np.eye(len(levers), dtype=bool), levers, value) if levers.ndim == 2 else np.full_like(levers, value)
