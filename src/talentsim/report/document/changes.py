"""What a scenario changes, in plain words made from its policies, with the values of the levers before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.comparison.idle import idle_reason
from talentsim.config import Config, Policy, parameters_of
from talentsim.model.policy import levers_in_year
from talentsim.model.tables import base_levers, codes_of, lever_axes
from talentsim.report.document.readings import the
from talentsim.report.document.scene import Scene
from talentsim.report.words import LeverChange, changes_by_year
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
    return [Change(policy.title or name, _sentence(scene, policy) + _idle(scene, policy, arm), arm, policy.evidence.value,
                   "" if policy.range is None else f"{_value(policy, policy.range[0])} to {_value(policy, policy.range[1])}",
                   ", ".join(policy.source), policy.note)
            for name, policy, arm in new + gone]


def _idle(scene: Scene, policy: Policy, arm: str) -> str:
    why = idle_reason(scene.scenario if arm == "scenario" else scene.baseline, policy)
    return f" It cannot act here: {why}." if why else ""


def lever_rows(scene: Scene) -> list[tuple[str, list[LeverRow]]]:
    """Return the levers that differ when the policies start, and at the end where that is not the same, each with its years."""
    return [(years, [_lever_row(scene, each) for each in found]) for years, found in changes_by_year(scene.pair)]


def _lever_row(scene: Scene, change: LeverChange) -> LeverRow:
    lever, towards = LEVERS[change.lever], f", {change.towards}" if change.towards else ""
    before, after = (_span(lever.unit, values) for values in (change.before, change.after))
    return LeverRow(_capital(lever.meaning), f"{scene.name(change.of)}{towards}", before, after)


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
        name, origin = _lever_behind(key)
        if name in LEVERS and LEVERS[name].axes in (Axes.COUNTRY, Axes.HOST_ORIGIN):
            place = _part(config, key.split(".")[2], name, origin)
            if (now[name][place] != base[name][place]).any():
                replaced[key] = f"{_span(LEVERS[name].unit, now[name][place])} in {year}"
    return replaced


def _lever_behind(key: str) -> tuple[str, str]:
    """Return the lever that a country's figure is the base value of, or no lever's name, and the origin where it is for one."""
    *_, table, name = key.split(".")
    if table.endswith("_by_origin"):
        return table.removesuffix("_by_origin"), name
    return {"fee": "visa_fee"}.get(name, name), ""


def _part(config: Config, host: str, name: str, origin: str) -> tuple[Integers, ...]:
    """Return which part of a lever's array one figure fills: a country, one origin there, or all that have no figure of their own."""
    codes = codes_of(config)
    row = np.array([codes.index(host)])
    if LEVERS[name].axes is Axes.COUNTRY:
        return (row,)
    own = getattr(config.world.countries[host].visa, f"{name}_by_origin", {})
    origins = [origin] if origin else [code for code in codes if code != host and code not in own]
    return row, np.array([codes.index(each) for each in origins if each in codes], dtype=np.int64)


def _sentence(scene: Scene, policy: Policy) -> str:
    lever = LEVERS[policy.lever]
    values = {policy.start.year: policy.value} if policy.path is None else policy.path
    change = "; ".join(_verb(policy, float(value or 0.0)) + (f" in {year}" if policy.path else "") for year, value in values.items())
    ramp = f", phased in over {policy.ramp_years:g} years" if policy.ramp_years else ""
    return f"{_capital(lever.meaning)}, {_whose(scene, policy)}: {change}, {_when(policy)}{ramp}."


def _verb(policy: Policy, value: float) -> str:
    if policy.change == "set":
        return f"becomes {_value(policy, value)}"
    if policy.change == "multiply":
        words = {0.5: "halves", 2.0: "doubles", 0.0: "falls to nothing"}
        return words.get(value, f"{'grows' if value > 1 else 'falls'} to {100 * value:.3g} % of what it was")
    unit = LEVERS[policy.lever].unit
    size = f"{100 * abs(value):.3g} percentage points" if _is_share(unit) else f"{abs(value):,.4g} {unit}"
    return f"{'rises' if value > 0 else 'falls'} by {size}"


def _value(policy: Policy, value: float) -> str:
    unit = LEVERS[policy.lever].unit
    if policy.change == "multiply":
        return f"times {value:g}"
    return f"{100 * value:.3g} %" if _is_share(unit) else _counted(value, unit)


def _counted(value: float, unit: str) -> str:
    return f"{value:,.4g} {'year' if value == 1 and unit == 'years' else unit}"


def _is_share(unit: str) -> bool:
    return unit == "probability" or unit.startswith("share")


def _whose(scene: Scene, policy: Policy) -> str:
    axes = LEVERS[policy.lever].axes
    where = f"in {_names(scene, policy.countries)}" if policy.countries is not None else "in every country"
    if axes is Axes.HOST_ORIGIN:
        whom = f"people from {'all other countries' if policy.origins is None else _names(scene, policy.origins)}"
        return f"{where}, for {whom}{'' if policy.trained is None else f' trained in {_names(scene, policy.trained)}'}"
    if axes is Axes.LEVEL:
        return f"{where}, at {'every wage level' if policy.levels is None else 'wage level ' + ', '.join(map(str, policy.levels))}"
    if axes is Axes.PAIR:
        return f"{where} with {'all others' if policy.partners is None else _names(scene, policy.partners)}"
    if axes in (Axes.EMPLOYER, Axes.EMPLOYER_SITE):
        firms = "all named employers" if policy.employers is None else ", ".join(policy.employers)
        owned = "" if policy.headquarters is None else f" with headquarters in {_names(scene, policy.headquarters)}"
        return f"of {firms}{owned}{f' {where}' if axes is Axes.EMPLOYER_SITE else ''}"
    return where if policy.trained is None else f"{where}, for people trained in {_names(scene, policy.trained)}"


def _names(scene: Scene, codes: Sequence[str]) -> str:
    names = [the(scene.name(code)) for code in codes]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _when(policy: Policy) -> str:
    first = str(policy.start.year) if (policy.start.month, policy.start.day) == (1, 1) else policy.start.isoformat()
    if policy.end is None:
        return f"from {first} for good"
    return f"from {first} to {policy.end.year if (policy.end.month, policy.end.day) == (12, 31) else policy.end.isoformat()}"


def _span(unit: str, values: Floats) -> str:
    low, high = float(np.min(values)), float(np.max(values))
    if np.isinf(high):
        return "no limit"
    if not _is_share(unit):
        return _counted(low, unit) if low == high else f"{low:,.4g} to {high:,.4g} {unit}"
    return f"{100 * low:,.3g} %" if low == high else f"{100 * low:,.3g} to {100 * high:,.3g} %"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
