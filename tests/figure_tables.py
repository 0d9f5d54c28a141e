"""Small invented tables for the figures that follow people, work and applications."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

COUNTRIES = ["USA", "CHN", "IND", "GBR", "DEU", "FRA", "CAN", "CHE", "NLD", "ISR", "KOR", "JPN", "SGP", "AUS", "IRN", "REU", "ROW"]


def pathways(codes: list[str] = COUNTRIES, with_hq: bool = True) -> pd.DataFrame:
    """Works that shrink from country to country; a tenth of each country's is owned by the first, and a tenth leaves it."""
    size = {code: 1000.0 * 0.7**place for place, code in enumerate(codes)}
    rows = []
    for arm, kept in (("baseline", 0.5), ("scenario", 0.4)):
        for training, work in itertools.product(codes, repeat=2):
            share = kept if work == codes[0] else (1.0 - kept) * (work == training) + 0.001
            for hq, owned in ((work, 0.9), (codes[0], 0.1)):
                rows.append((arm, training, work, hq, size[training] * share * owned))
    table = pd.DataFrame(rows, columns=["arm", "training", "work", "hq", "works"])
    table = table.groupby(["arm", "training", "work", "hq"], as_index=False)["works"].sum()
    return table if with_hq else table.groupby(["arm", "training", "work"], as_index=False)["works"].sum()


def corridors(codes: list[str] = COUNTRIES, scale: float = 1.0) -> pd.DataFrame:
    """Moves between all pairs, most to and from the first country, which gets fewer in the scenario."""
    rows = []
    for one, other in itertools.permutations(range(len(codes)), 2):
        moves = scale * 6000.0 / (1 + one) / (1 + other) ** 2
        change = -0.1 * moves if other == 0 else 0.001 * moves
        rows.append((codes[one], codes[other], moves, moves + change, change, change - 0.02 * scale, change + 0.02 * scale))
    return pd.DataFrame(rows, columns=["from", "to", "baseline", "scenario", "difference", "low", "high"])


def stay(origins: list[str] = COUNTRIES[:8], years: range = range(11)) -> pd.DataFrame:
    """Stay rates that fall by a point a year in the baseline and by two in the scenario."""
    rows = [(arm, "USA", origin, since, 95.0 - 3 * place - loss * since, 94.0 - 3 * place - loss * since, 96.0 - 3 * place - loss * since,
             4000.0 / (1 + place))
            for arm, loss in (("baseline", 1.0), ("scenario", 2.0)) for place, origin in enumerate(origins) for since in years]
    return pd.DataFrame(rows, columns=["arm", "training", "origin", "years_since", "stay_rate", "low", "high", "graduates"])


def funnel(routes: tuple[str, ...] = ("student_visa", "lottery", "exempt", "other_visa", "renewal")) -> pd.DataFrame:
    """Applications of two origins: refusals double in the scenario, and six of ten lose a lottery."""
    rows = []
    for arm, refusal in (("baseline", 0.1), ("scenario", 0.2)):
        for origin, (place, route) in itertools.product(("CHN", "IND"), enumerate(routes)):
            applied = 5000.0 / (1 + place)
            lost = 0.6 * applied * (route == "lottery")
            rows.append((arm, "USA", origin, route, applied, refusal * applied, lost, applied - refusal * applied - lost))
    return pd.DataFrame(rows, columns=["arm", "country", "origin", "route", "applied", "refused", "lost_lottery", "granted"])


def sweep(series: tuple[str, ...] = ("",), words: bool = False) -> pd.DataFrame:
    """Differences that grow with the dose, more in the first series."""
    rows = [(f"variant {dose:g}" if words else dose, name, -9.0 * dose / (1 + place), -9.0 * dose / (1 + place) - 0.1,
             -9.0 * dose / (1 + place) + 0.1)
            for place, name in enumerate(series) for dose in (0.4, 0.05, 0.1, 0.2)]
    return pd.DataFrame(rows, columns=["dose", "series", "difference", "low", "high"])


