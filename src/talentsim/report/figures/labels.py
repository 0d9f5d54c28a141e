"""Labels on a map: each at its place or near it with a line, none on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes

from talentsim.report.figures import style

SIZE = 7.0
"""Font size on maps, in points."""

_DIRECTIONS = [(np.cos(angle), np.sin(angle)) for angle in np.radians([0, 180, -90, 90, -30, 30, -150, 150, -60, 60, -120, 120])]


class Label(NamedTuple):
    """Text of two lines at most, the point it speaks of in data units, and whether it must leave the point free."""

    text: str
    x: float
    y: float
    is_beside: bool = False


class _Box(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float

    def overlaps(self, other: _Box) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def is_inside(self, other: _Box) -> bool:
        return self.x0 >= other.x0 and self.y0 >= other.y0 and self.x1 <= other.x1 and self.y1 <= other.y1


def place_labels(axes: Axes, labels: Sequence[Label], inches_wide: float) -> None:
    """Write labels where they fit, the first come first: on their point, else beside it with a thin line to it.

    Parameters
    ----------
    axes
        With limits set and equal aspect.
    inches_wide
        Width of the panel, which says how much of it a text takes.
    """
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    panel, unit = _Box(left, bottom, right, top), (right - left) / (72.0 * inches_wide)     # data units a point
    taken: list[_Box] = []
    points = [_around(each.x, each.y, 5 * unit, 5 * unit) for each in labels]
    for place, label in enumerate(labels):
        others = points[:place] + points[place + 1:]
        spot, box = _spot(label, taken + others, panel, unit)
        taken.append(box)
        is_away = spot != (label.x, label.y)
        axes.annotate(label.text, (label.x, label.y), spot, ha="center", va="center", fontsize=SIZE, color=style.INK, zorder=5,
                      linespacing=1.05, in_layout=False, path_effects=[patheffects.withStroke(linewidth=1.8, foreground="white")],
                      arrowprops={"arrowstyle": "-", "linewidth": 0.6, "color": style.INK, "shrinkA": 1, "shrinkB": 0} if is_away else None)


def _spot(label: Label, taken: Sequence[_Box], panel: _Box, unit: float) -> tuple[tuple[float, float], _Box]:
    """Return the nearest free place for a label's centre, and the room it takes there."""
    lines = label.text.split("\n")
    width, height = (max(style.text_width(line, SIZE) for line in lines) + 4) * unit, (1.52 * SIZE * len(lines) + 1) * unit
    for step in np.arange(float(label.is_beside), 12.0):
        for dx, dy in _DIRECTIONS if step else [(0.0, 0.0)]:
            reach = 6 * step * unit
            x, y = label.x + dx * (0.5 * width + reach) * bool(step), label.y + dy * (0.5 * height + reach) * bool(step)
            box = _around(x, y, width, height)
            if box.is_inside(panel) and not any(box.overlaps(each) for each in taken):
                return (x, y), box
    return (label.x, label.y), _around(label.x, label.y, width, height)


def _around(x: float, y: float, width: float, height: float) -> _Box:
    return _Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
