"""Which files of the user's own a command asks for, and what they hold, which Hydra is given before the shipped ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from hydra.core.override_parser.types import Override

from talentsim.config.files import Files, shipped_file
from talentsim.config.stacks import OVERRIDE, STACK, scenario_of

Contents = dict[str, tuple[str | None, dict[str, Any]]]
"""Path below the configuration's folder -> package that the file names, and what it holds."""

ROOT = ("", "config")
_LEAVES = ("country", "region")
"""Groups whose shipped files choose nothing themselves."""


@dataclass
class Asked:
    """What a command asks for beside the shipped files.

    Parameters
    ----------
    contents
        Path below the configuration's folder -> package that the file names, and what it holds.
    replaced
        Shipped files that the user's own take the place of, by group and name.
    """

    contents: Contents = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)

    @property
    def texts(self) -> dict[str, str]:
        """Path below the configuration's folder -> text, as Hydra is given it."""
        return {path: with_package(package, _text(content)) for path, (package, content) in self.contents.items()}


def outlines(contents: Contents) -> dict[str, tuple[str | None, list[Any]]]:
    """Return the files as `shipped_outlines` does: what Hydra needs to know of them to say in what order they are merged."""
    return {path: (package, content.get("defaults") or []) for path, (package, content) in contents.items()}


def with_package(package: str | None, text: str) -> str:
    """Return a file's text under the line that names its package, where it names one."""
    return f"# @package {package}\n{text}" if package else text


def asked_for(files: Files, overrides: Iterable[Override]) -> Asked:
    """Follow the choices of a command line, and of the files it leads to, and read those that are the user's own.

    Raises
    ------
    UserError
        When one cannot be read, is not what its group holds, or has a shipped file's name without saying that it replaces it.
    """
    asked = Asked()
    choices: dict[str, str] = {}
    waiting = []
    for each in overrides:
        value = each.value() if not each.is_delete() and not each.is_sweep_override() else None
        if isinstance(value, str) and "${" not in value and _is_group(each.key_or_group):
            waiting.append((each.key_or_group, value))
            if each.package is None:
                choices[each.key_or_group] = value
    if files.own is not None:
        _follow(files, [*waiting, ROOT], choices, asked)
    scenario = choices.get("scenario", "baseline")
    if STACK in scenario or (files.own is not None and scenario in files.names("scenario")):
        _add_scenario(files, scenario, asked)
    return asked


def _is_group(key: str) -> bool:
    return "." not in key and key != "baseline" and not key.startswith("hydra")


def _follow(files: Files, waiting: list[tuple[str, str]], choices: Mapping[str, str], asked: Asked) -> None:
    """Read every file of the user's own that is led to; one group's choice on the command line stands before a file's."""
    seen: set[tuple[str, str]] = set()
    while waiting:
        group, name = waiting.pop()
        if (group, name) in seen or group == "scenario":
            continue
        seen.add((group, name))
        own = files.own_file(group, name)
        if own:
            path = f"{group}/{name}.yaml".lstrip("/")
            asked.contents[path] = own.package, own.content
            asked.replaced += [path] if own.replaces else []
        content = own.content if own else None if group in _LEAVES else shipped_file(group, name)
        for led in _defaults_of(content or {}, group):
            if led[0] not in choices:
                waiting.append(led)


def _defaults_of(content: Mapping[str, Any], group: str) -> Iterable[tuple[str, str]]:
    defaults = content.get("defaults") or []
    for each in defaults if isinstance(defaults, list) else []:
        for key, name in each.items() if isinstance(each, dict) else [(each, each)] if isinstance(each, str) and each != "_self_" else []:
            key = str(key).removeprefix("override ").removeprefix("optional ").strip()
            if not isinstance(each, dict):
                key, _, name = key.rpartition("/")
            place = key.partition("@")[0]
            led = place.lstrip("/") if place.startswith("/") or not group else f"{group}/{place}".strip("/")
            if isinstance(name, str):
                yield led, name


def _add_scenario(files: Files, name: str, asked: Asked) -> None:
    """Add a scenario whole, its parts and all: Hydra would merge two policies of one name field by field."""
    scenario = scenario_of(files, name)
    asked.replaced += [each for each in scenario.replaced if each not in asked.replaced]
    own = files.own is not None and any(files.own_file("scenario", each) for each in name.split(STACK))
    if not own and STACK not in name:
        return
    content = dict(scenario.content)
    if isinstance(content.get("policy"), dict):
        content["policy"] = {key: {field: each for field, each in value.items() if field != OVERRIDE} if isinstance(value, dict) else value
                             for key, value in content["policy"].items()}
    if scenario.choices:
        content = {"defaults": [*scenario.choices, "_self_"], **content}
    asked.contents[f"scenario/{name}.yaml"] = "_global_", content


def _text(content: Mapping[str, Any]) -> str:
    return yaml.dump(dict(content), Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False, allow_unicode=True)
