"""talentsim: where researchers train, work and produce, and what a policy would change."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from talentsim.version import __version__

_PUBLIC = {
    "Config": "talentsim.config",
    "TalentModel": "talentsim.model.model",
    "UserError": "talentsim.config",
    "compare": "talentsim.comparison.compare",
    "open_results": "talentsim.ensemble.opened",
    "run_ensemble": "talentsim.ensemble.ensemble",
}

if TYPE_CHECKING:
    from talentsim.comparison.compare import compare
    from talentsim.config import Config, UserError
    from talentsim.ensemble.ensemble import run_ensemble
    from talentsim.ensemble.opened import open_results
    from talentsim.model.model import TalentModel

__all__ = ["Config", "TalentModel", "UserError", "__version__", "compare", "open_results", "run_ensemble"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that `talentsim --help` answers at once."""
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'talentsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted(__all__)
