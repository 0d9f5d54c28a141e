"""What a run is: a hash of all that its result depends on, and of nothing else.

Everything that counts is named here: code, settings, input tables, NumPy and the format of what is stored. What is not
named does not count, so a test holds that the modules a model imports, and the parts of a configuration, are all
either named or known not to matter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from talentsim.config import Config, Parameter, Policy
from talentsim.config.employers import Employer
from talentsim.config.frozen import remembered
from talentsim.config.schema import EntryConfig, Population
from talentsim.config.series import Point
from talentsim.config.world import Country, VisaRules, WorldConfig
from talentsim.ensemble.draws import draws_digest, row_of
from talentsim.panel.panel import WORLD_TABLES, table_file
from talentsim.streams import seed_key

FORMAT = 5
"""Version of what the store holds of a run: raise it when the runner writes other tables or other facts."""

RUN_CODE = ("model/", "panel/drift.py", "panel/inversion.py", "panel/panel.py", "panel/paths.py",
            "config/arm.py", "config/behaviour.py", "config/employers.py", "config/frozen.py", "config/panel.py", "config/parameter.py",
            "config/policy.py", "config/series.py", "config/world.py", "ensemble/accounts.py", "streams.py", "arrays.py",
            "vocab.py")
"""Modules, and folders of modules, that make a run what it is."""

BESIDE_IT = ("model/__init__.py", "model/logit.py", "model/meanfield.py")
"""Modules in those folders that do not: the mean-field twin stands beside the model as its check, and has closed forms of its own."""

SETTINGS = ("world", "behaviour", "entry", "visa", "employers", "policies", "population")
"""Parts of a configuration that a run depends on; beside them only whether lives are kept, the seed, and the row of the draws."""

WORDS: Mapping[type[BaseModel], frozenset[str]] = {
    Parameter: frozenset({"unit", "range", "source", "fact", "evidence", "year", "note"}),
    Point: frozenset({"source", "fact", "evidence", "note"}),
    Policy: frozenset({"title", "range", "source", "evidence", "note"}),
    WorldConfig: frozenset({"name", "title", "data_dir"}),
    Country: frozenset({"name", "region"}),
    EntryConfig: frozenset({"name", "title", "description"}),
    VisaRules: frozenset({"name", "title"}),
    Employer: frozenset({"title", "note"}),
    Population: frozenset({"chunk"}),
}
"""Fields within those parts that change no result: what is said of a figure, where tables lie, how arrays are cut."""


def run_ids(config: Config, replications: range) -> list[str]:
    """Return the identity of each replication of one arm."""
    arm, rows = _digest_of_arm(config), [row_of(config, each) for each in replications]
    return [_short(arm, int(seed_key(config.ensemble.seed, each)), *([row] if row else [])) for each, row in zip(replications, rows, strict=True)]


def run_id(config: Config, replication: int) -> str:
    """Return the identity of one replication."""
    return run_ids(config, range(replication, replication + 1))[0]


def arm_id(config: Config) -> str:
    """Return the identity of an arm, whatever its seed."""
    draws = draws_digest(config)
    return _short(_digest_of_arm(config), *([draws] if draws else []))


def basis() -> tuple[int, str, str]:
    """Return what every run of this installation rests on: the format, NumPy's version and the code.

    NumPy is part of it, for the last digit of its functions may differ between versions.
    """
    return FORMAT, np.__version__, source_digest()


@lru_cache(maxsize=1)
def source_digest() -> str:
    """Return a hash of the code that makes a run what it is: another model is another result."""
    return digest_of_code(Path(__file__).resolve().parents[1])


def digest_of_code(package: Path) -> str:
    """Return the hash of a copy of the package, of the modules that count."""
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        name = file.relative_to(package).as_posix()
        if name.startswith(RUN_CODE) and name not in BESIDE_IT:
            digest.update(name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@lru_cache(maxsize=16)
def digest_of_modules(*names: str) -> str:
    """Return a hash of some modules of this package, for what is kept beside runs and rests on more code than they do."""
    package = Path(__file__).resolve().parents[1]
    return hashlib.sha256(b"".join(hashlib.sha256((package / name).read_bytes()).digest() for name in names)).hexdigest()


def settings_of(config: Config) -> dict[str, Any]:
    """Return the settings that a run depends on, as plain data.

    Countries and employers count in their order, which is that of every array; policies do not, which are sorted.
    """
    content = {part: what_counts(getattr(config, part)) for part in SETTINGS}
    return content | {"order": [list(config.world.countries), list(config.employers)], "people": config.output.people}


def what_counts(node: Any) -> Any:
    """Return a part of a configuration as plain data, without the words that change no result."""
    if isinstance(node, Parameter):
        return {name: what_counts(getattr(node, name)) for name in _fields(type(node), node.series is not None)}
    if isinstance(node, BaseModel):
        return _what_counts_of(node)
    if isinstance(node, dict):
        return {key: what_counts(child) for key, child in node.items()}
    return [what_counts(each) for each in node] if isinstance(node, list | tuple) else node


@remembered(4096)       # arms and draws share what they do not change
def _what_counts_of(node: BaseModel) -> dict[str, Any]:
    return {name: what_counts(getattr(node, name)) for name in _fields(type(node), False)}


@lru_cache(maxsize=256)
def _fields(kind: type[BaseModel], is_series: bool) -> tuple[str, ...]:
    """Return the fields that count; of a figure that is a series also its range, for a trend is held at its ends."""
    words = frozenset[str]().union(*(WORDS.get(each, ()) for each in kind.__mro__)) - ({"range"} if is_series else frozenset[str]())
    return tuple(name for name in kind.model_fields if name not in words)


def inputs_of(config: Config) -> dict[str, str]:
    """Return the hash of every table that a world is built from, wherever it lies; none for a world without.

    Raises
    ------
    UserError
        When a table is missing.
    """
    if config.world.panel is None or config.world.data_dir is None:
        return {}
    return {name: _digest_of(table_file(Path(config.world.data_dir), name)) for name in WORLD_TABLES}


def data_digests(config: Config) -> dict[str, str]:
    """Return the hash of every file in the folder of data, for the record; none for a world without."""
    folder = config.world.data_dir
    files = sorted(Path(folder).rglob("*")) if folder else []
    return {file.relative_to(str(folder)).as_posix(): _digest_of(file) for file in files if file.is_file()}


def _digest_of_arm(config: Config) -> str:
    text = f"[{json.dumps(basis())}, {_settings_text(config)}, {json.dumps(inputs_of(config), sort_keys=True)}]"
    return hashlib.sha256(text.encode()).hexdigest()


@remembered(64)
def _settings_text(config: Config) -> str:
    return json.dumps(settings_of(config), sort_keys=True, default=str)


def _digest_of(file: Path) -> str:
    state = file.stat()
    return _digest_of_file(file.resolve(), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4096)
def _digest_of_file(file: Path, *_: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _short(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]
