"""The two arms of a comparison, which belong together: what differs between them, from when, and what both are run as."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from talentsim.config import Config, Policy
from talentsim.ensemble.ensemble import Ensemble, run_ensembles
from talentsim.ensemble.identity import arm_id, settings_of
from talentsim.ensemble.runner import Progress
from talentsim.ensemble.store import Store
from talentsim.model.policy import first_year


@dataclass(frozen=True)
class Pair:
    """A scenario and the baseline that it is compared with."""

    baseline: Config
    scenario: Config

    def __post_init__(self) -> None:
        """Ask the baseline what the scenario is asked: a scenario's file may name its own focus, year and level."""
        asked = {name: getattr(self.scenario, name) for name in ("compare", "focus")}
        if any(getattr(self.baseline, name) != each for name, each in asked.items()):
            object.__setattr__(self, "baseline", self.baseline.model_copy(update=asked))

    def __repr__(self) -> str:
        """Name both arms."""
        return f"Pair({self.baseline!r}, {self.scenario!r})"

    def __iter__(self) -> Iterator[Config]:
        """Yield baseline and scenario."""
        return iter((self.baseline, self.scenario))

    @cached_property
    def differing(self) -> dict[str, Policy]:
        """Policies of either arm that the other lacks or has otherwise; the scenario's where both have it."""
        one, other = self.baseline.policies, self.scenario.policies
        return {name: policy for name, policy in (one | other).items() if one.get(name) != other.get(name)}

    @property
    def added(self) -> dict[str, Policy]:
        """Policies of the scenario that the baseline lacks or has otherwise."""
        return {name: policy for name, policy in self.scenario.policies.items() if name in self.differing}

    @property
    def dropped(self) -> dict[str, Policy]:
        """Policies of the baseline that the scenario lacks."""
        return {name: policy for name, policy in self.baseline.policies.items() if name not in self.scenario.policies}

    @property
    def common(self) -> dict[str, Policy]:
        """Policies that both arms have alike."""
        return {name: policy for name, policy in self.scenario.policies.items() if name not in self.differing}

    @cached_property
    def start(self) -> int | None:
        """First year in which the arms may differ, after the last one where none may; None when more than dated policies differs."""
        if _beside_policies(self.baseline) != _beside_policies(self.scenario):
            return None
        starts = (first_year({name: policy for name, policy in arm.policies.items() if name in self.differing}) for arm in self)
        return min((each for each in starts if each is not None), default=self.scenario.world.end_year + 1)    # either version may come first

    @property
    def is_placebo(self) -> bool:
        """Whether no policy that differs is in force before the end, and nothing else differs."""
        return self.start is not None and self.start > self.scenario.world.end_year

    @property
    def is_one(self) -> bool:
        """Whether a world is compared with itself: then there is nothing to compare, and it is described."""
        return self.baseline.scenario.name == self.scenario.scenario.name and not self.differing and self.start is not None

    @cached_property
    def placebo(self) -> Config | None:
        """The baseline with the scenario's own policies added but without effect, one replication; None without any."""
        idle = {name: policy for name, policy in without_effect(self.scenario).policies.items() if name not in self.baseline.policies}
        if not idle:
            return None
        return with_replications(self.baseline.model_copy(update={"policy": {**self.baseline.policy, **idle}}), 1)

    @property
    def ids(self) -> tuple[str, str]:
        """Identities of both arms, whatever their seed."""
        return arm_id(self.baseline), arm_id(self.scenario)

    def each(self, change: Callable[[Config], Config]) -> Pair:
        """Return the pair with a change made to both arms."""
        return Pair(change(self.baseline), change(self.scenario))

    def with_replications(self, n: int) -> Pair:
        """Return the pair with another number of replications."""
        return self.each(lambda arm: with_replications(arm, n))

    def must_match(self) -> None:
        """Make sure that the arms can be compared.

        Raises
        ------
        ValueError
            When they differ in countries, years, seed, scale, number of replications or draws of the parameters.
        """
        one, other = _frame(self.baseline), _frame(self.scenario)
        differing = [name for name in one if one[name] != other[name]]
        if differing:
            raise ValueError(f"baseline and scenario differ in {', '.join(differing)} and cannot be paired")

    def arms_to_run(self) -> list[Config]:
        """Return both arms and the placebo where there is one."""
        return [*self, *([] if self.placebo is None else [self.placebo])]


@dataclass(frozen=True)
class PairRuns:
    """The replications of both arms of a pair, place by place with the same luck, and of its placebo where there is one."""

    baseline: Ensemble
    scenario: Ensemble
    placebo: Ensemble | None = None

    def __iter__(self) -> Iterator[Ensemble]:
        """Yield the baseline's replications and the scenario's."""
        return iter((self.baseline, self.scenario))

    @cached_property
    def pair(self) -> Pair:
        """The arms."""
        return Pair(self.baseline.config, self.scenario.config)


def run_pair(pair: Pair, store: Store | None = None, progress: Progress | None = None) -> PairRuns:
    """Run what is missing of both arms and of the placebo.

    Raises
    ------
    ValueError
        When the arms cannot be paired.
    RunsFailedError
        When a run fails.
    """
    pair.must_match()
    return PairRuns(*run_ensembles(pair.arms_to_run(), store, progress, n_apart=3))


def run_pairs(pairs: Sequence[Pair], store: Store | None = None, progress: Progress | None = None, n_apart: int = 0) -> list[PairRuns]:
    """Run what is missing of many pairs in one go, without their placebos; `n_apart` as `run_ensembles` has it.

    Raises
    ------
    RunsFailedError
        When a run fails.
    """
    ensembles = run_ensembles([arm for pair in pairs for arm in pair], store, progress, n_apart) if pairs else []
    return [PairRuns(one, other) for one, other in zip(ensembles[::2], ensembles[1::2], strict=True)]


def without_effect(config: Config) -> Config:
    """Return the arm with every policy kept but changing nothing: zero added, multiplied by one, set after the end."""
    def idle(policy: Policy) -> Policy:
        if policy.change == "set":
            start = policy.start.replace(year=config.world.end_year + 1, day=1)
            return policy.model_copy(update={"start": start, "end": None})
        return policy.model_copy(update={"value": 0.0 if policy.change == "add" else 1.0, "path": None})

    return config.model_copy(update={"policy": {name: idle(policy) for name, policy in config.policies.items()}})


def with_replications(config: Config, n: int) -> Config:
    """Return the arm with another number of replications."""
    return config.model_copy(update={"ensemble": config.ensemble.model_copy(update={"replications": n})})


def _beside_policies(config: Config) -> dict[str, object]:
    return settings_of(config) | {"policies": None, "data_dir": config.world.data_dir, "parameters": config.parameters}


def _frame(config: Config) -> dict[str, object]:
    world = config.world
    return {"world.countries": list(world.countries), "world.start_year": world.start_year, "world.end_year": world.end_year,
            "ensemble.seed": config.ensemble.seed, "ensemble.replications": config.ensemble.replications,
            "population.scale": config.population.scale, "parameters.draws": config.parameters.draws}
