"""What a scenario says about itself, and what all of them say."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationError

from talentsim.config.errors import UserError
from talentsim.config.files import files_in_group
from talentsim.config.parameter import CountryName, Frozen, Name


class Expectation(Frozen):
    """The direction in which a scenario moves an outcome, by its description."""

    outcome: Name
    country: CountryName
    sign: Literal[-1, 1]


class ScenarioMeta(Frozen):
    """What a scenario is called and stands for, and what it is expected to move by the last year."""

    name: Name
    title: str
    description: str
    stands_for: str = ""
    source: list[str] = Field(default_factory=list)
    expects: list[Expectation] = Field(default_factory=list)


def scenario_cards(config_dir: str | None = None) -> list[ScenarioMeta]:
    """Return name, title and description of every scenario, the user's own included.

    Raises
    ------
    UserError
        When a scenario does not say what it is.
    """
    return [_card(name, content) for name, content in files_in_group("scenario", config_dir)]


def _card(name: str, plain: Any) -> ScenarioMeta:
    try:
        return ScenarioMeta.model_validate((plain or {}).get("scenario", {}))
    except (ValidationError, AttributeError):
        raise UserError(f"scenario/{name}.yaml", "the scenario does not say what it is",
                        "scenario: {name, title, description}, under '# @package _global_'") from None
