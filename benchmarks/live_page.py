"""How soon the live page answers, and what it holds in memory: a Markdown table, a row as soon as it is measured.

    python benchmarks/live_page.py [OVERRIDE ...] [--moves N]       some ten minutes on two quiet cores; e.g. world=toy, for a try

A headless Chromium opens the page of a server over an empty store and moves a slider, as a hand does: seconds are those of the page's
own clock from letting go to the state that the page shows. Memory is looked at four times a second: what a process has to itself and its
share of what it has in common, the server and its workers together; the browser apart.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quiet import family, own_mib

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from chromium import Chromium

PORT = 18300
SCENARIO = "visa_tightening"
N_ANSWERS, N_PREVIEWS, N_TABS = 3, 9, 10
LIMITS = {"first preview": 0.3, "whole preview": 0.8, "every researcher, one pair": 2.0, "all pairs": 20.0}
MOST_MIB, MOST_MIB_A_TAB = 700.0, 5.0
WATCH = """
window.told = [];
window.move = (value) => {
  const range = document.getElementById('lever-f1_refusal');
  range.value = value;
  window.told = [[performance.now(), 'moved', document.body.dataset.run]];
  for (const kind of ['input', 'change']) range.dispatchEvent(new Event(kind, {bubbles: true}));
  return Number(range.value);
};
new MutationObserver(() => window.told.push([performance.now(), document.body.dataset.state, document.body.dataset.run]))
  .observe(document.getElementById('status'), {childList: true, characterData: true, subtree: true});
"""


@dataclass
class Server:
    """A server that runs, and what it and all below it hold in memory, in MiB."""

    url: str
    pid: int
    peak: float = 0.0
    ends: threading.Event = field(default_factory=threading.Event)

    def mib(self) -> float:
        """Return what is held now."""
        return sum(own_mib(each) for each in family(self.pid))

    def watch(self) -> None:
        """Look at the memory until the server ends."""
        while not self.ends.wait(0.25):
            self.peak = max(self.peak, self.mib())


@contextmanager
def served(overrides: Sequence[str]) -> Iterator[Server]:
    """Start the page's server over an empty store, and end it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-u", "-m", "talentsim", "dashboard", str(PORT), *overrides, f"output.dir={folder}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)
        assert process.stdout is not None
        said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/", said)):
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(said)
            said += line
        server = Server(found[0], process.pid)
        watcher = threading.Thread(target=server.watch, daemon=True)
        watcher.start()
        try:
            yield server
        finally:
            server.ends.set()
            watcher.join()
            process.terminate()
            process.communicate(timeout=60)


def moved(browser: Chromium, value: float, *until: str) -> dict[str, float]:
    """Move the slider, wait for one of some states, and return the seconds from letting go to each state."""
    before = browser.value("document.body.dataset.run")
    browser.value(f"window.move({value})")
    there = f"{[*until, 'done', 'error', 'gone']}.includes(document.body.dataset.state)"
    browser.wait_for(f"document.body.dataset.run !== {before!r} && {there}", 1800.0)
    told = browser.value("window.told")
    start, own = told[0][0], [each for each in told if each[2] not in (None, before)]
    times: dict[str, list[float]] = {}
    for when, state, _ in own:
        times.setdefault(state, []).append((when - start) / 1000.0)
    if "error" in times or "gone" in times:
        raise RuntimeError(browser.value("document.getElementById('status').textContent"))
    found = {"first preview": times.get("preview", [])[:1], "whole preview": times.get("preview", [])[-1:],
             "every researcher, one pair": times.get("pair", [])[:1], "all pairs": times.get("done", [])[:1]}
    return {name: each[0] for name, each in found.items() if each}


def said(seconds: Sequence[float], limit: float) -> str:
    """Return median and largest in words, and whether the limit is held."""
    middle = statistics.median(seconds)
    return f"{middle:.2f} s (of {len(seconds)}; at most {max(seconds):.2f} s) | {limit:g} s | {'holds' if middle <= limit else 'missed'}"


