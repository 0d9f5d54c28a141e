"""What a decision looks at: this year's levers, the state left by last year, and the constants of the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from talentsim.arrays import Floats
from talentsim.config import Parameter
from talentsim.model.employers import EmployerTable
from talentsim.model.memo import Memo
from talentsim.model.selection import mean_odds
from talentsim.model.state.countries import Countries
from talentsim.model.state.world import World
from talentsim.model.tables import exempt_share


@dataclass(frozen=True)
class Conditions:
    """What the terms look at: this year's levers and the state left by last year.

    Parameters
    ----------
    levers
        Values of the levers, see `vocab.LEVERS`.
    log_strength
        Log ecosystem strength, shape (n_countries,); only differences count.
    diaspora
        Share of an origin's nationals abroad by country, shape (origin, country).
    asc
        Constants of the destinations as foreigners see them, in utils, shape (n_countries,).
    friction_cap
        Years at which friction saturates.
    exempt_share
        Share of a country's posts in sectors outside the cap on work visas, shape (n_countries,).
    corridor
        This year's constants of the corridors between countries of work, in utils, shape (n_countries, n_countries);
        None where there are none.
    is_permanent
        Whether those who choose have a durable right to work where they are.
    perceived_ways
        How large students believe the chance of other ways to be, as a multiple of what it is.
    """

    countries: Countries
    levers: Mapping[str, Floats]
    log_strength: Floats
    diaspora: Floats
    asc: Floats
    friction_cap: float
    exempt_share: Floats
    corridor: Floats | None = None
    is_permanent: bool = False
    perceived_ways: float = 1.0
    memo: Memo = field(default_factory=Memo, compare=False)

    @property
    def n(self) -> int:
        """Number of countries."""
        return len(self.countries)


def conditions_of(world: World, asc: Floats, chilling: Parameter | float = 1.0, levers: Mapping[str, Floats] | None = None) -> Conditions:
    """Return what the terms look at in the world as it stands, with the constants of one decision and its share of deterrence.

    `levers` are those of a class of countries of training, by default of those for whom no policy asks where they were trained.
    """
    offered = _offered(world, world.levers if levers is None else levers, float(chilling))
    return Conditions(world.countries, offered, world.log_strength, world.diaspora, asc,
                      float(world.config.behaviour.friction.cap_years), exempt_share(world.regimes, world.destinations),
                      world.given.corridor, perceived_ways=float(world.config.behaviour.study.perceived_ways), memo=world.memo)


def _offered(world: World, levers: Mapping[str, Floats], chilling: float) -> Mapping[str, Floats]:
    """Return levers as those who choose see them, made once a year: decisions that see the same then share one table of utilities."""
    place = id(levers), chilling
    if place not in world.offered:
        seen = {**levers, "pay": offered_pay(levers, world.employers, world.destinations.industry_share),
                "chilling": levers["chilling"] * chilling, "work_visa_odds": mean_odds(levers, world.regimes)}
        world.offered[place] = levers, seen         # the levers are kept, so that no others get their id
    return world.offered[place][1]


def offered_pay(levers: Mapping[str, Floats], employers: EmployerTable, industry_share: Floats) -> Floats:
    """Return the mean pay of a country's posts, relative to the country's figure as its firms are without policies.

    Int'l $ (PPP) a year, shape (n_countries,): a laboratory that pays a premium lifts it by opening.
    """
    firms = employers.firms
    now, without = (1.0 + industry_share * (firms.pay_premium @ sites) for sites in (levers["site_weight"], firms.weight))
    return levers["pay"] * now / without