def variants() -> pd.DataFrame:
    """The model as run and three other assumptions."""
    rows = [("as run", 36.6, -2.4), ("talent does not feed back on ecosystems", 42.6, -3.2),
            ("cohorts stay as large as in 2024", 40.4, -2.1), ("cohorts from China double", 30.0, 0.1)]
    return pd.DataFrame([(name, level, level + change, change, change - 0.05, change + 0.05) for name, level, change in rows],
                        columns=["variant", "baseline", "scenario", "difference", "low", "high"])


def sensitivity() -> pd.DataFrame:
    """The comparison as configured; a figure that leads one way at both ends, one that stands at an end, and two that go together."""
    pay, odds = "behaviour.study.weights.beta_pay", "behaviour.ecosystem.weight_talent"
    ways = "world.countries.USA.visa.other_visa, world.countries.USA.visa.spouse_right"
    rows = [("as configured", "", "As configured", "", "", "", -2.4),
            ("high", "talent", "how much talent feeds back on ecosystems", odds, "0.6", "0", -1.9),
            ("low", "pay", "how much students weigh pay", pay, "0", "1", -2.9), ("high", "pay", "how much students weigh pay", pay, "3", "1", -4.0),
            ("low", "ways", "ways around a lost or refused work visa", ways, "0, 0", "0.2, 0.1", -3.0),
            ("high", "ways", "ways around a lost or refused work visa", ways, "1, 1", "0.2, 0.1", 0.5)]
    table = pd.DataFrame(rows, columns=["kind", "name", "title", "parameter", "value", "configured", "difference"])
    return table.assign(country="USA", year=2035, replications=1, baseline=36.0, scenario=36.0 + table["difference"], low=np.nan, high=np.nan,
                        effect=table["difference"] + 2.4)


def fit() -> pd.DataFrame:
    """A bound that is kept and one that is not, a figure that is met, and two far off: one beyond the edge."""
    rows = [("researchers, USA 2015", "thousands", 40.0, 50.0, True, "unido_stock", "fitted"),
            ("researchers, CHN 2015", "thousands", 13.0, 10.0, True, "unido_stock", "fitted"),
            ("stay rate after 5 years, CHN, 2021", "%", 81.0, 88.0, False, "stay5_2021", "seen"),
            ("authors by first degree, USA 2019", "%", 11.0, 20.0, False, "mp_origin_top20", "seen"),
            ("authors by first degree, IND 2019", "%", 40.0, 8.0, False, "mp_origin_top20", "seen")]
    table = pd.DataFrame(rows, columns=["quantity", "unit", "simulated", "observed", "is_bound", "fact", "use"])
    return table.assign(low=0.9 * table["simulated"], high=1.1 * table["simulated"])


def scores() -> pd.DataFrame:
    """Two bounds from one side, two from both: one of each is met, and one is far off."""
    nan = np.nan
    rows = [("wlogRMSE of corridors", 0.119, nan, 0.12, True, 0.128), ("CPC of corridors", 0.955, 0.957, nan, True, 0.955),
            ("return share within 5 years, %", 31.0, 28.0, 36.0, False, nan), ("stay rate after 5 years, %", 62.0, 83.0, 93.0, True, nan)]
    return pd.DataFrame(rows, columns=["measure", "value", "low", "high", "is_held_out", "benchmark"])


def shares() -> pd.DataFrame:
    """Three groups of parameters, one of which takes a little away from another, and what none explains."""
    return pd.DataFrame({"group": ["how students choose", "who stays", "pay", "chance, and what a straight line misses"], "share": [0.62, 0.2, -0.03, 0.21],
                         "parameters": ["a, b", "c", "d", ""]}).assign(r2=0.74, draws=64)


def targets() -> pd.DataFrame:
    """Targets of every role: met, missed from both sides, and far beyond the edge."""
    rows = [("researchers, USA 2015", "calibrate", 40.0, 38.0, 44.0, True, 0.4), ("stay rate after 5 years, CHN 2021", "held_out", 88.0, 70.0, 82.0, False, -2.6),
            ("authors by first degree, IND 2019", "report", 0.08, 0.3, 0.5, False, 9.0), ("odds of the lottery, 2024", "input", 1234.0, 1200.0, 1300.0, True, 0.1)]
    return pd.DataFrame(rows, columns=["title", "role", "observed", "low", "high", "inside", "miss"])
