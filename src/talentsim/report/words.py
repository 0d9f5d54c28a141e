"""Policies, scenarios, parameters and sources in words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from rich.console import Group
from rich.table import Table
from rich.text import Text

from talentsim.arrays import Floats
from talentsim.comparison.idle import idle_reason
from talentsim.config import Config, Parameter, Policy
from talentsim.config.schema import ScenarioMeta
from talentsim.data.facts import Fact
from talentsim.data.sources import Source
from talentsim.model.policy import levers_in_year, share_in_force
from talentsim.model.tables import base_levers, lever_axes
from talentsim.vocab import LEVERS, Axes

_CHANGE = {"set": "becomes {value:g}", "add": "changes by {value:+g}", "multiply": "is multiplied by {value:g}"}


def policy_in_words(policy: Policy) -> str:
    """Say what one policy does, to whom and when."""
    lever = LEVERS[policy.lever]
    ramp = f", phased in over {policy.ramp_years:g} years" if policy.ramp_years else ""
    return f"{lever.meaning} ({lever.unit}) {_whose(policy, lever.axes)}: {_change_in_words(policy)}, {_when(policy)}{ramp}"


def _whose(policy: Policy, axes: Axes) -> str:
    where = "every country" if policy.countries is None else ", ".join(policy.countries)
    if axes is Axes.COUNTRY:
        return f"in {where}"
    if axes is Axes.HOST_ORIGIN:
        whom = "people of all other origins" if policy.origins is None else f"people from {', '.join(policy.origins)}"
        return f"in {where} for {whom}"
    if axes is Axes.PAIR:
        return f"between {where} and {'all others' if policy.partners is None else ', '.join(policy.partners)}"
    whose = "all firms with a name" if policy.employers is None else ", ".join(policy.employers)
    if policy.headquarters is not None:
        whose = f"{whose.removeprefix('all ').removesuffix(' with a name')} with headquarters in {', '.join(policy.headquarters)}"
    return f"of {whose}" + (f" in {where}" if axes is Axes.EMPLOYER_SITE else "")


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


def policy_lines(baseline: Config, scenario: Config) -> list[str]:
    """Say what the scenario changes against the baseline, one policy a line."""
    added = [(name, policy) for name, policy in scenario.policies.items() if baseline.policies.get(name) != policy]
    dropped = [(name, policy) for name, policy in baseline.policies.items() if name not in scenario.policies]
    lines = [f"{name}: {policy_in_words(policy)}{_idle(scenario, policy)}" for name, policy in added]
    lines += [f"{name}, in the baseline alone: {policy_in_words(policy)}{_idle(baseline, policy)}" for name, policy in dropped]
    return lines or ["no policy differs: a placebo"]


def _idle(arm: Config, policy: Policy) -> str:
    why = idle_reason(arm, policy)
    return f" (cannot act here: {why})" if why else ""


def scenario_in_words(baseline: Config, scenario: Config) -> Group:
    """Say what a scenario is, stands for and changes, with the lever's values before and after."""
    meta = scenario.scenario
    parts = [Text(f"{meta.name}: {meta.title}", style="bold"), Text(meta.description.strip()),
             Text(f"Stands for: {meta.stands_for.strip()}"), Text(f"Sources: {', '.join(meta.source) or 'none'}"),
             Text(f"\nAgainst {baseline.scenario.name}:")]
    for line in policy_lines(baseline, scenario):
        parts.append(Text(f"  - {line}"))
    parts += [Text("\nIn both arms:"), *(Text(f"  - {line}") for line in common_lines(baseline, scenario))]
    tables = [_levers_table(each, years) for years, each in changes_by_year(baseline, scenario)]
    return Group(*parts, *(part for table in tables for part in (Text(""), table)))


def common_lines(baseline: Config, scenario: Config) -> list[str]:
    """Say what both arms rest on: how cohorts grow, which visa rules hold, who is an employer, and the policies in both."""
    firms = f"{len(scenario.employers)} firms with a name" if scenario.employers else "no firm with a name"
    lines = [f"entry {scenario.entry.name}: {scenario.entry.title}", f"visa {scenario.visa.name}: {scenario.visa.title}", firms]
    both = {name: policy for name, policy in scenario.policies.items() if baseline.policies.get(name) == policy}
    if baseline == scenario:
        return lines + [f"{name}: {policy_in_words(policy)}" for name, policy in both.items()]
    return lines + ([f"the policies {', '.join(both)}"] if both else [])


def _levers_table(changes: Sequence[LeverChange], years: str) -> Table:
    table = Table(title=f"Levers that differ {years}", title_justify="left")
    for column in ("lever", "of", "towards", "baseline", "scenario", "unit"):
        table.add_column(column)
    for each in changes:
        table.add_row(each.lever, each.of, each.towards, _span(each.before), _span(each.after), LEVERS[each.lever].unit)
    return table


class LeverChange(NamedTuple):
    """One lever of one country or employer that differs between the arms in a year, and its values where it does."""

    lever: str
    of: str
    towards: str
    before: Floats
    after: Floats


