"""One figure with what is known about it, and the frozen models it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field, field_validator, model_validator

from talentsim.arrays import Floats, Integers
from talentsim.config.frozen import Frozen, Number, Whole
from talentsim.config.series import Series, with_series
from talentsim.vocab import Evidence

PRIMARY_KEYS = ("value", "unit", "range", "source", "evidence")
CountryName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]      # names become parts of paths


MOST = 1e12
"""No figure of this model can be larger: what is, is a slip, and its powers would leave the numbers of the machine."""


class Parameter(Frozen):
    """One figure with what is known about it.

    `range` is what the figure may plausibly be, in its unit: it bounds the value and feeds sensitivity analysis.
    `source` names entries of the project's list of sources, `fact` the published facts that set or confirm the figure;
    assumed figures may name none.

    A figure of a country may be a series: `value: {2010: 0.5, 2020: 1.44}` with `before`, `between` and `after`. It becomes
    `series`, and `value` the one number for code that wants one: the last point.
    """

    value: float = Field(strict=True)
    series: Series | None = None
    unit: str
    range: tuple[Number, Number]
    source: list[str] = Field(default_factory=list)
    fact: list[str] = Field(default_factory=list)
    evidence: Evidence
    year: Whole | None = None
    note: str = ""

    def __float__(self) -> float:
        return float(self.value)        # numpy floats are no floats to Python

    def over(self, years: Integers) -> Floats:
        """Return the value in each of the years; shape of `years`."""
        return np.full(len(years), float(self.value)) if self.series is None else self.series.over(years)

    def at(self, year: int) -> float:
        """Return the value in a year."""
        return float(self.value) if self.series is None else float(self.series.over(np.array([year]))[0])

    @property
    def values(self) -> tuple[float, ...]:
        """All values that are given: the only one, or those of a series."""
        return (float(self.value),) if self.series is None else tuple(float(each.value) for each in self.series.points.values())

    @property
    def sources(self) -> list[str]:
        """Sources of the figure and of every point of its series, each once."""
        points = () if self.series is None else self.series.points.values()
        return list(dict.fromkeys([*self.source, *(name for each in points for name in each.source)]))

    @model_validator(mode="before")
    @classmethod
    def _years_make_a_series(cls, fields: Any) -> Any:
        return fields if not isinstance(fields, dict) else with_series(fields)

    @field_validator("source", "fact", mode="before")
    @classmethod
    def _one_name_is_a_list(cls, source: Any) -> Any:
        return [source] if isinstance(source, str) else source

    @model_validator(mode="after")
    def _check(self) -> Parameter:
        low, high = self.range
        if low > high:
            raise ValueError(f"range {low:g} to {high:g} runs backwards; give the lower end first")
        for value in self.values:
            if abs(value) > MOST:
                raise ValueError(f"value {self._told(value)} is out of range; allowed: figures up to {MOST:g}")
            if not low <= value <= high:
                raise ValueError(f"value {self._told(value)} is out of range; allowed: {low:g} to {high:g} ({self.unit}). "
                                 "Widen the range as well if you mean it")
        if self.series is not None and self.value != self.values[-1]:
            raise ValueError(f"value {self.value:g} beside a series that ends with {self.values[-1]:g}; allowed: one of the two")
        for source, evidence in [(self.source, self.evidence), *self._evidence_of_points()]:
            if not source and evidence is not Evidence.ASSUMED:
                raise ValueError(f"evidence {evidence.value!r} needs a source; without one a figure is 'assumed'")
        return self

    def _evidence_of_points(self) -> list[tuple[list[str], Evidence]]:
        points = () if self.series is None else self.series.points.values()
        return [(each.source or self.source, each.evidence or self.evidence) for each in points]

    def _told(self, value: float) -> str:
        """Return a value as text, with its year in a series."""
        if self.series is None:
            return f"{value:g}"
        return f"{value:g} of {next(year for year, each in self.series.points.items() if each.value == value)}"


class NonNegative(Parameter):
    """A figure that cannot be below 0, whatever its range."""

    @model_validator(mode="after")
    def _not_below_zero(self) -> NonNegative:
        if min(self.values) < 0.0:
            raise ValueError(f"value {self._told(min(self.values))} is out of range; allowed: 0 or more ({self.unit})")
        return self


class Probability(NonNegative):
    """A figure between 0 and 1, whatever its range."""

    @model_validator(mode="after")
    def _not_above_one(self) -> Probability:
        if max(self.values) > 1.0:
            raise ValueError(f"value {self._told(max(self.values))} is out of range; allowed: 0 to 1 ({self.unit})")
        return self


def parameters_of(node: Any, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
    """Yield every parameter below `node` with its dotted key."""
    if isinstance(node, Parameter):
        yield prefix, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from parameters_of(getattr(node, name), f"{prefix}.{name}" if prefix else name)
    elif isinstance(node, dict):
        for name, child in node.items():
            yield from parameters_of(child, f"{prefix}.{name}" if prefix else name)
