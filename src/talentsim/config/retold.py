"""What a scenario still says of itself where it is not as its file has it: a text written for one value says nothing of another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from talentsim.spoken import lever_of

Plain = dict[str, Any]

SPOKEN = ("title", "note")
"""Words of a policy that speak of its value and dates; without them they are told by what the policy is."""

NUMBER = re.compile(r"(?<![A-Za-z]-)(?<!\w)\d")
"""A figure in a title; the digit of H-1B and the like is none."""

WORDS = frozenset({*SPOKEN, "source", "evidence", "range"})
"""What is said of a policy, and changes no result."""


N_TOLD = 2
"""Policies that a title names when they were changed; more are counted."""

TOLD: Plain = {"evidence": "assumed", "source": [], "fact": [], "year": None, "note": "set by hand"}
"""What is told of a figure whose value was set by hand, where nothing else is said with it."""


def retold(arm: Plain, shipped: Plain, moved: str = "") -> Plain:
    """Return an arm, as plain data, without the words that were written for other values or dates.

    Titles that hold a number, descriptions, notes and what a scenario stands for go; the title says what was set by hand, and
    what the policies do is told from their values wherever it is told.

    Parameters
    ----------
    shipped
        The arm as its files have it.
    moved
        How all of the scenario's policies were moved together, in words; empty where they were not.
    """
    there, now = _policies(shipped), _policies(arm)
    changed = {name for name in there.keys() | now.keys() if _acts(there.get(name)) != _acts(now.get(name))}
    about = shipped.get("scenario")
    if not changed or not isinstance(about, dict):
        return arm
    policies = {name: _mute(policy, there.get(name)) if name in changed else policy for name, policy in arm["policy"].items()}
    by_hand = sorted(name for name in changed if not moved or _undated(there.get(name)) != _undated(now.get(name)))
    words = {name: _in_words(name, arm, policies, there) for name in by_hand}
    title = str(about.get("title", ""))
    title = str(about.get("name", "")) if NUMBER.search(title) else title
    told, keyed = [moved] if moved else [], [f"{each} (policy {name})" for name, each in words.items()]
    short = [*list(words.values())[:N_TOLD], *([f"{len(words) - N_TOLD} more"] if len(words) > N_TOLD else [])]
    card = {**about, "title": f"{title} ({'; '.join([*told, *(['changed: ' + ', and '.join(short)] if short else [])])})",
            "description": f"Changed from its file: {'; '.join([*told, *keyed])}. What it does is described from the values of its policies.",
            "stands_for": ""}
    return {**arm, "policy": policies, "scenario": card, **_compared(arm, changed)}


def _in_words(name: str, arm: Plain, policies: Plain, there: Plain) -> str:
    """Say what a policy set by hand is about: its own title where one was given with it, else its lever and whom it concerns."""
    countries = arm["world"]["countries"] if isinstance(arm.get("world"), dict) else {}

    def called(code: str) -> str:
        country = countries.get(code) if isinstance(countries, dict) else None
        return str(country.get("name", code)) if isinstance(country, dict) else code

    policy = policies.get(name)
    if policy is None:
        return f"without {lever_of(there[name], called)}"
    return str(policy.get("title") or lever_of(policy, called))


def of_another_value(before: Any, after: Plain) -> Plain:
    """Return a figure as a file has it, whose value was set by hand: whatever is known of the file's is not known of this one.

    What was given with the value stays.
    """
    if not isinstance(before, dict) or before.get("value") == after["value"]:
        return after
    return {**after, **{key: each for key, each in TOLD.items() if after.get(key) == before.get(key)}}


def _policies(arm: Mapping[str, Any]) -> Plain:
    policies = arm.get("policy")
    return {name: each for name, each in policies.items() if each is not None} if isinstance(policies, dict) else {}


def _acts(policy: Any) -> Any:
    """Return what a policy does, without what is said of it."""
    return {key: each for key, each in policy.items() if key not in WORDS} if isinstance(policy, dict) else policy


def _undated(policy: Any) -> Any:
    acts = _acts(policy)
    if not isinstance(acts, dict):
        return acts
    path = acts.get("path")
    return {key: each for key, each in acts.items() if key not in ("start", "end", "path")} | {
        "path": list(path.values()) if isinstance(path, dict) else path}


def _mute(policy: Any, shipped: Any) -> Any:
    """Return a policy without the words of its file; words that were given with its new values stay."""
    if not isinstance(policy, dict) or not isinstance(shipped, dict):
        return policy
    return {key: each for key, each in policy.items() if key not in SPOKEN or each != shipped.get(key)}


def _compared(arm: Plain, changed: set[str]) -> Plain:
    """Return what is compared beside, with no words of the file about policies that are changed."""
    compare = arm.get("compare")
    alone = compare.get("alone") if isinstance(compare, dict) else None
    if not isinstance(compare, dict) or not isinstance(alone, dict) or not changed & alone.keys():
        return {}
    return {"compare": {**compare, "alone": {name: "as given, and nothing else" if name in changed and words is not None else words
                                             for name, words in alone.items()}}}
