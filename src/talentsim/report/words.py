"""Policies, and what a scenario changes, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from talentsim.arrays import Floats
from talentsim.comparison.idle import idle_reason
from talentsim.comparison.pair import Pair
from talentsim.config import Config, Parameter, Policy
from talentsim.ensemble.draws import held_keys
from talentsim.model.policy import LeverAxes, TrainingClasses, levers_in_year, share_in_force
from talentsim.model.tables import base_levers, lever_axes
from talentsim.vocab import BY_TRAINING, LEVERS, Axes

_CHANGE = {"set": "becomes {value:g}", "add": "changes by {value:+g}", "multiply": "is multiplied by {value:g}"}


def policy_in_words(policy: Policy) -> str:
    """Say what one policy does, to whom and when."""
    lever = LEVERS[policy.lever]
    ramp = f", phased in over {policy.ramp_years:g} years" if policy.ramp_years else ""
    return f"{lever.meaning} ({lever.unit}) {_whose(policy, lever.axes)}: {_change_in_words(policy)}, {_when(policy)}{ramp}"


def _whose(policy: Policy, axes: Axes) -> str:
    where = "every country" if policy.countries is None else ", ".join(policy.countries)
    if axes is Axes.COUNTRY:
        return f"in {where}{_trained(policy)}"
    if axes is Axes.HOST_ORIGIN:
        whom = "people of all other origins" if policy.origins is None else f"people from {', '.join(policy.origins)}"
        return f"in {where} for {whom}{_trained(policy)}"
    if axes is Axes.LEVEL:
        return f"in {where} at {_levels(policy)}"
    if axes is Axes.PAIR:
        return f"between {where} and {'all others' if policy.partners is None else ', '.join(policy.partners)}"
    whose = "all firms with a name" if policy.employers is None else ", ".join(policy.employers)
    if policy.headquarters is not None:
        whose = f"{whose.removeprefix('all ').removesuffix(' with a name')} with headquarters in {', '.join(policy.headquarters)}"
    return f"of {whose}" + (f" in {where}" if axes is Axes.EMPLOYER_SITE else "")


def _levels(policy: Policy) -> str:
    return "every wage level" if policy.levels is None else f"wage level {', '.join(map(str, policy.levels))}"


def _trained(policy: Policy) -> str:
    return "" if policy.trained is None else f" trained in {', '.join(policy.trained)}"


def _change_in_words(policy: Policy) -> str:
    if policy.path is None:
        return _CHANGE[policy.change].format(value=policy.value)
    first, *later = policy.path.items()
    said = _CHANGE[policy.change].format(value=first[1]) + f" in {first[0]}"
    number = "{:+g}" if policy.change == "add" else "{:g}"
    return ", ".join([said, *(f"{number.format(value)} in {year}" for year, value in later)])


def _when(policy: Policy) -> str:
    first = str(policy.start.year) if (policy.start.month, policy.start.day) == (1, 1) else policy.start.isoformat()
    until = "for good" if policy.end is None else (
        f"to {policy.end.year}" if (policy.end.month, policy.end.day) == (12, 31) else f"to {policy.end.isoformat()}")
    return f"from {first} {until}"


def replaced_lines(pair: Pair) -> list[str]:
    """Say which shipped files and policies the user's own have taken the place of, in one arm or both; empty where none has."""
    baseline, scenario = (arm.replaced for arm in pair)
    both = [each for each in scenario if each in baseline]
    parts = {"": both, ", in the scenario alone": [each for each in scenario if each not in both],
             ", in the baseline alone": [each for each in baseline if each not in both]}
    return [f"Your own in the place of what is shipped{where}: {', '.join(names)}" for where, names in parts.items() if names]


def policy_lines(pair: Pair) -> list[str]:
    """Say what the scenario changes against the baseline, one policy a line."""
    lines = [f"{name}: {policy_in_words(policy)}{_idle(pair.scenario, policy)}" for name, policy in pair.added.items()]
    lines += [f"{name}, in the baseline alone: {policy_in_words(policy)}{_idle(pair.baseline, policy)}"
              for name, policy in pair.dropped.items()]
    return lines or ["no policy differs: a placebo"]


def _idle(arm: Config, policy: Policy) -> str:
    why = idle_reason(arm, policy)
    return f" (cannot act here: {why})" if why else ""


def common_lines(pair: Pair) -> list[str]:
    """Say what both arms rest on: how cohorts grow, which visa rules hold, who is an employer, and the policies in both."""
    arm = pair.scenario
    firms = f"{len(arm.employers)} firms with a name" if arm.employers else "no firm with a name"
    lines = [f"entry {arm.entry.name}: {arm.entry.title}", f"visa {arm.visa.name}: {arm.visa.title}", firms]
    if pair.baseline == pair.scenario:
        return lines + [f"{name}: {policy_in_words(policy)}" for name, policy in pair.common.items()]
    return lines + ([f"the policies {', '.join(pair.common)}"] if pair.common else [])


