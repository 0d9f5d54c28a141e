"""At which rates do the works of the AI world show as articles in two databases?

    python experiments/publication_rates.py [OVERRIDE ...]          about 20 seconds

Prints the block `articles` of conf/observers/databases.yaml: articles for each unit of work, by the country it is done in, so that
the baseline shows the articles counted in 2019 and their growth since the earliest year of the last five that was counted. Later
years are not looked at. Run it again after a change of the figures that works depend on, and paste.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from talentsim import Config, TalentModel
from talentsim.data.facts import facts
from talentsim.measures.observers import publication_rates

LEVEL_YEAR, REPLICATIONS = 2019, 4
CODES = {"US": "USA", "China": "CHN", "India": "IND", "UK": "GBR", "Germany": "DEU", "Canada": "CAN", "France": "FRA", "Israel": "ISR",
         "Switzerland": "CHE", "Japan": "JPN", "Singapore": "SGP", "South_Korea": "KOR", "Australia": "AUS"}
DATABASES = {"scopus": ("AI articles in Scopus", "sei_ai_articles", 2015), "cat": ("AI articles in the Country Activity Tracker", "cat2025_articles", 2015)}


def observed(fact: str, year: int) -> dict[str, float]:
    """Return the articles counted in a year by country code."""
    return {CODES[name]: float(series[year]) for name, series in facts()[fact].value.items() if name in CODES}


def main() -> None:
    """Run the baseline a few times and print the rates as YAML."""
    config = Config.load("world=ai", "parameters=point", "population.scale=0.25", f"world.end_year={LEVEL_YEAR}", "output.people=false", *sys.argv[1:])
    frames = [TalentModel(config, replication=each).run().frame("works") for each in range(REPLICATIONS)]
    works = pd.concat(frames)
    works["works"] /= REPLICATIONS
    print("articles:")
    for name, (title, fact, first) in DATABASES.items():
        level = publication_rates(works, observed(fact, LEVEL_YEAR), LEVEL_YEAR)
        early = publication_rates(works, observed(fact, first), first)
        growth = {code: np.log(level[code] / early[code]) / (LEVEL_YEAR - first) for code in level}
        print_database(name, title, facts()[fact].source, level, growth)


def print_database(name: str, title: str, source: str, level: dict[str, float], growth: dict[str, float]) -> None:
    """Print one database; countries that it does not name take the median rate."""
    print(f"  {name}:\n    title: {title}\n    source: [{source}]\n    level_year: {LEVEL_YEAR}\n    growth_until: {LEVEL_YEAR}\n    others:")
    print_rate(float(np.median(list(level.values()))), float(np.median(list(growth.values()))), "assumed", "", "median of the countries below", 6)
    print("    rate:")
    for code, value in level.items():
        print(f"      {code}:")
        print_rate(value, growth[code], "calibrated", f", year: {LEVEL_YEAR}, source: {source}", "", 8)


def print_rate(level: float, growth: float, evidence: str, source: str, note: str, indent: int) -> None:
    """Print level and growth of one rate."""
    said = f', note: "{note}"' if note else ""
    space = " " * indent
    print(f"{space}level: {{value: {level:.3g}, unit: articles per unit of work, range: [{level / 3:.2g}, {level * 3:.2g}]{source}, evidence: {evidence}{said}}}")
    print(f"{space}growth: {{value: {growth:.2g}, unit: log points a year, range: [{growth - 0.15:.2g}, {growth + 0.15:.2g}]{source}, "
          f"evidence: {evidence}{said}}}")


if __name__ == "__main__":
    main()
