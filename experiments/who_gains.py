"""Who gains when the United States tighten visas: the countries people come from, or others that take them in?

    python experiments/who_gains.py [OVERRIDE ...]          about 2 minutes; world=toy: 15 seconds

Difference in every country's share of the works under `visa_tightening`, and for each gain how much of it is people who are
at home instead, and how much people who are in a third country. Writes the figure and its table to outputs/studies.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from talentsim import Config, compare
from talentsim.comparison.compare import Comparison
from talentsim.ensemble.results import write_table
from talentsim.report.figures import difference_by_country
from talentsim.report.figures.save import save_figure


def study(overrides: list[str]) -> tuple[Comparison, pd.DataFrame]:
    """Return the comparison, and country, at_home, from_elsewhere: people there in the scenario who were in the USA in the baseline."""
    result = compare(Config.load("scenario=baseline", *overrides), Config.load("scenario=visa_tightening", *overrides))
    lost = result.lives.apart[(result.lives.apart.year == result.headline.year.max()) & (result.lives.apart.baseline_country == "USA")]
    is_home = lost.origin.astype(str) == lost.scenario_country.astype(str)
    sums = lost.assign(kind=is_home.map({True: "at_home", False: "from_elsewhere"})).pivot_table(
        index="scenario_country", columns="kind", values="researchers", aggfunc="sum", observed=True, fill_value=0.0)
    return result, sums.rename_axis(index="country", columns=None).reset_index()


def main(overrides: list[str]) -> list[Path]:
    """Run the study, print who took in whom, and write its figure and table."""
    config = Config.load("scenario=visa_tightening", *overrides)
    result, people = study(overrides)
    print(people.to_string(index=False, float_format="{:.0f}".format))
    folder = Path(config.output.dir) / "studies"
    figure = difference_by_country(result.headline, outcome="work_share", scenario=config.scenario.title, level=config.compare.level,
                                   source=f"talentsim, world {config.world.name}, {config.ensemble.replications} replications; "
                                   "experiments/who_gains.py")
    files = save_figure(figure, folder, "who_gains")
    return files + write_table(people, folder, "who_gains", csv=True)


if __name__ == "__main__":
    print(*main(sys.argv[1:]), sep="\n")
