"""Sweeps: many comparisons over one store, joined into one table at the end by a Hydra callback."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.experimental.callback import Callback

from talentsim.commands.arguments import Arguments

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from talentsim.config import Config, UserError
    from talentsim.config.arms import Composer


@dataclass
class Session:
    """What the process that started a sweep knows of it; the processes of a launcher start without."""

    jobs: list[tuple[int, list[str]]] = field(default_factory=list)
    arms: dict[tuple[str, ...], tuple[Config, Config]] = field(default_factory=dict)
    faults: list[tuple[int, list[str], UserError]] = field(default_factory=list)
    n_failed: int = 0
    error: Exception | None = None      # of the callback: Hydra would make a warning of it and go on


SESSION = Session()


def run_sweep(arguments: Arguments) -> int:
    """Compose every job, let Hydra run those that can be run, and return 1 when any failed, else 0.

    Raises
    ------
    UserError
        When no job can be run, or one cannot and `ensemble.max_failures` allows none.
    """
    from talentsim.commands.launch import run_hydra
    from talentsim.config.arms import Composer
    from talentsim.ensemble.ensemble import RunsFailedError

    config_dir = arguments.config_dir
    hydra_own = [line for line in arguments.overrides if line.lstrip("+~").startswith(("hydra.", "hydra/"))]
    own = [line for line in arguments.overrides if line not in hydra_own]
    _compose_all(_jobs(own), Composer(config_dir))
    first = next(iter(SESSION.arms.values()))[1]
    if SESSION.faults:
        _, job, fault = SESSION.faults[0]
        print(f"talentsim: {len(SESSION.faults)} of {len(SESSION.faults) + len(SESSION.jobs)} jobs cannot be run and the others go "
              f"on; the first, {' '.join(job)}:\n{fault.message}", file=sys.stderr)

    def task(_: Any) -> None:
        from hydra.core.hydra_config import HydraConfig

        context = HydraConfig.get()
        run_job(list(context.overrides.task), Path(context.runtime.output_dir), config_dir)

    run_hydra(hydra_own, first.output.dir, "sweep", task, multirun=True)
    if isinstance(SESSION.error, RunsFailedError):
        print(f"talentsim: {SESSION.error}\nMore than ensemble.max_failures allows: the rest was dropped; what was computed stays in the "
              "store.", file=sys.stderr)
    elif SESSION.error is not None:
        raise SESSION.error
    return 1 if SESSION.n_failed or SESSION.error else 0


def _jobs(overrides: list[str]) -> list[list[str]]:
    """Return every combination of the comma-separated values, as Hydra's own sweeper makes them."""
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

    from talentsim.config.compose import parse

    return [list(job) for job in BasicSweeper.split_arguments(parse(overrides), None)[0]]


def _compose_all(jobs: list[list[str]], composer: Composer) -> None:
    from talentsim.commands.launch import checked
    from talentsim.config import UserError

    global SESSION
    SESSION = Session()         # another sweep in the same process starts afresh
    for number, job in enumerate(jobs):
        try:
            SESSION.arms[tuple(job)] = checked(*composer.arms(job))
            SESSION.jobs.append((number, job))
        except UserError as error:
            SESSION.faults.append((number, job, error))
    allowed = next(iter(SESSION.arms.values()))[1].ensemble.max_failures if SESSION.arms else None
    if SESSION.faults and (not SESSION.arms or (allowed is not None and len(SESSION.faults) > allowed)):
        raise SESSION.faults[0][2]


def run_job(overrides: list[str], folder: Path, config_dir: str | None) -> None:
    """Run one comparison of a sweep; what goes wrong becomes a record in its folder."""
    from talentsim.commands.job import compare_and_write
    from talentsim.commands.sweep_job import record_failure
    from talentsim.config import UserError
    from talentsim.config.arms import load_arms
    from talentsim.ensemble.ensemble import RunsFailedError

    try:
        arms = SESSION.arms.get(tuple(overrides)) or load_arms(overrides, config_dir)
        compare_and_write(*arms, folder=folder, overrides=overrides, told=False, figures="output.figures=true" in overrides)
    except UserError as error:
        record_failure(folder, overrides, error.message, "")
    except RunsFailedError as error:
        text = next(iter(error.failed.values()))
        record_failure(folder, overrides, text.strip().splitlines()[-1], text)
    except Exception as error:      # a job that fails must not take the others with it
        record_failure(folder, overrides, f"{type(error).__name__}: {error}", traceback.format_exc())


class JoinSweep(Callback):
    """Runs what the jobs of a sweep need, and joins them into one table and one figure when all are over."""

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Write down the jobs that cannot be run; compute the missing runs of all others in one go.

        Where a launcher sends the jobs elsewhere, each computes its own there.
        """
        from talentsim.commands.sweep_job import record_failure, run_in_one_go

        folder = Path(config.hydra.sweep.dir)
        try:
            for number, job, fault in SESSION.faults:
                record_failure(folder / str(number), job, fault.message, "")
            if config.hydra.launcher._target_.endswith("BasicLauncher"):
                run_in_one_go(list(SESSION.arms.values()))
        except Exception as error:
            SESSION.error = error
            SESSION.jobs.clear()        # nothing is launched

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:
        """Write sweep.parquet, failures.parquet and the figure, and print what matters."""
        from talentsim.commands.sweep_job import join_and_write
        from talentsim.ensemble.store import cannot_write

        folder = Path(config.hydra.sweep.dir)
        try:
            if SESSION.error is None:
                SESSION.n_failed = join_and_write(folder)
        except OSError as error:
            SESSION.error = cannot_write(folder, error)
        except Exception as error:
            SESSION.error = error
