"""Arms for what the page asks: composed and checked by what the command line uses, one request at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from talentsim.config import Config, UserError
from talentsim.config.arms import Composer
from talentsim.dashboard.chosen import Choice, command_of, overrides_of
from talentsim.data.sources import used_sources
from talentsim.digits import figure
from talentsim.ensemble.results import prepare_folder
from talentsim.model.tables import corridor_path

MOST_SCHOLARS = 0.02
"""Agents per researcher of a world built from the panel: its millions would take minutes where the page promises seconds."""


@dataclass(frozen=True)
class Question:
    """A comparison that is ready to be run: the choice, its overrides, and both arms."""

    choice: Choice
    overrides: tuple[str, ...]
    command: str
    baseline: Config
    scenario: Config

    @property
    def switched_off(self) -> set[str]:
        """Policies that the page has switched off."""
        return {name for name, policy in self.choice.policies.items() if policy is None}


class Desk:
    """Turns choices into arms.

    Parameters
    ----------
    given
        Overrides of the command that has opened the page.
    config_dir
        The user's own folder of configuration.
    """

    def __init__(self, given: Sequence[str] = (), config_dir: str | None = None) -> None:
        self.given, self.config_dir = list(given), config_dir
        self._composer, self._lock = Composer(config_dir), threading.Lock()

    def with_all_policies(self, question: Question) -> Question:
        """Return a question with the policies that are switched off put back, so that they can be described.

        Raises
        ------
        UserError
            As `question`.
        """
        if not question.switched_off:
            return question
        policies = {name: policy for name, policy in question.choice.policies.items() if policy is not None}
        return self.question(question.choice.model_copy(update={"policies": policies}))

    def under(self, question: Question, structure: str) -> Question:
        """Return a question under another structure, one of `compare.structure`.

        Raises
        ------
        UserError
            As `question`: a world may not have that structure.
        """
        overrides = [*question.overrides, *question.scenario.compare.structures[structure].overrides]
        with self._lock:
            baseline, scenario = self._composer.arms(overrides)
        return Question(question.choice, tuple(overrides), command_of(overrides, self.config_dir), baseline, scenario)

    def question(self, choice: Choice) -> Question:
        """Compose and check what is asked.

        Raises
        ------
        UserError
            As the command line, in its words.
        """
        overrides = overrides_of(choice, self.given)
        with self._lock:        # Hydra allows one composition at a time
            baseline, scenario = self._composer.arms(overrides)
            if scenario.world.panel is not None and scenario.population.scale > MOST_SCHOLARS:
                if any(line.startswith("population.scale=") for line in self.given):
                    raise UserError("population.scale", f"{figure(scenario.population.scale)} is more than the page can answer in this world",
                                    f"{MOST_SCHOLARS:g} or less", "the command line takes any")
                overrides = [*overrides, f"population.scale={MOST_SCHOLARS:g}"]
                baseline, scenario = self._composer.arms(overrides)
        for arm in (baseline, scenario):
            used_sources(arm)
            corridor_path(arm)
        prepare_folder(Path(scenario.output.dir))
        return Question(choice, tuple(overrides), command_of(overrides, self.config_dir), baseline, scenario)
