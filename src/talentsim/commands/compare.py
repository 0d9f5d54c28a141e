"""The main job, which runs when no command is named: a scenario against its baseline, or with -m a sweep, over Hydra."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talentsim.commands.arguments import Arguments, reader_gone
from talentsim.commands.launch import checked, composer_of, is_hydras, run_hydra
from talentsim.commands.timing import Stopwatch

if TYPE_CHECKING:
    from talentsim.comparison.pair import Pair
    from talentsim.comparison.sides import Side
    from talentsim.config import Config
    from talentsim.config.arms import Composer


def run(arguments: Arguments) -> int:
    """Check everything that can be checked beforehand, then let Hydra run the job or the sweep."""
    from talentsim.config.compose import parse

    watch = Stopwatch()
    watch.begin("compose")
    parse(arguments.overrides)      # also those meant for Hydra: none may name code to run
    if arguments.hydra:
        return _hydra_answers(arguments)
    if arguments.multirun:
        from talentsim.commands.sweep import run_sweep

        return run_sweep(arguments)
    from talentsim.comparison.pair import Pair
    from talentsim.ensemble.executors import begin_workers, workers_kept

    composer, own = composer_of(arguments)
    pair = checked(Pair(*composer.arms(own)))
    with workers_kept():
        begin_workers(pair.scenario.executor, _import_model)
        return one_job(arguments, pair, structures_of(composer, own, pair.scenario), pair.scenario.scenario.name, watch)


def _import_model() -> None:
    import talentsim.ensemble.group  # noqa: F401   # a worker's first task finds it there


def structures_of(composer: Composer, overrides: list[str], scenario: Config) -> list[Side]:
    """Compose the pair under every other structure that `compare.structure` names; one that this world cannot have is told."""
    from talentsim.comparison.pair import Pair
    from talentsim.comparison.sides import structure_side
    from talentsim.config.errors import UserError

    sides = []
    for name, variant in scenario.compare.structures.items():
        try:
            sides.append(structure_side(name, variant.title, Pair(*composer.arms([*overrides, *variant.overrides]))))
        except UserError as error:
            print(f"talentsim: compare.structure.{name} is left out: {error.message}", file=sys.stderr)
    return sides


def one_job(arguments: Arguments, pair: Pair, sides: list[Side], name: str, watch: Stopwatch) -> int:
    """Compare a pair inside Hydra, beside other pairs, in a folder with a name; say what goes wrong and return the exit code."""
    from talentsim.config.errors import UserError

    def task(_: Any) -> None:
        from hydra.core.hydra_config import HydraConfig

        from talentsim.commands.boundary import told
        from talentsim.commands.job import compare_and_write
        from talentsim.ensemble.ensemble import RunsFailedError

        try:
            compare_and_write(pair, Path(HydraConfig.get().runtime.output_dir), [*arguments.words, *arguments.overrides], sides, watch=watch,
                              config_dir=arguments.config_dir)
        except UserError as error:          # Hydra would print a traceback and leave with 1
            print(f"talentsim: {error.message}", file=sys.stderr)
            raise SystemExit(2) from None
        except RunsFailedError as error:
            print(f"talentsim: {error}", file=sys.stderr)
            raise SystemExit(1) from None
        except BrokenPipeError:             # the results are written, whoever has stopped reading
            raise SystemExit(reader_gone()) from None
        except Exception as error:          # Hydra would print the overrides of its own as well
            raise SystemExit(told(error)) from None

    hydra_own = [line for line in arguments.overrides if is_hydras(line)]
    return run_hydra(hydra_own, pair.scenario.output.dir, name, task)


def _hydra_answers(arguments: Arguments) -> int:
    """Let Hydra answer what it is asked: print the composed configuration, or help on itself."""
    import hydra

    from talentsim.config.asked import asked_for
    from talentsim.config.compose import parse, staged
    from talentsim.config.files import Files

    asked = asked_for(Files.of(arguments.config_dir), parse(arguments.overrides))
    os.environ["HYDRA_FULL_ERROR"] = "1"        # as in run_hydra
    with staged(asked.texts) as (folder, more):
        sys.argv = ["talentsim", *arguments.overrides, *more, *(["--multirun"] if arguments.multirun else []), *arguments.hydra]
        hydra.main(version_base="1.3", config_path=str(folder), config_name="config")(lambda _: None)()
    return 0
