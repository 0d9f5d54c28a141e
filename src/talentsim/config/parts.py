"""Countries that are split off another: what they do not say themselves is the other's, which shrinks by them.

A part begins as a slice of its whole, alike in everything but size: figures of persons and places a year are shared out, all
others are the same in both. Hence a part's file says no more than what differs, and what is said of the whole by name, in tables by
origin, policies, employers and observers, is said of its parts unless they are named as well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from talentsim.config.errors import UserError, shown, unknown_country
from talentsim.config.parameter import Parameter
from talentsim.config.retold import of_another_value
from talentsim.config.world import WorldConfig

Plain = dict[str, Any]

SHARED_OUT = (("entry", "level"), ("doctoral_capacity",), ("visa", "work_visa_cap"), ("visa", "background_demand"), ("visa", "other_visa_cap"))
"""Figures of a country that count persons or places a year."""

COUNTED = ("doctoral_capacity", "work_visa_cap", "other_visa_cap")
"""Levers in persons or places a year: a policy on them means the countries that it names and no parts, each of which would have as many."""

NAMING = ("countries", "origins", "trained", "partners", "headquarters")
"""Fields of a policy that name countries."""

_FROM_WHOLE = re.compile(r"^as [A-Z][A-Z0-9]{1,7}(: |$)")
"""How the note begins of a figure that a part has from its whole."""

_WHOLE = ("value", "unit", "range", "evidence")
"""A figure with these says all of itself; one with fewer changes the whole's."""


