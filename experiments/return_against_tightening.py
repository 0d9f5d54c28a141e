"""Which brings more work to China: paying its returnees, or the United States tightening visas? And do they add up?

    python experiments/return_against_tightening.py [OVERRIDE ...]          about 3 minutes; world=toy: 20 seconds

Three comparisons with one baseline: China's return programme, tighter visas in the United States, and both at once. Writes
the figure and its table to outputs/studies.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from talentsim import Config, compare
from talentsim.ensemble.results import write_table
from talentsim.report.figures import dose_response
from talentsim.report.figures.save import save_figure

WORDS = ("return programme", "tighter US visas", "both")


def arms(overrides: list[str]) -> tuple[Config, list[Config]]:
    """Return the baseline and the three scenarios; the third has the policies of the other two."""
    returns, tightening = (Config.load(f"scenario={name}", *overrides) for name in ("return_programme", "visa_tightening"))
    both = tightening.model_copy(update={"policy": {**tightening.policy, **returns.policy}})
    return Config.load("scenario=baseline", *overrides), [returns, tightening, both]


def study(overrides: list[str]) -> pd.DataFrame:
    """Return dose (the scenario), series (country), difference, low, high: share of the works made there."""
    baseline, scenarios = arms(overrides)
    tables = []
    for words, scenario in zip(WORDS, scenarios, strict=True):
        headline = compare(baseline, scenario).headline
        rows = headline[(headline.outcome == "work_share") & headline.country.isin(["CHN", "USA"])]
        tables.append(rows[["difference", "low", "high"]].assign(dose=words, series=rows.country.map({"CHN": "China", "USA": "United States"})))
    return pd.concat(tables, ignore_index=True)


def main(overrides: list[str]) -> list[Path]:
    """Run the study and write its figure and table."""
    config = arms(overrides)[0]
    table, folder = study(overrides), Path(config.output.dir) / "studies"
    figure = dose_response(table, dose="the policy", outcome=f"Share of the world's works made there, {config.headline_year}", unit="% of works",
                           level=config.compare.level, source=f"talentsim, world {config.world.name}, {config.ensemble.replications} "
                           "replications; experiments/return_against_tightening.py")
    files = save_figure(figure, folder, "return_against_tightening")
    return files + write_table(table, folder, "return_against_tightening", csv=True)


if __name__ == "__main__":
    print(*main(sys.argv[1:]), sep="\n")
