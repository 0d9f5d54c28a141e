"""What a country more costs: CPU time a year for worlds of 10 to 80 countries, as many firms, and always the same number of people.

    python benchmarks/countries.py [--write]          about a minute; with --write the picture goes into docs/images
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "countries.png"
sys.path.insert(0, str(ROOT / "tests"))

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


def draw(cost: list[float]) -> None:
    """Draw the cost by the number of countries."""
    from talentsim.report.figures.save import drawn, save_files
    from talentsim.report.figures.style import GAIN, GREY, frame, house_style, new_figure

    with house_style():
        figure = new_figure(5.5, 3.2)
        axes = figure.subplots()
        axes.loglog(SIZES, cost, "o-", color=GAIN, label="measured")
        axes.loglog(SIZES, cost[-1] * (np.array(SIZES) / SIZES[-1]) ** 2, ":", color=GREY, label="quadratic")
        axes.set(xlabel="countries, with as many firms", ylabel="ms of CPU a year")
        axes.set_xticks(SIZES, [str(n) for n in SIZES], minor=False)
        axes.set_xticks([], minor=True)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.legend()
        frame(figure, title="What does a country more cost?", subtitle="CPU time a year, always the same number of people",
              source="benchmarks/countries.py; conditions in docs/PERFORMANCE.md")
        save_files({"png": drawn(figure, "png")}, PICTURE.parent, PICTURE.stem)


def main() -> None:
    """Print the table and the power of the number of countries that the cost grows with; draw it if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"draw {PICTURE.relative_to(ROOT)}")
    asked, cost = parser.parse_args(), []
    for n in SIZES:
        milliseconds, people = cost_of(n)
        cost.append(milliseconds)
        print(f"{n:3} countries, {people:,} people: {milliseconds:7.1f} ms a year", flush=True)
    power = np.polyfit(np.log(SIZES[2:]), np.log(cost[2:]), 1)[0]
    print(f"from {SIZES[2]} to {SIZES[-1]} countries the cost grows with the power {power:.1f} of their number")
    if asked.write:
        draw(cost)


if __name__ == "__main__":
    main()
