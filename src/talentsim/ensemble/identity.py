"""What a run is: a hash of all that changes its result, and of nothing else."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from talentsim.config import Config
from talentsim.ensemble.draws import draws_digest, row_of
from talentsim.streams import seed_key

OUTSIDE: dict[str, Any] = {
    "scenario": True, "baseline": True, "sources": True, "executor": True, "compare": True, "focus": True,
    "observers": True, "parameters": True,
    "output": {"dir", "csv", "figures", "report"}, "population": {"chunk"},
    "ensemble": True,
}
"""Parts of a configuration that change no result; the seed of `ensemble` comes in by replication, and so do the
figures that its draw sets."""

PROVENANCE = {"title", "unit", "range", "source", "fact", "evidence", "year", "note"}
"""What a figure or a policy says of itself beside its value."""

NOT_THE_MODEL = ("__init__.py", "__main__.py", "commands/", "report/", "decide/", "comparison/", "scholars/", "measures/", "ensemble/",
                 "intervals.py", "model/__init__.py", "model/meanfield.py", "panel/__init__.py", "data/__init__.py", "data/facts", "data/draws", "data/posterior",
                 "data/sources", "data/shapes", "data/country_shapes", "config/arms.py", "config/check.py", "config/compose.py",
                 "config/errors.py", "config/files.py", "config/observers.py", "config/running.py")
"""Beginnings of the package's files that no run depends on."""

FORMAT = 2
"""Version of what a stored run holds: another one makes every run anew."""


def run_ids(config: Config, replications: range) -> list[str]:
    """Return the identity of each replication of one arm."""
    arm = _digest_of_arm(config)
    rows = [row_of(config, each) for each in replications]
    return [_short(arm, int(seed_key(config.ensemble.seed, each)), *([row] if row else [])) for each, row in zip(replications, rows, strict=True)]


def run_id(config: Config, replication: int) -> str:
    """Return the identity of one replication."""
    return run_ids(config, range(replication, replication + 1))[0]


def arm_id(config: Config) -> str:
    """Return the identity of an arm, whatever its seed."""
    draws = draws_digest(config)
    return _short(_digest_of_arm(config), *([draws] if draws else []))


@lru_cache(maxsize=1)
def source_digest() -> str:
    """Return a hash of the model's own code and data: another model is another result."""
    digest = hashlib.sha256()
    for name, file in model_files().items():
        digest.update(name.encode() + file.read_bytes())
    return digest.hexdigest()


def model_files() -> dict[str, Path]:
    """Return the package's files that a run depends on, by name in order."""
    package = Path(__file__).resolve().parents[1]
    files = {file.relative_to(package).as_posix(): file for file in sorted(package.rglob("*")) if file.is_file()}
    return {name: file for name, file in files.items() if not name.startswith((*NOT_THE_MODEL, "conf/")) and "__pycache__" not in name}


def data_digests(config: Config) -> dict[str, str]:
    """Return the hash of every file in the folder of data that a world is built from; none for a world without."""
    folder = getattr(config.world, "data_dir", None)
    files = sorted(Path(folder).rglob("*")) if folder else []
    return {file.relative_to(str(folder)).as_posix(): _digest_of_file(file, file.stat().st_mtime_ns) for file in files if file.is_file()}


def _digest_of_arm(config: Config) -> str:
    """Hash what a run is; NumPy is part of it, for the last digit of its functions may differ between versions."""
    content = what_counts(config.model_dump(mode="json", exclude=OUTSIDE))
    content["policy"] = {name: policy for name, policy in content["policy"].items() if policy is not None}
    text = json.dumps([FORMAT, np.__version__, content, data_digests(config), source_digest()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def what_counts(node: Any) -> Any:
    """Return plain data with figures and policies reduced to what they do."""
    if isinstance(node, dict):
        kept = node.keys() - PROVENANCE if "evidence" in node else node.keys()
        return {key: what_counts(node[key]) for key in kept}
    return [what_counts(each) for each in node] if isinstance(node, list) else node


@lru_cache(maxsize=4096)
def _digest_of_file(file: Path, _: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _short(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]
