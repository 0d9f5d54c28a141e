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
from contextvars import ContextVar
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from talentsim.config.files import conf_dir

Plain = dict[str, Any]
FOLDER = "composed"
KEPT = 32
"""Files in a folder at most; those used longest ago go first."""


class Shelf:
    """A folder in which compositions are kept; what is new is written when `keep` says so, for a command may yet be refused."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._new = folder, dict[str, Plain]()

    def recalled(self, lines: Sequence[str]) -> Plain | None:
        """Return what was composed with these overrides before; None where nothing whole is found."""
        path = self.folder / f"{_key(lines)}.json"
        with suppress(OSError, ValueError, TypeError):
            head, _, content = path.read_bytes().partition(b"\n")
            if head.decode() == hashlib.sha256(content).hexdigest():
                plain = _decoded(json.loads(content))
                os.utime(path)
                return dict(plain)
        return None

    def note(self, lines: Sequence[str], plain: Plain) -> None:
        """Note what was composed, for `keep` to write."""
        self._new[_key(lines)] = plain

    def keep(self) -> None:
        """Write what was composed since; where that cannot be done it is composed again."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            for key, plain in self._new.items():
                try:
                    content = json.dumps(_encoded(plain), ensure_ascii=False).encode()
                except TypeError:       # something that JSON has no word for
                    continue
                handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
                try:
                    with os.fdopen(handle, "wb") as file:
                        file.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
                    os.replace(name, self.folder / f"{key}.json")
                finally:                # nothing half-written stays where the disk was full
                    Path(name).unlink(missing_ok=True)
            for path in sorted(self.folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
                path.unlink(missing_ok=True)
        self._new.clear()


SHELF: ContextVar[Shelf | None] = ContextVar("SHELF", default=None)
"""The shelf of the command under way; none, and everything is composed."""


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
