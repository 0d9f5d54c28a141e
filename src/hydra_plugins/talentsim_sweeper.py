"""Hydra plugin: a sweeper for jobs that are checked and composed before the first of them starts.

Which jobs there are, `talentsim.commands.sweep` has found out with the grammar of Hydra's own sweeper; the launcher is
any of Hydra's. A job that cannot be run keeps no other from running.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from hydra.core.config_loader import ConfigLoader
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf, open_dict


class PairedSweeper(Sweeper):
    """Lets the task, a `talentsim.commands.sweep.Sweep`, run its jobs through Hydra's launcher."""

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Take what Hydra hands over, and make the launcher."""
        from talentsim.commands.sweep import Sweep

        assert isinstance(task_function, Sweep)
        self.task = task_function
        self.folder, self.is_local = Path(config.hydra.sweep.dir), config.hydra.launcher._target_.endswith("BasicLauncher")
        self.launcher: Launcher = Plugins.instance().instantiate_launcher(
            hydra_context=HydraContext(config_loader=cast(ConfigLoader, _JobLoader()), callbacks=hydra_context.callbacks),
            task_function=task_function, config=config)

    def sweep(self, arguments: list[str]) -> Any:  # noqa: ARG002 - Hydra names it; the task knows its jobs
        """Run every job that can be run."""
        return self.task.run_all(self.folder, self._launch, self.is_local)

    def _launch(self, jobs: list[tuple[int, list[str]]]) -> Any:
        return self.launcher.launch([[*job, f"hydra.sweep.subdir={number}"] for number, job in jobs], 0) if jobs else []


class _JobLoader:
    """Gives a job the configuration of the sweep, with its own overrides: the job composes for itself what it simulates."""

    def load_sweep_config(self, master_config: DictConfig, sweep_overrides: Sequence[str]) -> DictConfig:
        config = copy.deepcopy(master_config)
        *overrides, place = sweep_overrides
        with open_dict(config):
            config.hydra.overrides.task = overrides
            config.hydra.sweep.subdir = place.partition("=")[2]
        OmegaConf.copy_cache(from_config=master_config, to_config=config)
        return config
