"""Schema of how the AI world is calibrated; none of it changes what a run gives."""

from __future__ import annotations

from pydantic import Field

from talentsim.config.frozen import Whole
from talentsim.config.parameter import Frozen


class CalibrationConfig(Frozen):
    """How `talentsim calibrate world=ai` goes about it: agents per researcher, runs of the first design and of each wave after it,
    the draws to keep, how many of them are run on the real model in the end, and the crowd that samples the posterior, with the steps
    it goes at first. What was observed has the luck of one run at that scale: 1 is the world's own.

    `earlier` is the runs.parquet of a calibration before: its runs of the same version count as one's own, those of another version
    tell the emulator slopes, not levels.
    """

    scale: float = Field(default=1.0, gt=0.0, le=1000.0, strict=True)
    first: int = Field(default=600, ge=2, le=100_000, strict=True)
    waves: list[Whole] = Field(default_factory=lambda: [300, 300, 300])
    draws: int = Field(default=256, ge=8, le=10_000, strict=True)
    check: int = Field(default=64, ge=2, le=10_000, strict=True)
    walkers: int = Field(default=200, ge=8, le=10_000, strict=True)
    steps: int = Field(default=3000, ge=10, le=1_000_000, strict=True)
    earlier: str | None = None
    seed: int = Field(default=1, ge=0, lt=2**16, strict=True)
