"""People and events of a run, watched from outside, until the recorder keeps them itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from talentsim.arrays import ABILITY_UNIT
from talentsim.model import TalentModel
from talentsim.vocab import CareerStage, Reason, VisaStatus

COLUMNS = ("uid", "origin_country", "training_country", "work_country", "career_stage", "graduation_year", "exit_year", "ability")


class Lives:
    """Differences between the population of one year and the next."""

    def __init__(self) -> None:
        self._last: dict[str, np.ndarray] = {}
        self._people: list[tuple[np.ndarray, ...]] = []
        self._events: list[tuple[np.ndarray, ...]] = []

    def observe(self, model: TalentModel) -> None:
        """Take down what has changed since last year: the survivors are the same rows in the same order, entrants follow."""
        rows, year = model.world.researchers, model.year
        now = {name: getattr(rows, name).copy() for name in COLUMNS}
        last = self._last or {name: each[:0] for name, each in now.items()}
        stays = np.isin(last["uid"], now["uid"]) if len(last["uid"]) < 1000 else last["exit_year"] > year
        n_old = int(stays.sum())
        at, stage = now["origin_country"].copy(), np.zeros_like(now["career_stage"])
        at[:n_old], stage[:n_old] = last["work_country"][stays], last["career_stage"][stays]
        changed = np.flatnonzero((at != now["work_country"]) | (stage != now["career_stage"]))
        reason = np.where(changed >= n_old, Reason.STUDY, np.where(stage[changed] != now["career_stage"][changed], Reason.GRADUATION,
                                                                   Reason.SEARCH))
        status = np.where(now["work_country"] == now["origin_country"], VisaStatus.NATIONAL,
                          np.where(now["career_stage"] == 0, VisaStatus.STUDENT, VisaStatus.TEMPORARY))
        self._events.append((now["uid"][changed], np.full(len(changed), year), at[changed], now["work_country"][changed],
                             now["career_stage"][changed], status[changed], reason))
        gone = np.flatnonzero(~stays)
        here = last["work_country"][gone]
        self._events.append((last["uid"][gone], np.full(len(gone), year), here, here, last["career_stage"][gone],
                             np.zeros(len(gone), np.int64), np.full(len(gone), Reason.EXIT)))
        new = slice(n_old, None)
        self._people.append((now["uid"][new], now["origin_country"][new], now["training_country"][new],
                             np.full(len(now["uid"]) - n_old, year), now["graduation_year"][new], now["exit_year"][new],
                             now["ability"][new] * ABILITY_UNIT))
        self._last = now

    def tables(self, codes: tuple[str, ...]) -> dict[str, pd.DataFrame]:
        """Return people and events."""
        uid, origin, training, entry, doctorate, leaving, ability = (np.concatenate(each) for each in zip(*self._people, strict=True))
        people = {"uid": uid, "origin": pd.Categorical.from_codes(origin, codes), "training": pd.Categorical.from_codes(training, codes),
                  "entry_year": entry.astype(np.int16), "doctorate_year": doctorate, "exit_year": leaving, "ability": ability}
        uid, year, start, end, stage, status, reason = (np.concatenate(each) for each in zip(*self._events, strict=True))
        names = {name: [each.name.lower() for each in kind] for name, kind in
                 (("stage", CareerStage), ("status", VisaStatus), ("reason", Reason))}
        events = {"uid": uid, "year": year.astype(np.int16), "from": pd.Categorical.from_codes(start, codes),
                  "to": pd.Categorical.from_codes(end, codes), "stage": pd.Categorical.from_codes(stage, names["stage"]),
                  "status": pd.Categorical.from_codes(status, names["status"]), "reason": pd.Categorical.from_codes(reason, names["reason"])}
        return {"people": pd.DataFrame(people), "events": pd.DataFrame(events)}
