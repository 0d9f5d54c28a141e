"""Sweeps: many comparisons over one store, joined into one table when all are over."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talentsim.commands.arguments import Arguments

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override
    from omegaconf import DictConfig

    from talentsim.comparison.pair import Pair
    from talentsim.config import UserError
    from talentsim.config.arms import Composer

Job = tuple[int, list[str]]
"""A job's number among all that were asked for, and its overrides."""


@dataclass
class Sweep:
    """The task that Hydra is given: called in a job it runs that job, and the sweeper lets it run all of them.

    What the process that started the sweep knows of it does not travel with it: the processes of a launcher get the
    task alone, and each composes what it simulates.
    """

    config_dir: str | None = None
    pairs: dict[tuple[str, ...], Pair] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    faults: list[tuple[int, list[str], UserError]] = field(default_factory=list)
    n_failed: int = 0
    error: Exception | None = None      # what stopped the sweep as a whole

    def __reduce__(self) -> tuple[type[Sweep], tuple[str | None]]:
        return Sweep, (self.config_dir,)

    def __call__(self, _: DictConfig) -> None:
        """Run the job that Hydra has set up; what goes wrong becomes a record in its folder."""
        from hydra.core.hydra_config import HydraConfig

        context = HydraConfig.get()
        with contextlib.chdir(context.runtime.cwd):         # where the store is, whatever hydra.job.chdir says
            self.run_job(list(context.overrides.task), Path(context.runtime.output_dir))

    def run_all(self, folder: Path, launch: Callable[[list[Job]], Any], is_local: bool) -> Any:
        """Write down the jobs that cannot be run, launch all others, and join what they leave into one table and one figure.

        Parameters
        ----------
        is_local
            Whether the jobs run in this process: then whatever the store lacks is computed beforehand, in one go. Where
            a launcher sends them elsewhere, each computes its own there.
        """
        from talentsim.commands.sweep_job import join_and_write, record_failure, refuse_used, run_in_one_go
        from talentsim.ensemble.store import cannot_write

        try:
            refuse_used(folder)
            for number, job, fault in self.faults:
                record_failure(folder / str(number), job, fault.message, "")
            if is_local:
                run_in_one_go(list(self.pairs.values()))
            done = launch(self.jobs)
            self.n_failed = join_and_write(folder)
        except OSError as error:
            self.error = cannot_write(folder, error)
        except Exception as error:      # Hydra would print its traceback and leave with a code of its own
            self.error = error
        else:
            return done
        return []

    def run_job(self, overrides: list[str], folder: Path) -> None:
        """Run one comparison; what goes wrong becomes a record in its folder."""
        from talentsim.commands.job import compare_and_write
        from talentsim.commands.sweep_job import record_failure
        from talentsim.comparison.pair import Pair
        from talentsim.config import UserError
        from talentsim.config.arms import load_arms
        from talentsim.ensemble.ensemble import RunsFailedError

        try:
            pair = self.pairs.get(tuple(overrides)) or Pair(*load_arms(overrides, self.config_dir))
            compare_and_write(pair, folder=folder, overrides=overrides, told=False, figures=_asks_for_figures(overrides), config_dir=self.config_dir)
        except UserError as error:
            record_failure(folder, overrides, error.message, "")
        except RunsFailedError as error:
            text = next(iter(error.failed.values()))
            record_failure(folder, overrides, text.strip().splitlines()[-1], text)
        except Exception as error:      # a job that fails must not take the others with it
            record_failure(folder, overrides, f"{type(error).__name__}: {error}", traceback.format_exc())


def run_sweep(arguments: Arguments) -> int:
    """Compose every job, let Hydra run those that can be run, and return 1 when any failed, else 0.

    Raises
    ------
    UserError
        When no job can be run, or one cannot and `ensemble.max_failures` allows none.
    """
    from talentsim.commands.launch import composer_of, is_hydras, run_hydra
    from talentsim.ensemble.ensemble import RunsFailedError

    hydras = [line for line in arguments.overrides if is_hydras(line)]
    _check_sweeper(hydras)
    composer, own = composer_of(arguments)
    sweep = prepared(_jobs(own, arguments.config_dir), composer)
    if sweep.faults:
        _, job, fault = sweep.faults[0]
        print(f"talentsim: {len(sweep.faults)} of {len(sweep.faults) + len(sweep.jobs)} jobs cannot be run and the others go "
              f"on; the first, {' '.join(job)}:\n{fault.message}", file=sys.stderr)
    first = next(iter(sweep.pairs.values())).scenario
    run_hydra(hydras, first.output.dir, "sweep", sweep, multirun=True)
    if isinstance(sweep.error, RunsFailedError):
        print(f"talentsim: {sweep.error}\nMore than ensemble.max_failures allows: the rest was dropped; what was computed stays in the "
              "store.", file=sys.stderr)
        return 1
    if sweep.error is not None:
        raise sweep.error
    return 1 if sweep.n_failed else 0


