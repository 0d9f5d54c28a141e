"""The folder of one command's results: files written to a temporary name and renamed when whole, a manifest last."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from talentsim.config import UserError
from talentsim.ensemble.provenance import made_with
from talentsim.ensemble.store import MANIFEST, cannot_write


def prepare_folder(folder: Path) -> Path:
    """Make a folder and make sure it can be written to.

    Raises
    ------
    UserError
        When it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise cannot_write(folder, error) from None
    return folder


@contextmanager
def new_results(folder: Path) -> Iterator[list[Path]]:
    """Open a folder for new results; the caller lists each file it has written.

    When the caller fails, the listed files are removed, and the folder too if nothing else is in it.

    Raises
    ------
    UserError
        When the folder holds results already, or cannot be written to, now or later.
    """
    prepare_folder(folder)
    if (folder / MANIFEST).exists():
        raise UserError("hydra.run.dir", f"{str(folder)!r} holds results already", "a new folder",
                        "leave hydra.run.dir out, and each command gets a folder of its own")
    written: list[Path] = []
    try:
        yield written
    except BaseException as error:
        for path in written:
            path.unlink(missing_ok=True)
        with suppress(OSError):         # somebody else's files are in it
            folder.rmdir()
        if isinstance(error, OSError):
            raise cannot_write(folder, error) from error
        raise


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path` to write to; it takes the name of `path` only when all went well."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        os.chmod(part, 0o644)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_table(table: pd.DataFrame, folder: Path, name: str, csv: bool) -> list[Path]:
    """Write a table as Parquet, and as CSV too where asked; return the files."""
    formats: dict[str, Callable[[Path], Any]] = {".parquet": lambda part: table.to_parquet(part, index=False)}
    if csv:
        formats[".csv"] = lambda part: table.to_csv(part, index=False)
    written = []
    for suffix, write in formats.items():
        path = folder / f"{name}{suffix}"
        with whole_file(path) as part:
            write(part)
        written.append(path)
    return written


def write_plain(text: str, path: Path) -> Path:
    """Write text."""
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8")
    return path


def write_json(content: Mapping[str, Any], path: Path) -> Path:
    """Write plain data as JSON."""
    with whole_file(path) as part:
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    return path


def read_json(path: Path) -> dict[str, Any]:
    """Read what `write_json` has written."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write_manifest(folder: Path, facts: Mapping[str, Any], files: Sequence[Path]) -> Path:
    """Write what was run, with what, and the hash of every file; it comes last, so its presence says all is there."""
    content = {"written": datetime.now(UTC).isoformat(timespec="seconds"), **facts, **made_with(),
               "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}}
    return write_json(content, folder / MANIFEST)


def dated_folder(output_dir: Path, name: str) -> Path:
    """Make and return the folder of one command's results: by day, then time and name."""
    now = datetime.now()
    return prepare_folder(output_dir / f"{now:%Y-%m-%d}" / f"{now:%H-%M-%S-%f}-{name}")
