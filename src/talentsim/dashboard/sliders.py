"""A policy as a slider: its name, value and range in words, the mark where it changes nothing, and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from talentsim.comparison.idle import idle_reason
from talentsim.comparison.pair import Pair
from talentsim.config import Config, Policy
from talentsim.data.sources import Source, all_sources
from talentsim.digits import figure
from talentsim.model.policy import LeverAxes, levers_in_year
from talentsim.model.tables import base_levers, lever_axes
from talentsim.report.words import policy_in_words
from talentsim.spoken import is_share, lever_of, namer
from talentsim.vocab import LEVERS, Lever

N_STEPS = 100


def sliders(baseline: Config, scenario: Config, switched_off: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return every policy that differs between the arms, as a slider; those switched off are drawn so."""
    known, axes, called = all_sources(scenario), lever_axes(baseline), namer(scenario.world.countries)
    made = []
    for name, policy in Pair(baseline, scenario).differing.items():
        is_in_scenario = name in scenario.policies
        as_it_is = _in_baseline(baseline, policy, axes)
        made.append({
            "name": name, "label": lever_of(policy, called), "title": policy.title or policy_in_words(policy, called), "sentence": policy_in_words(policy, called), "on": is_in_scenario and name not in switched_off,
            **(_idle(scenario, name, policy, as_it_is) if is_in_scenario else {"idle": "", "still": ""}), "evidence": policy.evidence.value,
            "note": policy.note, "sources": _sources(policy, known), **control(policy, as_it_is)})
    return made


def _idle(scenario: Config, name: str, policy: Policy, as_it_is: tuple[float, float]) -> dict[str, str]:
    """Return why a policy cannot act in this world, or that it does not at its present value, while others of its range do."""
    reason = idle_reason(scenario, policy)
    if not reason or policy.value is None:
        return {"idle": reason, "still": ""}
    for end in bounds(policy, as_it_is):
        moved = policy.model_copy(update={"value": end})
        if not idle_reason(scenario.model_copy(update={"policy": {**scenario.policy, name: moved}}), moved):
            return {"idle": "", "still": "At this value it changes nothing."}
    return {"idle": reason, "still": ""}


def control(policy: Policy, as_it_is: tuple[float, float]) -> dict[str, Any]:
    """Return a policy's value, range, step and neutral mark, and how its value is put into words."""
    low, high = bounds(policy, as_it_is)
    neutral = {"add": 0.0, "multiply": 1.0}.get(policy.change, as_it_is[0] if as_it_is[0] == as_it_is[1] else None)
    return {"lever": policy.lever, "change": policy.change, "value": policy.value, "path": policy.path, "low": low, "high": high,
            "step": step(low, high), "neutral": neutral if neutral is not None and math.isfinite(neutral) else None,
            "format": spoken(policy.change, LEVERS[policy.lever]), "as_it_is": _span(LEVERS[policy.lever], as_it_is),
            "start": policy.start.year if (policy.start.month, policy.start.day) == (1, 1) else policy.start.isoformat(),
            "end": None if policy.end is None else policy.end.year if (policy.end.month, policy.end.day) == (12, 31) else policy.end.isoformat(),
            "ramp_years": policy.ramp_years}


def bounds(policy: Policy, as_it_is: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of a slider: the policy's own range, or what its lever can be."""
    if policy.range is not None:
        return policy.range
    lever, value = LEVERS[policy.lever], policy.value or 0.0
    most = max(abs(each) for each in (*as_it_is, value) if math.isfinite(each))
    if policy.change == "multiply":
        return 0.0, max(2.0, 2.0 * value)
    if policy.change == "add":
        reach = 0.5 if lever.high <= 1.0 else max(most, 1.0)
        return min(-reach, value), max(reach, value)
    return (lever.low, lever.high) if lever.high <= 10.0 else (lever.low, max(2.0 * most, 1.0))


def step(low: float, high: float) -> float:
    """Return a round step that takes about a hundred of them from end to end."""
    rough = (high - low) / N_STEPS
    if rough <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return float(f"{next(each for each in (1, 2, 5, 10) if each * power >= rough * 0.999) * power:.6g}")


def spoken(change: str, lever: Lever) -> dict[str, Any]:
    """Return how a value is said: what stands before and behind it, its factor, and whether with a sign."""
    in_percent = is_share(lever.unit)
    if change == "multiply":
        return {"before": "\N{MULTIPLICATION SIGN} ", "behind": "", "scale": 1, "signed": False}
    if change == "add":
        return {"before": "", "behind": " points" if in_percent else f" {lever.unit}", "scale": 100 if in_percent else 1, "signed": True}
    return {"before": "to ", "behind": " %" if in_percent else f" {lever.unit}", "scale": 100 if in_percent else 1, "signed": False}


def _in_baseline(baseline: Config, policy: Policy, axes: LeverAxes) -> tuple[float, float]:
    """Return the lowest and highest value that the lever has in the baseline, where and when the policy begins."""
    year, low = min(max(policy.start.year, baseline.world.burn_in_year), baseline.world.end_year), LEVERS[policy.lever].low
    now = levers_in_year(base_levers(baseline, year), baseline.policies, year, axes)[policy.lever]
    wholly = {"change": "set", "value": low, "path": None, "ramp_years": 0.0, "start": policy.start.replace(year=year, month=1, day=1), "end": None}
    elsewhere = np.full_like(now, low + 1.0)
    reached = levers_in_year({policy.lever: elsewhere}, {"it": policy.model_copy(update=wholly)}, year, axes)[policy.lever] != elsewhere
    values = now[reached]
    return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


def _span(lever: Lever, values: Sequence[float]) -> str:
    if not all(math.isfinite(each) for each in values):
        return "no limit"
    in_percent = is_share(lever.unit)
    texts = [figure(100 * each, 3) if in_percent else figure(each) for each in values]
    return (texts[0] if texts[0] == texts[1] else " to ".join(texts)) + (" %" if in_percent else f" {lever.unit}")


def _sources(policy: Policy, known: Mapping[str, Source]) -> list[dict[str, Any]]:
    found = [known[name] for name in policy.source]
    return [{"id": each.id, "title": each.title, "publisher": each.publisher, "year": each.year, "url": each.url} for each in found]
