"""Scenarios as data: a file, the files it stacks, and `a+b` on the command line; nothing of a part is lost without a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from talentsim.config.errors import UserError
from talentsim.config.files import OVERRIDE, Files

Plain = dict[str, Any]
STACK = "+"
_OWN_TO_EACH = ("scenario", "compare")
"""Parts of a scenario's file that say something of it alone: of a stack's parts they are joined or the last one's."""


@dataclass(frozen=True)
class Scenario:
    """A scenario, whole: what it changes, with all its parts, and the choices of other groups that it makes.

    Parameters
    ----------
    choices
        Entries of its list of defaults that name no scenario; Hydra composes them.
    replaced
        Shipped scenarios that a file of the user's own took the place of, by path.
    """

    name: str
    content: Plain
    choices: list[Any] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)

    @property
    def policies(self) -> Plain:
        """Its policies, by name."""
        return dict(self.content.get("policy") or {})


def known_scenario(files: Files, name: str) -> bool:
    """Return whether a name stands for a scenario or a stack of them."""
    return all(each in files.names("scenario") for each in name.split(STACK))


def scenario_of(files: Files, name: str, above: tuple[str, ...] = ()) -> Scenario:
    """Return a scenario by name; `a+b` stacks two.

    Raises
    ------
    UserError
        When there is none, its file's name is not its own, it stacks itself, or two parts say different things of one policy
        or key.
    """
    if name in above:
        raise UserError(f"scenario/{name}.yaml, defaults", f"the scenario stacks itself: {' > '.join((*above, name))}", "",
                        "take one of them out")
    if STACK in name:
        parts = [scenario_of(files, each, above) for each in name.split(STACK)]
        return _stacked(name, parts, {"scenario": _card_of(name, parts)}, f"scenario={name}")
    content = dict(files.content("scenario", name))
    where = f"scenario/{name}.yaml"
    _check_name(files, name, content)
    named, choices = _sorted_defaults(content.pop("defaults", None) or [], where)
    parts = [scenario_of(files, each, (*above, name)) for each in named]
    whole = _stacked(name, parts, content, where) if parts else Scenario(name, _placed(content))
    own = files.own_file("scenario", name)
    return Scenario(name, whole.content, [*whole.choices, *choices], [*whole.replaced, *([where] if own and own.replaces else [])])


def join(data: Plain, scenario: Scenario, replaced: list[str] | None = None) -> Plain:
    """Return composed data with a scenario in it.

    Raises
    ------
    UserError
        When a policy of it has the name of one that is there and does not say that it replaces it.
    """
    joined = dict(data)
    for key, each in scenario.content.items():
        joined[key] = _with_policies(data.get("policy") or {}, each, f"scenario {scenario.name}", replaced) if key == "policy" \
            else each if key == "scenario" else merged(data.get(key), each)
    return joined


def add_policy(policies: Plain, name: str, value: Any, where: str, replaced: list[str] | None = None) -> Plain:
    """Return policies with another one; null switches one off.

    Raises
    ------
    UserError
        When there is a policy of that name and the new one does not say that it replaces it.
    """
    content, replaces = _without_override(value, f"{where}, policy.{name}")
    there = policies.get(name)
    if there is not None and content is not None and content != there:
        if not replaces:
            raise UserError(f"{where}, policy.{name}", "there is a policy of this name already, and this one would replace it",
                            f"a name of its own, or `{OVERRIDE}: true` in the policy",
                            f"policy.{name}.value=... on the command line changes the figure of the one that is there")
        if replaced is not None:
            replaced.append(f"policy {name}")
    return {**policies, name: content}


def merged(node: Any, value: Any) -> Any:
    """Return plain data with other data laid on it: mappings join, everything else is replaced."""
    if isinstance(node, dict) and isinstance(value, dict):
        return {**node, **{key: merged(node.get(key), each) for key, each in value.items()}}
    return value


def _with_policies(policies: Plain, added: Any, where: str, replaced: list[str] | None) -> Plain:
    for name, value in (added or {}).items():
        policies = add_policy(policies, name, value, where, replaced)
    return policies


def _without_override(policy: Any, where: str) -> tuple[Any, bool]:
    if not isinstance(policy, dict) or OVERRIDE not in policy:
        return policy, False
    if not isinstance(policy[OVERRIDE], bool):
        raise UserError(f"{where}.{OVERRIDE}", f"found {policy[OVERRIDE]!r}", "true or false")
    return {key: each for key, each in policy.items() if key != OVERRIDE}, policy[OVERRIDE]


