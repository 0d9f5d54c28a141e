"""The sweep of the common workload as Mesa has it: `batch_run` over the tuned model, on two processes."""

from __future__ import annotations

import argparse
import json
import time

import mesa
import workload as w
from mesa_tuned import World


class Swept(World):
    """The tuned model under one scenario: more seats in one country from a year on."""

    def __init__(self, agents: int, years: int, scenario: int) -> None:
        super().__init__(agents, years)
        self.years, self.scenario = years, scenario
        self.datacollector = mesa.DataCollector(model_reporters={"moves": lambda model: float(model.tables.moves[model.t].sum())})

    def step(self) -> None:
        if self.t + 1 == w.SWEPT_SINCE:
            self.seats[w.SWEPT_HOST] = round(self.seats[w.SWEPT_HOST] * (1.0 + w.SWEPT_STEP * self.scenario))
        super().step()
        self.datacollector.collect(self)
        self.running = self.t + 1 < self.years


def main() -> None:
    """Run the sweep and print one line of JSON."""
    parser = argparse.ArgumentParser()
    for name, value in (("agents", 10_000), ("years", 30), ("scenarios", 2), ("replications", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    began = time.perf_counter()
    rows = mesa.batch_run(Swept, {"agents": asked.agents, "years": asked.years, "scenario": range(asked.scenarios)}, number_processes=2,
                          iterations=asked.replications, max_steps=asked.years, display_progress=False)
    assert len(rows) == asked.scenarios * asked.replications
    print(json.dumps({"runs": len(rows), "wall": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
