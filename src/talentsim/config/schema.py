"""Schema of the configuration: frozen objects that are checked once and trusted from there on."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from talentsim.config.behaviour import Behaviour
from talentsim.config.errors import nearest
from talentsim.config.parameter import Frozen, Name, Parameter, Probability
from talentsim.config.world import Country, WorldConfig
from talentsim.vocab import LEVERS, Evidence

__all__ = ["Behaviour", "Config", "Country", "Parameter", "Policy", "ScenarioMeta", "WorldConfig"]


class EntryConfig(Frozen):
    """Path of the cohorts: growth is each country's own until `data_until`, then damped by `damping` a year."""

    name: Name
    title: str
    level_year: int
    data_until: int
    damping: Probability


class Policy(Frozen):
    """A dated change of one lever.

    `start` and `end` are years or ISO dates, both inclusive: a year as `start` means its first day, as `end` its last.
    No `end` means for good. The change grows linearly over `ramp_years`. `countries` are the countries that act (the
    host of a visa, the payer of a grant), `origins` the nationals it concerns; null means all.
    """

    title: str = ""
    lever: str
    countries: list[str] | None = None
    origins: list[str] | None = None
    start: date
    end: date | None = None
    ramp_years: float = Field(default=0.0, ge=0.0, le=100.0, strict=True)
    change: Literal["set", "add", "multiply"]
    value: float = Field(strict=True)
    range: tuple[float, float] | None = None
    source: list[str] = Field(default_factory=list)
    evidence: Evidence = Evidence.ASSUMED
    note: str = ""

    @field_validator("start", "end", mode="before")
    @classmethod
    def _a_year_is_a_date(cls, when: Any, info: Any) -> Any:
        if isinstance(when, bool) or not isinstance(when, int | str | date | None):
            raise ValueError("allowed: a year (2026) or a date ('2026-09-01')")
        if isinstance(when, str) and when.isdigit():
            when = int(when)
        if isinstance(when, int):
            if not 1900 <= when <= 2100:
                raise ValueError(f"{when} is no year of this model; allowed: 1900 to 2100")
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
        if self.origins is not None and LEVERS[self.lever].axes.value == "country":
            raise ValueError(f"lever {self.lever!r} runs over countries alone; take `origins` out and use `countries`")
        if self.range is not None and not self.range[0] <= self.value <= self.range[1]:
            raise ValueError(f"value {self.value:g} is out of range; allowed: {self.range[0]:g} to {self.range[1]:g}. "
                             "Widen the range as well if you mean it")
        lever = LEVERS[self.lever]
        if self.change == "set" and not lever.low <= self.value <= lever.high:
            raise ValueError(f"value {self.value:g} is out of range; allowed for {self.lever}: "
                             f"{lever.low:g} to {lever.high:g} ({lever.unit})")
        if self.change == "multiply" and self.value < 0:
            raise ValueError(f"value {self.value:g} is out of range; a factor is 0 or more")
        return self


class ScenarioMeta(Frozen):
    """What a scenario is called and stands for."""

    name: Name
    title: str
    description: str
    stands_for: str = ""
    source: list[str] = Field(default_factory=list)


class SourceEntry(Frozen):
    """A publication or data set that a user's own figures rest on."""

    title: str
    publisher: str
    year: int | None = None
    url: str = Field(default="", pattern=r"^(https?://.*)?$")


class Population(Frozen):
    """Size and grain of the population. Neither `chunk` nor `scale` moves a result but by noise."""

    scale: float = Field(gt=0.0, le=1000.0, strict=True)
    classes: int | None = Field(default=None, ge=1, le=50, strict=True)
    chunk: int = Field(ge=100, le=10_000_000, strict=True)


class EnsembleConfig(Frozen):
    """Replications of each arm, and the seed they are derived from."""

    replications: int = Field(ge=1, le=10_000, strict=True)
    seed: int = Field(ge=0, lt=2**63, strict=True)


class ExecutorConfig(Frozen):
    """Where replications run; `workers: null` takes every core."""

    kind: Literal["serial", "threads", "processes"]
    workers: int | None = Field(default=None, ge=1, le=1024, strict=True)


class CompareConfig(Frozen):
    """Year of the headline (null: the last) and level of the intervals."""

    year: int | None = None
    level: float = Field(gt=0.0, lt=1.0, strict=True)


class OutputConfig(Frozen):
    """Where and what a command writes; every path stays inside `dir`."""

    dir: str
    csv: bool = Field(strict=True)
    figures: bool = Field(strict=True)


class Config(Frozen):
    """One arm of a comparison, whole: a world, its people, its policies and how to run it."""

    world: WorldConfig
    behaviour: Behaviour
    entry: EntryConfig
    policy: dict[Name, Policy | None] = Field(default_factory=dict)
    sources: dict[Name, SourceEntry] = Field(default_factory=dict)
    scenario: ScenarioMeta
    baseline: str
    population: Population
    ensemble: EnsembleConfig
    executor: ExecutorConfig
    compare: CompareConfig
    output: OutputConfig
    focus: str

    @property
    def headline_year(self) -> int:
        """Year of the headline: `compare.year`, or the last."""
        return self.world.end_year if self.compare.year is None else self.compare.year

    @property
    def policies(self) -> dict[str, Policy]:
        """Policies in force at some time: those not switched off with null."""
        return {name: policy for name, policy in self.policy.items() if policy is not None}

    @classmethod
    def load(cls, *overrides: str, config_dir: str | None = None) -> Config:
        """Compose and check a configuration, with Hydra's override syntax.

        Raises
        ------
        UserError
            When an override or a file is wrong; its message says what is allowed.
        """
        from talentsim.config.compose import load_config      # it needs this class, and brings Hydra

        return load_config(overrides, config_dir=config_dir)
