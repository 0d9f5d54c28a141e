"""The Equal Earth projection: areas on the map are in the proportions of the globe."""

from __future__ import annotations

import numpy as np

from talentsim.arrays import Floats

_A = (1.340264, -0.081106, 0.000893, 0.003796)

EUROPE = ((-11.0, 35.5), (33.0, 71.0))
"""Corners of the inset in degrees, south-west and north-east."""

POINT_STATES = {"SGP": (103.8, 1.35), "HKG": (114.2, 22.3)}
"""States too small to have an outline, drawn as a dot: degrees east and north."""


def equal_earth(lonlat: Floats) -> Floats:
    """Project degrees east and north to the plane, in radii of the globe.

    Parameters
    ----------
    lonlat
        Shape (n, 2).

    Source
    ------
    Savric, Patterson and Jenny (2019), The Equal Earth map projection, doi 10.1080/13658816.2018.1504949.
    """
    lon, lat = np.radians(lonlat).T
    t = np.arcsin(np.sqrt(3.0) / 2.0 * np.sin(lat))
    t2, t6 = t**2, t**6
    a1, a2, a3, a4 = _A
    x = 2.0 * np.sqrt(3.0) * lon * np.cos(t) / (3.0 * (9.0 * a4 * t6 * t2 + 7.0 * a3 * t6 + 3.0 * a2 * t2 + a1))
    y = t * (a4 * t6 * t2 + a3 * t6 + a2 * t2 + a1)
    return np.column_stack([x, y])


def globe_outline() -> Floats:
    """Return the edge of the map, projected."""
    lat = np.linspace(-58.0, 85.0, 60)
    east, west = np.column_stack([np.full_like(lat, 180.0), lat]), np.column_stack([np.full_like(lat, -180.0), lat[::-1]])
    return equal_earth(np.vstack([east, west]))
