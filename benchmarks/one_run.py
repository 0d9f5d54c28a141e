"""How long one run takes, step by step, and what a researcher costs in memory.

    python benchmarks/one_run.py [OVERRIDE ...]         e.g. world=ai population.scale=1.0

Takes the fastest of three runs of one replication in one thread.
"""

from __future__ import annotations

import resource
import sys
import time

from talentsim import Config, TalentModel
from talentsim.model import SCHEDULE


def timed_run(config: Config) -> tuple[float, dict[str, float], int, TalentModel]:
    """Run one replication and return wall seconds, seconds by submodel, agent-years and the model."""
    model, spent, agent_years = TalentModel(config), dict.fromkeys((step.__module__ for step in SCHEDULE), 0.0), 0
    started = time.perf_counter()
    for year in range(config.world.burn_in_year, config.world.end_year + 1):
        model.year = year
        for step in SCHEDULE:
            before = time.perf_counter()
            step(model.world, year)
            spent[step.__module__] += time.perf_counter() - before
        if year >= config.world.start_year:
            model.recorder.observe(model.world, year)
        agent_years += len(model.world.researchers)
    return time.perf_counter() - started, spent, agent_years, model


def main() -> None:
    """Print the figures."""
    config = Config.load(*sys.argv[1:])
    wall, spent, agent_years, model = min((timed_run(config) for _ in range(3)), key=lambda run: run[0])
    people = model.world.researchers
    print(f"world {config.world.name}, scale {config.population.scale:g}: {len(people):,} researchers at the end, "
          f"{agent_years:,} agent-years")
    print(f"wall {wall:.2f} s, {1e9 * wall / agent_years:.0f} ns per agent-year")
    for name, seconds in spent.items():
        print(f"  {name.rpartition('.')[2]:<11}{1e9 * seconds / agent_years:6.1f} ns per agent-year")
    print(f"{people.n_bytes} bytes per researcher in the columns; peak memory of the process "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
