"""What a country more costs: CPU time a year for worlds of 10 to 80 countries, as many firms, and always the same number of people.

    python benchmarks/countries.py [PICTURE.png]          about a minute
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from talentsim.config.compose import compose_plain
from talentsim.model.simulation import Simulation
from worlds import wide_world

SIZES = (10, 20, 30, 40, 60, 80)
YEARS = {"world.burn_in_year": 2014, "world.start_year": 2017, "world.end_year": 2022}
SCALE = 400.0       # of the toy's cohorts, shared out among the countries


def cost_of(n: int) -> tuple[float, int]:
    """Return milliseconds of CPU a year, the least of three runs, and how many people there are at the end."""
    config = wide_world(compose_plain(["world=toy"]), n, n, **{"population.scale": SCALE / n, "output.people": False}, **YEARS)
    spent = []
    for _ in range(3):
        simulation, began = Simulation(config), time.process_time()
        simulation.run()
        spent.append(time.process_time() - began)
    years = config.world.end_year - config.world.burn_in_year + 1
    return 1000.0 * min(spent) / years, len(simulation.world.researchers)


def main() -> None:
    """Print the table and the power of the number of countries that the cost grows with; draw it if a file is named."""
    cost = []
    for n in SIZES:
        milliseconds, people = cost_of(n)
        cost.append(milliseconds)
        print(f"{n:3} countries, {people:,} people: {milliseconds:7.1f} ms a year")
    power = np.polyfit(np.log(SIZES[2:]), np.log(cost[2:]), 1)[0]
    print(f"from {SIZES[2]} to {SIZES[-1]} countries the cost grows with the power {power:.1f} of their number")
    if len(sys.argv) > 1:
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
        axes.loglog(SIZES, cost, "o-", label="measured")
        axes.loglog(SIZES, cost[-1] * (np.array(SIZES) / SIZES[-1]) ** 2, ":", label="quadratic")
        axes.set(xlabel="countries, with as many firms", ylabel="ms of CPU a year", title="Cost by number of countries, people the same")
        axes.legend()
        figure.savefig(sys.argv[1], dpi=150)


if __name__ == "__main__":
    main()
