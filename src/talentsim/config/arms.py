"""The two arms of a comparison: composed as plain data by `plain`, then checked and frozen; what is beyond the configuration uses this alone."""

from __future__ import annotations

from collections.abc import Sequence

from hydra.core.override_parser.types import Override

from talentsim.config.check import is_same
from talentsim.config.plain import PlainComposer
from talentsim.config.schema import Config
from talentsim.config.setting import Plain


class Composer:
    """Composes configurations and checks them; many comparisons share what they have in common.

    `PlainComposer` knows files, overrides and Hydra, and nothing of what a value may be; this knows only that `Config` must accept it.
    """

    def __init__(self, config_dir: str | None = None) -> None:
        self.config_dir, self._plain = config_dir, PlainComposer(config_dir)
        self._baseline: tuple[Plain, Config] | None = None

    def arms(self, overrides: Sequence[str]) -> tuple[Config, Config]:
        """Compose the baseline and the scenario of one comparison.

        Overrides hold in both arms, but for those of a policy: they hold in every arm that has the policy, and a policy
        added with `+` belongs to the scenario alone.

        Returns
        -------
        Baseline, scenario. A baseline that is the one before is the same object, so that what is remembered of it holds.

        Raises
        ------
        UserError
            When an override, a file or a value is wrong.
        """
        baseline, scenario = self._plain.arms(overrides)
        if self._baseline is None or not is_same(self._baseline[0], baseline):
            self._baseline = None
            self._baseline = baseline, Config.checked(baseline)
        checked = self._baseline[1]
        return checked, checked if scenario is baseline else Config.checked(scenario, (baseline, checked))

    def one(self, overrides: Sequence[str]) -> Config:
        """Compose the scenario alone, with all overrides.

        Raises
        ------
        UserError
            As `arms`.
        """
        return Config.checked(self._plain.one(overrides))

    def plain(self, overrides: Sequence[Override]) -> Plain:
        """Compose plain data; nothing of it is trusted yet.

        Raises
        ------
        UserError
            As `PlainComposer.plain`.
        """
        return self._plain.plain(overrides)


def load_arms(overrides: Sequence[str], config_dir: str | None = None) -> tuple[Config, Config]:
    """Compose the baseline and the scenario of one comparison.

    Returns
    -------
    Baseline, scenario; see `Composer.arms`.
    """
    return Composer(config_dir).arms(overrides)
