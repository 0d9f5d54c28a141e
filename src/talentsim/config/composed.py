"""What Hydra has composed from the shipped files, kept beside the runs: composing takes a second, reading a hundredth of that.

A file is found by the overrides and the content of everything that was composed from, so that none can be out of date; what it
holds is checked like all that is composed.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from talentsim.config.files import conf_dir

Plain = dict[str, Any]
FOLDER = "composed"
KEPT = 32
"""Files in a folder at most; those used longest ago go first."""

_new: dict[str, Plain] = {}
_folders: list[Path] = []


def look_in(folder: Path) -> None:
    """Look for composed configurations in this folder from now on, and in no other."""
    _folders[:] = [folder]


def recalled(lines: Sequence[str]) -> Plain | None:
    """Return what was composed with these overrides before; None where nothing whole is found."""
    for folder in _folders:
        path = folder / f"{_key(lines)}.json"
        with suppress(OSError, ValueError, TypeError):
            head, _, content = path.read_bytes().partition(b"\n")
            if head.decode() == hashlib.sha256(content).hexdigest():
                plain = _decoded(json.loads(content))
                os.utime(path)
                return dict(plain)
    return None


def note(lines: Sequence[str], plain: Plain) -> None:
    """Note what was composed, for `keep` to write."""
    _new[_key(lines)] = plain


def keep(folder: Path) -> None:
    """Write what was composed since; where that cannot be done it is composed again."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for key, plain in _new.items():
            try:
                content = json.dumps(_encoded(plain), ensure_ascii=False).encode()
            except TypeError:       # something that JSON has no word for
                continue
            handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
                os.replace(name, folder / f"{key}.json")
            finally:                # nothing half-written stays where the disk was full
                Path(name).unlink(missing_ok=True)
        for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            path.unlink(missing_ok=True)
    _new.clear()


def _key(lines: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([_shipped(), list(lines)]).encode()).hexdigest()[:20]


@lru_cache(maxsize=1)
def _shipped() -> str:
    """Return a hash of all that a composition rests on beside its overrides."""
    digest = hashlib.sha256("".join(version(name) for name in ("hydra-core", "omegaconf", "PyYAML")).encode())
    for path in sorted(conf_dir().rglob("*.yaml")):
        digest.update(path.relative_to(conf_dir()).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _encoded(node: Any) -> Any:
    """Return plain data as JSON can hold it: mappings with keys that are no text become pairs."""
    if isinstance(node, dict):
        if all(isinstance(key, str) and key != "pairs" for key in node):
            return {key: _encoded(child) for key, child in node.items()}
        return {"pairs": [[key, _encoded(child)] for key, child in node.items()]}
    return [_encoded(each) for each in node] if isinstance(node, list) else node


def _decoded(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _decoded(child) for key, child in node["pairs"]} if "pairs" in node else {key: _decoded(child) for key, child in node.items()}
    return [_decoded(each) for each in node] if isinstance(node, list) else node
