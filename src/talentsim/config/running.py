"""Schema of how an arm is run, compared and written; none of it changes what a run gives."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from talentsim.config.frozen import Whole
from talentsim.config.parameter import Frozen, Name

MOST_REPLICATIONS = 10_000


class EnsembleConfig(Frozen):
    """Replications of each arm, and the seed they are derived from.

    `until_precision` adds replications until the standard error of the headline's difference, the focus country's share
    of the works, is that many percentage points, or there are `max_replications`. `max_failures` is how many runs may
    fail before the rest is dropped; null goes on to the end.
    """

    replications: int = Field(ge=1, le=MOST_REPLICATIONS, strict=True)
    seed: int = Field(ge=0, lt=2**63, strict=True)
    until_precision: float | None = Field(default=None, gt=0.0, strict=True)
    max_replications: int = Field(default=256, ge=2, le=MOST_REPLICATIONS, strict=True)
    max_failures: int | None = Field(default=None, ge=0, strict=True)


class ExecutorConfig(Frozen):
    """Where replications run; `workers: null` takes every core. `address` is that of a dask scheduler already running."""

    kind: Literal["serial", "threads", "processes", "dask"]
    workers: int | None = Field(default=None, ge=1, le=1024, strict=True)
    address: str | None = Field(default=None, pattern=r"^(tcp|tls|ucx|ws|wss|inproc)://\S+$")

    @model_validator(mode="after")
    def _address_is_dasks(self) -> ExecutorConfig:
        if self.address is not None and self.kind != "dask":
            raise ValueError(f"an address means a dask scheduler, and the executor is {self.kind!r}; allowed: executor=dask, or no address")
        return self


class Variant(Frozen):
    """Another structure under which to show the same comparison: overrides for both of its arms."""

    title: str
    overrides: list[str] = Field(min_length=1)


class Varied(Frozen):
    """Figures that `talentsim sensitivity` takes to both ends of their ranges together, by dotted key; in keys and title,
    {focus} stands for the code of the focus country."""

    title: str
    keys: list[str] = Field(min_length=1)


class CompareConfig(Frozen):
    """What a comparison shows.

    `year` is that of the headline (null: the last), `level` that of the intervals. `decompose` gives each policy's
    effect alone and when left out. `structure` shows the headline under other structures, and `alone` under single
    policies of the scenario with what is to be said of each, with `side_replications` replications; so many has `talentsim sensitivity` as well for the
    figures that `sensitivity` names.
    """

    year: Whole | None = None
    level: float = Field(gt=0.0, lt=1.0, strict=True)
    decompose: bool = Field(default=False, strict=True)
    side_replications: int = Field(default=1, ge=1, le=10_000, strict=True)
    structure: dict[Name, Variant | None] | None = Field(default_factory=dict)
    alone: dict[Name, str | None] | None = Field(default_factory=dict)
    sensitivity: dict[Name, Varied | None] | None = Field(default_factory=dict)

    @property
    def structures(self) -> dict[str, Variant]:
        """Structures to show: those not switched off with null."""
        return {name: variant for name, variant in (self.structure or {}).items() if variant is not None}

    @property
    def varied(self) -> dict[str, Varied]:
        """Figures to take to the ends of their ranges: those not switched off with null."""
        return {name: each for name, each in (self.sensitivity or {}).items() if each is not None}


_UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


class StoreConfig(Frozen):
    """The store of runs below `output.dir`. `checkpoints` is how much room states that later runs begin from may take on disk: bytes,
    or a number with KiB, MiB or GiB; 0 keeps none."""

    checkpoints: int = Field(default=1 << 30, ge=0, strict=True)

    @field_validator("checkpoints", mode="before")
    @classmethod
    def _in_bytes(cls, size: object) -> object:
        if not isinstance(size, str):
            return size
        found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(|KiB|MiB|GiB)", size.strip())
        if found is None:
            raise ValueError(f"{size!r} is not a size; allowed: bytes as a whole number, or a number with {', '.join(_UNITS)}, as in 1GiB; 0 keeps none")
        return int(float(found[1]) * _UNITS.get(found[2], 1))


class OutputConfig(Frozen):
    """Where and what a command writes; every path stays inside `dir`. Without `people` no lives are kept; with `timing` the
    main job says where its time went; `tables` is whether it prints its answer in thirty lines, or every table in full,
    and with `xlsx` it writes its tables as one Excel workbook as well."""

    dir: str
    csv: bool = Field(strict=True)
    figures: bool = Field(strict=True)
    report: bool = Field(default=True, strict=True)
    people: bool = Field(default=True, strict=True)
    timing: bool = Field(default=False, strict=True)
    tables: Literal["brief", "full"] = "brief"
    xlsx: bool = Field(default=False, strict=True)
