"""What a user waits for, measured on a quiet machine: a Markdown table, a row as soon as it is measured.

    python benchmarks/quiet.py [NAME ...]          less than eight minutes on two quiet cores; NAME one or more of MEASURES

Every command is a process of its own over a store in a temporary folder; seconds are those of the clock from start to end. Peak
memory is the largest sum, of a process and all below it, of what each has to itself and its share of what they have in common.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ONE_RUN = Path(__file__).resolve().parent / "one_run.py"
WITHOUT = ("output.figures=false", "output.report=false", "compare.structure=null", "compare.alone=null")
OLD_MAIN_JOB = ("parameters=point", "population.scale=1", "ensemble.replications=8")     # eight replications a side at full size


@dataclass
class Process:
    """A command that is over: seconds on the clock, seconds of CPU of all its processes, peak MiB of all together, what it printed."""

    wall: float
    cpu: float
    mib: float
    output: str


def call(*words: str, **settings: str) -> Process:
    """Run a command to its end, looking at its memory ten times a second.

    Raises
    ------
    RuntimeError
        When it fails; with what it said.
    """
    before, began = os.times(), time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **settings})
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(child, peak), daemon=True)
    watcher.start()
    output = child.communicate()[0]
    wall, after = time.perf_counter() - began, os.times()
    watcher.join()
    if child.returncode:
        raise RuntimeError(f"{' '.join(words)}\n{output}")
    return Process(wall, after.children_user + after.children_system - before.children_user - before.children_system, peak[0], output)


def _watch(child: subprocess.Popen[str], peak: list[float]) -> None:
    while child.poll() is None:
        peak[0] = max(peak[0], sum(own_mib(each) for each in family(child.pid)))
        time.sleep(0.1)


def family(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield pid
    with suppress(OSError):
        for each in Path(f"/proc/{pid}/task").iterdir():
            for child in (each / "children").read_text().split():
                yield from family(int(child))


def own_mib(pid: int) -> float:
    """Return what a process has to itself and its share of what it has in common with others, in MiB; 0 when it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def talentsim(*words: str) -> Process:
    """Run talentsim's command line."""
    return call(sys.executable, "-m", "talentsim", *words)


def told(done: Process) -> str:
    """Return seconds and memory in words."""
    return f"{done.wall:.1f} s ({done.cpu:.1f} s of CPU, {done.mib:,.0f} MiB)"


def _phases(done: Process) -> list[tuple[str, str]]:
    """Return what `timing=true` printed: each phase, and its seconds."""
    lines = done.output.partition("Time by phase")[2].strip().splitlines()
    return [(f"- {name.strip()}", rest.strip()) for name, _, rest in (line.partition("  ") for line in lines)]


def main_job() -> Iterator[tuple[str, str]]:
    """The main job as a user calls it, first and next scenario."""
    with tempfile.TemporaryDirectory() as folder:
        for when, scenario in (("main job, first", "visa_tightening"), ("next scenario", "visa_tightening_china")):
            done = talentsim(f"scenario={scenario}", "timing=true", f"output.dir={folder}")
            yield f"{when}: `talentsim scenario={scenario}`", told(done)
            yield from _phases(done)


def point_job() -> Iterator[tuple[str, str]]:
    """The main job with one value a figure, at full size, 8 replications a side; next scenario; sensitivity of the first."""
    with tempfile.TemporaryDirectory() as folder:
        given = [*OLD_MAIN_JOB, f"output.dir={folder}"]
        for when, words in (("first", ["scenario=visa_tightening"]), ("next scenario", ["scenario=visa_tightening_china"]),
                            ("sensitivity, store as left", ["sensitivity", "scenario=visa_tightening"])):
            yield f"`{' '.join([*words, *OLD_MAIN_JOB])}`, {when}", told(talentsim(*words, *given))


def pairs() -> Iterator[tuple[str, str]]:
    """64 pairs with different parameters at scale 0.25: simulated, stored and compared."""
    with tempfile.TemporaryDirectory() as folder:
        asked = ("scenario=visa_tightening", "parameters=posterior", "population.scale=0.25", "ensemble.replications=64")
        done = talentsim(*asked, *WITHOUT, "timing=true", f"output.dir={folder}")
        yield "64 pairs of draws at scale 0.25, no figures or other structures", told(done)
        yield from _phases(done)


