"""What policies make of the figures they act on, where that leaves what the figure or the lever may plausibly be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from talentsim.config import Config, Policy, parameters_of
from talentsim.digits import figure
from talentsim.model.policy import levers_in_year, share_in_force
from talentsim.model.tables import lever_axes, lever_paths
from talentsim.vocab import LEVERS, Axes

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
        yield (f"policy.{name} starts in {policy.start.year}, before the world does in {world.burn_in_year}: it is in force from the first "
               "year on")
    years = _years(config, policy)
    base, axes = lever_paths(config, np.array(years, dtype=np.int64)), lever_axes(config)
    others = {key: each for key, each in config.policies.items() if key != name and each.lever == policy.lever}
    for place, year in enumerate(years):
        one = {policy.lever: base[policy.lever][place]}
        without = levers_in_year(one, others, year, axes)[policy.lever]
        acted = levers_in_year(one, {**others, "it": policy}, year, axes)[policy.lever]
        told = _unheld(without, policy, year)
        touched = (acted != without) | (np.isfinite(without) & ((told < lever.low) | (told > lever.high)) & _selected(acted, policy, axes.codes, lever.axes))
        for cell in np.argwhere(touched):
            found = _beyond(config, policy, tuple(cell), float(told[tuple(cell)]), float(acted[tuple(cell)]), axes.codes)
            if found:
                yield f"policy.{name} makes {found} in {year}"
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


def _beyond(config: Config, policy: Policy, cell: tuple[int, ...], told: float, acted: float, codes: tuple[str, ...]) -> str:
    """Say how far a value is out of the lever's bounds or the figure's range; nothing where it is within both."""
    lever = LEVERS[policy.lever]
    whose = f" of {_named(config, codes[cell[0]])}" if lever.axes in (Axes.COUNTRY, Axes.HOST_ORIGIN) else ""
    whose += f" for people from {_named(config, codes[cell[1]])}" if lever.axes is Axes.HOST_ORIGIN else ""
    if not lever.low - 1e-9 <= told <= lever.high + 1e-9:
        return (f"{lever.name}{whose} ({lever.meaning}) {figure(told)}, outside {_span(lever.low, lever.high)} ({lever.unit}): "
                f"{figure(acted)} is used instead")
    if lever.axes not in (Axes.COUNTRY, Axes.HOST_ORIGIN) or not np.isfinite(acted):
        return ""
    if policy.range is not None:        # it has said itself what is plausible
        return ""
    key, bounds = _range_of(config, policy.lever, codes[cell[0]], codes[cell[1]] if len(cell) > 1 else "")
    if bounds is None or bounds[0] - 1e-9 <= acted <= bounds[1] + 1e-9:
        return ""
    return f"{lever.name}{whose} {figure(acted)}, outside the range of {key}: {figure(bounds[0])} to {figure(bounds[1])} ({lever.unit})"


def _named(config: Config, code: str) -> str:
    return config.world.countries[code].name if code in config.world.countries else code


def _span(low: float, high: float) -> str:
    return f"{figure(low)} or more" if np.isinf(high) else f"{figure(low)} to {figure(high)}"


def _range_of(config: Config, lever: str, country: str, origin: str) -> tuple[str, tuple[float, float] | None]:
    name, prefix = FIGURE_OF.get(lever, lever), f"world.countries.{country}"
    known = dict(parameters_of(config.world.countries[country], prefix))
    for key in (f"{prefix}.visa.{name}_by_origin.{origin}", f"{prefix}.visa.{name}", f"{prefix}.ecosystem.{name}", f"{prefix}.{name}"):
        if key in known:
            return key, known[key].range
    return "", None
