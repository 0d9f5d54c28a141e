"""The common workload in talentsim: its own rules, unchanged, in a configuration that switches off what the workload does not have.

There are no studies, firms, other visas or constants here; output by training and headquarters country, frontier works, tiers and
every person's status are kept all the same.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import workload as w

from talentsim.config import Config
from talentsim.config.compose import compose_plain
from talentsim.model.recorder import RunTables
from talentsim.model.simulation import Simulation

CODES = tuple(chr(65 + i // 26) + chr(65 + i % 26) + "X" for i in range(w.N))
WEIGHTS = {"beta_pay": w.BETA_PAY, "beta_eco": w.BETA_ECO, "beta_visa": w.BETA_VISA, "beta_diaspora": w.BETA_DIASPORA}
LOCATION = {"rate_search": 1.0, "kappa": w.KAPPA, "first_move": w.FIRST_MOVE, "first_move_age": w.FIRST_MOVE_AGE, "onward_move": w.ONWARD_MOVE,
            "onward_tenure": w.ONWARD_TENURE, "return_constant": w.RETURN_CONSTANT, "return_slope": w.RETURN_SLOPE, "queue_hold": 0.0}
NEVER, UNLIMITED = 0.0, 100.0


def configuration(agents: int, years: int, seed: int = 1, **top: Any) -> Config:
    """Return the workload as a configuration; `top` replaces whole parts of it."""
    plain = copy.deepcopy(compose_plain(["world=toy", "history=none", "parameters=point", "employers=none"]))
    countries = list(plain["world"]["countries"].values())
    plain["world"] |= {"burn_in_year": w.FIRST_YEAR, "start_year": w.FIRST_YEAR, "end_year": w.FIRST_YEAR + years - 1,
                       "countries": {code: _country(countries[0], place, agents) for place, code in enumerate(CODES)}}
    behaviour = plain["behaviour"]
    for name, value in LOCATION.items():
        _set(behaviour["location"], name, value)
    for name in behaviour["location"]["weights"]:
        _set(behaviour["location"]["weights"], name, WEIGHTS.get(name, 0.0))
    behaviour["location"]["age_cap"], behaviour["study"]["years"] = w.LONGEST, 0
    _set(behaviour["graduation"], "move", w.FIRST_MOVE)
    for part, name, value in (("friction", "cap_years", w.FRICTION_CAP), ("output", "eta", w.ETA), ("exit", "rate", w.EXIT),
                              ("ecosystem", "adjustment", w.ADJUSTMENT), ("ecosystem", "weight_talent", w.WEIGHT_TALENT)):
        _set(behaviour[part], name, value)
    plain["ensemble"]["seed"], plain["population"]["scale"] = seed, 1.0
    plain["output"]["people"], plain["focus"] = False, CODES[-1]
    plain["observers"], plain["entry"]["growth_after"] = {"conferences": {}, "articles": {}}, {}
    plain["scenario"]["expects"] = []
    plain["policy"] = {"everybody_at_first": {"lever": "entry", "countries": list(CODES), "start": w.FIRST_YEAR, "end": w.FIRST_YEAR,
                                              "change": "multiply", "value": 1.0 / w.EXIT}}
    return Config.checked(plain | top)


def _country(like: dict[str, Any], place: int, agents: int) -> dict[str, Any]:
    country = copy.deepcopy(like)
    country["name"] = f"Country {place}"
    for part, name, value in (
            ("entry", "level", float(w.cohorts(agents, True)[place] * w.EXIT)), ("entry", "growth", 0.0), ("ability", "mean_log", 0.0),
            ("ability", "sd_log", w.SD_LOG_ABILITY), ("home", "attachment", 0.0), ("home", "sd", w.SD_HOME),
            ("ecosystem", "strength", float(w.STRENGTH[place]))):
        _set(country[part], name, value)
    for name, value in (("pay", float(w.PAY[place])), ("industry_share", 0.0)):
        _set(country, name, value)
    visa = {name: each for name, each in country["visa"].items() if not name.endswith("_by_origin")}
    country["visa"] = visa | {"cap_exempt": [], "wage_levels": None, "work_visa_cap": None}
    if place in w.CAP:
        visa = country["visa"]
        visa["work_visa_cap"] = {**like["visa"]["work_visa_cap"], "value": float(w.seats(agents)[place]), "range": [0, 1e9]}
    country["visa"].pop("queue_after", None)
    for name, value in (("work_visa_odds", 1.0), ("background_demand", 0.0), ("work_visa_refusal", float(w.REFUSAL[place])),
                        ("renewal_refusal", NEVER), ("max_years", UNLIMITED), ("years_to_permanence", float(w.YEARS_TO_PERMANENCE[place])),
                        ("other_visa", NEVER), ("spouse_right", NEVER), ("further_degree", NEVER), ("transfer", NEVER)):
        _set(country["visa"], name, value)
    return country


def _set(part: dict[str, Any], name: str, value: float) -> None:
    """Give a figure another value, and a range that holds it."""
    low, high = part[name]["range"]
    part[name] = {**part[name], "value": value, "range": [min(low, value), max(high, value)]}


def tables_of(found: RunTables) -> w.Tables:
    """Return a run's tables as the other implementations give them."""
    stock = found.dense("stocks", "researchers", "origin", "work").astype(float)
    visas = [found.dense("visas", name, "country") for name in ("applied", "lost_lottery", "refused", "granted")]
    exits = found.dense("exits", "exits", "origin", "work")
    return w.Tables(stock, found.dense("works", "works", "origin", "work"), found.dense("flows", "moves", "origin", "from", "to").astype(float),
                    np.stack(visas, axis=1) - _renewals(found), found.strength, stock.sum(axis=(1, 2)) + exits.sum(axis=(1, 2)))


def _renewals(found: RunTables) -> np.ndarray:
    """Return how many renewals there were, which are all granted: the workload does not count them."""
    from talentsim.vocab import VisaRoute

    by_route = [found.dense("visas", name, "country", "route")[..., VisaRoute.RENEWAL] for name in ("applied", "lost_lottery", "refused", "granted")]
    return np.stack(by_route, axis=1)


def setup(agents: int, years: int, seed: int) -> tuple[Config]:
    """Compose and check the configuration."""
    return (configuration(agents, years, seed),)


def run(config: Config) -> w.Tables:
    """Simulate one replication in one thread."""
    return tables_of(Simulation(config).run())


if __name__ == "__main__":
    w.main(run, setup)
