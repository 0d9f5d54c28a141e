"""Parts of countries put back: a world as it is with nothing split off. The inverse of `config.parts`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from talentsim.config.parts import NAMING, SHARED_OUT, Plain, slice_of
from talentsim.config.schema import Config

DIGITS = 12
"""To how many digits a figure is put together again that was shared out: more than a file gives, fewer than rounding spoils."""


def without_parts(config: Config) -> Config:
    """Return a configuration with all parts of countries put back; the same where nothing is split off.

    What parts have of their own is lost, and policies that mean nothing but parts are left out.
    """
    parts = {code: each.split_from.country for code, each in config.world.countries.items() if each.split_from is not None}
    if not parts:
        return config
    plain = config.model_dump(mode="json")
    whole = {name: _without(plain[name], parts) for name in ("world", "entry", "observers")}
    countries = {code: _put_together(each) if code in parts.values() else each for code, each in whole["world"]["countries"].items()}
    policies = {name: _not_of(policy, parts) for name, policy in plain["policy"].items()}
    return Config.checked({**plain, **whole, "world": {**whole["world"], "countries": countries},
                           "employers": {name: _without(each, parts) for name, each in plain["employers"].items()},
                           "policy": {name: each for name, each in policies.items() if each is not None},
                           "focus": "+".join(dict.fromkeys(parts.get(each, each) for each in config.focus.split("+")))})


def _without(node: Any, parts: Collection[str]) -> Any:
    """Return a tree without what tables by country say of parts."""
    return {name: _without(each, parts) for name, each in node.items() if name not in parts} if isinstance(node, dict) else node


def _not_of(policy: Mapping[str, Any] | None, parts: Collection[str]) -> Plain | None:
    """Return a policy that names no parts; None where it means nothing else, or is switched off."""
    if policy is None:
        return None
    named = {field: [each for each in policy[field] if each not in parts] for field in NAMING if policy.get(field) is not None}
    return {**policy, **named} if all(named.values()) else None


def _put_together(country: Mapping[str, Any]) -> Plain:
    """Return a country with what it counts by the year as it was before parts took theirs."""
    whole = slice_of(country, 1.0)
    for *path, last in SHARED_OUT:
        node = whole
        for name in path:
            node[name] = dict(node[name])
            node = node[name]
        node[last] = _rounded(node[last])
    return whole


def _rounded(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _rounded(each) for name, each in node.items()}
    if isinstance(node, list | tuple):
        return [_rounded(each) for each in node]
    return float(f"{node:.{DIGITS}g}") if isinstance(node, float) else node
