"""Thin Mesa views on the population: a row and its properties, built when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import TYPE_CHECKING, Any

from mesa import Agent
from mesa.agent import AgentSet

from talentsim.arrays import ABILITY_UNIT, HOME_UNIT
from talentsim.vocab import CareerStage, VisaStatus

if TYPE_CHECKING:
    from talentsim.model.model import TalentModel


FIXED = ("views on the population cannot be added or removed: cohorts and careers are set by the configuration. To leave people out of an "
         "analysis, use model.agents.select(...); to change who enters, use entry=... or a policy on the lever 'entry'")


class Researcher(Agent):
    """One researcher as Mesa shows an agent: it reads the row it stands for and changes nothing.

    A view holds for the year it was taken in; after the next step take a new one from `model.agents`.
    """

    def __init__(self, model: TalentModel, row: int) -> None:
        # Agent.__init__ would register the view, and registering a population is what the columns avoid.
        self.model: Any = model
        self.row = row
        self.pos = None
        self._year = model.year
        self.unique_id = int(model.world.researchers.uid[row])

    def __repr__(self) -> str:
        """Say who it is, from where and where; of a view whose year is over, that it is."""
        is_over = self._year != self.model.year
        return f"Researcher({self.unique_id}, {self._year}{': that year is over' if is_over else f', from {self.origin_country}, now in {self.work_country}'})"

    def remove(self) -> None:
        """Refuse: who exists follows from the configuration.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(FIXED)

    def _value(self, column: str) -> int:
        if self._year != self.model.year:
            raise LookupError(f"this view shows researcher {self.unique_id} in {self._year}, the model is in "
                              f"{self.model.year}; take a new one from model.agents")
        return int(getattr(self.model.world.researchers, column)[self.row])

    def _country(self, column: str) -> str:
        return str(self.model.codes[self._value(column)])

    @property
    def uid(self) -> int:
        """Identity, the same in every scenario."""
        return self.unique_id

    @property
    def origin_country(self) -> str:
        """Country of the first degree."""
        return self._country("origin_country")

    @property
    def training_country(self) -> str:
        """Country of the highest degree."""
        return self._country("training_country")

    @property
    def work_country(self) -> str:
        """Country they live in now, study included."""
        return self._country("work_country")

    @property
    def previous_country(self) -> str:
        """Country they lived in before the last move."""
        return self._country("previous_country")

    @property
    def career_stage(self) -> CareerStage:
        """Student or researcher."""
        return CareerStage(self._value("career_stage"))

    @property
    def visa_status(self) -> VisaStatus:
        """Right by which they live where they live."""
        return VisaStatus(self._value("visa_status"))

    @property
    def status_since(self) -> int:
        """Year in which that right began."""
        return self._value("status_since")

    @property
    def employer(self) -> str:
        """Name of the employer; a student's is the university."""
        return str(self.model.world.employers.names[self._value("employer")])

    @property
    def hq_country(self) -> str:
        """Country of the employer's headquarters."""
        return str(self.model.codes[int(self.model.world.employers.hq[self._value("employer")])])

    @property
    def is_listed(self) -> bool:
        """Whether they are tied to an institution on a screening list."""
        return bool(self._value("is_listed"))

    @property
    def entry_year(self) -> int:
        """Year of the first degree."""
        return (self.unique_id >> 40) & 0xFFFF

    @property
    def graduation_year(self) -> int:
        """Year of the doctorate."""
        return self._value("graduation_year")

    @property
    def last_move_year(self) -> int:
        """Year of the last move; the entry year before the first."""
        return self._value("last_move_year")

    @property
    def n_moves(self) -> int:
        """Moves so far, study abroad included."""
        return self._value("n_moves")

    @property
    def ability(self) -> float:
        """Ability: multiples of a typical researcher's works."""
        return self._value("ability") * ABILITY_UNIT

    @property
    def home_attachment(self) -> float:
        """Pull of the origin country when abroad, in utils."""
        return self._value("home_attachment") * HOME_UNIT


class ResearcherSet(AgentSet):
    """An AgentSet that keeps its members: Mesa's holds them weakly, and nobody else holds a view."""

    def __init__(self, agents: Iterable[Researcher], random: Random | None = None) -> None:
        self._kept = list(agents)
        super().__init__(self._kept, random=random)

    def __repr__(self) -> str:
        """Say how many there are, and what is asked of them."""
        return f"ResearcherSet({len(self._kept):,} researchers; `select`, `groupby`, `get`)"

    def add(self, _: Agent) -> None:
        """Refuse: who exists follows from the configuration.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(FIXED)

    def remove(self, _: Agent) -> None:
        """Refuse: who exists follows from the configuration.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(FIXED)

    discard = remove


def view(model: TalentModel) -> ResearcherSet:
    """Return the whole population as an AgentSet of views."""
    return ResearcherSet((Researcher(model, row) for row in range(len(model.world.researchers))), model.random)
