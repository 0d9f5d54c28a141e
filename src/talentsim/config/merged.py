"""Files' contents merged in the order that Hydra names, as Hydra would merge them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Plain = dict[str, Any]

SHORT = {"seed": ("ensemble", "seed"), "timing": ("output", "timing")}
"""Keys that stand for another, which the root of the configuration gives as `${KEY}`."""

DEFAULTS = "defaults"
"""Key of a file's list of others, which Hydra follows and takes out."""


def merged(pieces: Iterable[tuple[str, Plain]]) -> Plain | None:
    """Merge contents, each below its package: mappings join, key by key, and everything else takes the place of what was there.

    Parameters
    ----------
    pieces
        Package, with dots, empty for the root, and content.

    Returns
    -------
    Plain data of its own; None where Hydra has something to say: `${...}` of a key that is not one of `SHORT`, a value that is
    missing, a key that is none, a mapping where there is a list.
    """
    whole: Plain = {}
    for package, content in pieces:
        below = {key: child for key, child in content.items() if key != DEFAULTS}
        for name in reversed(package.split(".") if package else ()):
            below = {name: below}
        try:
            join_into(whole, below)
        except TypeError:
            return None
    for short, (part, key) in SHORT.items():
        if short in whole and isinstance(whole.get(part), dict) and whole[part].get(key) == f"${{{short}}}":
            whole[part][key] = whole[short]
    return None if _is_more_than_data(whole) else whole


def join_into(node: Plain, more: Plain) -> None:
    """Join a mapping into another, which changes; nothing of the first is shared by it afterwards.

    Raises
    ------
    TypeError
        When a mapping meets a list.
    """
    for key, child in more.items():
        if {type(child), type(node.get(key))} == {dict, list}:
            raise TypeError(f"{key}: a mapping meets a list")
        if isinstance(child, dict):
            if not isinstance(node.get(key), dict):
                node[key] = {}
            join_into(node[key], child)
        else:
            node[key] = _copied(child)


def _copied(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _copied(child) for key, child in node.items()}
    return [_copied(each) for each in node] if isinstance(node, list) else node


def _is_more_than_data(node: Any) -> bool:
    if isinstance(node, dict):
        return None in node or any(map(_is_more_than_data, node.values()))
    if isinstance(node, list):
        return any(map(_is_more_than_data, node))
    return isinstance(node, str) and ("${" in node or node == "???")
