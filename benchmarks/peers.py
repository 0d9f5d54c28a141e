"""talentsim beside its peers: one common workload in plain Mesa, mesa-frames, Starsim, plain NumPy and talentsim, timed in turn.

    python benchmarks/peers.py [--agents 1000000] [--years 30] [--repeat 3] [--write]      some five minutes on two quiet cores

peers/README.md says what the workload is. Each peer gets an environment of its own below build/peers, made with pip when it is not
there. Every figure is the median over the repeats, in each of which all implementations take their turn. What they find is held
against what talentsim finds at the same size. With --write the table goes into docs/PERFORMANCE.md and the figure into docs/images.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT, PROGRAMS = HERE.parent, HERE / "peers"
ENVIRONMENTS, PICTURE, PAGE = ROOT / "build" / "peers", ROOT / "docs" / "images" / "peers.png", ROOT / "docs" / "PERFORMANCE.md"
MARKS = "<!-- peers: begin, written by benchmarks/peers.py -->", "<!-- peers: end -->"

OWN = "own"
PACKAGES: dict[str, tuple[str, ...]] = {
    "mesa": ("mesa==3.3.1", "networkx==3.6.1", "numpy==2.4.6"),
    "mesa-frames": ("mesa-frames==0.1.0a0", "polars==2.1.0", "numpy==1.26.4"),
    "starsim": ("starsim==3.7.2", "numpy==2.4.6"),
}
"""What each environment holds. mesa-frames 0.1.0a0 is what is published, and needs a NumPy before 2."""

TOLERANCE = 4.0     # standard errors of the difference
SIZE_OF_NOISE, RUNS_OF_NOISE = 20_000, 12
"""Agents and runs that Monte-Carlo error is measured with, as long as there are not fewer; with more it falls with the root of their number."""


@dataclass(frozen=True)
class Implementation:
    """One way to run the common workload."""

    title: str
    program: str
    environment: str = OWN
    most_agents: int | None = None      # objects are too slow for all; their cost a year is per agent
    kernels: bool = False


IMPLEMENTATIONS = {each.title: each for each in (
    Implementation("Mesa, as in its tutorials", "mesa_naive.py", "mesa", 4_000),
    Implementation("Mesa, tuned", "mesa_tuned.py", "mesa", 20_000),
    Implementation("mesa-frames (polars, 2 threads)", "mesa_frames_model.py", "mesa-frames"),
    Implementation("Starsim", "starsim_model.py", "starsim"),
    Implementation("NumPy, plain", "plain_numpy.py"),
    Implementation("talentsim, NumPy", "with_talentsim.py"),
    Implementation("talentsim, kernels", "with_talentsim.py", kernels=True),
)}
OURS = "talentsim, NumPy"


def python_of(environment: str) -> str:
    """Return the interpreter of an environment, which is made where it is not there."""
    if environment == OWN:
        return sys.executable
    folder = ENVIRONMENTS / environment
    python, done = folder / "bin" / "python", folder / "packages.txt"
    wanted = "\n".join(PACKAGES[environment])
    if not done.exists() or done.read_text() != wanted:
        print(f"making {folder.relative_to(ROOT)}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES[environment]], check=True,
                       stderr=subprocess.DEVNULL)
        done.write_text(wanted)
    return str(python)


def call(program: str, environment: str = OWN, kernels: bool = False, **options: int) -> dict[str, Any]:
    """Run a program of the workload and return what it says."""
    named = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    settings = {**os.environ, "TALENTSIM_KERNELS": "" if kernels else "numpy"}
    found = subprocess.run([python_of(environment), PROGRAMS / program, *named], env=settings, check=True, capture_output=True, text=True, cwd=PROGRAMS)
    said: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return said


def size_for(implementation: Implementation, agents: int) -> int:
    """Return how many agents an implementation gets."""
    return min(agents, implementation.most_agents or agents)


def timed(agents: int, years: int, repeat: int) -> dict[str, list[dict[str, Any]]]:
    """Run everything in turn, `repeat` times; every repeat has a seed of its own."""
    runs: dict[str, list[dict[str, Any]]] = {title: [] for title in IMPLEMENTATIONS}
    for number in range(repeat):
        for title, each in IMPLEMENTATIONS.items():
            runs[title].append(call(each.program, each.environment, each.kernels, agents=size_for(each, agents), years=years, seed=1 + number))
            print(f"{title:34}{1e9 * runs[title][-1]['wall'] / runs[title][-1]['agent_years']:9.0f} ns an agent-year", file=sys.stderr)
    return runs


def disagreements(runs: dict[str, list[dict[str, Any]]], agents: int, years: int) -> tuple[list[str], dict[str, tuple[float, float]]]:
    """Hold what each implementation finds against talentsim at the same size.

    Returns
    -------
    What lies outside the tolerance; and by implementation how far the farthest indicator is away, in standard errors.
    """
    sizes = {size_for(each, agents) for each in IMPLEMENTATIONS.values()}
    ours = {agents: [each for run in runs[OURS] for each in run["indicators"]]}
    for size in {size for size in sizes if size <= SIZE_OF_NOISE} | {SIZE_OF_NOISE}:
        ours[size] = call("with_talentsim.py", agents=size, years=years, seed=1001, runs=RUNS_OF_NOISE if size == SIZE_OF_NOISE else 3 * RUNS_OF_NOISE)[
            "indicators"]
    outside, farthest = [], {}
    for title, each in IMPLEMENTATIONS.items():
        if title.startswith("talentsim"):
            continue
        size = size_for(each, agents)
        theirs = [found for run in runs[title] for found in run["indicators"]]
        alike = min(size, SIZE_OF_NOISE)
        distances = []
        for name in ours[alike][0]:
            sd = float(np.std([each[name] for each in ours[alike]], ddof=1))
            difference = np.mean([x[name] for x in theirs]) - np.mean([x[name] for x in ours[size]])
            error = sd * np.sqrt(alike / size) * np.sqrt(1 / len(theirs) + 1 / len(ours[size]))
            distances.append(abs(difference) / error)
            if distances[-1] > TOLERANCE:
                outside.append(f"{title}: {name} is {difference:+.4g} from talentsim's, {distances[-1]:.1f} standard errors")
        farthest[title] = float(max(distances)), float(np.median(distances))
    return outside, farthest


def sweeps(arguments: argparse.Namespace) -> list[str]:
    """Time a sweep in talentsim and in Mesa, and return what to say of it."""
    n, size, years = arguments.sweep_scenarios * arguments.sweep_replications, arguments.sweep_agents, arguments.years
    ours = call("talentsim_sweep.py", kernels=True, agents=size, years=years, scenarios=arguments.sweep_scenarios,
                replications=arguments.sweep_replications)
    theirs = call("mesa_sweep.py", "mesa", agents=size, years=years, scenarios=2, replications=2)
    each, mesa = ours["wall"] / ours["runs"], theirs["wall"] / theirs["runs"]
    return [f"A sweep of scenarios that differ from 2017 on, {size:,} agents, two processes: talentsim took {ours['wall']:.0f} s for "
            f"{arguments.sweep_scenarios} scenarios x {arguments.sweep_replications} replications, each stored, {each:.2f} s a run; Mesa's `batch_run` over "
            f"the tuned model took {theirs['wall']:.0f} s for {theirs['runs']} runs, {mesa:.1f} s a run, {mesa / each:.0f} times as much. At that rate 100 "
            f"scenarios x 8 take {800 * each / 60:.1f} minutes here and {800 * mesa / 60:.0f} minutes there" + (" (reckoned, not run)." if n != 800 else ".")]


def report(runs: dict[str, list[dict[str, Any]]], agents: int, years: int, repeat: int, farthest: dict[str, tuple[float, float]]) -> list[str]:
    """Return the table in Markdown."""
    wall = {title: statistics.median(1e9 * each["wall"] / each["agent_years"] for each in runs[title]) for title in runs}
    cpu = {title: statistics.median(1e9 * each["cpu"] / each["agent_years"] for each in runs[title]) for title in runs}
    rows = ["| implementation | agents | ns of clock per agent-year | ns of CPU | times talentsim, NumPy | times talentsim, kernels | MiB | farthest indicator |",
            "|---|---|---|---|---|---|---|---|"]
    for title, each in IMPLEMENTATIONS.items():
        far = f"{farthest[title][0]:.1f} standard errors" if title in farthest else ""
        rows.append(f"| {title} | {size_for(each, agents):,} | {wall[title]:,.0f} | {cpu[title]:,.0f} | {wall[title] / wall[OURS]:.1f} | "
                    f"{wall[title] / wall['talentsim, kernels']:.1f} | {max(each['mib'] for each in runs[title]):,.0f} | {far} |")
    packages = ", ".join(sorted({package for each in PACKAGES.values() for package in each}))
    return [f"Measured on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {years} years, medians of {repeat} in turn; "
            f"{packages}. Every indicator of every peer lies within {TOLERANCE:g} standard errors of talentsim's at the same size unless said otherwise.",
            "", *rows, "", "![Cost of an agent-year by implementation](images/peers.png)", ""]


def draw(runs: dict[str, list[dict[str, Any]]]) -> None:
    """Draw what an agent-year costs."""
    from talentsim.report.figures.save import drawn, save_files
    from talentsim.report.figures.style import GAIN, GREY, frame, house_style, new_figure

    with house_style():
        figure = new_figure(7.0, 2.6)
        axes = figure.subplots()
        cost = [statistics.median(1e6 * each["wall"] / each["agent_years"] for each in runs[title]) for title in runs]
        places = np.arange(len(cost))[::-1]
        axes.barh(places, cost, color=[GAIN if title.startswith("talentsim") else GREY for title in runs], height=0.7)
        for place, value in zip(places, cost, strict=True):
            axes.text(value * 1.06, place, f"{value:.0f}" if value >= 10 else f"{value:.2g}", va="center")
        axes.set(xscale="log", xlabel="microseconds on the clock", xlim=(min(cost) / 2, max(cost) * 2))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_yticks(places, list(runs))
        axes.grid(False, axis="y")
        frame(figure, title="What does a year of an agent cost?", subtitle="Common workload: 20 countries, every agent chooses every year; logarithmic scale",
              source="benchmarks/peers.py; environments and conditions in docs/PERFORMANCE.md")
        save_files({"png": drawn(figure, "png")}, PICTURE.parent, PICTURE.stem)


def write(lines: Iterable[str]) -> None:
    """Put the table between its marks in the document."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(MARKS[0])
    PAGE.write_text(before + MARKS[0] + "\n" + "\n".join(lines) + "\n" + MARKS[1] + rest.split(MARKS[1])[1], encoding="utf-8")


