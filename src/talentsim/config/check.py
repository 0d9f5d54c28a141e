"""Check a composed configuration against the schema and against itself; say every fault in the user's terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from talentsim.config.arm import Arm
from talentsim.config.errors import UserError, nearest, shown, unknown_country, unknown_name
from talentsim.config.files import names_in_group, refuse_foreign_path
from talentsim.config.parameter import PRIMARY_KEYS, Parameter, parameters_of
from talentsim.config.parts import with_parts
from talentsim.config.world import VisaRegime, region_code
from talentsim.digits import figure
from talentsim.vocab import LEVERS

ArmT = TypeVar("ArmT", bound=Arm)

LARGE = ("world", "behaviour", "visa", "observers")
"""Parts that are large, and alike in most arms of a comparison."""

_PATTERNS = {
    "[A-Za-z0-9_-]": "letters, digits, _ and -, 64 at most, beginning with a letter or a digit", "[A-Z][A-Z0-9]": "two to eight capital letters and digits, beginning with a letter",
    "https?": "an address that begins with https://, or nothing", "tcp": "the address of a Dask scheduler, as tcp://127.0.0.1:8786",
}
"""What a pattern asks for in words, by a part of it."""

_TYPES = {
    "float_type": "a number", "float_parsing": "a number", "int_type": "a whole number", "int_parsing": "a whole number",
    "int_from_float": "a whole number", "bool_type": "true or false", "bool_parsing": "true or false",
    "string_type": "text", "list_type": "a list", "dict_type": "a mapping", "model_type": "a mapping",
    "finite_number": "a finite number",
}


def check(schema: type[ArmT], plain: Mapping[str, Any], beside: tuple[Mapping[str, Any], ArmT] | None = None) -> ArmT:
    """Turn plain data into a configuration of the schema, and look at names and values across its parts.

    Parameters
    ----------
    beside
        Plain data of an arm that was checked, and the arm: parts that are the same become its own objects.

    Raises
    ------
    UserError
        With every fault found, the first in full.
    """
    whole = plain
    plain = with_parts(plain)
    if beside is not None and plain is whole:
        plain = {**plain, **{part: getattr(beside[1], part) for part in LARGE if part in plain and is_same(plain[part], beside[0].get(part))}}
    try:
        config = schema.model_validate({key: value for key, value in plain.items() if key not in ("hydra", "seed", "timing")})
    except ValidationError as error:
        raise _explain(schema, error) from None
    _check_names(config)
    _check_values(config)
    alone = config.focus_countries[0] if len(config.focus_countries) == 1 else config.focus
    return config if alone == config.focus else config.model_copy(update={"focus": alone})      # a region of one country is that country


def is_same(one: Any, other: Any) -> bool:
    """Return whether two pieces of plain data are equal to the last type: 1, 1.0 and true are not the same."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(is_same(each, other[key]) for key, each in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other)


def _check_names(config: Arm) -> None:
    countries = config.world.countries
    named = config.focus.split("+")
    if len(set(named)) < len(named):
        raise UserError("focus", f"found {config.focus!r}, which names a country twice", "each once")
    if not config.focus_countries:
        regions = dict.fromkeys(region_code(each.region) for each in countries.values() if each.region)
        error = _no_country(config, "focus", config.focus)
        raise UserError(error.where, error.found, f"{error.allowed}; a list of them, or a region: {', '.join(regions)}", error.fix)
    for name, policy in config.policies.items():
        for field in ("countries", "origins", "trained", "partners", "headquarters"):
            for each in getattr(policy, field) or ():
                if each not in countries:
                    raise _no_country(config, f"policy.{name}.{field}", each)
        for each in policy.employers or ():
            if each not in config.employers:
                raise unknown_name(f"policy.{name}.employers", "named firm", each, config.employers)
    _check_tables(config, names_in_group("country"))


def _no_country(config: Arm, where: str, code: str) -> UserError:
    return unknown_country(where, config.world.name, code, {each: country.name for each, country in config.world.countries.items()})


