"""Levers for the terminal: all of them in a table, or one in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from rich.console import Group
from rich.table import Table
from rich.text import Text

from talentsim.config import Config, Parameter, Policy
from talentsim.config.evidence import remark
from talentsim.digits import figure
from talentsim.model.policy import levers_in_year
from talentsim.model.tables import base_levers, lever_axes
from talentsim.report.levers import acts_on, bounds_of, example_of, fields_of
from talentsim.report.words import policy_in_words, span, value_in_words
from talentsim.vocab import LEVERS, Axes


def lever_table() -> Table:
    """List every lever with its meaning, unit, bounds and selectors."""
    table = Table(show_lines=True)
    for column in ("lever", "what it is", "unit", "bounds", "for whom"):
        table.add_column(column, overflow="fold", no_wrap=column == "lever")
    for name, each in LEVERS.items():
        table.add_row(name, Text(each.meaning), Text(each.unit), bounds_of(name), ", ".join(fields_of(name)))
    return table


def lever_in_full(name: str, config: Config, figures: Sequence[tuple[str, Parameter]], used: Iterable[tuple[str, str, Policy]]) -> Group:
    """Tell one lever: what it is, acts on and is under the policies of the baseline, on what its figures rest, and who uses it.

    Parameters
    ----------
    figures
        Key and figure of every parameter that the lever begins from.
    used
        Scenario, policy's name, policy.
    """
    lever, year = LEVERS[name], config.world.end_year
    in_force = levers_in_year(base_levers(config, year), config.policies, year, lever_axes(config))
    uses = [Text(f"  - {scenario}, {policy}: {policy_in_words(each)}") for scenario, policy, each in used]
    return Group(
        Text(f"{name}: {lever.meaning}", style="bold"),
        Text(f"Unit: {lever.unit}. Bounds: {bounds_of(name)}; a policy that goes past them is held there."),
        Text(f"For whom a policy can change it: {', '.join(fields_of(name))}; one that is left out takes all."),
        Text(f"Acts on: {acts_on(name)}."),
        Text(f"\nIn world {config.world.name} in {year}, as history has left it and without scenarios: {_values(name, config, in_force)}"),
        *_figures(figures),
        Text("\nScenarios that use it:" if uses else "\nNo shipped scenario uses it."), *uses)


def to_try(name: str, config: Config) -> str:
    """Return a command with a policy on the lever, on one line."""
    return f"  talentsim show world={config.world.name} {example_of(name, list(config.world.countries), list(config.employers))}"


def _values(name: str, config: Config, levers: Mapping[str, np.ndarray]) -> str:
    """Write the values of a lever by country or firm, towards foreigners where it has one for each origin."""
    lever, values = LEVERS[name], levers[name]
    rows = list(config.employers) if lever.axes in (Axes.EMPLOYER, Axes.EMPLOYER_SITE) else list(config.world.countries)
    if not values.size:
        return "no firm has a name"
    told: dict[str, list[str]] = {}
    for place, row in enumerate(rows):
        of = np.atleast_1d(values[place])
        of = np.delete(of, place) if lever.axes is Axes.HOST_ORIGIN and of.size > 1 else of      # nationals meet none of it
        of = of[of > 0] if lever.axes is Axes.EMPLOYER_SITE and (of > 0).any() else of
        told.setdefault(span(of, lever.unit), []).append(row)
    return "; ".join(f"{words} ({'everywhere' if len(of) == len(rows) > 1 else ', '.join(of)})" for words, of in told.items())


def _figures(figures: Sequence[tuple[str, Parameter]]) -> list[Text | Table]:
    """Say on what the lever's figures rest."""
    if not figures:
        return [Text("It has no figure of its own in the world: only policies move it.")]
    table = Table(title="What its figures rest on", title_justify="left")
    for column in ("of", "value", "range", "evidence", "source", "note"):
        table.add_column(column, overflow="fold")
    for key, each in figures:
        table.add_row(Text(key), value_in_words(each), f"{figure(each.range[0])} to {figure(each.range[1])}", each.evidence.value, Text(", ".join(each.sources)), Text(remark(each)))
    return [Text(""), table]
