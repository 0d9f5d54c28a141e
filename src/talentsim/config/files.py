"""Where the configuration's files are, and which names they offer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def conf_dir() -> Path:
    """Return the folder of the shipped configuration: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "conf"
    return installed if installed.is_dir() else package.parents[1] / "conf"


def names_in_group(group: str, config_dir: str | None = None) -> list[str]:
    """List the options of a configuration group, the user's own included."""
    return sorted({file.stem for folder in _folders(group, config_dir) for file in folder.glob("*.yaml")})


def files_in_group(group: str, config_dir: str | None = None) -> Iterator[tuple[str, Any]]:
    """Return name and content of every file of a configuration group, the shipped ones first."""
    for folder in _folders(group, config_dir):
        for file in sorted(folder.glob("*.yaml")):
            yield file.stem, yaml.safe_load(file.read_text(encoding="utf-8"))


def shipped_file(group: str, name: str) -> Any:
    """Return the content of one of the shipped files, None where there is none of that name."""
    path = conf_dir() / group / f"{name}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None


def _folders(group: str, config_dir: str | None) -> list[Path]:
    return [conf_dir() / group] + ([Path(config_dir) / group] if config_dir else [])