def prepared(jobs: list[list[str]], composer: Composer) -> Sweep:
    """Compose and check the pair of every job; one that cannot be run keeps no other from running.

    Raises
    ------
    UserError
        When none can be run, or more cannot than `ensemble.max_failures` allows.
    """
    from talentsim.commands.launch import checked
    from talentsim.comparison.pair import Pair
    from talentsim.config import UserError

    sweep, warned = Sweep(composer.config_dir), set[str]()
    for number, job in enumerate(jobs):
        try:
            sweep.pairs[tuple(job)] = checked(Pair(*composer.arms(job)), warned)
            sweep.jobs.append((number, job))
        except UserError as error:
            sweep.faults.append((number, job, error))
    allowed = next(iter(sweep.pairs.values())).scenario.ensemble.max_failures if sweep.pairs else 0
    if sweep.faults and allowed is not None and len(sweep.faults) > allowed:
        raise sweep.faults[0][2]
    return sweep


def _check_sweeper(hydras: list[str]) -> None:
    """Refuse another sweeper: it would hand out jobs that nobody has composed and checked.

    Raises
    ------
    UserError
        When one is named.
    """
    from talentsim.config import UserError

    for line in hydras:
        key, _, value = line.lstrip("+").partition("=")
        if key.startswith("hydra/sweeper") and value != "paired":
            raise UserError(f"command line, {line!r}", "talentsim has a sweeper of its own", "hydra/sweeper=paired, which is the default",
                            "leave it out; hydra/launcher may be set")


def _jobs(overrides: list[str], config_dir: str | None = None) -> list[list[str]]:
    """Return every combination of the values that are swept, as Hydra's own sweeper makes them.

    Raises
    ------
    UserError
        When a key is swept and given twice, or swept over a continuous interval.
    """
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

    from talentsim.config import UserError
    from talentsim.config.compose import parse

    parsed = parse([_listed(each, config_dir) for each in parse(overrides)])
    keys = [each.get_key_element() for each in parsed]
    for each in parsed:
        where = f"command line, {each.input_line!r}"
        if each.is_sweep_override() and not each.is_discrete_sweep():
            raise UserError(where, "an interval has infinitely many values", "values separated by commas, range(FIRST,BEFORE,STEP) or choice(...)")
        if keys.count(each.get_key_element()) > 1 and any(other.is_sweep_override() for other in parsed if other.get_key_element() == each.get_key_element()):
            raise UserError(where, f"{each.get_key_element()} is given twice, and the later values would replace the earlier", "each swept key once",
                            f"join them: {each.get_key_element()}=A,B,C")
    return [list(job) for job in BasicSweeper.split_arguments(parsed, None)[0]]


def _listed(override: Override, config_dir: str | None) -> str:
    """Return an override with the names of a group that a glob stands for, divided by commas.

    Raises
    ------
    UserError
        When it stands for none.
    """
    from hydra.core.override_parser.types import Glob

    from talentsim.config import UserError
    from talentsim.config.files import names_in_group

    value = override.value()
    if not isinstance(value, Glob):
        return str(override.input_line)
    names = value.filter(sorted(names_in_group(override.key_or_group, config_dir)))
    if not names:
        raise UserError(f"command line, {override.input_line!r}", f"no name in {override.key_or_group!r} matches that",
                        ", ".join(sorted(names_in_group(override.key_or_group, config_dir))) or "the name of a group of the configuration")
    return f"{override.get_key_element()}={','.join(names)}"


def _asks_for_figures(overrides: list[str]) -> bool:
    """Return whether a job is asked for figures: one among many draws none unless told to."""
    from talentsim.config.compose import parse

    given = [each.value() for each in parse(overrides) if each.key_or_group == "output.figures"]
    return bool(given and given[-1] is True)