class LeverChange(NamedTuple):
    """One lever of one country or employer that differs between the arms in a year, and its values where it does."""

    lever: str
    of: str
    towards: str
    before: Floats
    after: Floats


def changes_by_year(pair: Pair) -> list[tuple[str, list[LeverChange]]]:
    """Return the levers that differ when the policies start and at the end, each time with the years in words.

    Both arms hold whatever their dated policies have made of a lever by then, not the figure that the world begins with.
    Where start and end are alike they are told once.
    """
    years = _years_that_differ(pair)
    first, last = (lever_changes(pair, year) for year in (years[0], years[-1]))
    if [_as_told(each) for each in first] == [_as_told(each) for each in last]:
        return [(f"from {years[0]} to {years[-1]}" if len(years) > 1 else f"in {years[0]}", first)] if first else []
    return [(f"in {year}", changes) for year, changes in ((years[0], first), (years[-1], last)) if changes]


def _as_told(change: LeverChange, trained: bool = True) -> tuple[str, ...]:
    return change.lever, change.of, change.towards if trained else "", span(change.before), span(change.after)


def lever_changes(pair: Pair, year: int) -> list[LeverChange]:
    """Return every lever that differs between the arms in a year, by country or employer."""
    axes = lever_axes(pair.scenario)
    changes: list[LeverChange] = []
    told: set[tuple[str, ...]] = set()
    policies = {f"{place} {name}": each for place, arm in enumerate(pair) for name, each in arm.policies.items()}
    for trained in TrainingClasses.from_policies(policies, axes.codes).members:
        one, other = (levers_in_year(base_levers(arm, year), arm.policies, year, lever_axes(arm), trained) for arm in pair)
        new = [each for each in _changes_between(one, other, axes, trained) if _as_told(each, trained=False) not in told]
        told |= {_as_told(each, trained=False) for each in new}
        changes += new
    return changes


def _changes_between(one: Mapping[str, Floats], other: Mapping[str, Floats], axes: LeverAxes, trained: str | None) -> list[LeverChange]:
    """Return what differs for those trained in a country; None for those trained where no policy asks."""
    changes: list[LeverChange] = []
    for name, lever in LEVERS.items():
        if trained is not None and name not in BY_TRAINING:
            continue
        if one[name].shape != other[name].shape or not one[name].size:      # the arms have other employers, or none
            continue
        rows = axes.employers if lever.axes in (Axes.EMPLOYER_SITE, Axes.EMPLOYER) else axes.codes
        for row in np.flatnonzero((one[name] != other[name]).reshape(len(rows), -1).any(axis=1)):
            before, after = np.atleast_1d(one[name][row]), np.atleast_1d(other[name][row])
            changed = before != after
            towards = _counted(int(changed.sum()), _TOWARDS[lever.axes]) if lever.axes in _TOWARDS else ""
            towards += "" if trained is None else f"{', ' * bool(towards)}trained in {trained}"
            changes.append(LeverChange(name, rows[row], towards, before[changed], after[changed]))
    return changes


_TOWARDS = {Axes.HOST_ORIGIN: ("origin", "origins"), Axes.PAIR: ("country", "countries"), Axes.LEVEL: ("wage level", "wage levels"), Axes.EMPLOYER_SITE: ("country", "countries")}


def _counted(number: int, words: tuple[str, str]) -> str:
    return f"{number} {words[number != 1]}"


def _years_that_differ(pair: Pair) -> list[int]:
    """Return the simulated years, in order, in which a policy of one arm alone is in force; the last year when there is none."""
    differing = [policy for arm in pair for name, policy in arm.policies.items() if name in pair.differing]
    scenario = pair.scenario
    years = range(scenario.world.burn_in_year, scenario.world.end_year + 1)
    return [year for year in years if any(share_in_force(each, year) for each in differing)] or [scenario.world.end_year]


def span(values: np.ndarray) -> str:
    """Write values as one figure, or from the lowest to the highest."""
    low, high = values.min(), values.max()
    if np.isinf(low):
        return "no limit"
    return f"{low:,.6g}" if low == high else f"{low:,.6g} to {high:,.6g}"


def value_in_words(figure: Parameter) -> str:
    """Say what a figure is: a number, or the ends of a series."""
    if figure.series is None:
        return f"{figure.value:,.6g}"
    first, last = figure.values[0], figure.values[-1]
    return f"{first:,.6g} ({figure.series.first}) to {last:,.6g} ({figure.series.last})"


def parameters_in_words(config: Config) -> str:
    """Say which draws of the calibrated figures the replications are, and which of these figures keep one value in all of them."""
    if not config.over_draws:
        return ""
    held = held_keys(config)
    kept = f", but for {len(held)} figures that keep one value: {', '.join(held[:3])}{' ...' if len(held) > 3 else ''}" if held else ""
    return f", each a draw of the parameters ({config.parameters.name}{kept})"
