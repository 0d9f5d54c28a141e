"""Outlines of countries, carried as data so that maps are drawn offline. Source: `natural_earth` in sources.yaml."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

import numpy as np

from talentsim.arrays import Floats

GROUPS: dict[str, tuple[str, ...]] = {
    "REU": ("ALB", "AUT", "BEL", "BGR", "BIH", "CHE", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN", "IRL",
            "ISL", "ITA", "LTU", "LUX", "LVA", "MKD", "MNE", "NLD", "NOR", "POL", "PRT", "ROU", "SRB", "SVK", "SVN", "SWE", "UKR",
            "XKX", "GBR"),
}
"""Codes that stand for several countries: EU and EFTA members, the Western Balkans, Ukraine and the United Kingdom. A member
that is a country of its own in the results is none of the group there. ROW takes whatever is left."""


@lru_cache(maxsize=1)
def country_shapes() -> dict[str, list[Floats]]:
    """Return the rings of each country by ISO 3166 alpha-3 code.

    A ring has shape (n_points, 2): degrees east, degrees north, rounded to tenths. Antarctica and the smallest states are
    left out; Kosovo, Northern Cyprus and Somaliland have codes of the user-assigned range (XKX, XNC, XSL).
    """
    text = files("talentsim.data").joinpath("country_shapes.json").read_text(encoding="utf-8")
    return {code: [np.reshape(ring, (-1, 2)) / 10.0 for ring in rings] for code, rings in json.loads(text).items()}


def members_of(codes: list[str]) -> dict[str, list[str]]:
    """Return, for each code of a set of results, the countries with an outline that it stands for.

    A country of its own stands for itself; REU and ROW for those that have no code of their own.
    """
    taken = {code for code in codes if code not in GROUPS and code != "ROW"}
    members = {code: [code] if code in country_shapes() else [] for code in codes if code in taken}
    for code in codes:
        if code in GROUPS:
            members[code] = [each for each in GROUPS[code] if each not in taken and each in country_shapes()]
    if "ROW" in codes:
        grouped = {each for others in members.values() for each in others}
        members["ROW"] = [each for each in country_shapes() if each not in grouped]
    return members