def _check_tables(config: Arm, shipped: list[str]) -> None:
    """Check names in tables by country; a smaller world may leave out countries that a file speaks of."""
    countries = config.world.countries
    for host, country in countries.items():
        for field in VisaRegime.tables_by_origin():
            for origin in getattr(country.visa, f"{field}_by_origin"):
                if origin not in countries and origin not in shipped:
                    where = f"world.countries.{host}.visa.{field}_by_origin"
                    raise _no_country(config, where, origin)
    elsewhere: dict[str, Iterable[str]] = {"entry.growth_after": config.entry.growth_after,
                                           "scenario.expects": [each.country for each in config.scenario.expects]}
    for name, conference in config.observers.conferences.items():
        elsewhere[f"observers.conferences.{name}.participation"] = conference.participation
    for name, articles in config.observers.articles.items():
        elsewhere[f"observers.articles.{name}.rate"] = articles.rate
    for where, named in elsewhere.items():
        for each in named:
            if each not in countries and each not in shipped:
                raise _no_country(config, where, each)
    _check_employers(config, shipped)


def _check_employers(config: Arm, shipped: list[str]) -> None:
    countries = config.world.countries
    for name, employer in config.employers.items():
        if employer.hq not in countries:
            raise _no_country(config, f"employers.{name}.hq", employer.hq)
        for country in employer.sites:
            if country not in countries and country not in shipped:
                raise _no_country(config, f"employers.{name}.sites", country)
    for code in countries:
        taken = {name: each.sites[code].value for name, each in config.employers.items() if code in each.sites}
        if sum(taken.values()) > 1.0 + 1e-9:
            raise UserError(f"employers.*.sites.{code}", f"the weights sum to {sum(taken.values()):g}: "
                            + ", ".join(f"{name} {weight:g}" for name, weight in taken.items()),
                            "1 at most: they are shares of the country's posts in industry")


def _check_values(config: Arm) -> None:
    for key, parameter in parameters_of(config):
        lever = LEVERS.get(_quantity(key))
        for value in parameter.values:
            if lever is not None and not lever.low <= value <= lever.high:
                raise UserError(key, f"value {figure(value)} is out of range", f"{figure(lever.low)} to {figure(lever.high)} ({lever.unit})")
        if parameter.series is not None:
            _check_series(key)
    for code, country in config.world.countries.items():
        if min(country.ecosystem.strength.values) <= 0.0:
            raise UserError(f"world.countries.{code}.ecosystem.strength", f"value {min(country.ecosystem.strength.values):g} is out of "
                            "range", "above 0: its log enters the model")
    years = range(config.world.burn_in_year, config.world.end_year + 1)
    agents = config.population.scale * len(years) * sum(max(country.entry.level.values) for country in config.world.countries.values())
    if config.world.panel is None and agents < 1.0:
        raise UserError("population.scale", f"at a scale of {figure(config.population.scale)} nobody lives in world {config.world.name}: "
                        f"{figure(agents, 2)} agents are expected over all years", "one agent or more", "a larger scale, or larger entry levels")
    for where, path in (("output.dir", config.output.dir), ("world.data_dir", config.world.data_dir or "")):
        refuse_foreign_path(where, path)
    for code, country in config.world.countries.items():
        if not country.name.strip():
            raise UserError(f"world.countries.{code}.name", "found an empty name", "a name, which tables and figures call the country by")
    if not config.scenario.title.strip():
        raise UserError("scenario.title", "found an empty title", "what tables, figures and the report call the scenario by")
    if not config.output.dir.strip():
        raise UserError("output.dir", "found an empty path", "a folder, as in outputs", "output.dir=. is the folder you are in")
    year = config.compare.year
    if year is not None and not config.world.start_year <= year <= config.world.end_year:
        raise UserError("compare.year", f"{year} is not simulated",
                        f"{config.world.start_year} to {config.world.end_year}, or null for the last")


def _check_series(key: str) -> None:
    """Refuse a series where the model reads one number."""
    of_a_statistic = key.startswith("observers.") and key.endswith(".level")
    if not (of_a_statistic or key.startswith("world.countries.")) or ".position." in key or ".wage_levels." in key:
        raise UserError(key, "values by year are given, and this figure is the same in all years", "one number",
                        "figures of a country may be series, but for its position and wage levels, and so may rates of observers; "
                        "for any other change write a policy")


