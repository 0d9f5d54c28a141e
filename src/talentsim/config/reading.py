"""Read a YAML file as data and nothing else: what YAML 1.1 would read as something else than it looks like is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from talentsim.config.errors import UserError

MAX_BYTES, MAX_NODES, MAX_DEPTH = 4_000_000, 200_000, 60
_HEADER = re.compile(r"^\s*#\s*@package\s+(\S+)\s*$", re.MULTILINE)


class _Reader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]   # the C reader where PyYAML was built with it: a base known when it runs
    """YAML with the scalars of the command line: true and false, decimal numbers, null, text."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping; a key that stands twice is refused, for the second would win without a word."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool | None):
                raise yaml.constructor.ConstructorError(None, None, "a key is a name or a number here", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key}", key_node.start_mark)
            seen.add(key)
        built: dict[Any, Any] = super().construct_mapping(node, deep)
        return built


def _doubtful(_: Any, node: Any) -> Any:
    raise yaml.constructor.ConstructorError(None, None, _as_read(str(node.value)), node.start_mark)


def _foreign(_: Any, __: str, node: Any) -> Any:
    raise yaml.constructor.ConstructorError(None, None, f"the tag {node.tag!r} is not allowed here", node.start_mark)


def _as_read(text: str) -> str:
    if text == "<<":
        return "merge keys ('<<') are not allowed here: write out what it would merge"
    if text[:1] not in "+-0123456789":
        return f"{text} is read as true or false by YAML: quote it ({text!r}) if it is a name, write true or false if it is a switch"
    return f"{text} is not a decimal number (YAML would read it in another base): write it in decimals, or quote it if it is text"


_YAML = "tag:yaml.org,2002:"
_SCALARS = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?(?:0|[1-9][0-9_]*)", "-+0123456789"),
    "float": (r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
              r"|[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+.0123456789"),
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "doubtful": (r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|<<|[-+]?0[0-9_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[bBoO][0-9_]+"
                 r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", "yYnNoO<-+0123456789"),
}


def _plainly(kind: str) -> Any:
    """Return the safe loader's constructor of a kind, for what looks like it: `!!int 0x10` does not."""
    pattern, built = re.compile(f"^(?:{_SCALARS[kind][0]})$"), yaml.SafeLoader.yaml_constructors[_YAML + kind]

    def construct(reader: Any, node: Any) -> Any:
        return built(reader, node) if isinstance(node.value, str) and pattern.match(node.value) else _doubtful(reader, node)

    return construct


_Reader.yaml_implicit_resolvers = {}
for _kind, (_pattern, _first) in _SCALARS.items():
    _Reader.add_implicit_resolver(_YAML + _kind, re.compile(f"^(?:{_pattern})$"), list(_first))
_Reader.yaml_constructors = {_YAML + kind: yaml.SafeLoader.yaml_constructors[_YAML + kind] for kind in ("str", "seq", "map")}
_Reader.yaml_constructors |= {_YAML + kind: _plainly(kind) for kind in ("bool", "int", "float", "null")} | {_YAML + "doubtful": _doubtful}
_Reader.yaml_multi_constructors = {"": _foreign}


def _parsed(text: str) -> Any:
    """Return what a text holds; aliases are followed as long as the whole stays bounded."""
    depth = 0
    for event in yaml.parse(text, Loader=_Reader):      # without recursion, which too deep a file would end the process by
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError("it is nested too deeply")
    reader = _Reader(text)
    try:
        node = reader.get_single_node()
        waiting, n_nodes = [node], 0
        while waiting:
            each, n_nodes = waiting.pop(), n_nodes + 1
            if n_nodes > MAX_NODES:
                raise yaml.YAMLError("its aliases (*NAME) grow without bound: write out what they stand for")
            if isinstance(each, yaml.MappingNode):
                waiting += [part for pair in each.value for part in pair]
            elif isinstance(each, yaml.SequenceNode):
                waiting += each.value
        return None if node is None else reader.construct_document(node)
    finally:
        reader.dispose()


def read_yaml(path: Path) -> tuple[dict[str, Any], str | None]:
    """Read a file that holds a mapping.

    Returns
    -------
    The mapping, and the package that a line `# @package NAME` gives, wherever it stands among the comments; None without.

    Raises
    ------
    UserError
        When it cannot be read, is not YAML, or holds something that YAML reads otherwise than it looks.
    """
    text = _text_of(path)
    try:
        content = _parsed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UserError(f"{path}, line {mark.line + 1}" if mark else str(path), f"this is not YAML: {error.problem or error.context}",
                        "YAML in which each key appears once", _way_out(text, error)) from None
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        found = "it is nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())
        raise UserError(str(path), f"this is not YAML: {found}", "YAML") from None
    if content is None:
        raise UserError(str(path), "the file is empty", "YAML: names and their values", "write it, or delete the file")
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise UserError(str(path), f"it holds {_kind_of(content)}", "a mapping: every line that is not indented begins with NAME:")
    header = _HEADER.search(text)
    return content, header.group(1) if header else None


def outline_of(path: Path) -> tuple[str | None, list[Any]]:
    """Return of a file the package that it names and its list of defaults; one without that word is not parsed.

    Raises
    ------
    UserError
        As `read_yaml`.
    """
    text = _text_of(path)
    if "defaults:" not in text:
        header = _HEADER.search(text)
        return header.group(1) if header else None, []
    content, package = read_yaml(path)
    return package, list(content.get("defaults") or [])


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(str(path), f"the file has {path.stat().st_size:,} bytes", f"{MAX_BYTES:,} at most")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(str(path), f"it cannot be read: {error.strerror or error}", "a YAML file that you may read") from None
    except UnicodeDecodeError as error:
        raise UserError(str(path), f"this is not YAML: byte {error.start} is not UTF-8", "YAML as UTF-8", "save it as UTF-8") from None


def _way_out(text: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    return "indent with spaces: the line has a tab" if "\t" in line else "see the line it names"


def _kind_of(content: Any) -> str:
    if isinstance(content, dict):
        return "keys that are not names"
    return "a list" if isinstance(content, list) else "text" if isinstance(content, str) else repr(content)


def refuse_targets(node: Any, where: str) -> None:
    """Refuse data that name code to run: configuration is data.

    Raises
    ------
    UserError
        When a key is called `_target_`.
    """
    if isinstance(node, dict):
        for key, child in node.items():
            if key == "_target_":
                raise target_error(f"{where}._target_".lstrip("."))
            refuse_targets(child, f"{where}.{key}".lstrip("."))
    elif isinstance(node, list):
        for each in node:
            refuse_targets(each, where)


def target_error(where: str) -> UserError:
    """Make the error for something that names code to run."""
    return UserError(where, "`_target_` names code to run; configuration here is data", "figures, names and policies",
                     "take `_target_` out")
