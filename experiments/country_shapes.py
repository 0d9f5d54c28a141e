"""How the outlines of the world map were made. Run again only to change their grain.

Question: what is the least data that still shows every country of the world at the size of a page?
Data: Natural Earth's countries at 1:110 million, public domain, for instance the shapefile `naturalearth_lowres` that the
package geopandas carried up to version 0.14 (fields name, iso_a3, continent). Needs the package pyshp.
Command: `python experiments/country_shapes.py naturalearth_lowres.shp` writes `src/talentsim/data/country_shapes.json`.
Time: a second.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

TOLERANCE = 0.25        # degrees: an outline may be off by so much, a tenth of a millimetre on a page
LEAST_SPAN = 0.8        # degrees: smaller islands are left out, but never all of a country
CODES_OF_THE_NAMELESS = {"Kosovo": "XKX", "N. Cyprus": "XNC", "Somaliland": "XSL"}     # ISO 3166's user-assigned range
TARGET = Path(__file__).parents[1] / "src" / "talentsim" / "data" / "country_shapes.json"


def simplified(points: np.ndarray, tolerance: float = TOLERANCE) -> np.ndarray:
    """Drop the points of a line that its neighbours stand for (Douglas and Peucker 1973)."""
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    along = last - first
    away = points - first
    length = np.hypot(*along)
    distance = np.hypot(*away.T) if length == 0 else np.abs(along[0] * away[:, 1] - along[1] * away[:, 0]) / length
    farthest = int(distance.argmax())
    if distance[farthest] <= tolerance:
        return np.array([first, last])
    return np.vstack([simplified(points[: farthest + 1], tolerance)[:-1], simplified(points[farthest:], tolerance)])


def outlines(shape: object) -> list[list[int]]:
    """Return a country's rings as flat lists lon, lat, lon, lat, ... in tenths of a degree."""
    ends = [*shape.parts[1:], len(shape.points)]
    rings = [np.array(shape.points[start:end]) for start, end in zip(shape.parts, ends, strict=True)]
    largest = max(np.ptp(ring, axis=0).max() for ring in rings)
    kept = [ring for ring in rings if np.ptp(ring, axis=0).max() >= min(LEAST_SPAN, largest)]
    tenths = [np.rint(10 * simplified(ring)).astype(int) for ring in kept]
    return [ring.ravel().tolist() for ring in tenths if len(ring) >= 4]


def main(shapefile: str) -> None:
    """Write the outlines of every country but Antarctica."""
    import shapefile as pyshp

    countries = {}
    for entry in pyshp.Reader(shapefile).iterShapeRecords():
        name, code = entry.record["name"], entry.record["iso_a3"]
        if name != "Antarctica":
            countries[CODES_OF_THE_NAMELESS.get(name, code)] = outlines(entry.shape)
    assert all(len(code) == 3 and rings for code, rings in countries.items())
    text = ",\n".join(f"{json.dumps(code)}:{json.dumps(rings, separators=(',', ':'))}" for code, rings in sorted(countries.items()))
    TARGET.write_text("{" + text + "}\n", encoding="utf-8")
    print(f"{len(countries)} countries, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
