"""Results on disk: Parquet tables and a manifest, each written to a temporary name and renamed when whole."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from talentsim.config import Config, UserError
from talentsim.recorder import LAYOUT, RunTables

MANIFEST = "manifest.json"
DEPENDENCIES = ("mesa", "numpy", "pandas", "scipy", "pydantic", "hydra-core", "omegaconf", "pyarrow", "matplotlib")
CHANGES_RESULTS = {"world": True, "behaviour": True, "entry": True, "policy": True,
                   "population": {"scale", "classes"}, "ensemble": {"seed"}}


def run_id(config: Config, replication: int | None = None) -> str:
    """Return the identity of a run: a hash of all that changes its result, and of nothing else.

    Without a replication it identifies the arm.
    """
    content = config.model_dump(mode="json", include=CHANGES_RESULTS)
    content["policy"] = {name: policy for name, policy in content["policy"].items() if policy is not None}
    text = json.dumps([content, replication, source_digest()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def source_digest() -> str:
    """Return a hash of the package's own code: another model is another result."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


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
        raise UserError("output.dir", f"cannot write to {str(folder)!r}: {error.strerror or error}",
                        "a folder you may write to", "output.dir=SOME/OTHER/FOLDER") from None
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
            raise UserError("output.dir", f"cannot write to {str(folder)!r}: {error.strerror or error}",
                            "a folder you may write to, with room for the results") from error
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


def run_tables(arms: Mapping[str, Sequence[RunTables]]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each yearly table of all arms and replications in long form, with columns arm and replication first."""
    for name in LAYOUT:
        parts = [run.frame(name).assign(arm=arm, replication=replication)
                 for arm, runs in arms.items() for replication, run in enumerate(runs)]
        table = pd.concat(parts, ignore_index=True)
        table["arm"] = table["arm"].astype("category")
        first = ["arm", "replication"]
        yield name, table[first + [column for column in table.columns if column not in first]]


def write_manifest(folder: Path, arms: Mapping[str, Config], facts: Mapping[str, Any], files: Sequence[Path]) -> Path:
    """Write what was run, with what, and the hash of every file; it comes last, so its presence says all is there."""
    content = {
        "talentsim": version_of("talentsim"),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "arms": {arm: {"id": run_id(config), "config": config.model_dump(mode="json"),
                       "runs": [run_id(config, each) for each in range(config.ensemble.replications)]}
                 for arm, config in arms.items()},
        **facts,
        "versions": {"python": platform.python_version()} | {name: version_of(name) for name in DEPENDENCIES},
        "source_sha256": source_digest(),
        "git": git_state(),
        "host": {"system": platform.system(), "machine": platform.machine(), "cores": os.cpu_count()},
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    path = folder / MANIFEST
    with whole_file(path) as part:
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    return path


def version_of(package: str) -> str | None:
    """Return an installed package's version, None when it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def git_state() -> dict[str, Any] | None:
    """Return commit and dirtiness of the checkout the code runs from, None outside one."""
    here = Path(__file__).resolve().parent

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(["git", *arguments], cwd=here, capture_output=True, text=True, timeout=10, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    tracked = git("ls-files", "--error-unmatch", Path(__file__).name)
    commit = git("rev-parse", "HEAD") if tracked else None
    return None if commit is None else {"commit": commit, "dirty": bool(git("status", "--porcelain"))}
