"""The posterior as data: draws by key with a manifest, and whether they still speak of the model as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from talentsim.arrays import Floats
from talentsim.calibration.priors import CalibratedParameter, figures_of
from talentsim.calibration.simulated import MEASURING
from talentsim.calibration.targets import Target, content_of, digest_of, targets_of
from talentsim.config import Config, UserError
from talentsim.config.wholes import without_parts
from talentsim.data.facts import facts
from talentsim.data.posterior import draws_text
from talentsim.ensemble.draws import draws_of, figure_at, fits
from talentsim.ensemble.identity import arm_id, digest_of_modules
from talentsim.ensemble.results import read_json, write_json, write_plain
from talentsim.model.simulation import Simulation

PROBE_SCALE = 0.05
PROBE_END = 2024
DIGITS = 7
"""Of a draw: far more than it is known to, and few enough to read."""

COUNTED = ("stocks", "flows", "entries", "visas")
"""Tables of the probe run that are hashed: whole numbers alone, which are the same on every machine."""


def write_draws(folder: Path, name: str, title: str, config: Config, parameters: Sequence[CalibratedParameter], values: Floats,
                facts_of_fit: Mapping[str, Any]) -> list[Path]:
    """Write draws and their manifest, as `data.posterior` reads them; return the files."""
    rows = [figures_of(config, parameters, row) for row in values]
    keys = tuple(rows[0])
    point = {key: figure.value for key in keys if (figure := figure_at(config, key)) is not None}
    rounded = np.array([[float(f"{row[key]:.{DIGITS}g}") for key in keys] for row in rows])
    table = write_plain(draws_text(keys, rounded), folder / f"{name}.csv")
    groups = {key: each.group for each in parameters for key in each.keys}
    names = {key: each.name for each in parameters for key in each.keys}
    manifest = {"title": title, "world": config.world.name, "point": point, "groups": groups, "parameters": names,
                "hashes": hashes(config.world.name), "probe": probe(config), "probe_arm": arm_id(probe_config(config)), **facts_of_fit}
    return [table, write_json(manifest, table.with_suffix(".json"))]


def hashes(world: str) -> dict[str, str]:
    """Return hashes of what a posterior of a world was fitted with: targets, parameters, and the facts behind the targets."""
    used = {each.fact: facts()[each.fact].value for each in targets_of(world) if each.fact in facts()}
    return {"targets": digest_of(content_of(world, "targets")), "parameters": digest_of(content_of(world, "parameters")), "facts": digest_of(used)}


def probe_config(config: Config) -> Config:
    """Return the small run that tells whether the model is the one that was calibrated: a baseline's past at its own figures."""
    world = config.world.model_copy(update={"end_year": PROBE_END})
    return config.model_copy(update={
        "world": world, "population": config.population.model_copy(update={"scale": PROBE_SCALE}),
        "parameters": config.parameters.model_copy(update={"draws": None}),
        "policy": {name: each for name, each in config.policies.items() if each.start.year <= PROBE_END},
        "ensemble": config.ensemble.model_copy(update={"seed": 2010}), "output": config.output.model_copy(update={"people": False})})


def probe(config: Config) -> str:
    """Return a hash of the probe run's tables."""
    tables = Simulation(probe_config(config)).run()
    digest = hashlib.sha256()
    for name in COUNTED:
        cells = tables.cells[name]
        for array in (cells.year, cells.place, *cells.values.values()):
            digest.update(np.ascontiguousarray(array, np.int64).tobytes())
    return digest.hexdigest()[:16]


def version_of(config: Config, targets: Sequence[Target]) -> str:
    """Return a hash of all that a run's indicators depend on beside its parameters: model and scale, and how targets are looked at."""
    looked = [[each.id, each.indicator] for each in targets]
    return digest_of([probe(config), digest_of_modules(*MEASURING), config.population.scale, looked, config.observers.model_dump(mode="json")])


def differences(config: Config) -> list[str]:
    """Return in words what has changed since the draws of a baseline were made; nothing where none are in use or nothing has.

    The probe is run only where code or figures are not those of the draws, and once for each such version. Where countries are split
    off others it is run with their parts put back: the draws are of the countries whole, and what a part has of its own departs on purpose.

    Raises
    ------
    UserError
        When the draws cannot be read.
    """
    draws = draws_of(config)
    if draws is None or "hashes" not in draws.manifest or not fits(config, draws):      # a caution of its own tells of another world
        return []
    world = str(draws.manifest["world"])
    try:
        now = hashes(world)
    except UserError:
        return []
    changed = [f"the {name} of the calibration" for name, each in draws.manifest["hashes"].items() if now.get(name) != each]
    return changed + ([] if _is_same_model(config, draws.manifest) else ["what the model gives (figures, history or rules)"])


def _is_same_model(config: Config, manifest: Mapping[str, Any]) -> bool:
    config = without_parts(config)
    arm = arm_id(probe_config(config))
    if arm == manifest["probe_arm"]:
        return True
    known = Path(config.output.dir) / "calibration" / "probes" / f"{arm}.json"
    if not known.exists():
        known.parent.mkdir(parents=True, exist_ok=True)
        write_json({"probe": probe(config)}, known)
    return bool(read_json(known)["probe"] == manifest["probe"])
