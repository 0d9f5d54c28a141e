"""Shared fixtures: the worlds as shipped, composed once a session."""

from __future__ import annotations

from typing import Any

import pytest

from talentsim.config import Config
from talentsim.config.compose import compose_plain


@pytest.fixture(scope="session")
def toy() -> Config:
    """The toy world as shipped."""
    return Config.load("world=toy", "executor=serial")


@pytest.fixture(scope="session")
def ai() -> Config:
    """The AI world as shipped, one replication, serial."""
    return Config.load("world=ai", "parameters=point", "executor=serial", "ensemble.replications=1")


@pytest.fixture(scope="session")
def plain_toy() -> dict[str, Any]:
    """The toy world as plain data; take a copy before changing it."""
    return compose_plain(["world=toy", "executor=serial"])
