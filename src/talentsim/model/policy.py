"""Policies as data: dated changes, and the values they give the levers in a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
from talentsim.config import Policy
from talentsim.config.frozen import remembered
from talentsim.vocab import BY_TRAINING, LEVERS, WAGE_LEVELS, Axes


@dataclass(frozen=True)
class LeverAxes:
    """Names along the axes of the levers, in the order of every array.

    Parameters
    ----------
    codes
        Country codes.
    employers, headquarters
        Named employers, and the country each has its headquarters in.
    """

    codes: tuple[str, ...]
    employers: tuple[str, ...] = ()
    headquarters: tuple[str, ...] = ()

    def shape(self, axes: Axes) -> tuple[int, ...]:
        """Return the shape of a lever's array."""
        countries, employers = len(self.codes), len(self.employers)
        return {Axes.COUNTRY: (countries,), Axes.HOST_ORIGIN: (countries, countries), Axes.PAIR: (countries, countries),
                Axes.EMPLOYER_SITE: (employers, countries), Axes.EMPLOYER: (employers,),
                Axes.LEVEL: (countries, len(WAGE_LEVELS))}[axes]


Names = tuple[str, ...] | None

_ORDER = {"set": 0, "multiply": 1, "add": 2}


def share_in_force(policy: Policy, year: int) -> float:
    """Return how much of a policy counts in a year, from 0 to 1.

    The policy's strength grows linearly from 0 at its start to 1 after `ramp_years`; the share is the mean of that
    strength over the year, with 0 before the start and after the end.
    """
    if policy.start.year > year or (policy.end is not None and policy.end.year < year):
        return 0.0
    start = _as_years(policy.start)
    end = np.inf if policy.end is None else _as_years(policy.end, day_after=True)
    low, high = max(start, float(year)), min(end, year + 1.0)
    if high <= low:
        return 0.0
    if policy.ramp_years == 0.0:
        return high - low

    def strength_up_to(when: float) -> float:       # integral of the ramp from the start
        since = when - start
        grown = min(since, policy.ramp_years)
        return grown * grown / (2.0 * policy.ramp_years) + (since - grown)

    return strength_up_to(high) - strength_up_to(low)


@dataclass(frozen=True)
class TrainingClasses:
    """Countries of training that policies tell apart.

    Parameters
    ----------
    of
        Class of each country, shape (n_countries,); 0 where no policy asks.
    members
        A country of each class; None for class 0, which may have none.
    """

    of: Integers
    members: tuple[str | None, ...]

    @classmethod
    def from_policies(cls, policies: Mapping[str, Policy], codes: tuple[str, ...]) -> TrainingClasses:
        """Tell countries apart that are trained-in countries of different policies, whenever these are in force."""
        asked = [set(policy.trained) for policy in policies.values() if policy.trained is not None]
        kinds: dict[tuple[bool, ...], int] = {(False,) * len(asked): 0}
        members: list[str | None] = [None]
        of = []
        for code in codes:
            kind = tuple(code in each for each in asked)
            if kind not in kinds:
                kinds[kind] = len(kinds)
                members.append(code)
            of.append(kinds[kind])
        return cls(np.array(of), tuple(members))

    def __len__(self) -> int:
        return len(self.members)


def if_trained_there(by_class: Sequence[dict[str, Floats]], classes: TrainingClasses) -> dict[str, Floats]:
    """Return the levers as they would hold in each country for somebody trained there: what a student looks ahead to."""
    if len(by_class) == 1:
        return by_class[0]
    everyone = np.arange(len(classes.of))
    return by_class[0] | {name: np.stack([levers[name] for levers in by_class])[classes.of, everyone] for name in BY_TRAINING}


