"""Compositions kept beside the runs: the same data, found by content, and none that is damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from talentsim.config import composed
from talentsim.config.compose import _composed, _composed_as_shipped


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(composed, "_new", {})
    monkeypatch.setattr(composed, "_folders", [])
    return tmp_path / "composed"


def typed(node: Any) -> Any:
    """Return plain data with the type of everything in it."""
    if isinstance(node, dict):
        return [(type(key), key, typed(child)) for key, child in node.items()]
    return [typed(each) for each in node] if isinstance(node, list) else (type(node), node)


def test_what_is_recalled_is_what_was_composed(folder: Path) -> None:
    lines = ("world=ai",)
    whole = _composed(lines, {})
    composed.note(lines, whole)
    assert composed.recalled(lines) is None
    composed.keep(folder)
    composed.look_in(folder)
    assert typed(composed.recalled(lines)) == typed(whole)
    assert composed.recalled(("world=toy",)) is None


def test_keys_of_any_kind_and_order_are_kept(folder: Path) -> None:
    plain = {"b": {2010: 0.5, 2020: 1}, "a": {"pairs": [1, 2.0, None, True]}, "c": {True: "x"}}
    composed.note(("x",), plain)
    composed.keep(folder)
    composed.look_in(folder)
    assert typed(composed.recalled(("x",))) == typed(plain)


@pytest.mark.parametrize("harm", [b"", b"half", None])
def test_a_damaged_one_is_composed_anew(folder: Path, harm: bytes | None) -> None:
    composed.note(("x",), {"a": 1})
    composed.keep(folder)
    composed.look_in(folder)
    [path] = folder.iterdir()
    path.write_bytes(path.read_bytes().replace(b"1}", b"2}") if harm is None else harm)
    assert composed.recalled(("x",)) is None


def test_few_are_kept_and_hydra_is_not_asked_again(folder: Path) -> None:
    for number in range(composed.KEPT + 5):
        composed.note((f"seed={number}",), {"seed": number})
    composed.keep(folder)
    assert len(list(folder.iterdir())) == composed.KEPT
    composed.note(("world=toy", "seed=123456"), {"world": "kept"})
    composed.keep(folder)
    composed.look_in(folder)
    assert _composed_as_shipped(("world=toy", "seed=123456")) == {"world": "kept"}
