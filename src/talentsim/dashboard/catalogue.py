"""What a world offers to choose from: scenarios, countries, entries, years, levers, and the outlines for its map."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np

from talentsim.config import UserError
from talentsim.config.files import Files
from talentsim.config.scenario import scenario_cards
from talentsim.dashboard.desk import Desk, Question
from talentsim.dashboard.engine import people_of
from talentsim.dashboard.looked_at import groups_of, named
from talentsim.dashboard.sliders import sliders, spoken
from talentsim.data.shapes import GROUPS, country_shapes, members_of
from talentsim.report.colours import country_colour
from talentsim.report.projection import EUROPE, POINT_STATES, equal_earth, globe_outline
from talentsim.spoken import lever_name
from talentsim.vocab import BY_TRAINING, LEVERS, SELECTORS, WAGE_LEVELS

UNITS = 1000.0
"""Units of the map's drawing to a radius of the globe."""


def offered(desk: Desk, question: Question) -> dict[str, Any]:
    """Return all that the page needs to know of a question: what can be chosen, and what is."""
    config, folder = question.scenario, desk.config_dir
    return {
        "worlds": _titled("world", folder), "entries": _titled("entry", folder),
        "scenarios": [{"name": each.name, "title": each.title} for each in scenario_cards(folder)[0]],
        "countries": [{"code": code, "name": each.name, "colour": country_colour(code)} for code, each in config.world.countries.items()],
        "groups": named(config, groups_of(config)),
        "firms": list(config.employers), "wage_levels": list(WAGE_LEVELS),
        "levers": [{"name": each.name, "short": lever_name(each.name), "meaning": each.meaning, "unit": each.unit, "selectors": [*SELECTORS[each.axes], *(["trained"] if each.name in BY_TRAINING else [])],
                    "share": spoken("set", each)["scale"] == 100} for each in LEVERS.values()],
        "world": config.world.name, "entry": config.entry.name, "entry_title": config.entry.title, "scenario": config.scenario.name,
        "baseline": config.baseline, "focus": config.focus, "year": config.headline_year, **described(desk, question)}


def _titled(group: str, config_dir: str | None) -> list[dict[str, str]]:
    """Return the options of a group with their titles; one that cannot be read says why when it is chosen."""
    files, found = Files.of(config_dir), []
    for name in files.names(group):
        title = None
        with suppress(UserError):
            title = files.content(group, name).get("title")
        found.append({"name": name, "title": title if isinstance(title, str) else name})
    return found


def described(desk: Desk, question: Question) -> dict[str, Any]:
    """Return a question in words: what the scenario is, its policies as sliders, and its command line."""
    meta, config, whole = question.scenario.scenario, question.scenario, desk.with_all_policies(question)
    return {"title": meta.title, "description": meta.description.strip(), "stands_for": meta.stands_for.strip(),
            "against": question.baseline.scenario.title, "world_title": config.world.title, "command": question.command,
            "people": people_of(config.population.scale), "pairs": config.ensemble.replications, "draws": config.over_draws,
            "years": [config.world.start_year, config.world.end_year],
            "structures": {name: each.title for name, each in config.compare.structures.items()},
            "sliders": sliders(whole.baseline, whole.scenario, question.switched_off)}


@lru_cache(maxsize=8)
def atlas(codes: tuple[str, ...]) -> dict[str, Any]:
    """Return the map as paths of an SVG in an equal-area projection, by code; the codes that have no place on it; and Europe's frame."""
    edge, members, shapes = globe_outline(), members_of(list(codes)), country_shapes()
    paths = {code: "".join(_path(equal_earth(ring)) for member in found for ring in shapes[member]) for code, found in members.items() if found}
    taken = {member for found in members.values() for member in found}
    rest = "".join(_path(equal_earth(ring)) for member, rings in shapes.items() if member not in taken for ring in rings)
    points = {code: _xy(equal_earth(np.array([place]))[0]) for code, place in POINT_STATES.items() if code in codes and code not in paths}
    corners = equal_earth(np.array(EUROPE)) * UNITS
    low, high = edge.min(axis=0) * UNITS, edge.max(axis=0) * UNITS
    return {"paths": paths, "rest": rest, "points": points, "groups": [code for code in paths if code in (*GROUPS, "ROW")],
            "nowhere": [code for code in codes if code not in paths and code not in points],
            "frame": [round(low[0]), round(-high[1]), round(high[0] - low[0]), round(high[1] - low[1])],
            "europe": [round(corners[0, 0]), round(-corners[1, 1]), round(corners[1, 0] - corners[0, 0]), round(corners[1, 1] - corners[0, 1])]}


def _path(ring: np.ndarray) -> str:
    return "M" + "L".join(f"{x:.0f},{y:.0f}" for x, y in ring * (UNITS, -UNITS)) + "Z"


def _xy(point: np.ndarray) -> list[int]:
    return [round(float(point[0]) * UNITS), round(-float(point[1]) * UNITS)]
