"""The sweep of the common workload in talentsim: every run is stored, on two worker processes, and years that runs share are simulated once."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import workload as w
from with_talentsim import CODES, configuration

from talentsim.config import Config
from talentsim.config.schema import ExecutorConfig
from talentsim.ensemble.runner import run_missing
from talentsim.ensemble.runs import runs_of
from talentsim.ensemble.store import Store


def arms(agents: int, years: int, scenarios: int, replications: int) -> list[Config]:
    """Return the baseline and the scenarios: more seats in one country from a year on."""
    config = configuration(agents, years)
    plain = config.model_dump(mode="json") | {"ensemble": config.ensemble.model_dump() | {"replications": replications}}
    since = w.FIRST_YEAR + w.SWEPT_SINCE
    seats = {"lever": "work_visa_cap", "countries": [CODES[w.SWEPT_HOST]], "start": f"{since}-01-01", "change": "multiply"}
    return [Config.checked({**plain, "policy": {**plain["policy"], "seats": {**seats, "value": 1.0 + w.SWEPT_STEP * scenario}}})
            for scenario in range(scenarios)]


def main() -> None:
    """Run the sweep over an empty store and print one line of JSON."""
    parser = argparse.ArgumentParser()
    for name, value in (("agents", 10_000), ("years", 30), ("scenarios", 2), ("replications", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    configs = arms(asked.agents, asked.years, asked.scenarios, asked.replications)
    began = time.perf_counter()
    runs = [run for config in configs for run in runs_of(config)]
    with tempfile.TemporaryDirectory() as folder:
        failed = run_missing(runs, Store(Path(folder)), ExecutorConfig(kind="processes", workers=2))
    assert not failed, next(iter(failed.values()))
    print(json.dumps({"runs": len(runs), "wall": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
