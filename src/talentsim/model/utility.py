"""Systematic utility: what each alternative is worth to everybody in a cell (origin, current country).

One function a term, one weight a term in the configuration, and nothing else: a new behaviour is a new entry of `TERMS`.
All values are relative to staying, so every term is 0 at the current country.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from talentsim.arrays import Booleans, Codes, Floats, Integers
from talentsim.config.behaviour import Weights
from talentsim.model.choice import AWAY, HOME, STAY, ChoiceTable
from talentsim.model.conditions import Conditions
from talentsim.model.state.countries import Countries
from talentsim.model.state.researchers import ability_powers
from talentsim.model.state.world import World
from talentsim.model.visas import chance_after_study
from talentsim.vocab import VisaStatus

KM_UNIT = 1000.0
LEAST_PAY_LEFT = 0.05       # share, a guard: a fee past all pay closes a country without making utility infinite


def by_training(world: World, rows: Integers, build: Callable[[Mapping[str, Floats]], tuple[ChoiceTable, Integers]]) -> tuple[ChoiceTable, Integers]:
    """Join the tables of all classes of countries of training; return the table, and each chooser's cell in it.

    Parameters
    ----------
    build
        Makes the table and the choosers' cells under the levers of one class.
    """
    built = [build(levers) for levers in world.levers_by_training]
    table, cell = built[0]
    if len(built) == 1:
        return table, cell
    both = (np.concatenate([getattr(each, name) for each, _ in built]) for name in ("utility", "slope", "kind"))
    return ChoiceTable(*both), cell + len(table.utility) * world.training.of[world.researchers.training_country[rows]]


def taste_of(world: World, rows: Integers | slice) -> Floats:
    """Return how strongly the rows feel ecosystem strength: ability to the power kappa."""
    return ability_powers(float(world.config.behaviour.location.kappa))[world.researchers.ability[rows]]


@lru_cache(maxsize=8)
def kinds(n: int) -> np.ndarray:
    """Return STAY, HOME or AWAY by origin, current country and alternative; shape (n, n, n), read-only."""
    origin, current, alternative = np.ogrid[:n, :n, :n]
    kind = np.where(alternative == origin, HOME, AWAY)
    kind = np.where(alternative == current, STAY, kind).astype(np.int8)
    kind.flags.writeable = False
    return kind


@lru_cache(maxsize=8)
def _is_away(n: int) -> Booleans:
    """Return where an alternative is neither the current country nor home, by origin, current country and alternative; read-only."""
    away: Booleans = kinds(n) == AWAY
    away.flags.writeable = False
    return away


def pay(x: Conditions) -> Floats:
    """Log pay, in int'l dollars; grants add to the pay of nationals who come home, and of foreigners who come."""
    gain, kind = _gain_by_country(np.log(x.levers["pay"])), kinds(x.n)
    home, abroad = np.log1p(x.levers["return_grant"])[:, None, None], np.log1p(x.levers["talent_grant"])
    return np.where(kind == HOME, gain + home, np.where(kind == AWAY, gain + abroad, gain))


def visa(x: Conditions) -> Floats:
    """Less friction: expected years to a durable right to work, saturating; nationals have none, and the permanent no more."""
    return x.memo(_less_friction, x.levers["years_to_permanence"], x.friction_cap, x.is_permanent)


def _less_friction(years_to_permanence: Floats, cap: float, is_permanent: bool) -> Floats:
    n, friction = len(years_to_permanence), cap * -np.expm1(-years_to_permanence.T / cap)
    if not is_permanent:
        return -_gain_by_origin(friction)
    return -np.where(kinds(n) == STAY, 0.0, np.broadcast_to(friction[:, None, :], (n,) * 3))


def admission(x: Conditions) -> Floats:
    """Log chance of a lasting right to work after the degree: what a student looks ahead to."""
    return _gain_by_origin(np.log(chance_after_study(x.levers, x.exempt_share, x.perceived_ways).T))


def fee(x: Conditions) -> Floats:
    """Log of what the worker's share of a visa's cost leaves of the pay; for who comes from abroad.

    A fee on a new work visa is spread over the longest stay; a yearly charge is taken from each year's pay.
    """
    levers, share = x.levers, x.levers["fee_share"]
    once = 1.0 - levers["visa_fee"] * share / (levers["pay"] * np.maximum(levers["max_years"], 1.0))
    left = np.maximum(once - levers["yearly_charge"].T * share / levers["pay"], LEAST_PAY_LEFT)
    return _only_away(np.log(left))


def chilling(x: Conditions) -> Floats:
    """Less deterrence: enforcement that one origin fears in one host country."""
    return -_gain_by_origin(x.levers["chilling"].T)


def diaspora(x: Conditions) -> Floats:
    """Share of the origin's nationals abroad who live in the alternative, less the mean over foreign countries.

    Parts of one whole have its diaspora in common.
    """
    there, n = x.countries.of_wholes(x.diaspora), x.countries.n_wholes
    return _only_away(there - x.diaspora.sum(axis=1, keepdims=True) / max(n - 1, 1))


def language(x: Conditions) -> Floats:
    """Whether origin and alternative share a language of research."""
    return x.memo(_only_away, x.countries.shares_language)


def distance(x: Conditions) -> Floats:
    """Minus log distance from the origin, in thousands of km."""
    return x.memo(_nearness, x.countries)


def _nearness(countries: Countries) -> Floats:
    n = len(countries)
    away = countries.distance_km + np.eye(n) * KM_UNIT
    return -_only_away(np.log(away / KM_UNIT))


