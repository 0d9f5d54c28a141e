"""What every command that compares arms does first and last: compose and check them, and hand over to Hydra."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from talentsim.commands.arguments import Arguments
    from talentsim.config import Config
    from talentsim.config.arms import Composer


def composer_of(arguments: Arguments) -> tuple[Composer, list[str]]:
    """Return what composes the arms, and the overrides that are meant for them and not for Hydra."""
    from talentsim.config.arms import Composer

    return Composer(arguments.config_dir), [line for line in arguments.overrides if not line.lstrip("+~").startswith(("hydra.", "hydra/"))]


def checked(baseline: Config, scenario: Config) -> tuple[Config, Config]:
    """Return the arms when their sources are known, their data are there and the output folder can be written to.

    Raises
    ------
    UserError
        Otherwise.
    """
    from talentsim.data.sources import used_sources
    from talentsim.ensemble.results import prepare_folder
    from talentsim.model.tables import corridor_path

    for arm in (baseline, scenario):
        used_sources(arm)
        corridor_path(arm)
    prepare_folder(Path(scenario.output.dir))
    return baseline, scenario


def run_hydra(overrides: list[str], output_dir: str, name: str, task: Any, multirun: bool = False) -> int:
    """Hand over to Hydra, which makes the folder of results and calls the task."""
    import hydra

    from talentsim.config.files import conf_dir

    place = output_dir.replace("\\", "\\\\").replace("'", "\\'")
    sys.argv = ["talentsim", f"output.dir='{place}'", f"scenario.name={name}", *overrides, *(["--multirun"] if multirun else [])]
    hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="launch")(task)()
    return 0
