"""What does each shipped scenario move, and does it move what its description says?

    python experiments/all_scenarios.py [OVERRIDE ...]          about a minute; e.g. population.scale=0.25

Prints one table of all scenarios as Markdown: the outcomes each is about, in the last year, with the difference to the
baseline and its 95 % interval (Monte-Carlo error alone). Runs are kept in outputs/store and not computed twice.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from talentsim.comparison.expectations import expectations
from talentsim.comparison.pair import Pair
from talentsim.config.arms import load_arms
from talentsim.config.scenario import scenario_cards
from talentsim.ensemble.store import Store

OVERRIDES = ("world=ai", "parameters=point", "ensemble.replications=4")


def table(overrides: tuple[str, ...], store: Store) -> pd.DataFrame:
    """Return the expectations of every shipped scenario."""
    names = [card.name for card in scenario_cards() if card.name != "baseline"]
    return expectations([Pair(*load_arms([f"scenario={name}", *overrides])) for name in names], store)


def main() -> None:
    """Print the table."""
    print("| scenario | outcome | country | baseline | difference | 95 % interval |\n|---|---|---|---:|---:|---:|")
    for row in table((*OVERRIDES, *sys.argv[1:]), Store(Path("outputs/store"))).itertuples():
        places = 0 if row.unit in ("people", "works") else 2
        low, high, difference = (f"{value:+,.{places}f}" for value in (row.low, row.high, row.difference))
        print(f"| `{row.scenario}` | {row.outcome}, {row.unit} | {row.country} | {row.baseline:,.{places}f} | {difference} "
              f"| {low} to {high}{'' if row.as_said else ' (not as said)'} |")


if __name__ == "__main__":
    main()