def asked() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options = {"agents": (1_000_000, "agents, a multiple of 2,000; of Mesa's objects fewer"), "years": (30, "years"), "repeat": (3, "repeats"),
               "sweep-scenarios": (25, "scenarios of the sweep in talentsim; 0 leaves it out"), "sweep-replications": (4, "replications of each"),
               "sweep-agents": (20_000, "agents of the sweep")}
    for name, (value, text) in options.items():
        parser.add_argument(f"--{name}", type=int, default=value, help=f"{text} (default {value:,})")
    parser.add_argument("--write", action="store_true", help="write the table and the figure into docs")
    return parser.parse_args()


def main() -> int:
    """Measure, compare, and print or write."""
    arguments = asked()
    for each in IMPLEMENTATIONS.values():       # environments and compiled code are there before the clock runs
        call(each.program, each.environment, each.kernels, agents=2000, years=2)
    runs = timed(arguments.agents, arguments.years, arguments.repeat)
    outside, farthest = disagreements(runs, arguments.agents, arguments.years)
    lines = report(runs, arguments.agents, arguments.years, arguments.repeat, farthest) + [f"Outside the tolerance: {each}." for each in outside]
    lines += sweeps(arguments) if arguments.sweep_scenarios else []
    print("\n".join(lines))
    if arguments.write:
        draw(runs)
        write(lines)
    return len(outside) > 0


if __name__ == "__main__":
    raise SystemExit(main())
