"""Runs a second on each executor, the store included.

    python benchmarks/executors.py [N_RUNS] [OVERRIDE ...]          about a minute
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from talentsim import Config
from talentsim.ensemble.executors import open_executor
from talentsim.ensemble.runner import run_missing
from talentsim.ensemble.runs import runs_of
from talentsim.ensemble.store import Store


def main() -> None:
    """Time each executor, start-up told apart."""
    n_runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for kind in ("serial", "threads", "processes", "dask"):
        config = Config.load("world=toy", f"executor={kind}", f"ensemble.replications={n_runs}", *sys.argv[2:])
        with tempfile.TemporaryDirectory() as folder:
            run_missing(runs_of(config)[:1], Store(Path(folder) / "first"), config.executor)
            began = time.perf_counter()
            with open_executor(config.executor, n_runs) as pool:
                [each.result() for each in [pool.submit(int, 1) for _ in range(8)]]
            started = time.perf_counter() - began
            began = time.perf_counter()
            run_missing(runs_of(config), Store(Path(folder) / "all"), config.executor)
            seconds = time.perf_counter() - began
        print(f"{kind:10} {n_runs / seconds:6.1f} runs a second; {seconds:.1f} s, of which {started:.1f} s for starting and stopping workers")


if __name__ == "__main__":
    main()
