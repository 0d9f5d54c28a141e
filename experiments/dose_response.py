"""How much work leaves the United States for each further point of F-1 refusals?

    python experiments/dose_response.py [OVERRIDE ...]          about 4 minutes; world=toy: 20 seconds

Refusals rise by 0 to 40 percentage points from 2026, and nothing else changes. Every dose meets the same baseline with the
same luck, and runs that are in the store are not computed again. Writes the figure and its table to outputs/studies.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from talentsim import compare
from talentsim.config.arms import Composer
from talentsim.ensemble.results import write_table
from talentsim.report.figures import dose_response
from talentsim.report.figures.save import save_figure

DOSES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
POLICY = "+policy.refusals={{lever: student_refusal, countries: [USA], start: 2026, change: add, value: {}}}"


def study(overrides: list[str], doses: tuple[float, ...] = DOSES) -> pd.DataFrame:
    """Return dose, difference, low, high and series: share of the works hosted, and of the works by people trained."""
    composer, rows = Composer(), []
    for dose in doses:
        headline = compare(*composer.arms(["scenario=baseline", *overrides, POLICY.format(dose)])).headline
        for outcome, series in (("work_share", "made in the United States"), ("training_share", "by people trained there")):
            row = headline[(headline.outcome == outcome) & (headline.country == "USA")].iloc[0]
            rows.append({"dose": 100 * dose, "series": series, "difference": row.difference, "low": row.low, "high": row.high})
    return pd.DataFrame(rows)


def main(overrides: list[str]) -> list[Path]:
    """Run the study and write its figure and table."""
    config = Composer().arms(overrides)[1]
    table, folder = study(overrides), Path(config.output.dir) / "studies"
    figure = dose_response(table, dose="points of F-1 refusals added from 2026", outcome=f"Share of the world's works, {config.headline_year}",
                           unit="% of works", level=config.compare.level, source=f"talentsim, world {config.world.name}, "
                           f"{config.ensemble.replications} replications; experiments/dose_response.py")
    files = save_figure(figure, folder, "dose_response")
    return files + write_table(table, folder, "dose_response", csv=True)


if __name__ == "__main__":
    print(*main(sys.argv[1:]), sep="\n")
