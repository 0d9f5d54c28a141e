"""The store of runs: a folder for each, one Parquet file a table, the configuration, and a manifest that comes last.

A run is written to a folder of its own under another name, which is exchanged for its id when all of it is there: a run
that can be seen is whole. A run that is equal to another up to a year, its root, holds its own years alone, and is nothing without
it: where the root is gone, the run is as if it were not there. Whoever computes a run holds its claim, a lock that dies with the process, so that two sweeps
on one store never compute the same run. No table is read whose hash is not the manifest's.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from filelock import FileLock, Timeout

from talentsim.config import UserError
from talentsim.ensemble.once import is_kept, once
from talentsim.ensemble.parquet import decoded, encoded

MANIFEST = "manifest.json"
CONFIG = "config.json"
SEPARATE = {"damaged", "claims", "parts", "checkpoints"}
YEARS = {"people": "entry_year"}
"""Column with the year that a row belongs to, where it is not called "year"."""
SELF_CONTAINED = ("outcomes",)
"""Tables that every run holds from the first year on."""
ALWAYS = ("outcomes", "stocks", "works", "flows", "entries", "exits", "ecosystem")
"""Tables without which no run is whole."""


class DamagedError(Exception):
    """A stored run that is not what was written."""

    def __init__(self, run: str, file: str, fault: str) -> None:
        self.run, self.file, self.fault = run, file, fault
        super().__init__(f"run {run}: {file} {fault}")

    def __reduce__(self) -> tuple[type[DamagedError], tuple[str, str, str]]:
        return DamagedError, (self.run, self.file, self.fault)


@dataclass(frozen=True)
class Store:
    """The runs below one folder.

    Parameters
    ----------
    folder
        Made when the first run is written.
    """

    folder: Path

    def __contains__(self, run: str) -> bool:
        return self.suits(run)

    def __iter__(self) -> Iterator[str]:
        """Yield the id of every run that was written whole, those whose root is gone included."""
        if self.folder.is_dir():
            yield from sorted(entry.name for entry in os.scandir(self.folder)
                              if entry.name not in SEPARATE and entry.is_dir() and (self.folder / entry.name / MANIFEST).exists())

    def suits(self, run: str, apart: bool = False) -> bool:
        """Return whether a run is there, with all the roots it needs; with `apart` only if it needs none."""
        while (self.folder / run / MANIFEST).exists():
            try:
                root = self.manifest(run).get("root")
            except DamagedError:        # whoever reads it will say so
                return True
            if root is None or apart:
                return root is None
            run = root["run"]
        return False

    def manifest(self, run: str) -> dict[str, Any]:
        """Return what a run says of itself.

        Raises
        ------
        DamagedError
            When its manifest cannot be read.
        """
        try:
            content = _plain(self.folder / run / MANIFEST)
            root = content.get("root")
            is_rooted = root is None or (isinstance(root["run"], str) and root["run"] != run and root["year"] >= 0)
            if is_rooted and content["config_sha256"] and all(each["sha256"] and each["bytes"] >= 0 for each in content["tables"].values()):
                if content["id"] == run:
                    return content
                raise DamagedError(run, MANIFEST, f"is that of run {str(content['id'])[:64]!r}")
        except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
            pass
        raise DamagedError(run, MANIFEST, "cannot be read")

    def config(self, run: str) -> dict[str, Any]:
        """Return the configuration that a run was made from.

        Raises
        ------
        DamagedError
            When the file is missing or is not what was written.
        """
        content: dict[str, Any] = json.loads(self._bytes(run, CONFIG, self.manifest(run)["config_sha256"]))
        return content

    def table(self, run: str, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return one table of a run, or some columns of it.

        Raises
        ------
        KeyError
            When the run has no such table.
        DamagedError
            When the file is missing or is not what was written.
        """
        if not is_kept():
            return self._arrow(run, name, columns).unify_dictionaries().to_pandas()
        whole = once((self, run, name, "pandas"), lambda: self._kept(run, name).unify_dictionaries().to_pandas())
        return whole.copy(deep=False) if columns is None else whole[list(columns)]

    def tables(self, runs: Sequence[str], name: str) -> pd.DataFrame:
        """Return one table of many runs in long form, column `run` first.

        Raises
        ------
        DamagedError
            As `table`.
        """
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            parts = list(threads.map(lambda run: self._arrow(run, name), runs))
        rows = np.repeat(np.arange(len(runs), dtype=np.int32), [each.num_rows for each in parts])
        joined = pa.concat_tables(parts).unify_dictionaries()
        each_run = pa.DictionaryArray.from_arrays(rows, list(runs))
        return joined.add_column(0, "run", each_run).to_pandas()

    def verify(self, run: str) -> None:
        """Hash every file of a run anew, but for those of its root.

        Raises
        ------
        DamagedError
            When one is missing or differs, or the root is gone.
        """
        manifest = self._whole(run)
        self._bytes(run, CONFIG, manifest["config_sha256"])
        for name, written in manifest["tables"].items():
            self._bytes(run, f"{name}.parquet", written["sha256"])

    def write(self, run: str, tables: Mapping[str, pd.DataFrame], config: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """Write a run, visible only when all of it is there; one that is there already stays.

        Raises
        ------
        OSError
            When it cannot be written; nothing of it stays then.
        """
        part = self.folder / "parts" / run
        shutil.rmtree(part, ignore_errors=True)     # left by a process that was killed
        part.mkdir(parents=True)
        try:
            plain = json.dumps(config, ensure_ascii=False, allow_nan=False).encode()
            (part / CONFIG).write_bytes(plain)
            content = {"id": run, "written": datetime.now(UTC).isoformat(timespec="seconds"), **facts,
                       "config_sha256": hashlib.sha256(plain).hexdigest(),
                       "tables": {name: _write(table, part / f"{name}.parquet") for name, table in tables.items()}}
            (part / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, allow_nan=False), encoding="utf-8")
            if not self.suits(run, apart=facts.get("root") is None):
                self.set_aside(run, part.with_name(f"{run}-before"))
                os.rename(part, self.folder / run)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(part.with_name(f"{run}-before"), ignore_errors=True)

    @contextmanager
    def claim(self, run: str, wait: bool) -> Iterator[bool]:
        """Hold the right to compute a run; gives False when somebody else does and `wait` is not asked for."""
        path = self.folder / "claims" / f"{run}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=-1 if wait else 0, thread_local=False)
        try:
            lock.acquire(poll_interval=0.01)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            if run in self:         # else whoever claims it next must find this very lock
                path.unlink(missing_ok=True)
            lock.release()

    def set_aside(self, run: str, place: Path | None = None) -> Path:
        """Move a run out of the way, so that it is computed anew, by default to the damaged ones; return where it is now."""
        place = place or self.folder / "damaged" / f"{run}-{time.time_ns()}"
        place.parent.mkdir(exist_ok=True)
        with suppress(FileNotFoundError):       # somebody else has done so
            os.rename(self.folder / run, place)
        return place

    def delete(self, runs: Iterable[str]) -> None:
        """Delete runs: the manifest first, so that none is ever seen in part."""
        for run in runs:
            with suppress(FileNotFoundError):
                (self.folder / run / MANIFEST).unlink()
            shutil.rmtree(self.folder / run, ignore_errors=True)

    def _whole(self, run: str) -> dict[str, Any]:
        manifest = self.manifest(run)
        root = manifest.get("root")
        if root is not None and root["run"] not in self:
            raise DamagedError(run, MANIFEST, f"names run {root['run']} as its root, which is gone")
        return manifest

    def _arrow(self, run: str, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a table, the years of its root before its own."""
        manifest = self._whole(run)
        if name in ALWAYS and name not in manifest["tables"]:
            raise DamagedError(run, MANIFEST, f"names no table {name!r}, which every run has")
        content = self._bytes(run, f"{name}.parquet", manifest["tables"][name]["sha256"])
        own, root = decoded(content, columns), manifest.get("root")
        if root is None or name in SELF_CONTAINED:
            return own
        when = YEARS.get(name, "year")
        wanted = columns if columns is None or when in columns else [*columns, when]
        before = self._kept(root["run"], name) if is_kept() else self._arrow(root["run"], name, wanted)
        n_shared = int(np.searchsorted(before.column(when).to_numpy(), root["year"]))
        return pa.concat_tables([before.select(own.column_names).slice(0, n_shared), own])

    def _kept(self, run: str, name: str) -> pa.Table:
        return once((self, run, name), lambda: self._arrow(run, name))

    def _bytes(self, run: str, file: str, sha256: str) -> bytes:
        try:
            content = (self.folder / run / file).read_bytes()
        except OSError:
            raise DamagedError(run, file, "is missing") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedError(run, file, "is not what was written")
        return content


def open_store(output_dir: str) -> Store:
    """Return the store below an output folder."""
    return Store(Path(output_dir).resolve() / "store")


def cannot_write(folder: Path, error: OSError) -> UserError:
    """Make the error for a folder that results cannot be written to."""
    return UserError("output.dir", f"cannot write to {str(folder)!r}: {error.strerror or error}",
                     "a folder you may write to, with room for the results", "output.dir=SOME/OTHER/FOLDER")


def _write(table: pd.DataFrame, path: Path) -> dict[str, Any]:
    """Write a table and return its rows, bytes and hash."""
    content = encoded(table)
    path.write_bytes(content)
    return {"rows": len(table), "bytes": content.size, "sha256": hashlib.sha256(content).hexdigest()}


def _plain(path: Path) -> dict[str, Any]:
    """Return the JSON of a manifest, parsed once as long as the file is the same."""
    state = os.stat(path)
    return _parsed(path, state.st_ino, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=512)
def _parsed(path: Path, *_: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content
