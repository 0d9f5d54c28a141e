"""States on disk, from which later runs begin: bounded, the oldest out first, and none that anybody needs to find again."""

from __future__ import annotations

import hashlib
import io
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from talentsim.ensemble.results import whole_file
from talentsim.model.simulation import Checkpoint

SUFFIX = ".state"


@dataclass(frozen=True)
class Kept:
    """A state, and the stored run that it was met in."""

    state: Checkpoint
    run: str


@dataclass(frozen=True)
class Checkpoints:
    """States below one folder, by the key of the year that they end.

    A file is a line of JSON with year, run and hash, and arrays as NumPy's npz without objects. One that is damaged counts as
    none. No file is left half-written.

    Parameters
    ----------
    budget
        Bytes that all files may take.
    since
        Time in seconds since the epoch: files used later are not thrown out for others, or a job larger than the budget would
        throw out what it is about to use.
    """

    folder: Path
    budget: int
    since: float

    def load(self, key: str) -> Kept | None:
        """Return a state; None when it is not there or not what was written."""
        path = self.folder / f"{key}{SUFFIX}"
        try:
            head, _, content = path.read_bytes().partition(b"\n")
            facts = json.loads(head)
            if _hash(content) != facts["hash"]:
                raise ValueError
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                kept = Kept(Checkpoint(int(facts["year"]), dict(arrays)), str(facts["run"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        with suppress(OSError):
            os.utime(path)
        return kept

    def save(self, key: str, state: Checkpoint, run: str) -> bool:
        """Write a state, unless none are kept; return False when there is no room for it, or it cannot be written."""
        path = self.folder / f"{key}{SUFFIX}"
        if self.budget == 0 or path.exists():
            return True
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **state.arrays)        # type: ignore[arg-type]    # an option, not an array
        content = buffer.getbuffer()
        head = json.dumps({"year": state.year, "run": run, "hash": _hash(content)}).encode() + b"\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not self._make_room(len(head) + len(content)):
                return False
            with whole_file(path) as part:
                part.write_bytes(head + content)
        except OSError:
            return False
        return True

    def _make_room(self, size: int) -> bool:
        """Throw out the files used longest ago until another of this size fits; return whether it does."""
        found = []
        for entry in os.scandir(self.folder):
            with suppress(FileNotFoundError):       # another process has thrown it out
                found.append((entry.stat().st_mtime, entry.stat().st_size, entry.path))
        over = sum(each for _, each, _ in found) + size - self.budget
        for when, freed, path in sorted(found):
            if over <= 0 or when >= self.since:
                break
            Path(path).unlink(missing_ok=True)
            over -= freed
        return over <= 0


def _hash(content: bytes | memoryview) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
