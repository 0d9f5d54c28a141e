"""What is in a store: its runs in one table, filtered, verified, cleared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from talentsim.config import UserError
from talentsim.digits import figure
from talentsim.ensemble.identity import source_digest
from talentsim.ensemble.store import DamagedError, Store

COLUMNS = ["run", "arm", "written", "world", "entry", "policies", "scale", "seed", "replication", "megabytes", "seconds", "model", "fault"]
GROUPS = ("world", "entry", "scenario")
"""Keys that may stand for the name below them, as they do in an override."""


def inventory(store: Store, wanted: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the runs of a store, one row each; a run whose manifest cannot be read has a fault and little else.

    Parameters
    ----------
    wanted
        Dotted key of the configuration -> value as text: runs that have it otherwise are left out.

    Raises
    ------
    UserError
        When no configuration has such a key.
    """
    rows, unknown = [], set(wanted or {})
    for run in store:
        try:
            manifest, config = store.manifest(run), store.config(run)
        except DamagedError as damaged:
            rows.append({"run": run, "fault": str(damaged)})
            continue
        found = {key: _at(config, key) for key in wanted or {}}
        unknown -= {key for key, value in found.items() if value is not None}
        if all(_text(found[key]) == value for key, value in (wanted or {}).items()):
            rows.append(_row_of_any_version(run, manifest, config))
    if unknown and rows == [] and any(True for _ in store):
        raise UserError(", ".join(sorted(unknown)), "no stored run has such a key", "keys of the configuration, as in seed=1 world=toy",
                        "`talentsim --cfg job` prints them")
    return pd.DataFrame(rows, columns=COLUMNS)


def verify_all(store: Store, runs: Sequence[str]) -> dict[str, str]:
    """Hash every file of the runs anew and set aside those that are damaged.

    Returns
    -------
    Run id -> what is wrong with it and where it is now.
    """
    faults = {}
    for run in runs:
        try:
            store.verify(run)
        except DamagedError as damaged:
            faults[run] = f"{damaged.file} {damaged.fault}; set aside in {store.set_aside(run)}"
    return faults


def _row_of_any_version(run: str, manifest: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a run; one that says other things than runs of this version do is named with the version it has."""
    try:
        return _row(run, manifest, config)
    except (KeyError, TypeError, AttributeError):
        return {"run": run, "fault": f"written by talentsim {manifest.get('talentsim', '(version unknown)')} in another format: it is not used, "
                                     "and talentsim runs prune deletes it"}


def _row(run: str, manifest: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    seed = manifest["seed"]
    policies = ", ".join(name for name, policy in config["policy"].items() if policy is not None)
    size = sum(each["bytes"] for each in manifest["tables"].values())
    return {"run": run, "arm": manifest["arm"], "written": manifest["written"], "world": config["world"]["name"], "entry": config["entry"]["name"],
            "policies": policies, "scale": config["population"]["scale"], "seed": seed["base"], "replication": seed["replication"],
            "megabytes": size / 1e6, "seconds": manifest["wall_seconds"],
            "model": "this" if manifest["source_sha256"] == source_digest() else "another", "fault": ""}


def _at(config: Mapping[str, Any], key: str) -> Any:
    key = {"seed": "ensemble.seed", **{group: f"{group}.name" for group in GROUPS}}.get(key, key)
    node: Any = config
    for part in key.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return None
        node = node[part]
    return node["value"] if isinstance(node, Mapping) and "value" in node and "evidence" in node else node


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return figure(value) if isinstance(value, float) else str(value)
