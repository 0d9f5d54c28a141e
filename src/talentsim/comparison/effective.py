"""What policies make of the figures they act on, where that leaves what the figure or the lever may plausibly be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from talentsim.config import Config, Policy, parameters_of
from talentsim.digits import counted
from talentsim.model.policy import LeverAxes, levers_in_year, share_in_force
from talentsim.model.tables import lever_axes, lever_paths
from talentsim.spoken import amount, between, lever_at, lever_of, namer
from talentsim.vocab import LEVERS, WAGE_LEVELS, Axes

FIGURE_OF = {"visa_fee": "fee"}
"""Levers whose figure has another name."""


def out_of_range(config: Config, against: Config) -> list[str]:
    """Say of every policy that the other arm lacks what it makes of a figure beyond that figure's, or the lever's, range.

    The change is not what counts but the result, beside all other policies: twenty percentage points more refusals are a
    value of 0.2, and 20 refuses everybody.
    """
    new = {name: each for name, each in config.policies.items() if against.policies.get(name) != each}
    return [line for name, policy in new.items() for line in _lines(config, name, policy)]


def _lines(config: Config, name: str, policy: Policy) -> Iterator[str]:
    world, lever = config.world, LEVERS[policy.lever]
    if policy.start.year < world.burn_in_year:
        yield (f"{lever_of(policy, namer(world.countries))}: starts in {policy.start.year}, before the world does in {world.burn_in_year}, and is in "
               f"force from the first year on (policy.{name})")
    years = _years(config, policy)
    base, axes = lever_paths(config, np.array(years, dtype=np.int64)), lever_axes(config)
    others = {key: each for key, each in config.policies.items() if key != name and each.lever == policy.lever}
    for place, year in enumerate(years):
        one = {policy.lever: base[policy.lever][place]}
        without = levers_in_year(one, others, year, axes)[policy.lever]
        acted = levers_in_year(one, {**others, "it": policy}, year, axes)[policy.lever]
        told = _unheld(without, policy, year)
        touched = (acted != without) | (np.isfinite(without) & ((told < lever.low) | (told > lever.high)) & _selected(acted, policy, axes.codes, lever.axes))
        cells = (tuple(map(int, cell)) for cell in np.argwhere(touched))
        found = [each for cell in cells if (each := _beyond(config, policy, cell, float(told[cell]), float(acted[cell]), axes))]
        if found:
            where, what, key = found[0]
            also = f", and {counted(len(found) - 1, 'other', 'others')}" if len(found) > 1 else ""
            yield f"{where}{also}: {what}, from {year} (policy.{name}{key and f', {key}'})"
            return


def _years(config: Config, policy: Policy) -> list[int]:
    """Return the years in which a policy's strength or value is at its ends: there its result is."""
    first, last = config.world.burn_in_year, config.world.end_year
    ends = {policy.start.year, policy.start.year + 1, policy.start.year + int(np.ceil(policy.ramp_years)), last, *(policy.path or ())}
    ends |= {policy.end.year, policy.end.year - 1} if policy.end else set()
    ends |= {year + 1 for year in policy.path or ()}
    return sorted(year for year in ends if first <= year <= last and share_in_force(policy, year) > 0.0)


def _unheld(value: np.ndarray, policy: Policy, year: int) -> np.ndarray:
    """Return what a policy would make of values if the lever's bounds did not hold it."""
    to, share = policy.value_in(year), share_in_force(policy, year)
    with np.errstate(over="ignore", invalid="ignore"):
        if policy.change == "set":
            return np.where(np.isfinite(value), value + share * (to - value), to)
        return np.where(np.isfinite(value), value * (1.0 + share * (to - 1.0)) if policy.change == "multiply" else value + share * to, value)


def _selected(value: np.ndarray, policy: Policy, codes: tuple[str, ...], axes: Axes) -> np.ndarray:
    """Return where a policy on countries, or on hosts and origins, acts, even where a bound hides that it does."""
    if axes not in (Axes.COUNTRY, Axes.HOST_ORIGIN):
        return np.zeros(value.shape, dtype=bool)
    hosts = np.isin(codes, policy.countries or codes)
    if axes is Axes.COUNTRY:
        return hosts
    return hosts[:, None] & np.isin(codes, policy.origins or codes)[None, :] & ~np.eye(len(codes), dtype=bool)


def _beyond(config: Config, policy: Policy, cell: tuple[int, ...], told: float, acted: float, axes: LeverAxes) -> tuple[str, str, str] | None:
    """Say of which cell a value is out of the lever's bounds or the figure's range, what is done, and the figure's key; None within both."""
    lever, where = LEVERS[policy.lever], _where(config, policy.lever, cell, axes)
    if not lever.low - 1e-9 <= told <= lever.high + 1e-9:
        return where, f"would be {amount(told, lever.unit)}, held at {amount(acted, lever.unit)}", ""
    if lever.axes not in (Axes.COUNTRY, Axes.HOST_ORIGIN) or not np.isfinite(acted):
        return None
    if policy.range is not None:        # it has said itself what is plausible
        return None
    key, bounds = _range_of(config, policy.lever, axes.codes[cell[0]], axes.codes[cell[1]] if len(cell) > 1 else "")
    if bounds is None or bounds[0] - 1e-9 <= acted <= bounds[1] + 1e-9:
        return None
    return where, f"becomes {amount(acted, lever.unit)}, outside what is plausible ({between(*bounds, lever.unit)})", key


def _where(config: Config, name: str, cell: tuple[int, ...], axes: LeverAxes) -> str:
    """Name one cell of a lever's array."""
    kind, rows = LEVERS[name].axes, axes.codes
    of = (axes.employers if kind in (Axes.EMPLOYER, Axes.EMPLOYER_SITE) else rows)[cell[0]]
    towards = "" if len(cell) < 2 else str(WAGE_LEVELS[cell[1]]) if kind is Axes.LEVEL else rows[cell[1]]
    return lever_at(name, of, towards, namer(config.world.countries))


def _range_of(config: Config, lever: str, country: str, origin: str) -> tuple[str, tuple[float, float] | None]:
    name, prefix = FIGURE_OF.get(lever, lever), f"world.countries.{country}"
    known = dict(parameters_of(config.world.countries[country], prefix))
    for key in (f"{prefix}.visa.{name}_by_origin.{origin}", f"{prefix}.visa.{name}", f"{prefix}.ecosystem.{name}", f"{prefix}.{name}"):
        if key in known:
            return key, known[key].range
    return "", None
