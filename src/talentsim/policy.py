"""Policies as data: dated changes, and the values they give the levers in a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from talentsim.arrays import Floats
from talentsim.config import Policy
from talentsim.vocab import LEVERS, Axes

_ORDER = {"set": 0, "multiply": 1, "add": 2}


def share_in_force(policy: Policy, year: int) -> float:
    """Return how much of a policy counts in a year, from 0 to 1.

    The policy's strength grows linearly from 0 at its start to 1 after `ramp_years`; the share is the mean of that
    strength over the year, with 0 before the start and after the end.
    """
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


def levers_in_year(base: Mapping[str, Floats], policies: Mapping[str, Policy], year: int,
                   codes: Sequence[str]) -> dict[str, Floats]:
    """Apply the policies in force to the base values of the levers.

    Changes that set come first, then those that multiply, then those that add, each by start and name, so that the
    order in which policies are listed does not matter. A result past a lever's bounds is held there. No policy of a
    host touches its own nationals.

    Parameters
    ----------
    base
        Values without any policy: shape (n_countries,) for a lever of countries, (host, origin) otherwise.
    codes
        Country codes in the order of the arrays.

    Returns
    -------
    New arrays for levers that change; the base arrays, untouched, for the others.
    """
    levers = dict(base)
    in_force = [(name, policy, share) for name, policy in policies.items()
                if (share := share_in_force(policy, year)) > 0.0]
    in_force.sort(key=lambda each: (_ORDER[each[1].change], each[1].start, each[0]))
    for _, policy, share in in_force:
        lever = LEVERS[policy.lever]
        value = levers[policy.lever].copy()
        mask = _mask(policy, lever.axes, codes)
        changed = np.clip(_change(value[mask], policy, share), lever.low, lever.high)
        value[mask] = changed
        levers[policy.lever] = value
    return levers


def first_year(policies: Mapping[str, Policy]) -> int | None:
    """Return the first year in which any of the policies counts, None without policies."""
    return min((policy.start.year for policy in policies.values()), default=None)


def _change(value: Floats, policy: Policy, share: float) -> Floats:
    if policy.change == "set":
        return value + share * (policy.value - value)
    if policy.change == "multiply":
        return value * (1.0 + share * (policy.value - 1.0))
    return value + share * policy.value


def _mask(policy: Policy, axes: Axes, codes: Sequence[str]) -> np.ndarray:
    acting = np.isin(codes, policy.countries if policy.countries is not None else codes)
    if axes is Axes.COUNTRY:
        return acting
    concerned = np.isin(codes, policy.origins if policy.origins is not None else codes)
    return acting[:, None] & concerned[None, :] & ~np.eye(len(codes), dtype=bool)


def _as_years(day: date, day_after: bool = False) -> float:
    """Return a date as a number of years: its year and the share of it that has gone by."""
    first, following = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + ((day - first).days + day_after) / (following - first).days
