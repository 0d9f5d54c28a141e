"""Which values of the unmeasured figures put the AI world near its known stocks and stay rates?

    python experiments/starting_values.py            about 5 minutes; prints proposals, changes no file

Fits constants of destinations, ties to home, cohort levels and costs of moving with the mean-field twin by penalised
least squares: each figure is pulled towards a wide prior, each target weighs by its assumed error. What comes out is a
starting point and stays graded `assumed`: the targets do not identify these figures one by one, MacroPolo's figures and
everything observed after 2019 but the stocks and doctorates named here is left for validation.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from talentsim.arrays import Floats
from talentsim.config import Config
from talentsim.config.compose import compose_plain
from talentsim.model.choice import ChoiceTable
from talentsim.model.meanfield import Expected, MeanField
from talentsim.vocab import MOVES, Reason

EUROPE = ("GBR", "DEU", "FRA", "CHE", "NLD", "REU")
# Researchers in 2024, thousands: USA, China and Europe's total from UNIDO; the rest of its world total is split, and so is
# Europe, roughly by AI articles and doctorates (errors of 10 % and 40 %).
STOCK_2024 = {"USA": (63, .06), "CHN": (52.5, .06), "IND": (13, .4), "GBR": (9, .3), "DEU": (8, .3), "FRA": (5.5, .3),
              "CHE": (2, .4), "NLD": (3, .4), "REU": (9, .3), "CAN": (6.5, .3), "ISR": (2, .4), "KOR": (6, .4),
              "JPN": (9, .4), "SGP": (2.5, .4), "AUS": (5, .4), "IRN": (3, .4), "ROW": (10, .4)}
STOCK_2015 = {"USA": (46, .1), "CHN": (9.5, .15)}           # upper bounds of 50 and 10 thousand
# New doctoral students in the USA on temporary visas: computing doctorates five years on, and enrolment shares by origin.
US_STUDENTS = {2010: (1094, .15), 2018: (1573, .15)}
US_STUDENT_SHARE = {"CHN": .39, "IND": .21, "KOR": .03, "IRN": .05}
STAY_5 = {"CHN": (.84, .02), "IND": (.84, .02), "KOR": (.59, .06), "Europe": (.66, .03)}     # mean of 2013-17
HAZARD = {"USA": .016, "CHN": .005, "IND": .013, "GBR": .036, "CAN": .029, "CHE": .042, "DEU": .024, "KOR": .013,
          "ISR": .023, "SGP": .048}                                                          # all fields, 2020


class Traced(MeanField):
    """The twin, keeping the tables of the location choice by year."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.work_tables: dict[int, ChoiceTable] = {}

    def _table(self, weights: Any, levers: Any, place: int, state: Any, asc: Floats) -> ChoiceTable:
        table = super()._table(weights, levers, place, state, asc)
        if asc is self.destinations.asc_work:
            self.work_tables[self.config.world.burn_in_year + place] = table
        return table

    def stay_rate(self, host: int, year: int, after: int = 5) -> Floats:
        """Return the share of each origin's doctorates of `year` in `host` who are there `after` years later; shape (o)."""
        state = self.empty_state()
        share = 1.0 / len(self.taste) ** 2
        state.students[:, :, :, host, 0] = share
        moves = np.zeros((len(MOVES), self.n, self.n, self.n))
        settled, moved = self._graduate(state, [self.work_tables[year]], moves)
        state.settled += settled
        state.moved += moved
        for later in range(year + 1, year + after + 1):
            self._age(state)
            self._search(state, [self.work_tables[later]], moves)
        return state.by_country()[:, host]


def figures(codes: list[str]) -> dict[str, tuple[float, float]]:
    """Return the free figures: key -> (prior, sd of the prior)."""
    free: dict[str, tuple[float, float]] = {}
    for code in codes:
        at = f"world.countries.{code}"
        free[f"{at}.asc.work"] = (1.0 if code == "USA" else -1.0, 1.0)
        free[f"{at}.asc.study"] = (0.5 if code == "USA" else -1.0, 0.7)
        free[f"{at}.home.study"] = (4.0, 1.5)
        free[f"{at}.entry.level"] = (np.nan, 0.5)           # in logs, around the file's value
    for code, prior in (("CHN", -1.0), ("IND", -1.0), ("KOR", -0.5), ("Europe", -0.4), ("others", -0.5)):
        free[f"home.attachment.{code}"] = (prior, 0.7)
    free |= {"world.countries.USA.entry.growth": (0.02, 0.02), "world.countries.CHN.entry.growth": (0.14, 0.03), "world.countries.IND.entry.growth": (0.15, 0.03),
             "behaviour.location.first_move": (2.6, 0.5), "behaviour.location.onward_move": (2.2, 0.5),
             "behaviour.location.return_constant": (0.75, 0.5), "behaviour.graduation.move": (2.0, 0.5),
             "behaviour.graduation.return_constant": (2.0, 0.7)}
    return free