def first_answer(browser: Chromium, server: Server) -> Iterator[tuple[str, str]]:
    """Open the page over an empty store, and wait for the whole answer."""
    began = time.perf_counter()
    browser.open(f"{server.url}#scenario={SCENARIO}", 1280)
    browser.wait_for("['pair', 'draws', 'done'].includes(document.body.dataset.state)", 1800.0)
    pair = time.perf_counter() - began
    browser.wait_for("document.body.dataset.state === 'done'", 1800.0)
    words = browser.value("document.getElementById('status').textContent")
    yield f"page opened, empty store: one pair; {words}", f"{pair:.1f} s; {time.perf_counter() - began:.1f} s | |"
    browser.value(WATCH)
    browser.wait_for("document.body.dataset.view", 1800.0)


def answers(browser: Chromium) -> Iterator[tuple[str, str]]:
    """Move the slider and wait for whole answers, then often for one pair alone."""
    whole = [moved(browser, 0.30 + 0.05 * each, "done") for each in range(N_ANSWERS)]
    early = [moved(browser, 0.11 + 0.01 * each, "pair") for each in range(N_PREVIEWS)]
    for name, limit in LIMITS.items():
        seconds = [each[name] for each in (whole if name == "all pairs" else [*early, *whole]) if name in each]
        yield f"slider let go to: {name}", said(seconds, limit) if seconds else f"- | {limit:g} s | this world is answered at once"


def tabs(server: Server) -> Iterator[tuple[str, str]]:
    """Ask for the same answer from more tabs, which then do nothing."""
    before = settled(server)
    for each in range(N_TABS):
        asked = json.dumps({"tab": f"idle-tab-{each}", "scenario": SCENARIO}).encode()
        request = urllib.request.Request(f"{server.url}api/runs", asked, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=600) as answer:
            run = json.load(answer)["run"]
        with urllib.request.urlopen(f"{server.url}api/runs/{run}/events", timeout=1800) as events:
            events.read()
    each_tab = (settled(server) - before) / N_TABS
    yield "an idle tab, in the server", f"{each_tab:.1f} MiB | {MOST_MIB_A_TAB:g} MiB | {'holds' if each_tab <= MOST_MIB_A_TAB else 'missed'}"


def settled(server: Server) -> float:
    """Return what the server holds once nothing moves any more: the least of a few looks."""
    time.sleep(3.0)
    return min(server.mib() for _ in range(3) if not time.sleep(0.5))       # type: ignore[func-returns-value]


def held(browser: Chromium, server: Server) -> tuple[float, float, int]:
    """Return what server and page hold, in MiB, and how many nodes the page has, once what is garbage is gone."""
    browser.click("#stop")
    browser.call("HeapProfiler.collectGarbage")
    metrics: dict[str, Any] = {each["name"]: each["value"] for each in browser.call("Performance.getMetrics")["metrics"]}
    return settled(server), metrics["JSHeapUsedSize"] / 2**20, int(metrics["Nodes"])


def moves(browser: Chromium, server: Server, n: int) -> Iterator[tuple[str, str]]:
    """Move the slider many times in a row, each time as soon as the first number is there."""
    browser.call("Performance.enable")
    looks, began = [], time.perf_counter()
    for each in range(1, n + 1):
        moved(browser, 0.01 + 0.5 * each / n, "preview", "pair", "draws")
        if each in (n // 10, n // 2, n):
            looks.append((each, *held(browser, server)))
    for place, what, unit in ((1, "server and workers", "MiB"), (2, "the page's own heap", "MiB"), (3, "the page's nodes", "")):
        figures = ", ".join(f"{look[place]:,.1f}" if unit else f"{look[place]:,}" for look in looks)
        yield f"{what} after {', '.join(str(look[0]) for look in looks)} moves", f"{figures} {unit} | level |"
    yield f"{n} moves in a row took", f"{time.perf_counter() - began:.0f} s | |"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overrides", nargs="*", metavar="OVERRIDE")
    parser.add_argument("--moves", type=int, default=200)
    asked = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before, Python {platform.python_version()}; "
          f"`talentsim dashboard {' '.join(asked.overrides)}`\n\n| what | measured | limit | |\n|---|---|---|---|")
    with served(asked.overrides) as server, Chromium() as browser:
        opened = server.mib()
        for rows in (first_answer(browser, server), answers(browser), tabs(server), moves(browser, server, asked.moves)):
            for what, figure in rows:
                print(f"| {what} | {figure} |", flush=True)
        print(f"| server before anything is asked; most of all | {opened:.0f} MiB; {server.peak:.0f} MiB | {MOST_MIB:g} MiB | "
              f"{'holds' if server.peak <= MOST_MIB else 'missed'} |")


if __name__ == "__main__":
    main()