def changes_by_year(baseline: Config, scenario: Config) -> list[tuple[str, list[LeverChange]]]:
    """Return the levers that differ when the policies start and at the end, each time with the years in words.

    Both arms hold whatever their dated policies have made of a lever by then, not the figure that the world begins with.
    Where start and end are alike they are told once.
    """
    years = _years_that_differ(baseline, scenario)
    first, last = (lever_changes(baseline, scenario, year) for year in (years[0], years[-1]))
    if [_as_told(each) for each in first] == [_as_told(each) for each in last]:
        return [(f"from {years[0]} to {years[-1]}" if len(years) > 1 else f"in {years[0]}", first)] if first else []
    return [(f"in {year}", changes) for year, changes in ((years[0], first), (years[-1], last)) if changes]


def _as_told(change: LeverChange) -> tuple[str, ...]:
    return change.lever, change.of, change.towards, _span(change.before), _span(change.after)


def lever_changes(baseline: Config, scenario: Config, year: int) -> list[LeverChange]:
    """Return every lever that differs between the arms in a year, by country or employer."""
    axes, changes = lever_axes(scenario), []
    one = levers_in_year(base_levers(baseline), baseline.policies, year, lever_axes(baseline))
    other = levers_in_year(base_levers(scenario), scenario.policies, year, axes)
    for name, lever in LEVERS.items():
        if one[name].shape != other[name].shape or not one[name].size:      # the arms have other employers, or none
            continue
        rows = axes.employers if lever.axes in (Axes.EMPLOYER_SITE, Axes.EMPLOYER) else axes.codes
        for row in np.flatnonzero((one[name] != other[name]).reshape(len(rows), -1).any(axis=1)):
            before, after = np.atleast_1d(one[name][row]), np.atleast_1d(other[name][row])
            changed = before != after
            towards = _counted(int(changed.sum()), _TOWARDS[lever.axes]) if lever.axes in _TOWARDS else ""
            changes.append(LeverChange(name, rows[row], towards, before[changed], after[changed]))
    return changes


_TOWARDS = {Axes.HOST_ORIGIN: ("origin", "origins"), Axes.PAIR: ("country", "countries"), Axes.EMPLOYER_SITE: ("country", "countries")}


def _counted(number: int, words: tuple[str, str]) -> str:
    return f"{number} {words[number != 1]}"


def _years_that_differ(baseline: Config, scenario: Config) -> list[int]:
    """Return the simulated years, in order, in which a policy of one arm alone is in force; the last year when there is none."""
    differing = [policy for arm, against in ((baseline, scenario), (scenario, baseline))
                 for name, policy in arm.policies.items() if against.policies.get(name) != policy]
    years = range(scenario.world.burn_in_year, scenario.world.end_year + 1)
    return [year for year in years if any(share_in_force(each, year) for each in differing)] or [scenario.world.end_year]


def _span(values: np.ndarray) -> str:
    low, high = values.min(), values.max()
    if np.isinf(low):
        return "no limit"
    return f"{low:,.6g}" if low == high else f"{low:,.6g} to {high:,.6g}"


def scenario_list(cards: Sequence[ScenarioMeta]) -> Table:
    """List scenarios with title and description."""
    table = _folding("scenario", "title", "description")
    for card in cards:
        table.add_row(Text(card.name), Text(card.title), Text(card.description.strip()))
    return table


def parameter_table(rows: Sequence[tuple[str, Parameter]], width: int) -> Table:
    """List parameters with all that is known about them; keys stay on one line where `width` columns allow."""
    table = _folding("parameter", "value", "unit", "year", "range", "evidence", "source", "note")
    table.columns[0].min_width = min(max(len(key) for key, _ in rows), width // 3)
    for key, each in rows:
        table.add_row(Text(key), f"{each.value:g}", Text(each.unit), str(each.year or ""),
                      f"{each.range[0]:g} to {each.range[1]:g}", each.evidence.value, Text(", ".join(each.source)), Text(each.note))
    return table


def source_table(known: Mapping[str, Source], used: Mapping[str, Sequence[str]]) -> Table:
    """List the sources that a configuration rests on, with the number of figures and where to find them."""
    table = _folding("source", "figures", "title", "publisher", "year", "link")
    for name, keys in used.items():
        each = known[name]
        table.add_row(Text(name), str(len(keys)), Text(each.title), Text(each.publisher), str(each.year or ""), Text(each.url))
    return table


def fact_table(rows: Sequence[Fact]) -> Table:
    """List observed figures with unit, year, source and evidence."""
    table = _folding("fact", "quantity", "value", "unit", "year", "evidence", "source")
    for each in rows:
        table.add_row(Text(each.id), Text(each.quantity), Text(_as_text(each.value)), Text(each.unit), str(each.year or ""),
                      each.evidence.value, Text(each.source))
    return table


def _folding(*columns: str) -> Table:
    """Return a table whose cells break lines where they must and are never cut."""
    table = Table(show_lines=True)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {f'({_as_text(each)})' if isinstance(each, dict) else _as_text(each)}" for name, each in value.items())
    return ", ".join(map(_as_text, value)) if isinstance(value, list) else str(value)
