"""One person's two lives, side by side, and people worth looking at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from talentsim.comparison.diversion import first_partings
from talentsim.comparison.pair import PairRuns
from talentsim.config import UserError
from talentsim.ensemble.ensemble import Ensemble
from talentsim.measures.lives import Lives

N_EXAMPLES = 12


def name_of(uid: int, codes: Sequence[str]) -> str:
    """Return a uid as ORIGIN-ENTRYYEAR-NUMBER, which says the same."""
    return f"{codes[uid >> 56]}-{(uid >> 40) & 0xFFFF}-{uid & ((1 << 40) - 1)}"


def uid_from(text: str, codes: Sequence[str]) -> int:
    """Return the uid that a text names, as ORIGIN-ENTRYYEAR-NUMBER or as the number itself.

    Raises
    ------
    UserError
        When it is neither.
    """
    if _is_below(text, 1 << 64):
        return int(text)
    origin, _, rest = text.partition("-")
    year, _, number = rest.partition("-")
    if origin not in codes or not (_is_below(year, 1 << 16) and _is_below(number, 1 << 40)):
        raise UserError("talentsim person", f"{text!r} names nobody", f"ORIGIN-ENTRYYEAR-NUMBER, origins {', '.join(codes)}, or a uid",
                        "without a name, `talentsim person scenario=...` lists people whose lives differ")
    return codes.index(origin) << 56 | int(year) << 40 | int(number)


def _is_below(text: str, bound: int) -> bool:
    """Return whether a text is a whole number that leaves the others of a uid their bits."""
    return text.isascii() and text.isdigit() and len(text) <= 20 and int(text) < bound


def lives_of(arm: Ensemble, replication: int) -> Lives:
    """Return everybody's lives in one replication.

    Raises
    ------
    UserError
        When none were kept.
    """
    if "events" not in arm.manifests[replication]["tables"]:
        raise UserError("output.people", "no lives were kept", "true", "output.people=true runs it again with them")
    return Lives(arm.of_run(replication, "people"), arm.of_run(replication, "events"))


def two_lives(runs: PairRuns, replication: int, uid: int) -> tuple[pd.Series, pd.DataFrame]:
    """Return who somebody is, and their years in both arms.

    Returns
    -------
    The row of `people`, and year, baseline, baseline_events, scenario, scenario_events: country, stage and status at the end of
    each year, and what happened in it; "-" out of research.

    Raises
    ------
    UserError
        When there is nobody of that uid.
    """
    arms = [lives_of(arm, replication) for arm in runs]
    of = [lives.of(np.array([uid], np.uint64)) for lives in arms]
    people = pd.concat([lives.people for lives in of])
    if people.empty:
        raise UserError("talentsim person", f"nobody has the uid {uid} in replication {replication}", "people who entered by the last year",
                        "without a name, `talentsim person scenario=...` lists people whose lives differ")
    who, end = people.iloc[0], int(runs.scenario.years[-1])
    years = np.arange(int(who.entry_year), end + 1)
    table = pd.DataFrame({"year": years})
    for name, lives in zip(("baseline", "scenario"), of, strict=True):
        table[name], table[f"{name}_events"] = _years_of(lives, years)
    gone = (table[["baseline", "scenario"]] == "-").all(axis=1)
    return who, table[~gone | (gone.cumsum() == 1)].reset_index(drop=True)


def whose_lives_differ(runs: PairRuns, replication: int) -> pd.DataFrame:
    """Return some people whose lives differ, a few from each pair of decisions at which lives part.

    Returns
    -------
    name, uid, year, baseline_decision, scenario_decision.
    """
    one, other = (lives_of(arm, replication) for arm in runs)
    partings = first_partings(one, other)
    each = partings.groupby(["baseline_decision", "scenario_decision"])
    some = partings[each.cumcount() < max(1, N_EXAMPLES // max(each.ngroups, 1))].sort_values(["year", "uid"])
    return some.assign(name=[name_of(int(uid), runs.scenario.codes) for uid in some["uid"]]).reset_index(drop=True)


def _years_of(lives: Lives, years: np.ndarray) -> tuple[list[str], list[str]]:
    """Return where a person stands at the end of each year, and the year's events, in words."""
    if lives.people.empty:
        return ["-"] * len(years), [""] * len(years)
    who = lives.people.iloc[0]
    where, status, states, told = str(who.origin), "national", [], []
    events = {int(year): rows for year, rows in lives.events.groupby("year")}       # type: ignore[call-overload]   # a label is a year here, any scalar to pandas
    for year in years:
        words = []
        for event in events.get(year, lives.events[:0]).itertuples(index=False):
            where, status = ("", "") if event.reason == "exit" else (str(event.to), str(event.status).replace("_", " "))
            words.append(str(event.reason).replace("_", " "))
        states.append(f"{where}, {'student' if year < who.doctorate_year else 'researcher'}, {status}" if where else "-")
        told.append(", ".join(words))
    return states, told
