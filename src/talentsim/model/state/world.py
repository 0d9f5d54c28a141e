"""The state of a world in one year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from talentsim.arrays import Floats, Integers
from talentsim.config import Config
from talentsim.model.employers import EmployerTable, employer_table
from talentsim.model.given import Given
from talentsim.model.memo import Memo
from talentsim.model.policy import LeverAxes, TrainingClasses
from talentsim.model.state.countries import Countries
from talentsim.model.state.journal import Journal
from talentsim.model.state.researchers import Researchers
from talentsim.model.state.tally import Tally
from talentsim.model.tables import DestinationTable, OriginTable, RegimeTable, codes_of, lever_axes
from talentsim.streams import Key, packing_of, seed_key
from talentsim.vocab import Reason

_REFERENCE = "reference "


@dataclass(frozen=True)
class Application:
    """People who have chosen a country that has to admit them first; all of one reason."""

    rows: Integers
    country: Integers
    reason: Reason


@dataclass(frozen=True)
class TurnedAway:
    """People whom a country has not let in although a named firm would have hired them there; each of shape (n,)."""

    rows: Integers
    country: Integers
    firm: Integers              # place among the named firms

    @classmethod
    def nobody(cls) -> TurnedAway:
        """Return the state of a year in which nobody has applied yet."""
        return cls(*(np.empty(0, np.int64) for _ in range(3)))


@dataclass
class World:
    """Everything that exists in a simulated year.

    `given` holds the figures of this year, `levers` what policies make of them; `log_strength` and `diaspora` stand as submodel ecosystem left them last year.
    `offered` is what is worked out from them once a year. `entered`, `applications`, `turned_away` and `ended` hand people from one submodel of the year to the next.
    """

    config: Config
    key: Key
    countries: Countries
    figures: Given                      # of all years
    given: Given                        # of this year
    employers: EmployerTable
    lever_axes: LeverAxes
    training: TrainingClasses
    levers: dict[str, Floats]           # of those trained where no policy asks
    levers_by_training: list[dict[str, Floats]]     # of each class of countries of training; `levers` first
    log_strength: Floats                # (k) log ecosystem strength
    log_reference: dict[str, Floats]    # component -> (k), as it stood in the start year; empty before
    diaspora: Floats                    # (o, k) share of o's nationals abroad who live in k
    headcount: Integers                 # (k) researchers and students at the end of last year
    researchers: Researchers
    journal: Journal
    tally: Tally
    memo: Memo = field(default_factory=Memo)
    offered: dict[tuple[int, float], tuple[Mapping[str, Floats], Mapping[str, Floats]]] = field(default_factory=dict)    # see `conditions`
    other_visas_left: Floats = field(default_factory=lambda: np.empty(0))    # (k) agents who may still find another visa this year
    entered: slice = field(default_factory=lambda: slice(0, 0))
    applications: list[Application] = field(default_factory=list)
    turned_away: TurnedAway = field(default_factory=TurnedAway.nobody)
    ended: Integers = field(default_factory=lambda: np.empty(0, np.int64))      # rows whose status ended this year, ascending

    @classmethod
    def from_config(cls, config: Config, seed: int, replication: int = 0) -> World:
        """Return the world on the eve of its first year: countries, but nobody yet."""
        countries = Countries.from_config(config)
        figures, n = Given.of_all_years(config), len(countries)
        given = figures.at(0)
        return cls(
            config=config, key=Key(seed_key(seed, replication), packing_of(n, len(config.employers))), countries=countries,
            figures=figures, given=given, employers=employer_table(config), lever_axes=lever_axes(config), levers=given.levers,
            training=TrainingClasses.from_policies(config.policies, countries.codes), levers_by_training=[given.levers],
            log_strength=np.log(given.destinations.strength), log_reference={}, diaspora=np.zeros((n, n)),
            headcount=np.zeros(n, np.int64), researchers=Researchers(), journal=Journal(config.output.people),
            tally=Tally.empty(n))

    @property
    def codes(self) -> tuple[str, ...]:
        """Country codes in the order of every array."""
        return codes_of(self.config)

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of all that later years depend on beside configuration and seed: the columns, and what ecosystems left.

        Returns
        -------
        Arrays by name, "reference KIND" for the components of strength in the start year once it is over.
        """
        return {**self.researchers.columns(), "log_strength": self.log_strength.copy(), "diaspora": self.diaspora.copy(),
                "headcount": self.headcount.copy(), **{f"{_REFERENCE}{name}": each.copy() for name, each in self.log_reference.items()}}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take over a state; nobody who has entered so far is in the journal.

        Raises
        ------
        KeyError
            When an array is missing.
        """
        self.researchers = Researchers.of_columns(arrays)
        self.log_strength, self.diaspora, self.headcount = (arrays[name].copy() for name in ("log_strength", "diaspora", "headcount"))
        self.log_reference = {name.removeprefix(_REFERENCE): each.copy() for name, each in arrays.items() if name.startswith(_REFERENCE)}

    @property
    def origins(self) -> OriginTable:
        """What differs between researchers by origin this year."""
        return self.given.origins

    @property
    def destinations(self) -> DestinationTable:
        """What differs between destinations this year and no policy changes."""
        return self.given.destinations

    @property
    def regimes(self) -> RegimeTable:
        """Fields of this year's visa regimes that no policy changes."""
        return self.given.regimes
