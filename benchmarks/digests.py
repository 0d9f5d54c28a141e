"""Digests of whole runs: every float of every table, and the order of people and events.

    python benchmarks/digests.py [--scale 0.2] [NAME ...]       some ten seconds; names of `ARMS`

A change that only makes the model faster leaves every line as it was: run it before and after, and compare the lines.
"""

from __future__ import annotations

import argparse
import hashlib

import numpy as np

from talentsim import Config, TalentModel
from talentsim.model.recorder import RunTables

ARMS: dict[str, tuple[str, ...]] = {
    "visa_tightening": ("scenario=visa_tightening",),
    "great_decoupling": ("scenario=great_decoupling",),
    "site_closed": ("scenario=site_closed",),
    "toy": ("world=toy", "scenario=visa_tightening"),
}
TOY_SCALE = 10.0


def digest_of(tables: RunTables, uid: np.ndarray) -> str:
    """Return a hash of every value of every table, its type, its order, and of who is left in which order."""
    parts: dict[str, np.ndarray] = {"years": tables.years, "uid": uid}
    for name, cells in tables.cells.items():
        parts |= {f"{name}.year": cells.year, f"{name}.place": cells.place, f"{name}.shape": np.array(cells.shape)}
        parts |= {f"{name}.{column}": value for column, value in cells.values.items()}
    for name, columns in tables.persons.items():
        parts |= {f"{name}.{column}": value for column, value in columns.items()}
    hashed = hashlib.sha256()
    for name, values in parts.items():
        hashed.update(f"{name} {values.dtype.str} {values.shape} ".encode())
        hashed.update(np.ascontiguousarray(values).tobytes())
    return hashed.hexdigest()[:24]


def digest(name: str, scale: float, *overrides: str) -> str:
    """Simulate an arm and return its digest."""
    size = TOY_SCALE if name == "toy" else scale
    model = TalentModel(Config.load("parameters=point", *ARMS[name], f"population.scale={size}", *overrides))
    return digest_of(model.run(), model.world.researchers.uid)


def main() -> None:
    """Print one line an arm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(ARMS), metavar="NAME", help=", ".join(ARMS))
    parser.add_argument("--scale", type=float, default=0.2, help="population.scale of the AI world")
    chosen = parser.parse_args()
    for name in chosen.names:
        print(f"{name:18}{digest(name, chosen.scale)}")


if __name__ == "__main__":
    main()
