"""What every figure and sentence about one comparison needs to know, gathered once from its results."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from talentsim.comparison.pair import Pair
from talentsim.config import Config, UserError, parameters_of
from talentsim.digits import counted, figure
from talentsim.ensemble.opened import Results


@dataclass(frozen=True)
class Scene:
    """One comparison: its results, both configurations, and what follows from them."""

    results: Results
    pair: Pair

    @classmethod
    def of(cls, results: Results) -> Scene:
        """Gather what a folder of results holds.

        Raises
        ------
        UserError
            When the results are not those of a comparison.
        """
        if not {"baseline", "scenario"} <= results.arms.keys() or not {"headline", "portrait"} & set(results.names):
            raise UserError(str(results.folder), "these are not the results of a comparison", "the folder of `talentsim scenario=...`",
                            "a sweep holds one such folder for each of its jobs")
        return cls(results, Pair(results.arms["baseline"], results.arms["scenario"]))

    @property
    def baseline(self) -> Config:
        """The arm that the scenario is compared with."""
        return self.pair.baseline

    @property
    def scenario(self) -> Config:
        """The arm that the results are about."""
        return self.pair.scenario

    @property
    def is_portrait(self) -> bool:
        """Whether one world is described by itself, and nothing compared."""
        return "portrait" in self.results and "headline" not in self.results

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.scenario.scenario.title

    @property
    def focus(self) -> str:
        """Code of the country that the report follows."""
        return self.scenario.focus

    @property
    def year(self) -> int:
        """Year of the headline."""
        return self.scenario.headline_year

    @property
    def level(self) -> float:
        """Level of the intervals."""
        return self.scenario.compare.level

    @property
    def replications(self) -> int:
        """Replications of each arm."""
        return self.scenario.ensemble.replications

    @property
    def start(self) -> int | None:
        """First year in which the arms may differ; None when they differ in more than policies, or not before the end."""
        return None if self.pair.is_placebo else self.pair.start

    @property
    def is_placebo(self) -> bool:
        """Whether no policy that differs is ever in force."""
        return self.pair.is_placebo

    @property
    def span(self) -> tuple[int, int]:
        """Years in which the policies are at work, up to the headline's; all up to it where they cannot be told apart."""
        first = self.scenario.world.start_year if self.start is None else self.start
        first = self.scenario.world.start_year if first > self.year else max(first, self.scenario.world.start_year)
        return first, self.year

    @cached_property
    def headline(self) -> pd.DataFrame:
        """Table `headline` of the results."""
        return self.results.table("headline")

    @property
    def source(self) -> str:
        """Where the numbers come from, in one line: version, world, vintage of the data, runs."""
        arms = self.results.manifest["arms"]
        return (f"talentsim {self.results.manifest.get('talentsim', '')}; world {self.scenario.world.name}, scale "
                f"{figure(self.scenario.population.scale)}, {counted(self.replications, 'replication', 'replications')}, seed {self.scenario.ensemble.seed}; "
                f"{vintage(self.scenario)}; runs: baseline {arms['baseline']['id']}, scenario {arms['scenario']['id']}")

    def name(self, code: str) -> str:
        """Return a country's name, or that of the focus; its code where it has none here."""
        if code == self.focus:
            return self.scenario.focus_name
        country = self.scenario.world.countries.get(code)
        return code if country is None else country.name

    def called(self, code: str, with_code: bool = False) -> str:
        """Return a country's name for a picture, which the code follows in brackets where asked, or where two have one name."""
        name = self.name(code)
        is_shared = sum(each.name == name for each in self.scenario.world.countries.values()) > 1
        return f"{name} ({code})" if name != code and (with_code or is_shared) else name

    @cached_property
    def names(self) -> dict[str, str]:
        """What every country is called in a picture, by code."""
        return {code: self.called(code) for code in dict.fromkeys([*self.scenario.world.countries, self.focus])}


def vintage(config: Config) -> str:
    """Say which years the figures behind a configuration are from; of a world built from the panel, which panel and how much of it."""
    if config.world.panel is not None:
        return f"migration panel of Akbaritabar, Theile, Zagheni (2024, CC BY 4.0), known until {config.world.panel.known_until}"
    years = sorted({parameter.year for _, parameter in parameters_of(config) if parameter.year is not None})
    return f"data of {years[0]} to {years[-1]}" if years else "invented data"
