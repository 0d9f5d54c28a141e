"""Configurations for tests: edits of the toy world, and small random worlds."""

from __future__ import annotations

import copy
from collections import OrderedDict
from typing import Any

import numpy as np
from hypothesis import strategies as st

from talentsim.config import Config
from talentsim.config.world import VisaRegime
from talentsim.ensemble.tree import year_keys
from talentsim.model.model import TalentModel
from talentsim.model.simulation import SCHEDULE, Checkpoint, Simulation
from talentsim.vocab import LEVERS, SELECTORS

Plain = dict[str, Any]

_STATES: OrderedDict[str, Checkpoint] = OrderedDict()
"""States that several tests begin from, by the key of their year; the last few."""


def edited(plain: Plain, changes: Plain | None = None, **top: Any) -> Config:
    """Return a checked copy of plain data with values replaced.

    Keys of `changes` are dotted paths; a bare number for a parameter replaces its value and widens its range.
    """
    data = copy.deepcopy(plain)
    for path, value in {**(changes or {}), **top}.items():
        *heads, last = path.split(".")
        node = data
        for head in heads:
            node = node[head]
        old = node.get(last)
        if isinstance(old, dict) and "range" in old and isinstance(value, int | float):
            low, high = old["range"]
            node[last] = {**old, "value": value, "range": [min(low, value), max(high, value)]}
        else:
            node[last] = value
    return Config.checked(data)


def feedback_off() -> Plain:
    """Return the changes that keep ecosystem strength and diaspora from moving anybody."""
    changes: Plain = {"behaviour.ecosystem.adjustment": 0.0}
    for decision in ("location", "study"):
        changes[f"behaviour.{decision}.weights.beta_diaspora"] = 0.0
    return changes


def open_doors(plain: Plain) -> Plain:
    """Return a copy without visa regimes, as the mean-field twin has none."""
    return copy.deepcopy(plain) | {"visa": {"name": "open", "title": "No visas", "open": True}}


def no_caps(plain: Plain) -> Plain:
    """Return a copy without ranked lotteries: there one person's application bears on another's chance."""
    data = copy.deepcopy(plain)
    for country in data["world"]["countries"].values():
        country["visa"]["work_visa_cap"] = None
    return data


def policy(lever: str, **fields: Any) -> Plain:
    """Return a policy as plain data, by default of the USA from 2026 for good."""
    return {"lever": lever, "countries": ["USA"], "start": 2026, "change": "add", "value": 0.0} | fields


def welcoming(plain: Plain, **figures: float) -> Plain:
    """Return the changes that give every country the same figures for work visas."""
    return {f"world.countries.{code}.visa.{name}": value for code in plain["world"]["countries"] for name, value in figures.items()}


def simulated(config: Config, year: int) -> TalentModel:
    """Return a model at the end of a year, whose journal holds that year at least.

    Years that it shares with a model asked for before are not simulated again, as in a session: that nothing differs by it is held elsewhere.
    """
    model, key = TalentModel(config), year_keys(config, 0)[year - 1]
    if key in _STATES:
        model.simulation = Simulation(config, start=_STATES[key])
        _STATES.move_to_end(key)
    while model.year < year:
        model.step()
        if model.year == year - 1:
            _STATES[key] = model.simulation.checkpoint()
    while len(_STATES) > 8:
        _STATES.popitem(last=False)
    return model


def model_before(plain: Plain, year: int, submodel: str, **changes: Any) -> TalentModel:
    """Return a large toy world in a year, just before one submodel."""
    model = simulated(edited(plain, {"population.scale": 200.0} | changes), year - 1)
    for step in SCHEDULE:
        if step.__module__.endswith(submodel):
            return model
        step(model.world, year)
    raise AssertionError(submodel)


