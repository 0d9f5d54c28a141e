"""Where the configuration's files are, and which names they offer."""

from __future__ import annotations

from pathlib import Path


def conf_dir() -> Path:
    """Return the folder of the shipped configuration: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "conf"
    return installed if installed.is_dir() else package.parents[1] / "conf"


def names_in_group(group: str, config_dir: str | None = None) -> list[str]:
    """List the options of a configuration group, the user's own included."""
    folders = [conf_dir() / group] + ([Path(config_dir) / group] if config_dir else [])
    return sorted({file.stem for folder in folders for file in folder.glob("*.yaml")})