def levers_in_year(base: Mapping[str, Floats], policies: Mapping[str, Policy], year: int, axes: LeverAxes,
                   trained: str | None = None) -> dict[str, Floats]:
    """Apply the policies in force to the base values of the levers.

    Changes that set come first, then those that multiply, then those that add, each by start and name, so that the
    order in which policies are listed does not matter. When all changes of a kind are made, a result past a lever's bounds is
    held there: held after each, +80 and -30 points would depend on which comes first. No policy of a host touches its own nationals.

    Parameters
    ----------
    base
        Values without any policy, each of its axes' shape.
    axes
        Names along the axes of the arrays.
    trained
        Country of training of those whom the values are for; None for a country that no policy asks for.

    Returns
    -------
    New arrays for levers that change; the base arrays, untouched, for the others.
    """
    levers = dict(base)
    in_force = [(name, policy, share) for name, policy in policies.items()
                if (policy.trained is None or trained in policy.trained) and (share := share_in_force(policy, year)) > 0.0]
    in_force.sort(key=lambda each: (_ORDER[each[1].change], each[1].start, each[0]))
    for _, alike in groupby(in_force, key=lambda each: each[1].change):
        touched: dict[str, Booleans] = {}
        for _, policy, share in alike:
            value, mask = levers[policy.lever].copy(), _mask(policy, LEVERS[policy.lever].axes, axes)
            value[mask] = _change(value[mask], policy, policy.value_in(year), share)
            levers[policy.lever], touched[policy.lever] = value, mask | touched.get(policy.lever, False)
        for name, mask in touched.items():
            levers[name][mask] = np.clip(levers[name][mask], LEVERS[name].low, LEVERS[name].high)
    return levers


def first_year(policies: Mapping[str, Policy]) -> int | None:
    """Return the first year in which any of the policies counts, None without policies."""
    return min((policy.start.year for policy in policies.values()), default=None)


def _change(value: Floats, policy: Policy, to: float, share: float) -> Floats:
    """Return changed values. No share of the way leads down from no limit at all: to set one sets it whole."""
    if policy.change == "set":
        limited = np.isfinite(value)
        return np.where(limited, value + share * (to - np.where(limited, value, to)), to)
    if policy.change == "multiply":
        limited = np.isfinite(value)
        return np.where(limited, np.where(limited, value, 0.0) * (1.0 + share * (to - 1.0)), value)
    return value + share * to


@remembered(1 << 10)
def _mask(policy: Policy, kind: Axes, axes: LeverAxes) -> Booleans:
    """Return which part of a lever a policy changes; no policy of a country touches its own nationals."""
    chosen = (policy.countries, policy.origins, policy.partners, policy.employers, policy.headquarters, policy.levels)
    return _mask_of(kind, axes, *(None if each is None else tuple(each) for each in chosen))


@lru_cache(maxsize=1 << 10)
def _mask_of(kind: Axes, axes: LeverAxes, countries: Names, origins: Names, partners: Names, employers: Names,
             headquarters: Names, levels: Names) -> Booleans:
    """Return the mask of these names, read-only: the same every year."""
    mask = _masked(kind, axes, countries, origins, partners, employers, headquarters, levels)
    mask.flags.writeable = False
    return mask


def _masked(kind: Axes, axes: LeverAxes, countries: Names, origins: Names, partners: Names, employers: Names,
            headquarters: Names, levels: Names) -> Booleans:
    acting = _among(axes.codes, countries)
    if kind is Axes.COUNTRY:
        return acting
    if kind is Axes.LEVEL:
        return acting[:, None] & np.isin(WAGE_LEVELS, WAGE_LEVELS if levels is None else levels)[None, :]
    foreign = ~np.eye(len(axes.codes), dtype=bool)
    if kind is Axes.HOST_ORIGIN:
        return acting[:, None] & _among(axes.codes, origins)[None, :] & foreign
    if kind is Axes.PAIR:
        one_way = acting[:, None] & _among(axes.codes, partners)[None, :]
        return (one_way | one_way.T) & foreign
    firms = _among(axes.employers, employers) & _among(axes.headquarters, headquarters)
    return firms if kind is Axes.EMPLOYER else firms[:, None] & acting[None, :]


def _among(names: tuple[str, ...], chosen: Names) -> Booleans:
    return np.isin(names, names if chosen is None else chosen) if names else np.zeros(0, dtype=bool)


@lru_cache(maxsize=1 << 10)
def _as_years(day: date, day_after: bool = False) -> float:
    """Return a date as a number of years: its year and the share of it that has gone by."""
    first, following = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + ((day - first).days + day_after) / (following - first).days
