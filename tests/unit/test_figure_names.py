"""Every figure of the shipped world has a name that is no key."""

from __future__ import annotations

from talentsim import Config
from talentsim.config import parameters_of
from talentsim.report.figure_names import figure_name


def test_every_figure_of_the_ai_world_has_a_name() -> None:
    config = Config.load("world=ai")
    names = {key: figure_name(key, lambda code: config.world.countries[code].name) for key, _ in parameters_of(config)}
    assert not [f"{key}: {name}" for key, name in names.items() if "_" in name or name == key or (key.split(".")[-1].isupper() and key.split(".")[-1] in name)]


def test_a_figure_of_two_countries_names_the_other() -> None:
    assert figure_name("world.countries.USA.visa.student_refusal_by_origin.IRN", {"IRN": "Iran"}.__getitem__) == "Student visas refused, for people from Iran"
    assert figure_name("world.panel.something") == "world.panel.something"


def test_one_place_and_one_kind_of_figure_has_one_name() -> None:
    keys = [key for key, _ in parameters_of(Config.load("world=ai")) if key.startswith(("world.countries.USA.", "behaviour."))]
    assert len({figure_name(key) for key in keys}) == len(keys)
