"""How long one run takes, step by step, and what a researcher costs in memory.

    python benchmarks/one_run.py [OVERRIDE ...]         e.g. world=ai population.scale=1.0

Takes the fastest of three runs of one replication in one thread.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
from dataclasses import dataclass

from talentsim import Config
from talentsim.model.simulation import SCHEDULE, Simulation


@dataclass
class Timing:
    """CPU seconds and agent-years of a run, those of the reported years apart from burn-in, and seconds by submodel."""

    wall: float
    agent_years: int
    reported_wall: float
    reported_agent_years: int
    spent: dict[str, float]
    researchers: int
    n_bytes: int


def timed_run(config: Config) -> Timing:
    """Run one replication; the model of the last one is gone before."""
    gc.collect()
    model, spent, agent_years = Simulation(config), dict.fromkeys((step.__module__ for step in SCHEDULE), 0.0), 0
    world, started = config.world, time.process_time()
    for year in range(world.burn_in_year, world.end_year + 1):
        if year == world.start_year:
            reported_from, burnt_in = time.process_time(), agent_years
        model.year = year
        for step in SCHEDULE:
            before = time.process_time()
            step(model.world, year)
            spent[step.__module__] += time.process_time() - before
        if year >= world.start_year:
            model.recorder.observe(model.world, year)
        agent_years += len(model.world.researchers)
    ended, people = time.process_time(), model.world.researchers
    return Timing(ended - started, agent_years, ended - reported_from, agent_years - burnt_in, spent, len(people), people.n_bytes)


def main() -> None:
    """Print the figures."""
    config = Config.load(*sys.argv[1:])
    run = min((timed_run(config) for _ in range(3)), key=lambda each: each.wall)
    print(f"world {config.world.name}, scale {config.population.scale:g}: {run.researchers:,} researchers at the end, "
          f"{run.agent_years:,} agent-years")
    print(f"CPU {run.wall:.2f} s, {1e9 * run.wall / run.agent_years:.0f} ns per agent-year; {config.world.start_year} to "
          f"{config.world.end_year}: {run.reported_wall:.2f} s for {run.reported_agent_years:,} agent-years")
    for name, seconds in run.spent.items():
        print(f"  {name.rpartition('.')[2]:<11}{1e9 * seconds / run.agent_years:6.1f} ns per agent-year")
    print(f"{run.n_bytes} bytes per researcher in the columns; peak memory of the process "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
