"""A figure that moves in time: its values by year, and what holds before, between and after them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field

from talentsim.arrays import Floats, Integers
from talentsim.config.frozen import Frozen, Number
from talentsim.vocab import Evidence

RULES = {"before": ("hold", "trend"), "between": ("linear", "hold"), "after": ("hold", "trend")}
"""What a series may do before its first point, between two of them and after the last; the first of each is the default."""

FIRST, LAST = 1900, 2100
POINT_KEYS = ("value", "source", "fact", "evidence", "note")


class Point(Frozen):
    """The value of one year; source and evidence are the figure's unless it has its own."""

    value: float = Field(strict=True)
    source: list[str] = Field(default_factory=list)
    fact: list[str] = Field(default_factory=list)
    evidence: Evidence | None = None
    note: str = ""


class Series(Frozen):
    """Values by year, in order.

    `between` two points a series runs straight (`linear`) or keeps the earlier value (`hold`). `before` the first and `after`
    the last it keeps that value (`hold`), or goes on as from the nearest point to the next (`trend`), within `bounds`, the
    figure's range.
    """

    points: dict[int, Point] = Field(min_length=1)
    before: Literal["hold", "trend"] = "hold"
    between: Literal["linear", "hold"] = "linear"
    after: Literal["hold", "trend"] = "hold"
    bounds: tuple[Number, Number] | None = None       # where there is a trend

    @property
    def first(self) -> int:
        """First year with data."""
        return next(iter(self.points))

    @property
    def last(self) -> int:
        """Last year with data."""
        return next(reversed(self.points))

    def over(self, years: Integers) -> Floats:
        """Return the value in each of the years; shape of `years`."""
        known = np.array(list(self.points), dtype=np.float64)
        value = np.array([each.value for each in self.points.values()], dtype=np.float64)
        if self.between == "linear":
            result = np.interp(years, known, value)
        else:
            result = value[np.maximum(np.searchsorted(known, years, side="right") - 1, 0)]
        for rule, outside, pair in ((self.before, years < self.first, slice(0, 2)), (self.after, years > self.last, slice(-2, None))):
            if rule == "trend":
                (x0, x1), (y0, y1) = known[pair], value[pair]
                nearest, at = (x0, y0) if pair.start == 0 else (x1, y1)
                result = np.where(outside, np.clip(at + (years - nearest) * (y1 - y0) / (x1 - x0), *(self.bounds or (-np.inf, np.inf))), result)
        return np.asarray(result, dtype=np.float64)

    def kind_in(self, year: int) -> str:
        """Say where a year's value comes from: "given", or the rule that fills it."""
        if year in self.points:
            return "given"
        return self.before if year < self.first else self.after if year > self.last else self.between


def with_series(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a figure's fields as given, with `value: {2010: 0.5, 2020: 1.44}` and its rules turned into a `series`.

    Raises
    ------
    ValueError
        When years, points or rules are wrong.
    """
    given, rules = fields.get("value"), [name for name in RULES if name in fields]
    if not isinstance(given, dict):
        if rules:
            raise ValueError(f"`{rules[0]}` beside one value; allowed: beside values by year: "
                             "value: {2010: 0.5, 2020: 1.44}")
        return fields
    if not given:
        raise ValueError("the series has no year; allowed: values by year: value: {2010: 0.5, 2020: 1.44}")
    points = {_year(year): _point(year, each) for year, each in given.items()}
    if list(points) != sorted(points) or len(points) < len(given):
        raise ValueError(f"the years of the series are out of order: {', '.join(map(str, given))}; allowed: rising years, each once")
    chosen = {name: fields[name] for name in rules}
    for name, rule in chosen.items():
        if rule not in RULES[name]:
            raise ValueError(f"`{name}` is {rule!r}; allowed: {' or '.join(RULES[name])}")
        if rule == "trend" and len(points) < 2:
            raise ValueError(f"`{name}` is a trend of one point; allowed: two points or more, or hold")
    if "trend" in chosen.values():
        chosen["bounds"] = fields.get("range")
    kept = {name: value for name, value in fields.items() if name not in RULES}
    return kept | {"value": list(points.values())[-1]["value"], "series": {"points": points} | chosen}


def refuse_rules_of_level(fields: Any) -> Any:
    """Return fields with a `level` and a `growth` that goes on where a series of levels ends.

    Raises
    ------
    ValueError
        When the level has rules of its own for that.
    """
    level = fields.get("level") if isinstance(fields, dict) else None
    if isinstance(level, dict) and level.keys() & {"before", "after"}:
        raise ValueError("level has `before` or `after`; allowed: neither. Before the first and after the last year of a series growth goes on")
    return fields


def _year(year: Any) -> int:
    if isinstance(year, str) and year.isdigit():        # as JSON keeps it
        year = int(year)
    if isinstance(year, bool) or not isinstance(year, int) or not FIRST <= year <= LAST:
        raise ValueError(f"{year!r} is not a year of a series; allowed: {FIRST} to {LAST}")
    return year


def _point(year: Any, point: Any) -> dict[str, Any]:
    fields = point if isinstance(point, dict) else {"value": point}
    value = fields.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value) or not fields.keys() <= set(POINT_KEYS):
        raise ValueError(f"year {year}: found {point!r}; allowed: a number, or {{{', '.join(POINT_KEYS)}}} with a number as value")
    return {**fields} | {name: [fields[name]] for name in ("source", "fact") if isinstance(fields.get(name), str)}