def with_values(plain: dict[str, Any], values: dict[str, float]) -> Config:
    """Return the configuration with these figures, their ranges widened where need be."""
    import copy

    data = copy.deepcopy(plain)
    for key, value in values.items():
        for path in _paths(key, list(data["world"]["countries"])):
            node: Any = data
            for part in path.split("."):
                node = node[part]
            node["value"] = float(value)
            node["range"] = [min(node["range"][0], node["value"]), max(node["range"][1], node["value"])]
    return Config.checked(data)


def _paths(key: str, codes: list[str]) -> list[str]:
    if not key.startswith("home.attachment."):
        return [key]
    group = key.rpartition(".")[2]
    alone = ("CHN", "IND", "KOR")
    members = {"Europe": EUROPE, "others": tuple(set(codes) - set(EUROPE) - set(alone))}.get(group, (group,))
    return [f"world.countries.{code}.home.attachment" for code in members]


def compared(twin: Traced, expected: Expected, codes: list[str]) -> dict[str, tuple[float, float, float]]:
    """Return target -> (simulated, observed, error); stocks, students and hazards in logs."""
    at = {code: place for place, code in enumerate(codes)}
    year = {int(y): place for place, y in enumerate(expected.years)}
    rows: dict[str, tuple[float, float, float]] = {}
    for when, targets in ((2015, STOCK_2015), (2024, STOCK_2024)):
        stock = expected.researchers[year[when]].sum(axis=0)
        for code, (thousands, error) in targets.items():
            rows[f"log stock {code} {when}"] = (np.log(stock[at[code]]), np.log(1000 * thousands), error)
    for when, (count, error) in US_STUDENTS.items():
        new = expected.moves[year[when], Reason.STUDY, :, :, at["USA"]].sum(axis=1)
        rows[f"log US students {when}"] = (np.log(new.sum()), np.log(count), error)
        for code, share in US_STUDENT_SHARE.items():
            rows[f"log share {code} of US students {when}"] = (np.log(new[at[code]] / new.sum()), np.log(share), 0.15)
    stays = np.mean([twin.stay_rate(at["USA"], when) for when in (2010, 2012)], axis=0)
    for code, (rate, error) in STAY_5.items():
        who = [at[each] for each in (EUROPE if code == "Europe" else (code,))]
        rows[f"stay rate {code}"] = (stays[who].mean(), rate, error)
    moved = expected.moves[year[2019], Reason.SEARCH].sum(axis=(0, 2)) / expected.researchers[year[2018]].sum(axis=0)
    for code, rate in HAZARD.items():
        rows[f"log hazard {code}"] = (np.log(moved[at[code]]), np.log(rate), 0.3)
    return rows


def main() -> None:
    """Fit, and print targets and proposals."""
    plain = compose_plain(["world=ai", "world.end_year=2024", "population.classes=2"])
    codes = list(plain["world"]["countries"])
    free = figures(codes)
    level = {key: plain["world"]["countries"][key.split(".")[2]]["entry"]["level"]["value"]
             for key in free if key.endswith("entry.level")}

    def values_of(x: Floats) -> dict[str, float]:
        return {key: level[key] * np.exp(sd * z) if key in level else prior + sd * z
                for z, (key, (prior, sd)) in zip(x, free.items(), strict=True)}

    def simulate(x: Floats) -> dict[str, tuple[float, float, float]]:
        twin = Traced(with_values(plain, values_of(x)))
        return compared(twin, twin.run(), codes)

    def residuals(x: Floats) -> Floats:
        return np.concatenate([[(sim - obs) / error for sim, obs, error in simulate(x).values()], x])

    # Steps are relative to the unknowns: shifted by one, they are well above the grain of home attachment.
    fit = least_squares(lambda shifted: residuals(shifted - 1.0), np.ones(len(free)), diff_step=1e-2, max_nfev=10)
    print(f"cost {fit.cost:.1f} after {fit.nfev} steps")
    for name, (sim, obs, _) in simulate(fit.x - 1.0).items():
        show = np.exp if name.startswith("log") else float
        print(f"{name:32} simulated {show(sim):10.4g}  observed {show(obs):10.4g}")
    for key, value in values_of(fit.x - 1.0).items():
        print(f"{key} {value:.3g}")


if __name__ == "__main__":
    sys.exit(__doc__) if sys.argv[1:] else main()