def _quantity(key: str) -> str:
    """Return the lever that a country's figure is the base value of: the last name of its key, without any origin."""
    if not key.startswith("world.countries."):
        return ""
    names = key.split(".")
    return names[-2].removesuffix("_by_origin") if names[-2].endswith("_by_origin") else names[-1]


def _explain(schema: type[BaseModel], error: ValidationError) -> UserError:
    faults = sorted(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")   # the typo first
    first = _fault(schema, faults[0])
    if len(faults) > 1:
        others = "; ".join(".".join(map(str, each["loc"])) for each in faults[1:6])
        more = f"{len(faults) - 1} more fault{'s' if len(faults) > 2 else ''}: {others}"
        first = UserError(first.where, first.found, first.allowed, f"{first.fix}; {more}" if first.fix else more)
    return first


def _fault(schema: type[BaseModel], fault: Mapping[str, Any]) -> UserError:
    where = ".".join(map(str, fault["loc"])) or "configuration"
    found, kind = fault.get("input"), fault["type"]
    if kind == "extra_forbidden":
        allowed = _fields_at(schema, fault["loc"][:-1])
        near = nearest(str(fault["loc"][-1]), allowed)
        return UserError(where, f"there is no key {str(fault['loc'][-1])!r} here", ", ".join(sorted(allowed)),
                         f"did you mean {near!r}?" if near else "take it out")
    if kind == "missing":
        return UserError(where, "this key is missing", "", "add it: every field without a default is needed")
    if kind in ("model_type", "model_attributes_type") and _fields_at(schema, fault["loc"]) >= set(PRIMARY_KEYS):
        return UserError(where, f"found {shown(found)}, a parameter is needed",
                         "{" + ", ".join(PRIMARY_KEYS) + "}", f"to change the figure alone: {where}.value={shown(found)}")
    if kind in ("too_long", "too_short") and isinstance(found, dict | list):
        context = fault["ctx"]
        bound = f"{context['max_length']} at most" if kind == "too_long" else f"{context['min_length']} or more"
        return UserError(where, f"found {len(found)} entries", bound)
    if kind in _TYPES:
        if isinstance(found, str) and re.fullmatch(r"[-+]?[0-9]+,[0-9]+", found):
            return UserError(where, f"found {shown(found)} (text)", f"{_TYPES[kind]} with a decimal point", found.replace(",", "."))
        return UserError(where, f"found {shown(found)} ({_type_name(found)}), which is of the wrong type", _TYPES[kind])
    if kind == "value_error":
        text = fault["msg"].removeprefix("Value error, ")
        head, _, allowed = text.partition("; allowed: ")
        if not allowed and text.startswith("allowed: "):
            head, allowed = f"found {shown(found)}", text.removeprefix("allowed: ")
        return UserError(where, head, allowed)
    if kind.startswith(("date", "datetime")):
        return UserError(where, f"found {shown(found)}, which is not a date", "a year (2026) or a date ('2026-09-01')")
    if kind == "string_pattern_mismatch":
        return UserError(where, f"found {shown(found)}", next((words for part, words in _PATTERNS.items() if part in fault["ctx"]["pattern"]), fault["msg"]))
    return UserError(where, f"found {shown(found)}", fault["msg"].removeprefix("Input should be "))


def _type_name(value: Any) -> str:
    names = {str: "text", bool: "true or false", int: "whole number", float: "number", type(None): "null"}
    return names.get(type(value), type(value).__name__)


def _fields_at(schema: type[BaseModel], loc: tuple[Any, ...]) -> set[str]:
    """Return the field names of the schema at a location, following models and dicts."""
    here: Any = schema
    for part in loc:
        if isinstance(here, type) and issubclass(here, BaseModel) and part in here.model_fields:
            here = here.model_fields[part].annotation
        options = get_args(here)
        if options:                       # dict[str, X] or X | None: the model is the last or only model inside
            models = [each for each in options if isinstance(each, type) and issubclass(each, BaseModel)]
            nested = [arg for each in options for arg in get_args(each)
                      if isinstance(arg, type) and issubclass(arg, BaseModel)]
            here = (models or nested or [Parameter])[0]
    return set(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else set()
