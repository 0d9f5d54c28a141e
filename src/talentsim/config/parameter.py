"""One figure with what is known about it, and the frozen models it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from talentsim.vocab import Evidence

PRIMARY_KEYS = ("value", "unit", "range", "source", "evidence")
CountryName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]      # names become parts of paths


class Frozen(BaseModel):
    """Base of every part of the configuration: no unknown key, no change after the check."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Parameter(Frozen):
    """One figure with what is known about it.

    `range` is what the figure may plausibly be, in its unit: it bounds the value and feeds sensitivity analysis.
    `source` names entries of the project's list of sources, `fact` the published facts that set or confirm the figure;
    assumed figures may name none.
    """

    value: float = Field(strict=True)
    unit: str
    range: tuple[float, float]
    source: list[str] = Field(default_factory=list)
    fact: list[str] = Field(default_factory=list)
    evidence: Evidence
    year: int | None = None
    note: str = ""

    def __float__(self) -> float:
        return float(self.value)        # numpy floats are no floats to Python

    @field_validator("source", "fact", mode="before")
    @classmethod
    def _one_name_is_a_list(cls, source: Any) -> Any:
        return [source] if isinstance(source, str) else source

    @model_validator(mode="after")
    def _check(self) -> Parameter:
        low, high = self.range
        if low > high:
            raise ValueError(f"range {low:g} to {high:g} runs backwards; give the lower end first")
        if not low <= self.value <= high:
            raise ValueError(f"value {self.value:g} is out of range; allowed: {low:g} to {high:g} ({self.unit}). "
                             "Widen the range as well if you mean it")
        if not self.source and self.evidence is not Evidence.ASSUMED:
            raise ValueError(f"evidence {self.evidence.value!r} needs a source; without one a figure is 'assumed'")
        return self


class NonNegative(Parameter):
    """A figure that cannot be below 0, whatever its range."""

    @model_validator(mode="after")
    def _not_below_zero(self) -> NonNegative:
        if self.value < 0.0:
            raise ValueError(f"value {self.value:g} is out of range; allowed: 0 or more ({self.unit})")
        return self


class Probability(NonNegative):
    """A figure between 0 and 1, whatever its range."""

    @model_validator(mode="after")
    def _not_above_one(self) -> Probability:
        if self.value > 1.0:
            raise ValueError(f"value {self.value:g} is out of range; allowed: 0 to 1 ({self.unit})")
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
