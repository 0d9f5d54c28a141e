"""Compute the numbers of a bundle again and hold them against what it says."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from talentsim.comparison.compare import compare_runs
from talentsim.comparison.pair import Pair, PairRuns, run_pair
from talentsim.config import Config, UserError
from talentsim.data.posterior import draws_named, shipped_draws
from talentsim.ensemble.bundle import ARMS, Bundle, digest_of_run
from talentsim.ensemble.provenance import made_with
from talentsim.ensemble.results import write_plain
from talentsim.ensemble.runner import Progress
from talentsim.ensemble.store import Store

KEYS = ["outcome", "country"]
NUMBERS = ["baseline", "scenario", "difference", "low", "high"]


class Held(NamedTuple):
    """One thing held against the bundle: what, whether it is equal, and in words."""

    what: str
    equal: bool
    words: str


def reproduce(bundle: Bundle, here: Config, folder: Path, progress: Progress | None = None) -> list[Held]:
    """Run both arms anew, in a store of their own that is gone afterwards, and compare.

    Parameters
    ----------
    here
        Gives what is this machine's own: where it runs, and where tables of data lie.
    folder
        An existing folder for what is needed meanwhile.

    Raises
    ------
    UserError
        When the bundle needs tables of data and none are named.
    RunsFailedError
        When a run fails.
    """
    with tempfile.TemporaryDirectory(prefix=".reproduce-", dir=folder) as place:
        pair = Pair(*(_of_here(bundle, bundle.arms[arm], here, Path(place)) for arm in ARMS))
        store = Store(Path(place) / "store")
        runs = run_pair(pair, store, progress)
        again = compare_runs(runs).headline
        return [*_made(bundle.facts), *_runs(bundle.facts, store, runs), _numbers(bundle.headline, again)]


def _of_here(bundle: Bundle, arm: Config, here: Config, place: Path) -> Config:
    """Return an arm of a bundle as it runs on this machine: no path of the bundle's is followed."""
    changes: dict[str, Any] = {"executor": here.executor, "store": here.store,
                               "output": arm.output.model_copy(update={"dir": str(place), "figures": False, "report": False})}
    if arm.world.data_dir is not None:
        if here.world.data_dir is None:
            raise UserError("world.data_dir", "the bundle's world is built from published tables, which it does not hold", "a folder with them",
                            "talentsim reproduce BUNDLE world.data_dir=FOLDER")
        changes["world"] = arm.world.model_copy(update={"data_dir": here.world.data_dir})
    if arm.parameters.draws is not None:
        changes["parameters"] = arm.parameters.model_copy(update={"draws": _draws(bundle, arm.parameters.draws, place)})
    return arm.model_copy(update=changes)


def _draws(bundle: Bundle, name: str, place: Path) -> str:
    """Return the name of the draws: those that ship where they are the same, else the bundle's own."""
    if name in shipped_draws() and draws_named(name).digest() == bundle.facts.get("draws"):
        return name
    if bundle.draws is None:
        raise UserError("BUNDLE", "it asks for draws of the parameters and does not hold them", "a bundle that does", "pack the results again")
    table = write_plain(bundle.draws[0], place / "draws.csv")
    write_plain(bundle.draws[1], table.with_suffix(".json"))
    return str(table)


def _made(facts: Mapping[str, Any]) -> list[Held]:
    now = made_with()
    then, here = (f"talentsim {each.get('talentsim')}, code {str(each.get('source_sha256'))[:10]}" for each in (facts, now))
    code = Held("code of a run", facts.get("source_sha256") == now["source_sha256"], f"{then} then, {here} now")
    packages = [Held(name, (facts.get("versions") or {}).get(name) == now["versions"][name], f"{(facts.get('versions') or {}).get(name)} then, {now['versions'][name]} now")
                for name in ("python", "numpy")]
    return [code, *packages]


def _runs(facts: Mapping[str, Any], store: Store, runs: PairRuns) -> list[Held]:
    held = []
    for arm, ensemble in zip(ARMS, runs, strict=True):
        then, now = list(facts["runs"][arm].items()), ensemble.ids
        known = [(digest, run) for (_, digest), run in zip(then, now, strict=False) if digest is not None]
        same = sum(digest == digest_of_run(store, run) for digest, run in known)
        held.append(Held(f"runs of the {arm}", same == len(then) == len(now), f"{same} of {len(then)} equal to the last bit"
                         + (f"; of {len(then) - len(known)} the bundle has no hash" if len(known) < len(then) else "")))
    return held


def _numbers(then: pd.DataFrame, now: pd.DataFrame) -> Held:
    one, other = (each.astype(dict.fromkeys(KEYS, str)).set_index(KEYS)[NUMBERS] for each in (then, now))
    if not one.index.equals(other.index):
        return Held("numbers", False, "other countries or outcomes than in the bundle")
    gap = (one - other).abs()
    differ = ~((gap == 0) | (one.isna() & other.isna()))
    if not differ.to_numpy().any():
        return Held("numbers", True, f"all {one.size} of headline.csv equal to the last bit")
    moved = [f"{column}: {int(rows.sum())}, {_largest(gap[column][rows])}" for column, rows in differ.items() if rows.any()]
    return Held("numbers", False, f"{int(differ.to_numpy().sum())} of {one.size} of headline.csv differ; {'; '.join(moved)}")


def _largest(gap: pd.Series[float]) -> str:
    """Return the largest of some gaps, and in which outcome it is; a number that is there on one side alone has none."""
    if gap.isna().any():
        return f"one without a number ({gap.index[gap.isna().argmax()][0]})"
    return f"at most by {gap.max():.3g} ({gap.idxmax()[0]})"
