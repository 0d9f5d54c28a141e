"""Set values in plain data as an override of the command line does: figures, words that follow them, and policies of the arms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hydra.core.override_parser.types import Override

from talentsim.config.errors import UserError, unknown_name
from talentsim.config.files import OVERRIDE
from talentsim.config.overrides import policy_name
from talentsim.config.retold import of_another_value
from talentsim.config.stacks import add_policy

Plain = dict[str, Any]


def with_value(node: Any, path: Sequence[str], value: Any, new: bool = False) -> Any:
    """Return plain data with a value at a path; a mapping joins the one that is there.

    Raises
    ------
    KeyError
        When nothing stands at the path, unless `new` allows it.
    """
    if not path:
        if isinstance(value, dict) and isinstance(node, dict):
            for name, each in value.items():
                node = with_value(node, [name], each, new=True)
            return node
        return value
    if not isinstance(node, dict) or (path[0] not in node and not new):
        raise KeyError(path[0])
    return {**node, path[0]: with_value(node.get(path[0], {}), path[1:], value, new)}


def by_hand(before: Any, after: Any, path: Sequence[str]) -> Any:
    """Return plain data in which a figure that a value was set of has none of the words that were written for another."""
    if isinstance(after, dict) and "evidence" in after and "value" in after:
        return of_another_value(before, after)
    if not path or not isinstance(before, dict) or not isinstance(after, dict) or path[0] not in before:
        return after
    return {**after, path[0]: by_hand(before[path[0]], after[path[0]], path[1:])}


def refuse_unit(data: Plain, override: Override) -> None:
    """Refuse another unit for a figure: the model would read the value in its own unit all the same.

    Raises
    ------
    UserError
        When an override gives one.
    """
    node: Any = data
    for name in override.key_or_group.split("."):
        node = node.get(name) if isinstance(node, dict) else None
    if override.key_or_group.endswith(".unit") and isinstance(node, str) and override.value() != node:
        raise UserError(f"command line, {override.input_line!r}", "the model reads this figure in the unit of its file", node, "convert the value, and leave the unit out")


def without(node: Any, path: Sequence[str]) -> Any:
    """Return plain data without what stands at a path."""
    if len(path) == 1:
        return {name: each for name, each in node.items() if name != path[0]}
    return {**node, path[0]: without(node[path[0]], path[1:])}


def with_policies(baseline: Plain, scenario: Plain, overrides: Iterable[Override], replaced: list[str]) -> tuple[Plain, Plain]:
    """Apply overrides of policies, in their order, to the arms that have the policy."""
    for each in overrides:
        name, path = str(policy_name(each)), each.key_or_group.split(".")
        known = set(baseline["policy"]) | set(scenario["policy"])
        adds = each.is_add() or each.is_force_add()
        if not adds and name not in known:
            raise _no_policy(name, known, each)
        if "${" in str(each.input_line):
            raise UserError(f"command line, {each.input_line!r}", "${...} is not allowed in a policy", "the figure itself")
        if each.is_delete():
            baseline, scenario = (without(arm, path) if name in arm["policy"] else arm for arm in (baseline, scenario))
            continue
        value = each.value()
        if adds and len(path) == 2:
            if value is None and name not in known:
                raise UserError(f"command line, {each.input_line!r}", f"there is no policy called {name!r} to take out", "existing policies",
                                f"baseline and scenario have {', '.join(sorted(known)) or 'none'}")
            if not isinstance(value, dict | None):
                raise UserError(f"command line, {each.input_line!r}", f"found {value!r}, which is not a policy",
                                "'+policy.NAME={lever: pay, countries: [CAN], start: 2027, change: multiply, value: 1.2}'",
                                "quote the whole argument: the shell expands braces")
            value = {**value, OVERRIDE: True} if each.is_force_add() and isinstance(value, dict) else value
            scenario = {**scenario, "policy": add_policy(scenario["policy"], name, value, "command line", replaced)}
            continue
        try:
            if name in baseline["policy"] and not adds:
                baseline = with_value(baseline, path, value, new=True)
            if name in scenario["policy"] or adds:
                scenario = with_value(scenario, path, value, new=True)
        except KeyError as error:
            off = len(path) > 2 and any(arm["policy"].get(name, {}) is None for arm in (baseline, scenario))
            raise UserError(f"command line, {each.input_line!r}", f"policy {name} is switched off by null" if off else f"nothing stands below {'.'.join(path[:-1])}, which has no key {error.args[0]!r}",
                            f"the keys of a policy: policy.{name}.KEY=VALUE", "leave out what switches it off, or this" if off else "talentsim show SCENARIO prints them") from None
    return baseline, scenario


def _no_policy(name: str, known: Iterable[str], override: Override) -> UserError:
    error = unknown_name(f"policy.{name}", "policy", name, known)
    if isinstance(override.value(), dict):
        return UserError(error.where, error.found, error.allowed, f"+ in front adds one: '+{override.input_line}'")
    return error
