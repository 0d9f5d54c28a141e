"""`talentsim doctor`: is this machine fit for it? Versions, folder, store, cores, memory, fonts, extras, and whether the draws are up to date.

Leaves with 1 when something hinders work, and says what to do about it.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from talentsim.commands.arguments import Arguments
from talentsim.digits import counted

if TYPE_CHECKING:
    from talentsim.config import Config

ROOM = 1 << 30
"""Free bytes below which a store soon has no room."""

EXTRAS = {"dashboard": ("plotly", "starlette", "uvicorn"), "dask": ("distributed",), "fast": ("numba",), "launchers": ("cloudpickle", "hydra-joblib-launcher"),
          "docs": ("sphinx", "myst-nb"), "browser": ("pypdfium2",)}
"""Packages that each extra of the installation brings."""

WORTH = {"dashboard": "talentsim dashboard", "dask": "executor=dask", "fast": "runs about twice as fast", "launchers": "hydra/launcher=joblib, submitit",
         "docs": "make docs", "browser": "tests of the report in a browser"}


class Finding(NamedTuple):
    """What was looked at, what was found, and what to do where it is at fault."""

    what: str
    found: str
    fix: str = ""
    hinders: bool = True


def run(arguments: Arguments) -> int:
    """Print what is found, line by line."""
    from talentsim.config import Config
    from talentsim.report.terminal.terminal import terminal

    config, out = Config.load(*arguments.overrides, config_dir=arguments.config_dir), terminal(piped_width=100)
    found = [*versions(), *folder_and_store(Path(config.output.dir)), *machine(), fonts(), draws(config)]
    width = max(len(each.what) for each in found)
    for each in found:
        out.print(f"{'!' if each.fix else ' '} {each.what:<{width}}  {each.found}", markup=False, soft_wrap=True)
        if each.fix:
            out.print(f"  {'':<{width}}  to do: {each.fix}", markup=False, soft_wrap=True)
    out.print(f"\nMarked with !: {sum(bool(each.fix) for each in found)}" if any(each.fix for each in found) else "\nAll is well.", markup=False)
    return 1 if any(each.fix and each.hinders for each in found) else 0


def versions() -> Iterator[Finding]:
    """Look at talentsim, Python, the packages it needs, and its extras."""
    from talentsim.ensemble.provenance import DEPENDENCIES, git_state, version_of
    from talentsim.version import __version__

    state = git_state()
    from_git = f", commit {state['commit'][:10]}{', with changes of its own' if state['dirty'] else ''}" if state else ""
    yield Finding("talentsim", f"{__version__}{from_git}")
    yield Finding("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    found = {name: version_of(name) for name in DEPENDENCIES}
    missing = [name for name, each in found.items() if each is None]
    yield Finding("packages", ", ".join(f"{name} {each or 'MISSING'}" for name, each in found.items()),
                  f"reinstall talentsim: {', '.join(missing)}" if missing else "")
    have = [name for name, needed in EXTRAS.items() if all(version_of(each) for each in needed)]
    yield Finding("extras", ", ".join(have) or "none")
    lacking = [f"{name} ({WORTH[name]})" for name in EXTRAS if name not in have]
    if lacking:
        yield Finding("not there", f"{', '.join(lacking)}; pip install 'talentsim[NAME]' adds one")


def folder_and_store(folder: Path) -> Iterator[Finding]:
    """Look at the folder of results and at the runs that are stored below it."""
    from talentsim.ensemble.store import open_store

    there = next(each for each in (folder.resolve(), *folder.resolve().parents) if each.exists())
    writable = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    yield Finding("results", f"{folder.resolve()}{'' if there == folder.resolve() else ', to be made'}: {'can be written' if writable else 'CANNOT be written'}",
                  "" if writable else "output.dir=FOLDER, a folder you may write to")
    store = open_store(str(folder))
    n_bytes, free = _size(store.folder), shutil.disk_usage(there).free
    yield Finding("store", f"{counted(sum(1 for _ in store), 'run', 'runs')}, {n_bytes / 1e6:,.0f} MB with states to begin from; {free / 1e9:,.1f} GB free",
                  "" if free > ROOM else "less than 1 GB is free: talentsim runs prune, or output.dir=FOLDER elsewhere")


def machine() -> Iterator[Finding]:
    """Look at cores and memory."""
    free = getattr(os, "process_cpu_count", None) or (lambda: len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
    yield Finding("cores", f"{free()} of {os.cpu_count()} for this process")
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):       # Windows says it otherwise
        return
    yield Finding("memory", f"{size:,.1f} GB", "" if size > 2.0 else "the AI world needs some 2 GB: population.scale=0.1 executor.workers=1")


def fonts() -> Finding:
    """Look whether the font of the figures is there."""
    from talentsim.report.figures.style import font_found

    name, path = font_found()
    return Finding("font", f"{name}, {path}" if path else f"{name} is missing", "" if path else "reinstall matplotlib, which brings it")


def draws(config: Config) -> Finding:
    """Look whether the draws of the parameters speak of the model as it is."""
    from talentsim.calibration.posterior import differences

    if not config.over_draws:
        return Finding("draws", f"none in use in world {config.world.name}")
    try:
        changed = differences(config)
    except OSError as error:        # what is found out about a version is kept below the folder of results
        return Finding("draws", f"{config.parameters.name}, world {config.world.name}: cannot be read, {error.strerror}")
    return Finding("draws", f"{config.parameters.name}, world {config.world.name}: "
                   + (f"made before {', '.join(changed)} changed" if changed else "up to date with figures, rules and targets"),
                   "talentsim calibrate world=ai, or make recalibrate in a checkout" if changed else "", hinders=False)


def _size(folder: Path) -> int:
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(here, name)).st_size
            except OSError:         # gone meanwhile
                continue
    return total