def constant(x: Conditions) -> Floats:
    """Constants of the destinations, as foreigners see them: nationals at home have none."""
    return x.memo(_gain_of_foreigners, x.asc)


def _gain_of_foreigners(asc: Floats) -> Floats:
    return _gain_by_origin(asc[None, :] * ~np.eye(len(asc), dtype=bool))


def corridor(x: Conditions) -> Floats:
    """Constants of the corridor from the current country to the alternative; going home is a channel of its own."""
    return np.zeros((1, x.n, x.n)) if x.corridor is None else np.where(_is_away(x.n), x.corridor[None], 0.0)


def parts(x: Conditions) -> Floats:
    """Log share of a part in its whole, so that all parts together draw as the whole would; there is no way between parts of one."""
    return x.memo(_share_of_whole, x.countries)


def _share_of_whole(countries: Countries) -> Floats:
    same, away = countries.same_whole, _is_away(len(countries))
    within = away & (same[:, None, :] | same[None, :, :])
    return np.where(within, -np.inf, np.where(away, np.log(countries.of_whole), 0.0))


TERMS: dict[str, Callable[[Conditions], Floats]] = {
    "beta_pay": pay,
    "beta_visa": visa,
    "beta_admission": admission,
    "beta_fee": fee,
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
    return x.memo(_workings, weights, x).table


def _workings(weights: Weights, x: Conditions) -> _Workings:
    return _Workings(weights, x, _weighted_terms(weights, x, TERMS) | ({"parts": parts(x)} if x.countries.has_parts else {}))


@dataclass(frozen=True)
class _Workings:
    """Weighted terms under the same conditions, and the tables that they sum to."""

    weights: Weights
    x: Conditions
    terms: dict[str, Floats]

    @cached_property
    def table(self) -> ChoiceTable:
        """The sum for everybody alike."""
        return _table(self.weights, self.x, self.terms)

    @cached_property
    def table_by_permanence(self) -> ChoiceTable:
        """The sum for those without, then for those with a durable right to work where they are."""
        durable = self.terms | _weighted_terms(self.weights, replace(self.x, is_permanent=True), ["beta_visa"])   # alone tells them apart
        tables = (self.table, _table(self.weights, self.x, durable))
        return ChoiceTable(*(np.concatenate([getattr(table, name) for table in tables]) for name in ("utility", "slope", "kind")))


def _weighted_terms(weights: Weights, x: Conditions, names: Iterable[str]) -> dict[str, Floats]:
    """Return weight * term for the terms that have a weight, by name."""
    weight = {name: float(getattr(weights, name)) for name in names}
    return {name: weight[name] * TERMS[name](x) for name in weight if weight[name] != 0.0}


def _table(weights: Weights, x: Conditions, terms: Mapping[str, Floats]) -> ChoiceTable:
    """Sum weighted terms in the order in which they stand."""
    shape = (x.n * x.n, x.n)
    total = np.zeros((x.n, x.n, x.n))
    for term in terms.values():
        total += term
    slope = float(weights.beta_eco) * np.broadcast_to(_gain_by_country(x.log_strength), total.shape)
    return ChoiceTable(total.reshape(shape), slope.reshape(shape), kinds(x.n).reshape(shape))


def utility_with_permanence(weights: Weights, x: Conditions, cell: Integers, status: Codes) -> tuple[ChoiceTable, Integers]:
    """Sum the terms for those without and for those with a durable right to work where they are.

    Parameters
    ----------
    cell
        origin * n_countries + current country of each chooser, shape (n,).
    status
        Visa status of each, shape (n,).

    Returns
    -------
    Table with twice the cells of `systematic_utility`, those of the permanent last, and each chooser's cell in it.
    """
    x = replace(x, is_permanent=False) if x.is_permanent else x
    return x.memo(_workings, weights, x).table_by_permanence, cell + x.n * x.n * (status == VisaStatus.PERMANENT)


def moving_terms(world: World, year: int, rows: Integers) -> tuple[Floats, Floats]:
    """Return the cost of moving away and the pull of home in the yearly search, in utils, each of shape (n_rows,).

    A first move costs more with every year since the doctorate, an onward move with every year since the last; the
    pull of home falls with the log of the years abroad. Years count up to `age_cap`. Those who wait for permanence would lose
    their place in the queue, wherever they went.
    """
    people, law = world.researchers, world.config.behaviour.location
    career_age = np.minimum(year - people.graduation_year[rows], law.age_cap)
    tenure = np.minimum(year - people.last_move_year[rows], law.age_cap)
    away = np.where(people.n_moves[rows] == 0,
                    -(float(law.first_move) + float(law.first_move_age) * career_age),
                    -(float(law.onward_move) + float(law.onward_tenure) * tenure))
    home = float(law.return_constant) - float(law.return_slope) * np.log1p(tenure) + people.home_attachment_of(rows)
    if float(law.queue_hold):
        held = float(law.queue_hold) * (people.visa_status[rows] == VisaStatus.QUEUED)
        return away - held, home - held
    return away, home


def _gain_by_country(value: Floats) -> Floats:
    """Return value[k] - value[c] as (1, c, k)."""
    return (value[None, :] - value[:, None])[None]


def _gain_by_origin(value: Floats) -> Floats:
    """Return value[o, k] - value[o, c] as (o, c, k)."""
    return value[:, None, :] - value[:, :, None]


def _only_away(value: Floats) -> Floats:
    """Return value[o, k] where k is neither the origin nor the current country, 0 elsewhere, as (o, c, k)."""
    return np.where(_is_away(len(value)), value[:, None, :], 0.0)
