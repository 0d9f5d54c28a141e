"""Draws of the calibrated figures: joint values by key, one row a draw, with a manifest of what they were made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from talentsim.arrays import Floats
from talentsim.config import UserError
from talentsim.config.errors import nearest

SHIPPED = "draws"


@dataclass(frozen=True, eq=False)       # told apart by which object they are: what is remembered of draws holds for those alone
class Draws:
    """Joint draws of some figures.

    Parameters
    ----------
    keys
        Dotted keys of the figures, as `talentsim parameters` lists them; a policy's key stands for its value.
    values
        Shape (n_draws, n_keys), each in its figure's unit.
    manifest
        What they were made from: `point` (each figure's own value then), `title`, `hashes`, `probe`.
    """

    name: str
    keys: tuple[str, ...]
    values: Floats
    manifest: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def point(self) -> Mapping[str, float]:
        """The value that each figure's own file gave when the draws were made."""
        point: Mapping[str, float] = self.manifest["point"]
        return point

    def row(self, replication: int) -> dict[str, float]:
        """Return the draw of a replication by key; past the last they come round."""
        return dict(zip(self.keys, self.values[replication % len(self)].tolist(), strict=True))

    def digest(self) -> str:
        """Return a hash of all keys and values."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(json.dumps([self.keys, self.values.tolist()]).encode()).hexdigest()


def draws_named(name: str) -> Draws:
    """Return draws that the package carries, or those in a file NAME.csv of one's own with NAME.json beside it, as it stands now.

    Raises
    ------
    UserError
        When there are none of that name, or they cannot be read.
    """
    paths = [each.resolve() for each in _files_of(name) if is_own(name) and isinstance(each, Path) and each.is_file()]
    return _read(name, *((path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths))


def is_own(name: str) -> bool:
    """Return whether draws are a file of the user's own."""
    return name.endswith(".csv")


@lru_cache(maxsize=16)
def _read(name: str, *_: tuple[Path, int, int]) -> Draws:
    """Read draws; a file that has changed since is read anew."""
    table, manifest = _files_of(name)
    try:
        lines = table.read_text(encoding="utf-8-sig").splitlines()
        keys = tuple(lines[0].split(","))
        values = np.array([[float(each) for each in line.split(",")] for line in lines[1:]])
        said = json.loads(manifest.read_text(encoding="utf-8"))
        whole = values.ndim == 2 and values.shape[1] == len(keys) == len(set(keys)) and np.isfinite(values).all() and all(
            isinstance(said["point"][key], int | float) and not isinstance(said["point"][key], bool) for key in keys)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):       # a manifest may be any JSON
        whole = False
    if not whole:
        raise UserError("parameters.draws", f"{name!r} cannot be read as draws", "a table of finite numbers with a key above each column, "
                        "and a manifest .json beside it", "talentsim calibrate world=ai writes both")
    return Draws(name, keys, values, said)


def shipped_draws() -> list[str]:
    """Return the names of the draws that the package carries."""
    folder = files("talentsim.data").joinpath(SHIPPED)
    return sorted(each.name.removesuffix(".csv") for each in folder.iterdir() if each.name.endswith(".csv")) if folder.is_dir() else []


def draws_text(keys: tuple[str, ...], values: Floats) -> str:
    """Return draws as the text of their table: each number in the fewest digits that are read as the same number."""
    return "\n".join([",".join(keys), *(",".join(repr(each).removesuffix(".0") for each in row) for row in values.tolist())]) + "\n"


def _files_of(name: str) -> tuple[Traversable, Traversable]:
    if is_own(name):
        own = Path(name)
        return own, own.with_suffix(".json")
    if name not in shipped_draws():
        near = nearest(name, shipped_draws())
        raise UserError("parameters.draws", f"there are no draws called {name!r}", ", ".join([*shipped_draws(), "or a file FOLDER/NAME.csv"]),
                        f"did you mean {near!r}?" if near else "")
    folder = files("talentsim.data").joinpath(SHIPPED)
    return folder.joinpath(f"{name}.csv"), folder.joinpath(f"{name}.json")
