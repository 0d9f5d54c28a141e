"""The one rounding rule for figures that people read: so many digits, thousands separated, never a power of ten."""

from __future__ import annotations

import math


def figure(value: float, digits: int = 6) -> str:
    """Write a figure with so many significant digits at most, all of those before the point, and no closing zeros.

    0.35, 1,234.5, 100,000 and 0.00002; "no limit" for what is infinite and "n/a" where there is no number.
    """
    if not math.isfinite(value):
        return "n/a" if math.isnan(value) else "no limit"
    if value == 0.0:
        return "0"
    places = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(number: int, one: str, many: str) -> str:
    """Write a number of things, with the word for one or for many."""
    return f"{number} {one if number == 1 else many}"
