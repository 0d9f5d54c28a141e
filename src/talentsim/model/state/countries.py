"""Countries and what lies between them: distance and language."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talentsim.arrays import Floats
from talentsim.config import Config

EARTH_RADIUS_KM = 6371.0
NEAREST_KM = 100.0      # two countries whose points nearly meet are still not the same place


@dataclass(frozen=True)
class Countries:
    """The countries of a world in the order of every array.

    Parameters
    ----------
    codes, names
        Code and name of each.
    distance_km
        Great-circle distance, shape (n, n), 0 on the diagonal and at least `NEAREST_KM` elsewhere.
    shares_language
        1 where two countries share a language of research, shape (n, n).
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    distance_km: Floats
    shares_language: Floats

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def from_config(cls, config: Config) -> Countries:
        """Gather the countries of a configured world."""
        countries = config.world.countries.values()
        latitude = np.radians([float(c.position.latitude) for c in countries])
        longitude = np.radians([float(c.position.longitude) for c in countries])
        spoken = [set(c.languages) for c in countries]
        shared = np.array([[float(bool(one & other)) for other in spoken] for one in spoken])
        return cls(tuple(config.world.countries), tuple(c.name for c in countries),
                   great_circle_km(latitude, longitude), shared)


def great_circle_km(latitude: Floats, longitude: Floats) -> Floats:
    """Return distances between points in radians by the haversine formula; shape (n, n), in km."""
    half_lat = (latitude[:, None] - latitude[None, :]) / 2.0
    half_lon = (longitude[:, None] - longitude[None, :]) / 2.0
    root = np.sin(half_lat) ** 2 + np.cos(latitude[:, None]) * np.cos(latitude[None, :]) * np.sin(half_lon) ** 2
    distance = np.maximum(2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(root, 1.0))), NEAREST_KM)
    np.fill_diagonal(distance, 0.0)
    return distance
