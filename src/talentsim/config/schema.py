"""The configuration of one arm: a frozen object that is checked once and trusted from there on."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from talentsim.config.arm import Arm, DrawsConfig, EntryConfig, Population
from talentsim.config.behaviour import Behaviour
from talentsim.config.check import check
from talentsim.config.errors import shown
from talentsim.config.frozen import remembered
from talentsim.config.parameter import Parameter
from talentsim.config.policy import Policy
from talentsim.config.running import ExecutorConfig
from talentsim.config.scenario import ScenarioMeta
from talentsim.config.world import Country, WorldConfig
from talentsim.digits import figure

__all__ = ["Behaviour", "Config", "Country", "DrawsConfig", "EntryConfig", "ExecutorConfig", "Parameter", "Policy", "Population", "ScenarioMeta", "WorldConfig"]


class Config(Arm):
    """One arm of a comparison, whole: a world, its people, its policies and how to run it."""

    def __repr__(self) -> str:
        """Name world, scenario, replications, seed and scale: the whole of it is `model_dump()`."""
        draws = f", draws={self.parameters.name}" if self.over_draws else ""
        return (f"Config(world={self.world.name}, scenario={self.scenario.name}, policies={len(self.policies)}, replications={self.ensemble.replications}, "
                f"seed={self.ensemble.seed}, scale={figure(self.population.scale)}{draws})")

    __str__ = __repr__

    def __reduce__(self) -> tuple[Callable[[bytes], Config], tuple[bytes]]:
        """Go to another process as one parcel, in which it is the same object however often it comes: what is remembered of it holds."""
        return _unpacked, (_packed(self),)

    @classmethod
    def load(cls, *overrides: str, config_dir: str | None = None) -> Config:
        """Compose and check a configuration, with Hydra's override syntax.

        Parameters
        ----------
        overrides
            As on the command line, each a KEY=VALUE; of a key given twice the last holds.
        config_dir
            A folder with scenarios, countries and worlds of your own.

        Raises
        ------
        UserError
            When an override or a file is wrong; its message says what is allowed.
        TypeError
            When an override is no text.

        Examples
        --------
        >>> from talentsim import Config
        >>> config = Config.load("world=toy", "scenario=opt_end", "ensemble.seed=7")
        >>> config
        Config(world=toy, scenario=opt_end, policies=1, replications=8, seed=7, scale=1)
        >>> config.policies["opt_end"].lever, config.world.countries["CAN"].name
        ('post_study_years', 'Canada')
        """
        for each in overrides:
            if not isinstance(each, str):
                raise TypeError(f"overrides are texts, one each, as in Config.load('world=toy', 'ensemble.seed=7'); found {shown(each)}")
        from talentsim.config.plain import PlainComposer  # it brings Hydra, which a worker does not need

        return cls.checked(PlainComposer(config_dir).one(overrides))

    @classmethod
    def checked(cls, plain: Mapping[str, Any], beside: tuple[Mapping[str, Any], Config] | None = None) -> Config:
        """Turn plain data, as YAML gives it, into a configuration; what is the same in one beside it, given with its plain data, is shared.

        Raises
        ------
        UserError
            With every fault found, the first in full.
        """
        return check(cls, plain, beside)


def require_config(taker: str, *given: object) -> None:
    """Refuse what is no configuration where one is asked for.

    Raises
    ------
    TypeError
        With what was given, and how to make one.
    """
    for each in given:
        if not isinstance(each, Config):
            raise TypeError(f"{taker} takes a configuration, as Config.load('world=toy', 'scenario=opt_end') makes one; found {shown(each)}")


@remembered(32)
def _packed(config: Config) -> bytes:
    return pickle.dumps(config.__getstate__(), protocol=pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=32)
def _unpacked(parcel: bytes) -> Config:
    config = Config.__new__(Config)
    config.__setstate__(pickle.loads(parcel))
    return config
