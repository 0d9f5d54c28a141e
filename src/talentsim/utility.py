"""Systematic utility: what each alternative is worth to everybody in a cell (origin, current country).

One function a term, one weight a term in the configuration, and nothing else: a new behaviour is a new entry of `TERMS`.
All values are relative to staying, so every term is 0 at the current country.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
from talentsim.choice import AWAY, HOME, STAY, ChoiceTable
from talentsim.config.behaviour import Weights
from talentsim.state.countries import Countries
from talentsim.state.world import World

KM_UNIT = 1000.0


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
    corridor
        This year's constants of the corridors between countries of work, in utils, shape (n_countries, n_countries);
        None where there are none.
    """

    countries: Countries
    levers: Mapping[str, Floats]
    log_strength: Floats
    diaspora: Floats
    asc: Floats
    friction_cap: float
    corridor: Floats | None = None

    @property
    def n(self) -> int:
        """Number of countries."""
        return len(self.countries)


def conditions_of(world: World, asc: Floats) -> Conditions:
    """Return what the terms look at in the world as it stands, with the constants of one decision."""
    return Conditions(world.countries, world.levers, world.log_strength, world.diaspora, asc,
                      float(world.config.behaviour.friction.cap_years), corridor=world.corridor)


def taste_of(world: World, rows: Integers | slice) -> Floats:
    """Return how strongly the rows feel ecosystem strength: ability to the power kappa."""
    return world.researchers.ability_of(rows) ** float(world.config.behaviour.location.kappa)


def kinds(n: int) -> np.ndarray:
    """Return STAY, HOME or AWAY by origin, current country and alternative; shape (n, n, n)."""
    origin, current, alternative = np.ogrid[:n, :n, :n]
    kind = np.where(alternative == origin, HOME, AWAY)
    return np.where(alternative == current, STAY, kind).astype(np.int8)


def pay(x: Conditions) -> Floats:
    """Log pay, in int'l dollars; a return grant adds to the pay of nationals who come home."""
    gain = _gain_by_country(np.log(x.levers["pay"]))
    granted = np.log1p(x.levers["return_grant"])[:, None, None]
    return np.where(kinds(x.n) == HOME, gain + granted, gain)


def visa(x: Conditions) -> Floats:
    """Less friction: expected years to a durable right to work, saturating; nationals have none."""
    years = x.levers["years_to_permanence"].T
    return -_gain_by_origin(x.friction_cap * -np.expm1(-years / x.friction_cap))


def admission(x: Conditions) -> Floats:
    """Log odds of a work visa: what a student looks ahead to."""
    return _gain_by_origin(np.log(x.levers["work_visa_odds"].T))


def chilling(x: Conditions) -> Floats:
    """Less deterrence: enforcement that one origin fears in one host country."""
    return -_gain_by_origin(x.levers["chilling"].T)


def diaspora(x: Conditions) -> Floats:
    """Share of the origin's nationals abroad who live in the alternative, less the mean over foreign countries."""
    abroad = x.diaspora - x.diaspora.sum(axis=1, keepdims=True) / max(x.n - 1, 1)
    return _only_away(abroad, x.n)


def language(x: Conditions) -> Floats:
    """Whether origin and alternative share a language of research."""
    return _only_away(x.countries.shares_language, x.n)


def distance(x: Conditions) -> Floats:
    """Minus log distance from the origin, in thousands of km."""
    away = x.countries.distance_km + np.eye(x.n) * KM_UNIT
    return -_only_away(np.log(away / KM_UNIT), x.n)


def constant(x: Conditions) -> Floats:
    """Constants of the destinations, as foreigners see them: nationals at home have none."""
    return _gain_by_origin(x.asc[None, :] * ~np.eye(x.n, dtype=bool))


def corridor(x: Conditions) -> Floats:
    """Constants of the corridor from the current country to the alternative; going home is a channel of its own."""
    return np.zeros((1, x.n, x.n)) if x.corridor is None else np.where(kinds(x.n) == AWAY, x.corridor[None], 0.0)


TERMS: dict[str, Callable[[Conditions], Floats]] = {
    "beta_pay": pay,
    "beta_visa": visa,
    "beta_admission": admission,
    "beta_chilling": chilling,
    "beta_diaspora": diaspora,
    "beta_language": language,
    "beta_distance": distance,
    "beta_constant": constant,
    "beta_corridor": corridor,
}


def systematic_utility(weights: Weights, x: Conditions) -> ChoiceTable:
    """Sum the terms of a decision.

    V[o, c, k] = sum over terms of weight * term[o, c, k], and slope[o, c, k] = beta_eco * (log E_k - log E_c)

    Returns
    -------
    Table with cell o * n_countries + c; V in utils, 0 at the current country.
    """
    shape = (x.n * x.n, x.n)
    total = np.zeros((x.n, x.n, x.n))
    for name, term in TERMS.items():
        weight = float(getattr(weights, name))
        if weight != 0.0:
            total += weight * term(x)
    slope = float(weights.beta_eco) * np.broadcast_to(_gain_by_country(x.log_strength), total.shape)
    return ChoiceTable(total.reshape(shape), slope.reshape(shape), kinds(x.n).reshape(shape))


def _gain_by_country(value: Floats) -> Floats:
    """Return value[k] - value[c] as (1, c, k)."""
    return (value[None, :] - value[:, None])[None]


def _gain_by_origin(value: Floats) -> Floats:
    """Return value[o, k] - value[o, c] as (o, c, k)."""
    return value[:, None, :] - value[:, :, None]


def _only_away(value: Floats, n: int) -> Floats:
    """Return value[o, k] where k is neither the origin nor the current country, 0 elsewhere, as (o, c, k)."""
    away: Booleans = kinds(n) == AWAY
    return np.where(away, value[:, None, :], 0.0)
