"""With what a result was made: versions, commit, host."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from talentsim.ensemble.identity import source_digest
from talentsim.version import __version__

DEPENDENCIES = ("mesa", "numpy", "pandas", "scipy", "pydantic", "hydra-core", "omegaconf", "pyarrow", "matplotlib")


@lru_cache(maxsize=1)
def made_with() -> dict[str, Any]:
    """Return versions, source, commit and host of this process."""
    return {
        "talentsim": version_of("talentsim"),
        "versions": {"python": platform.python_version()} | {name: version_of(name) for name in DEPENDENCIES},
        "source_sha256": source_digest(),
        "git": git_state(),
        "host": {"name": platform.node(), "system": platform.system(), "machine": platform.machine(), "cores": os.cpu_count()},
    }


def version_of(package: str) -> str | None:
    """Return an installed package's version, None when it is not installed; talentsim's own is that of the code that runs."""
    if package == "talentsim":
        return __version__
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def git_state() -> dict[str, Any] | None:
    """Return commit and dirtiness of the checkout the code runs from, None outside one."""
    here = Path(__file__).resolve().parent

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(["git", *arguments], cwd=here, capture_output=True, text=True, timeout=10, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    tracked = git("ls-files", "--error-unmatch", Path(__file__).name)
    commit = git("rev-parse", "HEAD") if tracked else None
    return None if commit is None else {"commit": commit, "dirty": bool(git("status", "--porcelain"))}
