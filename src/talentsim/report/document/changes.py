"""What a scenario changes, in plain words made from its policies, with the values of the levers before and after."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from talentsim.arrays import Integers
from talentsim.comparison.idle import idle_reason
from talentsim.config import Config, Policy, parameters_of
from talentsim.model.policy import levers_in_year
from talentsim.model.tables import base_levers, codes_of, lever_axes
from talentsim.report.document.scene import Scene
from talentsim.report.numbers import capital
from talentsim.report.words import LeverChange, changes_by_year, end_of_range, policy_in_words, span
from talentsim.spoken import the
from talentsim.vocab import LEVERS, Axes


class Change(NamedTuple):
    """One policy that a scenario has and its baseline has not, or the other way round."""

    title: str
    sentence: str
    arm: str
    evidence: str
    bounds: str
    source: str
    note: str


class LeverRow(NamedTuple):
    """One lever before and after, in a unit that people speak."""

    meaning: str
    of: str
    before: str
    after: str


def changes(scene: Scene) -> list[Change]:
    """Return every policy that differs between the arms; those of the scenario first."""
    new = [(name, policy, "scenario") for name, policy in scene.pair.added.items()]
    gone = [(name, policy, "baseline alone") for name, policy in scene.pair.dropped.items()]
    return [Change(policy.title or name, _sentence(scene, policy, arm), arm, policy.evidence.value,
                   "" if policy.range is None else " to ".join(end_of_range(policy, each) for each in policy.range),
                   ", ".join(policy.source), policy.note)
            for name, policy, arm in new + gone]


def _sentence(scene: Scene, policy: Policy, arm: str) -> str:
    why = idle_reason(scene.scenario if arm == "scenario" else scene.baseline, policy)
    said = capital(policy_in_words(policy, lambda code: the(scene.name(code))))
    return f"{said}.{f' {capital(why)}.' if why else ''}"


def lever_rows(scene: Scene) -> list[tuple[str, list[LeverRow]]]:
    """Return the levers that differ when the policies start, and at the end where that is not the same, each with its years."""
    return [(years, [_lever_row(scene, each) for each in found]) for years, found in changes_by_year(scene.pair)]


def _lever_row(scene: Scene, change: LeverChange) -> LeverRow:
    lever, towards = LEVERS[change.lever], f", {change.towards}" if change.towards else ""
    before, after = (span(values, lever.unit) for values in (change.before, change.after))
    return LeverRow(capital(lever.meaning), f"{scene.name(change.of)}{towards}", before, after)


def in_force(scene: Scene) -> dict[str, str]:
    """Return the figures of countries that dated policies of the baseline have replaced by the time the comparison starts.

    Returns
    -------
    Key of the figure -> what holds in its place, with the year.
    """
    config, year, replaced = scene.baseline, scene.span[0], {}
    base = base_levers(config, year)
    now = levers_in_year(base, config.policies, year, lever_axes(config))
    for key, _ in parameters_of(config.world.countries, "world.countries"):
        name, origin = lever_behind(key)
        if name in LEVERS and LEVERS[name].axes in (Axes.COUNTRY, Axes.HOST_ORIGIN):
            place = part_of_lever(config, key.split(".")[2], name, origin)
            if (now[name][place] != base[name][place]).any():
                replaced[key] = f"{span(now[name][place], LEVERS[name].unit)} in {year}"
    return replaced


def lever_behind(key: str) -> tuple[str, str]:
    """Return the lever that a country's figure is the base value of, or no lever's name, and the origin where it is for one."""
    *_, table, name = key.split(".")
    if table.endswith("_by_origin"):
        return table.removesuffix("_by_origin"), name
    return {"fee": "visa_fee"}.get(name, name), ""


def part_of_lever(config: Config, host: str, name: str, origin: str) -> tuple[Integers, ...]:
    """Return which part of a lever's array one figure fills: a country, one origin there, or all that have no figure of their own."""
    codes = codes_of(config)
    row = np.array([codes.index(host)])
    if LEVERS[name].axes is Axes.COUNTRY:
        return (row,)
    own = getattr(config.world.countries[host].visa, f"{name}_by_origin", {})
    origins = [origin] if origin else [code for code in codes if code != host and code not in own]
    return row, np.array([codes.index(each) for each in origins if each in codes], dtype=np.int64)
