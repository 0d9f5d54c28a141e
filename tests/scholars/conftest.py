"""The published panel lies beside the checkout; without it the tests of the scholars world are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from talentsim.config import Config
from talentsim.panel.panel import Panel, load_panel

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CODES = ("USA", "CHN", "IND", "GBR", "DEU", "FRA", "CAN", "JPN", "KOR", "AUS", "CHE", "NLD", "SGP", "ISR", "ITA", "ESP", "RUS",
         "BRA", "IRN", "ROW")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder with the panel's tables."""
    if not DATA.is_dir():
        pytest.skip(f"the published migration panel is not at {DATA}: docs/scholars.md says how to get it")
    return DATA


@pytest.fixture(scope="session")
def panel(data_dir: Path) -> Panel:
    """The whole panel."""
    return load_panel(str(data_dir), CODES)


@pytest.fixture(scope="session")
def scholars(data_dir: Path) -> Config:
    """The scholars world as shipped."""
    return Config.load("world=scholars", f"world.data_dir={data_dir}", "executor=serial", "ensemble.replications=1")
