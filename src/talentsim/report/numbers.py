"""Numbers, intervals and names as the words of figures and reports."""

from __future__ import annotations

import math
from collections.abc import Iterable

from talentsim.digits import figure

PEOPLE = "people"
"""The unit of outcomes that count them, doctoral students included."""

FEW = 10
"""People below which no interval is told: of so few, who they are is chance."""

TOO_FEW = "too few"

NEAR = 10.0
"""Simulated and observed are close within so many percent: the band that is drawn, and counted in words."""


def places_for(values: Iterable[float]) -> int:
    """Return how many decimal places show the largest of some values with about three digits."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return 2 - math.floor(math.log10(min(max(largest, 0.01), 100.0))) if largest else 0


def plain(value: float, places: int) -> str:
    """Write a number with thousands separated and a true minus sign; "n/a" where there is none."""
    if not math.isfinite(value):
        return "n/a"
    text = f"{abs(value):,.{places}f}"
    return f"\N{MINUS SIGN}{text}" if value < 0 and text.strip("0.,") else text


def signed(value: float, places: int) -> str:
    """Write a difference with its sign; none where it rounds to nothing."""
    text = plain(value, places)
    return f"+{text}" if value > 0 and math.isfinite(value) and text.strip("0.,") else text


def places_of(unit: str, *values: float) -> int:
    """Return with how many decimal places figures of an outcome are shown: people without, or with one where they are few."""
    return 2 if unit != PEOPLE else 0 if any(abs(value) >= 100 for value in values) else 1


def one_or_count(values: str) -> str:
    """Return a value given as text with a true minus sign; of several with commas between, for which there is no room, how many."""
    return f"{values.count(',') + 1} figures" if "," in values else figure(float(values)).replace("-", "\N{MINUS SIGN}")


def capital(text: str) -> str:
    """Return a sentence with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def quoted(name: str) -> str:
    """Return a scenario's name in quotation marks."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"


def in_percent(level: float) -> str:
    """Return the level of an interval in %, as it was given: 99.9 is not 100."""
    return figure(100 * level)


def interval_name(level: float) -> str:
    """Name an interval by its level, whether over replications or over draws of the parameters."""
    return f"{in_percent(level)}\N{NO-BREAK SPACE}%\N{NO-BREAK SPACE}interval"


def unit_of_difference(unit: str) -> str:
    """Return the unit of a difference between two values of a unit."""
    return "percentage points" if unit.lstrip().lower().startswith(("%", "percent")) else unit


def interval(low: float, high: float, places: int, is_difference: bool = True) -> str:
    """Write an interval, of a difference with its signs; "n/a" where there is none."""
    write = signed if is_difference else plain
    return f"{write(low, places)} to {write(high, places)}" if math.isfinite(low) and math.isfinite(high) else "n/a"


def interval_of_people(low: float, high: float, people: float, places: int, is_difference: bool = False) -> str:
    """Write an interval of a number of people, or of what it changes by; "too few" where there are fewer than ten of them in both worlds."""
    return TOO_FEW if people < FEW and math.isfinite(low) else interval(low, high, places, is_difference)


def signed_tick(value: float, _: int | None = None) -> str:
    """Write a tick of an axis of differences, without closing zeros."""
    return _shorten(signed(value, 6))


def unsigned_tick(value: float, _: int | None = None) -> str:
    """Write a tick of an axis that counts to both sides, without closing zeros."""
    return _shorten(plain(abs(value), 6))


def _shorten(text: str) -> str:
    """Drop closing zeros after the point."""
    return text.rstrip("0").rstrip(".")
