"""Countries and what lies between them: distance and language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from talentsim.arrays import Booleans, Floats, Integers
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
    whole
        Position of the country that each is a part of; its own where it is whole, or what parts have left of it.
    of_whole
        Its share in that whole, 1 where nothing is split; shape (n,).
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    distance_km: Floats
    shares_language: Floats
    whole: Integers
    of_whole: Floats

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
        codes = tuple(config.world.countries)
        whole = [code if c.split_from is None else c.split_from.country for code, c in config.world.countries.items()]
        return cls(codes, tuple(c.name for c in countries), great_circle_km(latitude, longitude), shared,
                   np.array([codes.index(each) for each in whole]), np.array([c.of_whole for c in countries]))

    @cached_property
    def has_parts(self) -> bool:
        """Whether a country is split off another."""
        return self.n_wholes < len(self)

    @cached_property
    def n_wholes(self) -> int:
        """Number of countries before any was split."""
        return len(np.unique(self.whole))

    @cached_property
    def same_whole(self) -> Booleans:
        """Whether two countries are parts of one whole, each with itself included; shape (n, n)."""
        return np.asarray(self.whole[:, None] == self.whole)

    def mean(self, value: Floats) -> float:
        """Return the mean of a value over countries, in which parts count as their share in one country."""
        return float(value @ self.of_whole) / self.n_wholes if self.has_parts else float(value.mean())

    def of_wholes(self, value: Floats) -> Floats:
        """Return value[..., k] summed over all parts of the whole that k is of."""
        return value @ self.same_whole if self.has_parts else value


def great_circle_km(latitude: Floats, longitude: Floats) -> Floats:
    """Return distances between points in radians by the haversine formula; shape (n, n), in km."""
    half_lat = (latitude[:, None] - latitude[None, :]) / 2.0
    half_lon = (longitude[:, None] - longitude[None, :]) / 2.0
    root = np.sin(half_lat) ** 2 + np.cos(latitude[:, None]) * np.cos(latitude[None, :]) * np.sin(half_lon) ** 2
    distance = np.maximum(2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(root, 1.0))), NEAREST_KM)
    np.fill_diagonal(distance, 0.0)
    return distance