def session() -> Iterator[tuple[str, str]]:
    """A scenario changed by one lever, asked of a session that knows the baseline."""
    for scale in (1.0, 0.1):
        done = call(sys.executable, __file__, "--session", str(scale))
        first, answers = json.loads(done.output.splitlines()[-1])
        yield f"session at scale {scale:g}: a scenario changed by one lever, baseline in memory", \
            f"{statistics.median(answers):.2f} s (baseline before: {first:.1f} s)"


def ask_session(scale: float) -> None:
    """Ask a session for the baseline and then for five sizes of one lever; print seconds as JSON."""
    from talentsim.config.arms import load_arms
    from talentsim.ensemble.session import Session

    def arms(refusal: float) -> tuple[object, object]:
        return load_arms(["scenario=visa_tightening", "parameters=point", f"population.scale={scale}", "ensemble.replications=1",
                          "output.people=false", f"policy.f1_refusal.value={refusal}"])

    asked, known, seconds = [arms(0.10 + 0.02 * each) for each in range(6)], Session(), []
    for config in (asked[0][0], *(scenario for _, scenario in asked)):
        began = time.perf_counter()
        known.outcomes(config)      # type: ignore[arg-type]
        seconds.append(time.perf_counter() - began)
    print(json.dumps([seconds[0], seconds[2:]]))


def one_run() -> Iterator[tuple[str, str]]:
    """One run in one thread: nanoseconds of CPU by agent-year."""
    for scale, kernels in ((1.0, "numpy"), (1.0, ""), (10.0, "")):
        done = call(sys.executable, str(ONE_RUN), "scenario=visa_tightening", "parameters=point", f"population.scale={scale:g}", "output.people=false",
                    TALENTSIM_KERNELS=kernels, OMP_NUM_THREADS="1")
        figure = next(line for line in done.output.splitlines() if line.startswith("CPU"))
        yield f"one run, one thread, scale {scale:g}, {'NumPy' if kernels else 'kernels'}", f"{figure.split(';')[0]} ({done.mib:,.0f} MiB)"


def small_run() -> Iterator[tuple[str, str]]:
    """What a run costs whatever its size."""
    done = call(sys.executable, str(ONE_RUN), "scenario=visa_tightening", "parameters=point", "population.scale=0.01")
    yield "one run at scale 0.01", next(line for line in done.output.splitlines() if line.startswith("CPU")).split(";")[0]


def start() -> Iterator[tuple[str, str]]:
    """Help, and the main job of the toy world, as processes."""
    yield "`talentsim --help`", f"{statistics.median(talentsim('--help').wall for _ in range(7)):.3f} s"
    with tempfile.TemporaryDirectory() as folder:
        talentsim("world=toy", "scenario=visa_tightening", f"output.dir={folder}/0")
        runs = [talentsim("world=toy", "scenario=visa_tightening", f"output.dir={folder}/{each}") for each in (1, 2, 3)]
    yield "`talentsim world=toy scenario=visa_tightening`, empty store", told(sorted(runs, key=lambda each: each.wall)[1])


MEASURES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    each.__name__: each for each in (start, small_run, session, main_job, pairs, one_run, point_job)}


def main() -> None:
    """Measure what is asked for, by default everything, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(MEASURES), metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--session", type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.session is not None:
        ask_session(asked.session)
        return
    for name in asked.names:
        if name not in MEASURES:
            parser.error(f"there is no measure {name!r}; allowed: {', '.join(MEASURES)}")
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before, Python {platform.python_version()}\n\n| what | measured |\n|---|---|")
    began = time.perf_counter()
    for name in asked.names:
        for what, figure in MEASURES[name]():
            print(f"| {what} | {figure} |", flush=True)
    print(f"\n{(time.perf_counter() - began) / 60:.1f} minutes in all")


if __name__ == "__main__":
    main()