def with_parts(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return plain data with the countries that are split off another written out, and the others shrunk by them.

    Where nothing is split off, the data themselves. Done twice, it changes nothing more.

    Raises
    ------
    UserError
        When a country is split off one that is not there or is a part itself, or a share, or all of one whole, leaves no rest.
    """
    world = plain.get("world")
    if not isinstance(world, dict) or not isinstance(world.get("countries"), dict):
        return plain
    countries = world["countries"]
    whole = {code: _whole_of(world, code) for code, each in countries.items() if isinstance(each, dict) and each.get("split_from") is not None}
    if not whole:
        return plain
    share = {code: _share_of(code, countries[code]) for code in whole}
    for code in dict.fromkeys(whole.values()):
        parts = [each for each in whole if whole[each] == code]
        share[code] = 1.0 - math.fsum(share[each] for each in parts)
        if share[code] <= 0.0:
            raise UserError(f"world.countries.{parts[-1]}.split_from.share", f"the parts of {code} take {1.0 - share[code]:g} of it: "
                            + ", ".join(f"{each} {share[each]:g}" for each in parts), "less than 1 together: something of it has to be left")
    built = dict(countries)
    for code, name in whole.items():
        own = slice_of(countries[code], share[code]) if "of_whole" in countries[code] else {**countries[code], "of_whole": share[code]}
        built[code] = _merged(_said_of(name, slice_of(countries[name], share[code])), own)
    built |= {code: slice_of(countries[code], share[code]) for code in set(whole.values())}
    built = {code: _by_origin(each, whole) if isinstance(each, dict) else each for code, each in built.items()}
    return {**_named_with_whole(plain, whole), "world": {**world, "countries": built}}


def slice_of(country: Mapping[str, Any], share: float) -> Plain:
    """Return a country with what it counts by the year multiplied, so that it is that share of the whole."""
    factor = share / float(country.get("of_whole") or 1.0)
    sliced: Plain = {**country, "of_whole": share}
    for path in SHARED_OUT:
        sliced = _scaled_at(sliced, path, factor)
    return sliced


def is_from_whole(figure: Parameter) -> bool:
    """Return whether a part has a figure from the country it is split off, as its note says."""
    return _FROM_WHOLE.match(figure.note) is not None


def is_inherited(plain: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Return whether a key of plain data is of a part that has what stands there from its whole."""
    if list(path[:2]) != ["world", "countries"]:
        return False
    countries = plain["world"]["countries"]
    part = countries.get(path[2]) if len(path) > 2 else None
    split = part.get("split_from") if isinstance(part, dict) else None
    node: Any = countries.get(split.get("country")) if isinstance(split, dict) else None
    for name in path[3:]:
        node = node.get(name) if isinstance(node, dict) else None
    return node is not None


def parts_of(world: WorldConfig) -> dict[str, tuple[str, ...]]:
    """Return the parts that are split off each country; countries without are left out."""
    parts: dict[str, tuple[str, ...]] = {}
    for code, country in world.countries.items():
        if country.split_from is not None:
            parts[country.split_from.country] = (*parts.get(country.split_from.country, ()), code)
    return parts


def followers(world: WorldConfig, key: str) -> Iterator[str]:
    """Yield the keys under which the parts of a country may have what the key is of it; whether they do is for the caller to see."""
    parts, names = parts_of(world), key.split(".")
    options = [(name, *parts.get(name, ())) for name in names]
    for each in product(*options) if parts else ():
        if list(each) != names:
            yield ".".join(each)


def size_at(world: WorldConfig, key: str) -> float:
    """Return by what a figure of the whole has been multiplied at a key: 1 but where persons or places are shared out."""
    names = key.split(".")
    country = world.countries.get(names[2]) if names[:2] == ["world", "countries"] and len(names) > 3 else None
    return country.of_whole if country is not None and tuple(names[3:]) in SHARED_OUT else 1.0


def follows(figure: Parameter, size: float, other: Parameter, others_size: float) -> bool:
    """Return whether two figures are one, shared out by size: then a draw of the other is one of this."""
    same = (figure.unit, figure.source, figure.evidence) == (other.unit, other.source, other.evidence) and _FROM_WHOLE.sub("", figure.note) == other.note
    return same and math.isclose(figure.value * others_size, other.value * size, rel_tol=1e-12)


def _whole_of(world: Mapping[str, Any], code: str) -> str:
    countries = world["countries"]
    where, split = f"world.countries.{code}.split_from", countries[code]["split_from"]
    name = split.get("country") if isinstance(split, dict) else None
    if not isinstance(name, str):
        raise UserError(where, f"found {shown(split)}", "{country: CODE, share: {value, unit, range, evidence}}")
    names = {each: str(country.get("name", each)) if isinstance(country, dict) else each for each, country in countries.items()}
    if name not in countries or not isinstance(countries[name], dict):
        raise unknown_country(f"{where}.country", str(world.get("name")), name, names)
    if name == code or countries[name].get("split_from") is not None:
        raise UserError(f"{where}.country", f"{name} is itself split off another country" if name != code else f"{code} cannot be a part of itself",
                        "a country that is whole: " + ", ".join(each for each, country in countries.items()
                                                                if isinstance(country, dict) and country.get("split_from") is None),
                        "split it off that one, with its share in it" if name != code else "")
    if world.get("panel") is not None:
        raise UserError(where, f"world {world.get('name')} is built from tables of observed flows, which know nothing of {code}",
                        "countries split off in worlds without a panel")
    return name


def _share_of(code: str, country: Mapping[str, Any]) -> float:
    where, share = f"world.countries.{code}.split_from.share", country["split_from"].get("share")
    value = share.get("value") if isinstance(share, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(where, f"found {shown(share)}, a parameter is needed", "{value, unit, range, evidence}, the value a number between 0 and 1")
    if not 0.0 < value < 1.0:
        raise UserError(f"{where}.value", f"value {value:g} is out of range", "above 0 and below 1: the part of the country that is split off")
    return float(value)


def _said_of(name: str, node: Any) -> Any:
    """Return figures with a note that says of which country they are."""
    if not isinstance(node, dict):
        return node
    if "value" in node and "evidence" in node:
        return {**node, "note": f"as {name}: {node['note']}" if node.get("note") else f"as {name}"}
    return {key: _said_of(name, each) for key, each in node.items()}


def _scaled_at(node: Any, path: tuple[str, ...], factor: float) -> Any:
    if not isinstance(node, dict) or (path[:1] and node.get(path[0]) is None):
        return node
    return {**node, path[0]: _scaled_at(node[path[0]], path[1:], factor)} if path else _scaled(node, factor)


def _scaled(figure: Mapping[str, Any], factor: float) -> Plain:
    """Return a figure, as it is given or as it is kept, multiplied with its range and all its points."""
    scaled = dict(figure)
    for name in ("value", "range"):
        scaled[name] = _times(scaled.get(name), factor)
    if isinstance(scaled.get("series"), dict):
        points = scaled["series"].get("points", {})
        scaled["series"] = {**scaled["series"], "points": _times(points, factor), "bounds": _times(scaled["series"].get("bounds"), factor)}
    return scaled


def _times(node: Any, factor: float) -> Any:
    if isinstance(node, dict):
        return {name: _times(each, factor) if name == "value" or not isinstance(name, str) or name.isdigit() else each for name, each in node.items()}
    if isinstance(node, list | tuple):
        return [_times(each, factor) for each in node]
    return node * factor if isinstance(node, int | float) and not isinstance(node, bool) else node


def _merged(whole: Any, own: Any) -> Any:
    """Return what a part has: its own where it says something, figure by figure, else the whole's."""
    if not isinstance(whole, dict) or not isinstance(own, dict) or all(name in own for name in _WHOLE):
        return own
    merged = {**whole, **{name: _merged(whole.get(name), each) for name, each in own.items()}}
    return of_another_value(whole, merged) if "value" in own and "evidence" in whole else merged


def _by_origin(country: Mapping[str, Any], whole: Mapping[str, str]) -> Plain:
    """Say of the parts, as origins, what tables of the visa regime say of their whole."""
    visa = country.get("visa")
    if not isinstance(visa, dict):
        return dict(country)
    return {**country, "visa": {name: _with_parts_as(each, whole) if name.endswith("_by_origin") else each for name, each in visa.items()}}


def _with_parts_as(table: Any, whole: Mapping[str, str]) -> Any:
    """Return a table by country in which parts that it does not name have what their whole has."""
    if not isinstance(table, dict):
        return table
    return {**table, **{part: _said_of(name, table[name]) for part, name in whole.items() if name in table and part not in table}}


def _named_with_whole(plain: Mapping[str, Any], whole: Mapping[str, str]) -> Plain:
    """Let policies, cohorts, employers and observers that name a country mean its parts as well."""
    named = dict(plain)
    named["policy"] = _each(plain.get("policy"), lambda policy: {**policy, **{
        field: _listed(policy[field], whole) for field in NAMING if isinstance(policy.get(field), list) and policy.get("lever") not in COUNTED}})
    named["entry"] = _tables_in(plain.get("entry"), ("growth_after",), whole)
    named["employers"] = _each(plain.get("employers"), lambda firm: _tables_in(firm, ("sites",), whole))
    observers = plain.get("observers")
    if isinstance(observers, dict):
        named["observers"] = {kind: _each(each, lambda one: _tables_in(one, ("participation", "rate"), whole)) for kind, each in observers.items()}
    return {name: each for name, each in named.items() if name in plain}


def _each(node: Any, change: Any) -> Any:
    return {name: change(each) if isinstance(each, dict) else each for name, each in node.items()} if isinstance(node, dict) else node


def _tables_in(node: Any, fields: Iterable[str], whole: Mapping[str, str]) -> Any:
    return {name: _with_parts_as(each, whole) if name in fields else each for name, each in node.items()} if isinstance(node, dict) else node


def _listed(codes: list[Any], whole: Mapping[str, str]) -> list[Any]:
    return [*codes, *(part for part, name in whole.items() if name in codes and part not in codes)]
