"""What Hydra says of a command line, in words that a user can act on: each kind of mistake has its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import yaml
from hydra.core.override_parser.types import Override
from hydra.errors import MissingConfigException
from omegaconf.errors import GrammarParseError, InterpolationKeyError, InterpolationResolutionError

from talentsim.config.errors import UserError, nearest
from talentsim.config.files import Files

GROUPS = ("world", "behaviour", "entry", "visa", "employers", "history", "observers", "parameters", "executor", "scenario", "country")
_DECIMAL_COMMA = re.compile(r"^[-+]?\d+,\d+$")
_INTERPOLATION = re.compile(r"\$\{[^}]*\}?")

Keys = Callable[[Sequence[str]], dict[str, Any]]
"""Returns the configuration as shipped, given the choice of a world."""


def refuse_misread(overrides: Iterable[Override]) -> None:
    """Refuse what Hydra would read otherwise than it is meant where one comparison is asked for.

    Raises
    ------
    UserError
        When an override sweeps, or chooses from a group in another way than GROUP=NAME.
    """
    for each in overrides:
        if each.key_or_group in GROUPS and each.package is None:
            _refuse_misuse_of_a_group(each)
        if each.is_sweep_override():
            key, _, value = str(each.input_line).partition("=")
            if _DECIMAL_COMMA.match(value):
                raise UserError(f"command line, {each.input_line!r}", "a comma separates the values of a sweep, and this is not a sweep",
                                "a decimal point, or -m", f"{key}={value.replace(',', '.')}, or talentsim -m to run both values")
            raise UserError(f"command line, {each.input_line!r}", "several values for one key are a sweep", "one value, or -m",
                            f"talentsim -m {each.input_line} ...; quote a text that has a comma in it: \"{key}='...'\"")


def _refuse_misuse_of_a_group(override: Override) -> None:
    where, group = f"command line, {override.input_line!r}", override.key_or_group
    if group == "country":
        raise UserError(where, "a country needs a code in the world", "'+country@world.countries.CODE=NAME'")
    if override.is_add() or override.is_force_add():
        both = "; scenario=a+b stacks two" if group == "scenario" else ""
        raise UserError(where, f"{group} is chosen already: one of each group", f"{group}=NAME", f"leave out the +{both}")
    if override.is_delete():
        raise UserError(where, f"every world needs one {group}, so it cannot be taken out", f"{group}=NAME")
    if not override.is_sweep_override() and not isinstance(override.value(), str):
        raise UserError(where, f"a {group} is chosen by name, and this is not a name", f"{group}=NAME")


def refuse_twice_in_braces(line: str) -> None:
    """Refuse a key that stands twice in one mapping of an override: Hydra would silently take the last.

    Raises
    ------
    UserError
        When one does.
    """
    levels: list[set[str] | None] = []      # keys of each mapping that is open; None for a list
    word = ""
    for each in re.findall(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|.", line.partition("=")[2], re.DOTALL):
        if each in "{[":
            levels.append(set() if each == "{" else None)
        elif each in "}]" and levels:
            levels.pop()
        elif each == ":" and levels and (keys := levels[-1]) is not None:
            key = word.strip().strip("'\"")
            if key in keys:
                raise UserError(f"command line, {line!r}", f"{key} is given twice in one mapping, and the first value would be lost", "each key once")
            keys.add(key)
        word = "" if each in "{[}],:" else word + each


def not_an_override(line: str, error: Exception) -> UserError:
    """Make the error for an argument that cannot be read."""
    value = line.partition("=")[2]
    if line.count("{") != line.count("}") or line.count("[") != line.count("]"):
        return UserError(f"command line, {line!r}", "this is not an override: a bracket is not closed",
                         "key=value with brackets that close", f"the shell has cut it at a space: quote the whole, '{line} ...'")
    words = "quote a text that has spaces or signs in it: \"key='some text'\"" if value else ""
    return UserError(f"command line, {line!r}", f"this is not an override: {str(error).splitlines()[0] if str(error) else 'it cannot be read'}",
                     "key=value, +key=value or ~key, as in scenario=visa_tightening", words)


def explained(error: Exception, overrides: Sequence[Override], files: Files, texts: Mapping[str, str], keys: Keys) -> UserError:
    """Turn an error of Hydra, OmegaConf or YAML into one a user can act on.

    Parameters
    ----------
    texts
        The user's own files that were asked for, by path.
    keys
        Gives the keys there are.
    """
    text = " ".join(str(error).split())
    lines = [str(each.input_line) for each in overrides]
    if isinstance(error, yaml.YAMLError):
        return UserError("configuration", f"a file is not valid YAML: {text}", "YAML in which each key appears once")
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        group, _, name = error.missing_cfg_file.replace("\\", "/").rpartition("/")
        return files.unknown(group or "configuration", name)
    unresolved = _unresolved(error, text, lines, texts)
    if unresolved:
        return unresolved
    override = _at_fault(overrides, text)
    if override is None:
        return UserError("configuration", text or type(error).__name__)
    where, key = f"command line, {override.input_line!r}", override.key_or_group
    if key in GROUPS:
        return UserError(where, f"a group is chosen by name: {text}", ", ".join(files.names(key)), f"{key}=NAME")
    if override.is_delete():
        return UserError(where, f"there is no {key!r} to take out", "~KEY of something that is there", "`talentsim --cfg job` prints the keys")
    near = nearest_key(key, keys([each for each in lines if each.startswith("world=")]))
    return UserError(where, f"there is no key {key!r} to set",
                     f"keys of the configuration, `talentsim --cfg job` prints it; groups: {', '.join(GROUPS)}",
                     (f"did you mean {near!r}? " if near and near != key else "") + "+ in front adds a key where new ones are allowed")


def _unresolved(error: Exception, text: str, lines: Sequence[str], texts: Mapping[str, str]) -> UserError | None:
    """Return the error for `${...}` that stands for nothing; None where it is not that."""
    kinds = (InterpolationKeyError, InterpolationResolutionError, GrammarParseError)
    if not isinstance(error, kinds) and "nterpolation" not in text:
        return None
    places = {f"command line, {line!r}": line for line in lines} | dict(texts)
    where, found = next(((place, _INTERPOLATION.search(each)) for place, each in places.items() if "${" in each), ("configuration", None))
    return UserError(where, f"{found.group(0) if found else text} stands for the value of another key, and there is no key of that name",
                     "${world.name} and the like", "write \\${ where the text itself is meant")


def _at_fault(overrides: Sequence[Override], text: str) -> Override | None:
    """Return the override that an error of Hydra's speaks of: it quotes the key, or names it among other words."""
    quoted = [each for each in overrides if f"'{each.key_or_group}'" in text]
    named = sorted((each for each in overrides if re.search(rf"(?<![\w.]){re.escape(each.key_or_group)}(?![\w.])", text)),
                   key=lambda each: -len(each.key_or_group))
    return next(iter(quoted + named), None)


def nearest_key(key: str, plain: Mapping[str, Any]) -> str | None:
    """Return the key most like `key` that there is: one that ends so, one beside it, or else one at its level."""
    keys: list[str] = list(GROUPS)

    def walk(node: Any, prefix: str) -> None:
        if isinstance(node, dict):
            for name, child in node.items():
                path = f"{prefix}.{name}" if prefix else str(name)
                keys.append(path)
                walk(child, path)

    walk(plain, "")
    ending = [each for each in keys if each.endswith(f".{key}")]
    if ending:
        return min(ending, key=lambda each: each.count("."))
    parent, depth = key.rpartition(".")[0], key.count(".")
    beside = nearest(key, [each for each in keys if each.rpartition(".")[0] == parent])
    return beside or nearest(key, [each for each in keys if each.count(".") == depth] or keys)
