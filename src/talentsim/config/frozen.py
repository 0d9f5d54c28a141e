"""Base of every part of the configuration."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """No unknown key, no change after the check."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
