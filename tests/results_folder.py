"""Folders of results for tests: more tables put into one that a command has written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd

import figure_tables as tables


def add_tables(folder: Path, **tables: pd.DataFrame) -> None:
    """Write tables beside the others and name them in the manifest."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for name, table in tables.items():
        file = folder / f"{name}.parquet"
        table.to_parquet(file, index=False)
        manifest["files"][file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    path.write_text(json.dumps(manifest), encoding="utf-8")


def every_table() -> dict[str, pd.DataFrame]:
    """Return invented tables for all that a report can show beyond the headline, for the countries of the toy world."""
    codes = ["USA", "CHN", "IND", "CAN"]
    sides = tables.variants().rename(columns={"variant": "title"})
    parting = pd.DataFrame({"year": [2026, 2027, 2027], "origin": ["CHN", "CHN", "IND"], "baseline_decision": ["study", "study", "search"],
                            "scenario_decision": ["refused", "refused", "no change"], "people": [30.0, 12.0, 5.0]})
    return {
        "pathways": tables.pathways(codes), "corridors": tables.corridors(codes), "visa_funnel": tables.funnel(),
        "stay_curves": tables.stay(codes[1:]).assign(first_cohort=2015, last_cohort=2020), "parting": parting, "fit": tables.fit(), "sensitivity": tables.sensitivity(),
        "sides": sides.assign(kind=["as configured", "structure", "structure", "policy alone"], name=["shut", "one", "two", "three"]),
    }