def wide_world(plain: Plain, n_countries: int, n_firms: int, **changes: Any) -> Config:
    """Return a world of many countries and firms, each country's figures one of the toy's, firms in seven countries each."""
    data, of_toy = copy.deepcopy(plain), list(plain["world"]["countries"].values())
    codes = [chr(65 + i // 26 // 26) + chr(65 + i // 26 % 26) + chr(65 + i % 26) for i in range(n_countries)]
    rng = np.random.default_rng(1)
    countries = {code: copy.deepcopy(of_toy[i % len(of_toy)]) for i, code in enumerate(codes)}
    for code, country in countries.items():
        country["name"] = f"Country {code}"
        country["position"]["latitude"]["value"] = float(rng.uniform(-60, 60))
        for field in VisaRegime.tables_by_origin():
            country["visa"][f"{field}_by_origin"] = {}
    firm = next(iter(plain["employers"].values()))
    weight = next(iter(firm["sites"].values()))
    data["employers"] = {}
    for number in range(n_firms):
        sites = [codes[(number * 7 + i) % n_countries] for i in range(7)]
        data["employers"][f"F{number}"] = {**copy.deepcopy(firm), "title": f"Firm {number}", "hq": sites[0], "sites": {
            code: {**weight, "value": 0.5 * n_countries / (7.0 * max(n_firms, n_countries)) / 4.0} for code in sites}}
    data["world"]["countries"], data["focus"] = countries, codes[0]
    data["policy"], data["scenario"]["expects"], data["entry"]["growth_after"] = {}, [], {}
    data["observers"] = {"conferences": {}, "articles": {}}
    return edited(data, changes)


@st.composite
def random_worlds(draw: st.DrawFn, plain: Plain) -> Config:
    """Draw a small world: some of the toy's countries, random figures, random policies, few years."""
    codes = draw(st.lists(st.sampled_from(list(plain["world"]["countries"])), min_size=2, max_size=4, unique=True))
    data = copy.deepcopy(plain)
    data["world"]["countries"] = {code: copy.deepcopy(plain["world"]["countries"][code]) for code in codes}
    first = draw(st.integers(1995, 2005))
    data["world"] |= {"burn_in_year": first, "start_year": first + draw(st.integers(0, 8)),
                      "end_year": first + draw(st.integers(8, 20))}
    for place, country in enumerate(data["world"]["countries"].values()):      # a world in which nobody lives is refused
        country["entry"]["level"] = {**country["entry"]["level"], "value": draw(st.floats(0 if place else 5, 60)), "range": [0, 100]}
        for field in ("student_refusal", "work_visa_odds"):
            country["visa"][field] = {**country["visa"][field], "value": draw(st.floats(0.01, 1)), "range": [0, 1]}
        for field in VisaRegime.tables_by_origin():
            country["visa"][f"{field}_by_origin"] = {}
        country["home"]["attachment"] = {**country["home"]["attachment"], "value": draw(st.floats(-5, 5)), "range": [-5, 5]}
        country["home"]["study"] = {**country["home"]["study"], "value": draw(st.floats(0, 6)), "range": [0, 7]}
    data["employers"] = {name: firm for name, firm in data["employers"].items() if firm["hq"] in codes}
    behaviour = data["behaviour"]
    behaviour["study"]["years"] = draw(st.integers(1, 7))
    behaviour["location"]["age_cap"] = draw(st.integers(1, 20))
    for name in ("first_move", "onward_move"):
        behaviour["location"][name] = {**behaviour["location"][name], "value": draw(st.floats(-2, 3)), "range": [-2, 5]}
    behaviour["exit"]["rate"] = {**behaviour["exit"]["rate"], "value": draw(st.floats(0.001, 0.6)), "range": [0, 1]}
    data["policy"] = {f"p{number}": draw(random_policies(codes, list(data["employers"]), first)) for number in range(draw(st.integers(0, 3)))}
    data["focus"] = codes[0]
    data["population"] |= {"classes": draw(st.sampled_from([None, 1, 3])), "chunk": draw(st.sampled_from([100, 1024]))}
    data["ensemble"]["seed"] = draw(st.integers(0, 2**40))
    return Config.checked(data)


@st.composite
def random_policies(draw: st.DrawFn, codes: list[str], employers: list[str], first: int) -> Plain:
    """Draw one policy on any lever."""
    lever = LEVERS[draw(st.sampled_from(list(LEVERS)))]
    some = st.one_of(st.none(), st.lists(st.sampled_from(codes), min_size=1, unique=True))
    firms = st.one_of(st.none(), st.lists(st.sampled_from(employers), min_size=1, unique=True)) if employers else st.none()
    levels = st.one_of(st.none(), st.lists(st.integers(1, 4), min_size=1, unique=True))
    selectors = {field: draw({"employers": firms, "levels": levels}.get(field, some)) for field in SELECTORS[lever.axes]}
    start = first + draw(st.integers(0, 12))
    change = draw(st.sampled_from(["add", "multiply"]))
    return {"lever": lever.name, "start": start, **selectors,
            "end": draw(st.one_of(st.none(), st.integers(start, start + 10))), "ramp_years": draw(st.floats(0, 5)),
            "change": change, "value": draw(st.floats(0, 3) if change == "multiply" else st.floats(-0.5, 1.0))}


def split(plain: Plain, code: str, whole: str, share: float) -> Plain:
    """Return a copy in which a country is split off another, with no figure of its own."""
    data = copy.deepcopy(plain)
    figure = {"value": share, "unit": "share", "range": [0.0, 1.0], "evidence": "assumed"}
    data["world"]["countries"][code] = {"name": code, "split_from": {"country": whole, "share": figure}}
    return data
