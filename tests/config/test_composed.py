"""Compositions kept beside the runs: the same data, found by content, and none that is damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from talentsim.config.compose import _composed, _composed_as_shipped
from talentsim.config.composed import KEPT, SHELF, Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "composed")


def typed(node: Any) -> Any:
    """Return plain data with the type of everything in it."""
    if isinstance(node, dict):
        return [(type(key), key, typed(child)) for key, child in node.items()]
    return [typed(each) for each in node] if isinstance(node, list) else (type(node), node)


@pytest.mark.whole
def test_what_is_recalled_is_what_was_composed(shelf: Shelf) -> None:
    lines = ("world=ai",)
    whole = _composed(lines, {})
    shelf.note(lines, whole)
    assert shelf.recalled(lines) is None
    shelf.keep()
    assert typed(shelf.recalled(lines)) == typed(whole)
    assert shelf.recalled(("world=toy",)) is None


def test_keys_of_any_kind_and_order_are_kept(shelf: Shelf) -> None:
    plain = {"b": {2010: 0.5, 2020: 1}, "a": {"pairs": [1, 2.0, None, True]}, "c": {True: "x"}}
    shelf.note(("x",), plain)
    shelf.keep()
    assert typed(shelf.recalled(("x",))) == typed(plain)


@pytest.mark.parametrize("harm", [b"", b"half", None])
def test_a_damaged_one_is_composed_anew(shelf: Shelf, harm: bytes | None) -> None:
    shelf.note(("x",), {"a": 1})
    shelf.keep()
    [path] = shelf.folder.iterdir()
    path.write_bytes(path.read_bytes().replace(b"1}", b"2}") if harm is None else harm)
    assert shelf.recalled(("x",)) is None


def test_few_are_kept_and_hydra_is_not_asked_again(shelf: Shelf) -> None:
    for number in range(KEPT + 5):
        shelf.note((f"seed={number}",), {"seed": number})
    shelf.keep()
    assert len(list(shelf.folder.iterdir())) == KEPT
    shelf.note(("world=toy", "seed=123456"), {"world": "kept"})
    shelf.keep()
    token = SHELF.set(shelf)
    try:
        assert _composed_as_shipped(("world=toy", "seed=123456")) == {"world": "kept"}
    finally:
        SHELF.reset(token)
