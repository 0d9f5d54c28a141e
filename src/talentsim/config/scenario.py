"""What a scenario says about itself, and what all of them say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator

from talentsim.config.errors import UserError
from talentsim.config.files import Files
from talentsim.config.parameter import CountryName, Frozen, Name
from talentsim.config.stacks import scenario_of

StackName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\+[A-Za-z0-9][A-Za-z0-9_-]{0,63})*$", max_length=160)]


class Expectation(Frozen):
    """The direction in which a scenario moves an outcome, by its description."""

    outcome: Name
    country: CountryName
    sign: Literal[-1, 1]

    @field_validator("sign", mode="before")
    @classmethod
    def _no_switch(cls, sign: object) -> object:
        if isinstance(sign, bool):
            raise ValueError("true or false is not a direction; allowed: 1 or -1")
        return sign


class ScenarioMeta(Frozen):
    """What a scenario is called and stands for, and what it is expected to move by the last year.

    `parts` are filled in for a stack: the policies of each scenario it is made of.
    """

    name: StackName
    title: str
    description: str
    stands_for: str = ""
    source: list[str] = Field(default_factory=list)
    expects: list[Expectation] = Field(default_factory=list)
    parts: dict[str, list[str]] = Field(default_factory=dict)


def scenario_cards(config_dir: str | None = None) -> tuple[list[ScenarioMeta], list[UserError]]:
    """Return what every scenario says of itself, the user's own included, and of those that are broken what is wrong with them."""
    files, cards, faults = Files.of(config_dir), [], []
    for name in files.names("scenario"):
        try:
            cards.append(_card(name, scenario_of(files, name).content))
        except UserError as error:
            faults.append(error)
    return cards, faults


def _card(name: str, content: dict[str, Any]) -> ScenarioMeta:
    try:
        return ScenarioMeta.model_validate(content["scenario"])
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise UserError(f"scenario/{name}.yaml, scenario.{'.'.join(map(str, fault['loc']))}", f"{fault['msg'].lower()}",
                        "scenario: {name, title, description}, and optionally stands_for, source, expects") from None
