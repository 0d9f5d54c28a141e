"""What every command that compares arms does first and last: compose and check them, and hand over to Hydra."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from talentsim.commands.arguments import Arguments
    from talentsim.comparison.pair import Pair
    from talentsim.config.arms import Composer


def composer_of(arguments: Arguments) -> tuple[Composer, list[str]]:
    """Return what composes the arms, and the overrides that are meant for them and not for Hydra."""
    from talentsim.config.arms import Composer

    own = [line for line in arguments.overrides if not is_hydras(line)]
    return Composer(arguments.config_dir), own


def checked_pair(arguments: Arguments) -> Pair:
    """Compose and check the pair that a command line asks for.

    Raises
    ------
    UserError
        When an override, a file or a value is wrong, or something is missing.
    """
    from talentsim.comparison.pair import Pair

    composer, own = composer_of(arguments)
    return checked(Pair(*composer.arms(own)))


def is_hydras(override: str) -> bool:
    """Return whether an override is meant for Hydra itself."""
    return override.lstrip("+~").startswith(("hydra.", "hydra/"))


def checked(pair: Pair, warned: set[str] | None = None) -> Pair:
    """Return the pair when its sources are known, its data are there and the output folder can be written to.

    Parameters
    ----------
    warned
        Warnings that were given already, to which those of this pair are added: the jobs of a sweep share most.

    Raises
    ------
    UserError
        Otherwise.
    """
    from talentsim.config import UserError
    from talentsim.data.sources import used_sources
    from talentsim.ensemble.results import prepare_folder
    from talentsim.model.tables import corridor_path

    try:
        pair.must_match()
    except ValueError as error:
        raise UserError(f"scenario={pair.scenario.scenario.name}", str(error), "scenarios that leave alone how many people, years and replications there are",
                        "take it out of the scenario's file and give it on the command line, where it holds for baseline and scenario alike") from None
    for arm in pair:
        used_sources(arm)
        corridor_path(arm)
    warn(pair, set() if warned is None else warned)
    prepare_folder(Path(pair.scenario.output.dir))
    return pair


def warn(pair: Pair, warned: set[str]) -> None:
    """Say on stderr what a reader is to mind; what is in `warned` is not said again."""
    from talentsim.comparison.cautions import cautions

    for line in cautions(pair):
        if line not in warned:
            print(f"talentsim: warning: {line}", file=sys.stderr)
            warned.add(line)


def run_hydra(overrides: list[str], output_dir: str, name: str, task: Any, multirun: bool = False) -> int:
    """Hand over to Hydra, which makes the folder of results and calls the task.

    Raises
    ------
    UserError
        When an option of Hydra's, a launcher for one, is not there.
    """
    import hydra
    from hydra.errors import ConfigCompositionException, MissingConfigException

    from talentsim.commands.boundary import tell_how_to_stop
    from talentsim.config.errors import UserError
    from talentsim.config.files import conf_dir

    tell_how_to_stop()
    os.environ["HYDRA_FULL_ERROR"] = "1"        # a fault comes back here, and is told in one way
    place = output_dir.replace("\\", "\\\\").replace("'", "\\'")
    sys.argv = ["talentsim", f"output.dir='{place}'", f"scenario.name={name}", *overrides, *(["--multirun"] if multirun else [])]
    try:
        hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="launch")(task)()
    except MissingConfigException as error:
        group, _, asked = str(error.missing_cfg_file).rpartition("/")
        raise UserError(f"{group}={asked}", f"there is no {asked!r} here", ", ".join(error.options or ()),
                        "pip install 'talentsim[launchers]' brings joblib and submitit" if group == "hydra/launcher" else "") from None
    except ConfigCompositionException as error:
        raise UserError("command line", str(error).splitlines()[0], "keys of Hydra's own, as talentsim --cfg hydra prints them") from None
    return 0