def _stacked(name: str, parts: list[Scenario], own: Plain, where: str) -> Scenario:
    """Lay the parts over each other, and what the stack says itself over them."""
    whole: Plain = {}
    said_by: dict[str, str] = {}
    for part in parts:
        for key, each in part.content.items():
            if key == "policy":
                _refuse_two(whole.get("policy") or {}, each or {}, said_by, part.name, where)
                whole["policy"] = {**(whole.get("policy") or {}), **(each or {})}
            elif key in _OWN_TO_EACH:
                whole[key] = merged(whole.get(key), each)
            else:
                _refuse_conflict(whole.get(key), each, key, where)
                whole[key] = merged(whole.get(key), each)
    for key, each in _placed(own).items():
        whole[key] = _over_parts(whole.get("policy") or {}, each, where) if key == "policy" else \
            each if key == "scenario" else merged(whole.get(key), each)
    if isinstance(whole.get("scenario"), dict):
        whole["scenario"] = {**whole["scenario"], "parts": {part.name: list(part.policies) for part in parts}}
    return Scenario(name, whole, [each for part in parts for each in part.choices], [each for part in parts for each in part.replaced])


def _refuse_two(there: Mapping[str, Any], added: Mapping[str, Any], said_by: dict[str, str], part: str, where: str) -> None:
    for policy, value in added.items():
        if policy in there and there[policy] != value:
            raise UserError(where, f"{said_by[policy]} and {part} both have a policy {policy!r}, and one of the two would be lost",
                            "policies whose names differ",
                            f"rename it in one of the files, or give policy.{policy} whole, with `{OVERRIDE}: true`, in a scenario that stacks them")
        said_by.setdefault(policy, part)


def _refuse_conflict(there: Any, value: Any, path: str, where: str) -> None:
    """Refuse two parts that say different things of one key."""
    if isinstance(there, dict) and isinstance(value, dict):
        for key in there.keys() & value.keys():
            _refuse_conflict(there[key], value[key], f"{path}.{key}", where)
    elif there is not None and there != value:
        raise UserError(where, f"its parts set {path} to {there!r} and to {value!r}, and one of the two would be lost",
                        "parts that agree", f"leave {path} out of one of the files")


def _over_parts(policies: Plain, own: Any, where: str) -> Plain:
    for name, value in (own or {}).items():
        content, replaces = _without_override(value, f"{where}, policy.{name}")
        if policies.get(name) is not None and content is not None and content != policies[name] and not replaces:
            raise UserError(f"{where}, policy.{name}", "a part of the stack has a policy of this name already",
                            f"a name of its own, or the whole policy with `{OVERRIDE}: true`")
        policies = {**policies, name: value}
    return policies


def _card_of(name: str, parts: list[Scenario]) -> Plain:
    cards = [part.content["scenario"] for part in parts]
    return {"name": name, "title": " + ".join(str(each.get("title", "")) for each in cards),
            "description": f"A stack of {', '.join(part.name for part in parts)}, each as it is on its own.",
            "source": list(dict.fromkeys(source for each in cards for source in each.get("source") or []))}


def _check_name(files: Files, name: str, content: Plain) -> None:
    own = files.own_file("scenario", name)
    where = str(own.path) if own else f"scenario/{name}.yaml"
    if own and own.package not in (None, "_global_"):
        raise UserError(where, f"its first line puts it into the package {own.package!r}", "# @package _global_, or no such line")
    card = content.get("scenario")
    if not isinstance(card, dict):
        raise UserError(where, "the scenario does not say what it is", "scenario: {name, title, description}")
    if "name" not in card:
        raise UserError(where, "the scenario does not say what it is called: scenario.name is missing", f"name: {name}, the file's")
    if card["name"] != name:
        raise UserError(where, f"the scenario calls itself {card['name']!r}", f"name: {name}, the file's",
                        "give it the name of the file: results are told apart by it")
    if not isinstance(content.get("policy") or {}, dict):
        raise UserError(f"{where}, policy", f"found {content['policy']!r}", "a mapping: NAME: {lever, countries, start, change, value}")
    if "hydra" in content:
        raise UserError(f"{where}, hydra", "a scenario cannot configure Hydra", "settings of the model", "take `hydra` out")


def _sorted_defaults(defaults: Any, where: str) -> tuple[list[str], list[Any]]:
    """Take a list of defaults apart: the scenarios it names in their order, and the choices of other groups."""
    named: list[str] = []
    choices: list[Any] = []
    for each in defaults if isinstance(defaults, list) else [defaults]:
        if isinstance(each, str) and each != "_self_":
            named.append(each.removeprefix("/scenario/"))
        elif isinstance(each, dict):
            choices.append(each)
        elif each != "_self_":
            raise UserError(f"{where}, defaults", f"found {each!r}", "/scenario/NAME, _self_, override /GROUP: NAME")
    return named, choices


def _placed(content: Plain) -> Plain:
    """Return a scenario's own content with `policy: null` and the like as what they mean."""
    return {key: each for key, each in content.items() if each is not None}
