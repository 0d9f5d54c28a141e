"""How far is the AI world's baseline from what is observed?

    python experiments/baseline_beside_facts.py [OVERRIDE ...]          about 5 seconds

Prints simulated beside observed figures: stocks and stay rates that the starting values were fitted to (marked *), and
others. Top-tier authors are MacroPolo's, by the seat of the employer and by first degree, and are read off the run through
the observer `neurips`. Every report on the AI world shows the same of its own baseline.
"""

from __future__ import annotations

import sys

from talentsim import Config, TalentModel
from talentsim.measures.indicators import RunView
from talentsim.measures.observed import Use, beside_facts


def main() -> None:
    """Run one replication and print the table as Markdown."""
    config = Config.load("world=ai", "parameters=point", "population.scale=0.25", "world.end_year=2024", *sys.argv[1:])
    run = TalentModel(config).run()
    print("| | unit | simulated | observed | fact |\n|---|---|---:|---:|---|")
    for row in beside_facts(RunView(run.agents, run.years, run.codes), config).itertuples():
        star, bound = chr(92) + "* " if row.use == Use.FITTED else "", "below " if row.is_bound else ""
        print(f"| {star}{row.quantity} | {row.unit} | {row.simulated:.1f} | {bound}{row.observed:g} | `{row.fact}` |")


if __name__ == "__main__":
    main()
