"""The main job, which runs when no command is named: a scenario against its baseline, or with -m a sweep, over Hydra."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from talentsim.commands.arguments import Arguments, reader_gone

if TYPE_CHECKING:
    from talentsim.config import Config


def run(arguments: Arguments) -> int:
    """Check everything that can be checked beforehand, then let Hydra run the job or the sweep."""
    from talentsim.config.compose import load_arms

    arms: dict[tuple[str, ...], tuple[Config, Config]] = {}
    if not arguments.hydra:
        for overrides in _jobs(arguments):
            arms[tuple(overrides)] = checked(*load_arms(overrides, arguments.config_dir))
    return _run_hydra(arguments, arms)


def _jobs(arguments: Arguments) -> list[list[str]]:
    """Return the overrides of every job: one, or every combination of a sweep."""
    if not arguments.multirun:
        return [arguments.overrides]
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

    from talentsim.config.compose import parse

    batches = BasicSweeper.split_arguments(parse(arguments.overrides), max_batch_size=None)
    return [list(job) for batch in batches for job in batch]


def checked(baseline: Config, scenario: Config) -> tuple[Config, Config]:
    """Return the arms when their sources are known and the output folder can be written to.

    Raises
    ------
    UserError
        Otherwise.
    """
    from pathlib import Path

    from talentsim.data.sources import used_sources
    from talentsim.ensemble.store import prepare_folder

    for arm in (baseline, scenario):
        used_sources(arm)
    prepare_folder(Path(scenario.output.dir))
    return baseline, scenario


def _run_hydra(arguments: Arguments, arms: dict[tuple[str, ...], tuple[Config, Config]]) -> int:
    import hydra
    from hydra.core.hydra_config import HydraConfig

    from talentsim.config.compose import load_arms, search_path_override
    from talentsim.config.errors import UserError
    from talentsim.config.files import conf_dir

    def task(_: Any) -> None:
        from pathlib import Path

        from talentsim.job import compare_and_write

        context = HydraConfig.get()
        own = [line for line in context.overrides.task if not line.startswith("hydra.")]
        pair = arms.get(tuple(own)) or load_arms(own, arguments.config_dir)     # a launcher's process starts without them
        try:
            compare_and_write(*pair, folder=Path(context.runtime.output_dir), overrides=own)
        except UserError as error:      # Hydra would print a traceback and leave with 1
            print(f"talentsim: {error.message}", file=sys.stderr)
            raise SystemExit(2) from None
        except BrokenPipeError:         # the results are written, whoever has stopped reading
            raise SystemExit(reader_gone()) from None

    extra = [search_path_override(arguments.config_dir)] if arguments.config_dir else []
    sys.argv = ["talentsim", *arguments.overrides, *extra, *(["--multirun"] if arguments.multirun else []),
                *arguments.hydra]
    hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="config")(task)()
    return 0
