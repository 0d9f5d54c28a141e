"""YAML that the project ships, read by the C reader where PyYAML was built with it: a tenth of the time."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

_READER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def shipped(name: str) -> Any:
    """Return the content of a YAML file of this package."""
    return yaml.load(files("talentsim.data").joinpath(name).read_text(encoding="utf-8"), Loader=_READER)
