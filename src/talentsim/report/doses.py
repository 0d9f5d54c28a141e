"""What a sweep varies, and what is in force beside it, in words."""

from __future__ import annotations

from collections.abc import Sequence

from talentsim.comparison.pair import Pair
from talentsim.config import Config
from talentsim.report.words import whose
from talentsim.spoken import namer
from talentsim.vocab import LEVERS

CHANGES = {"set": "set to", "add": "added to it", "multiply": "times what it was"}
MOST_NAMED = 4


def dose_in_words(key: str, arm: Config) -> str:
    """Say what a swept key is: the lever of a policy and what its value does, or the key itself.

    Parameters
    ----------
    key
        An override's key, `policy.f1_refusal.value` for one.
    arm
        A configuration of the sweep in which the policy stands.
    """
    policy = arm.policies.get(_policy_of(key) or "")
    if policy is None:
        return {"scenario": "the scenario", "entry": "the cohorts"}.get(key, key)
    lever, field = LEVERS[policy.lever], key.rpartition(".")[2]
    where = whose(policy, namer(arm.world.countries))
    if field == "value":
        unit = "" if policy.change == "multiply" else f" ({lever.unit})"
        return f"{lever.meaning}, {where}: {CHANGES[policy.change]}{unit}"
    return f"{field.replace('_', ' ')} of: {lever.meaning}, {where}"


def short_dose(key: str, arm: Config) -> str:
    """Say what a swept key is in a few words: a policy's lever, or the key itself."""
    policy = arm.policies.get(_policy_of(key) or "")
    return dose_in_words(key, arm) if policy is None else f"the {LEVERS[policy.lever].meaning}"


def also_in_force(keys: Sequence[str], pair: Pair) -> str:
    """Name, as a sentence, the scenario's policies that a sweep leaves as they are; nothing where there are none or scenarios are swept."""
    swept = {_policy_of(key) for key in keys}
    if "scenario" in keys or swept == {None}:
        return ""
    titles = [each.title or name.replace("_", " ") for name, each in pair.added.items() if name not in swept]
    if not titles:
        return "No other policy of the scenario is in force."
    more = f" and {len(titles) - MOST_NAMED} more" if len(titles) > MOST_NAMED else ""
    return f"Also in force: {'; '.join(titles[:MOST_NAMED])}{more}."


def _policy_of(key: str) -> str | None:
    parts = key.removeprefix("swept.").split(".")
    return parts[1] if len(parts) > 2 and parts[0] == "policy" else None
