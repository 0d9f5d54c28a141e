"""Schema of a world built from the published panel of migration: what is known until when, and how it goes on."""

from __future__ import annotations

from pydantic import Field, model_validator

from talentsim.config.parameter import Frozen, NonNegative, Probability


class DriftConfig(Frozen):
    """How one kind of yearly constants drifts: variances a year in squared utils, and the damping of slopes."""

    level: NonNegative
    slope: NonNegative
    first_slope: NonNegative
    noise: NonNegative
    damping: Probability


class PanelConfig(Frozen):
    """Constants of corridors and entries by year come from observed flows and stocks until `known_until`.

    Later years of the panel are not looked at. Then constants drift (`origin`, `destination`, `corridor`) and entries go
    on with the growth of the last `entry_window` years, damped.
    """

    known_until: int = Field(strict=True)
    fit_from: int = Field(strict=True)              # constants before are met, but say nothing about what comes
    least_away: Probability                         # of a corridor's flow that are no returns
    origin: DriftConfig
    destination: DriftConfig
    corridor: DriftConfig
    world_trend: Probability                        # kept of the trend common to all countries left
    entry_window: int = Field(ge=2, le=50, strict=True)
    entry_damping: Probability

    @model_validator(mode="after")
    def _check(self) -> PanelConfig:
        if self.fit_from > self.known_until - 4:
            raise ValueError(f"known_until {self.known_until} leaves less than five years from fit_from {self.fit_from}; "
                             f"allowed: {self.fit_from + 4} or later")
        return self
