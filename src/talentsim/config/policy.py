"""Schema of a policy: a dated change of one lever."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from talentsim.config.errors import nearest
from talentsim.config.frozen import Number, Whole
from talentsim.config.parameter import MOST, Frozen
from talentsim.vocab import BY_TRAINING, LEVERS, SELECTORS, WAGE_LEVELS, Evidence


class Policy(Frozen):
    """A dated change of one lever.

    `start` and `end` are years or ISO dates, both inclusive: a year as `start` means its first day, as `end` its last.
    No `end` means for good. The change grows linearly over `ramp_years`, or takes the value that `path` gives each year:
    then the policy begins with the path's first year, and its last value holds until the end.

    Which part of the lever changes is said by `countries` (those that act: the host of a visa, the payer of a grant, the
    place of a site), `origins` (the nationals concerned), `partners` (of the countries), `employers` and `headquarters`
    (firms by name and by country of ownership), `levels` (of wages, 1 to 4), and `trained` (the countries in which those concerned took the doctorate, for
    the levers of `vocab.BY_TRAINING`); null means all.
    """

    title: str = ""
    lever: str
    countries: list[str] | None = None
    origins: list[str] | None = None
    trained: list[str] | None = None
    partners: list[str] | None = None
    employers: list[str] | None = None
    headquarters: list[str] | None = None
    levels: list[Whole] | None = None
    start: date
    end: date | None = None
    ramp_years: float = Field(default=0.0, ge=0.0, le=100.0, strict=True)
    change: Literal["set", "add", "multiply"]
    value: float | None = Field(default=None, strict=True)
    path: dict[int, Number] | None = Field(default=None, min_length=1)
    range: tuple[Number, Number] | None = None
    source: list[str] = Field(default_factory=list)
    evidence: Evidence = Evidence.ASSUMED
    note: str = ""

    def value_in(self, year: int) -> float:
        """Return the value of a year: the only one, or the path's latest up to the year (its first before)."""
        if self.path is None:
            assert self.value is not None
            return self.value
        return self.path[max((each for each in self.path if each <= year), default=min(self.path))]

    @model_validator(mode="before")
    @classmethod
    def _a_path_says_when_it_starts(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and fields.get("start") is None and isinstance(fields.get("path"), dict) and fields["path"]:
            return fields | {"start": next(iter(fields["path"]))}
        return fields

    @field_validator("start", "end", mode="before")
    @classmethod
    def _a_year_is_a_date(cls, when: Any, info: Any) -> Any:
        if isinstance(when, bool) or not isinstance(when, int | str | date | None):
            raise ValueError("allowed: a year (2026) or a date ('2026-09-01')")
        if isinstance(when, str) and when.isdigit():
            when = int(when)
        if isinstance(when, int):
            if not 1900 <= when <= 2100:
                raise ValueError(f"{when} is not a year of this model; allowed: 1900 to 2100")
            return date(when, 1, 1) if info.field_name == "start" else date(when, 12, 31)
        return when

    @model_validator(mode="after")
    def _check(self) -> Policy:
        if self.lever not in LEVERS:
            near = nearest(self.lever, LEVERS)
            raise ValueError(f"there is no lever called {self.lever!r}; allowed: {', '.join(LEVERS)}"
                             + (f"; did you mean {near!r}?" if near else ""))
        if self.end is not None and self.end < self.start:
            raise ValueError(f"ends on {self.end} before it starts on {self.start}; give an end after the start, or none")
        self._check_selectors()
        self._check_trained()
        if (self.value is None) == (self.path is None):
            given = "neither `value` nor `path`" if self.value is None else "both `value` and `path`"
            raise ValueError(f"{given} given; allowed: one of the two; set the other to null")
        if self.path is not None:
            self._check_path(self.path)
        for value in [self.value] if self.value is not None else (self.path or {}).values():
            self._check_value(value)
        return self

    def _check_selectors(self) -> None:
        axes = LEVERS[self.lever].axes
        allowed = SELECTORS[axes]
        for field in ("countries", "origins", "partners", "employers", "headquarters", "levels", "trained"):
            named = getattr(self, field) or []
            if len(set(named)) < len(named):
                twice = next(each for each in named if named.count(each) > 1)
                raise ValueError(f"`{field}` names {twice} twice; allowed: each once")
        for field in ("countries", "origins", "partners", "employers", "headquarters", "levels"):
            if getattr(self, field) is None:
                continue
            if field not in allowed:
                runs_over = "countries alone" if axes.value == "country" else f"{axes.value}"
                raise ValueError(f"lever {self.lever!r} runs over {runs_over}; take `{field}` out and use "
                                 + " or ".join(f"`{each}`" for each in allowed))
            if not getattr(self, field):
                raise ValueError(f"`{field}` is an empty list, which changes nothing; allowed: names, or null for all")
        if not set(self.levels or ()) <= set(WAGE_LEVELS):
            raise ValueError(f"`levels` is {self.levels}; allowed: wage levels from {WAGE_LEVELS[0]} to {WAGE_LEVELS[-1]}")

    def _check_trained(self) -> None:
        if self.trained is not None and self.lever not in BY_TRAINING:
            raise ValueError(f"lever {self.lever!r} is the same wherever one was trained; take `trained` out, or use it with one of "
                             + ", ".join(BY_TRAINING))
        if self.trained == []:
            raise ValueError("`trained` is an empty list, which changes nothing; allowed: names, or null for all")

    def _check_path(self, path: dict[int, float]) -> None:
        years = list(path)
        if years != sorted(years):
            raise ValueError(f"the years of the path are out of order: {', '.join(map(str, years))}; allowed: rising years")
        if not (years[0] >= 1900 and years[-1] <= 2100):
            raise ValueError(f"the path runs from {years[0]} to {years[-1]}; allowed: years from 1900 to 2100")
        if self.start.year != years[0]:
            raise ValueError(f"starts on {self.start}, but its path with {years[0]}; leave `start` out, or give a date in {years[0]}")
        if self.ramp_years:
            raise ValueError(f"ramp_years {self.ramp_years:g} beside a path; allowed: one of the two")
        if self.end is not None and self.end.year < years[-1]:
            raise ValueError(f"ends on {self.end} before its path does, in {years[-1]}; give a later end, or none")

    def _check_value(self, value: float) -> None:
        lever = LEVERS[self.lever]
        if abs(value) > MOST:
            raise ValueError(f"value {value:g} is out of range; allowed: figures up to {MOST:g}")
        if self.range is not None and not self.range[0] <= value <= self.range[1]:
            raise ValueError(f"value {value:g} is out of range; allowed: {self.range[0]:g} to {self.range[1]:g}. "
                             "Widen the range as well if you mean it")
        if self.change == "set" and not lever.low <= value <= lever.high:
            raise ValueError(f"value {value:g} is out of range; allowed for {self.lever}: "
                             f"{lever.low:g} to {lever.high:g} ({lever.unit})")
        if self.change == "add" and lever.high - lever.low < abs(value):
            raise ValueError(f"value {value:g} is out of range; allowed to add to {self.lever}: {lever.low - lever.high:g} to {lever.high - lever.low:g} ({lever.unit})"
                             + (f"; for {value:g} percentage points write {value / 100:g}" if lever.high == 1.0 and abs(value) <= 100 else ""))
        if self.change == "multiply" and value < 0:
            raise ValueError(f"value {value:g} is out of range; a factor is 0 or more")
