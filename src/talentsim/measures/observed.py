"""The baseline of the AI world beside what is observed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from talentsim.config import Config
from talentsim.config.arms import Composer
from talentsim.config.parts import parts_of
from talentsim.data.facts import facts
from talentsim.ensemble.ensemble import Ensemble
from talentsim.ensemble.executors import map_replications
from talentsim.ensemble.identity import what_counts
from talentsim.intervals import COUNT, SHARE, spread
from talentsim.measures.indicators import RunView, stay_rate
from talentsim.measures.observers import By, author_shares

WORLDS = ("ai", "ai_wide")
"""The worlds that the facts are about; figures of the toy world are invented, and `validate` scores the scholars world."""

FIRST, LAST = 2010, 2024
"""Years of a run that the facts speak of."""

EUROPE = ("GBR", "DEU", "FRA", "CHE", "NLD", "REU")
NAMES = {"USA": "US", "CHN": "China", "IND": "India"}
COLUMNS = ["quantity", "unit", "simulated", "observed", "is_bound", "fact", "use"]


class Use(StrEnum):
    """What part an observed figure had in setting the model's figures."""

    FITTED = "fitted"       # figures were set so that it is met
    SEEN = "seen"           # known while the model was built, and nothing set to it on purpose


def is_observed(config: Config) -> bool:
    """Return whether the facts speak of a configuration's world, in its years and with its countries."""
    world = config.world
    return (world.name in WORLDS and world.start_year <= FIRST and world.end_year >= LAST
            and {*NAMES, *EUROPE} <= world.countries.keys())


def fit(baseline: Ensemble, tables: Sequence[pd.DataFrame] | None = None) -> pd.DataFrame:
    """Lay a baseline beside what is observed, means over replications; empty where the facts speak of another world.

    Parameters
    ----------
    tables
        Every replication's, as `table_of_run`, where they are there already.

    Returns
    -------
    As `beside_facts`, with low and high, Student's t interval of the simulated mean.
    """
    if not is_observed(baseline.config):
        return pd.DataFrame()
    tables = tables or map_replications(partial(table_of_run, baseline), len(baseline), baseline.config.executor)
    within = COUNT[0], np.where(tables[0]["unit"] == "%", SHARE[1], COUNT[1])
    mean, low, high = spread(np.array([table["simulated"] for table in tables]), baseline.config.compare.level, baseline.config.over_draws, within)
    return tables[0].assign(simulated=mean, low=low, high=high)


def table_of_run(baseline: Ensemble, place: int) -> pd.DataFrame:
    """Lay one replication beside what is observed."""
    run = baseline[place]
    return beside_facts(in_wholes(RunView(run.agents, [int(year) for year in run.years], run.codes), baseline.config), baseline.config)


def in_wholes(run: RunView, config: Config) -> RunView:
    """Return a run's tables with parts counted as the country that they are split off, as the facts do; the run itself where none is."""
    of = {part: whole for whole, parts in parts_of(config.world).items() for part in parts}
    if not of:
        return run
    codes = [code for code in run.codes if code not in of]
    place = np.array([*(codes.index(of.get(code, code)) for code in run.codes), -1])      # the last is for who has no country

    def table(name: str) -> pd.DataFrame:
        frame = run.table(name)
        named = [column for column in frame if isinstance(frame[column].dtype, pd.CategoricalDtype) and list(frame[column].cat.categories) == list(run.codes)]
        return frame.assign(**{column: pd.Categorical.from_codes(place[frame[column].cat.codes.to_numpy()], codes) for column in named})

    return RunView(table, run.years, codes)


def departures(baseline: Config) -> list[str]:
    """Return the keys in which a baseline is not the shipped one in the years of the facts, so that nothing was fitted to it.

    Policies and cohorts after the last fact play no part.
    """
    shipped, _ = Composer().arms([] if baseline.world.name == WORLDS[0] else [f"world={baseline.world.name}"])    # what the command has composed already, where it took the shipped files
    one, other = (_up_to_last(each) for each in (shipped, baseline))
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def _up_to_last(config: Config) -> dict[str, Any]:
    content = {part: what_counts(getattr(config, part)) for part in ("world", "behaviour", "visa", "employers", "observers")}
    del content["world"]["end_year"]
    past = {name: str(what_counts(each)) for name, each in config.policies.items() if each.start.year <= LAST}
    return _flat(content | {"policy": past})


def _flat(node: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested data as one mapping by dotted key."""
    flat: dict[str, Any] = {}
    for name, child in node.items():
        flat |= _flat(child, f"{prefix}{name}.") if isinstance(child, Mapping) else {f"{prefix}{name}": child}
    return flat


def beside_facts(run: RunView, config: Config) -> pd.DataFrame:
    """Lay stocks, stay rates and authorship beside the figures that are known of them; stay rates only where lives were kept.

    Returns
    -------
    quantity, unit, simulated, observed, is_bound (whether that is an upper bound), fact (its id) and use (a `Use`). Where
    a small population has nobody to speak of, simulated is missing.
    """
    rows = _stocks(run, config) + (_stays(run) if config.output.people else []) + _authors(run, config)
    return pd.DataFrame(rows, columns=COLUMNS)


def _stocks(run: RunView, config: Config) -> list[tuple]:
    stock = run.total("stocks", "researchers", "work") / config.population.scale
    known, at = facts()["unido_stock"].value, {code: place for place, code in enumerate(run.codes)}
    last = stock[_place(run, 2024)]
    rows = [(f"researchers, {code} {year}", "thousands", stock[_place(run, year), at[code]] / 1000, known[year][NAMES[code]] / 1000,
             year == 2015, "unido_stock", Use.FITTED.value) for year in (2015, 2024) for code in ("USA", "CHN")]
    europe = 100 * sum(last[at[code]] for code in EUROPE) / last.sum()
    return [*rows, ("researchers, world 2024", "thousands", last.sum() / 1000, known[2024]["world"] / 1000, False, "unido_stock",
                    Use.FITTED.value),
            ("Europe's share of the researchers, 2024", "%", europe, known[2024]["Europe_pct"], False, "unido_stock", Use.FITTED.value)]


def _stays(run: RunView) -> list[tuple]:
    """Return five-year stay rates of foreign doctorates of the United States: used to 2017 by the fit, and seen for 2021."""
    usa, people = run.codes.index("USA"), run.table("people")
    people = people[people["training"] == "USA"]
    graduates, rate = _graduates(people, len(run.codes)), stay_rate(_doctorates(run, people, (2010, 2012, 2016)), 5)[:, usa]
    early, late = facts()["stay5_series"].value, facts()["stay5_2021"].value
    rows = []
    for code, name, name_late in (("CHN", "China_incl_HK", "China"), ("IND", "India", "India"), ("all", "total", "total")):
        def of(year: int, code: str = code) -> float:
            if code != "all":
                return float(rate[_place(run, year), run.codes.index(code)])
            weight = graduates.get(year - 5, 0) * ((np.arange(len(run.codes)) != usa) & np.isfinite(rate[_place(run, year)]))     # of those still in research
            return float(np.nansum(rate[_place(run, year)] * weight) / weight.sum()) if weight.any() else np.nan

        rows.append((f"stay rate after 5 years, {code}, mean of 2015 and 2017", "%", (of(2015) + of(2017)) / 2,
                     (early[name][2015] + early[name][2017]) / 2, False, "stay5_series",
                     (Use.FITTED if code != "all" else Use.SEEN).value))
        rows.append((f"stay rate after 5 years, {code}, 2021", "%", of(2021), late[name_late], False, "stay5_2021", Use.SEEN.value))
    return rows


def _doctorates(run: RunView, people: pd.DataFrame, years: tuple[int, ...]) -> RunView:
    """Return a view of some people's doctorates of a few years alone, until the last fact."""
    people, events = people[people["doctorate_year"].isin(years)], run.table("events")
    events = events[events["year"] <= LAST]
    events = events[events["uid"].isin(people["uid"])]
    return RunView({"people": people, "events": events}.__getitem__, [year for year in run.years if year <= LAST], run.codes)


def _graduates(people: pd.DataFrame, n_countries: int) -> dict[int, np.ndarray]:
    """Return people's doctorates by year and origin."""
    counts = people.groupby(["doctorate_year", people["origin"].cat.codes], observed=True).size().unstack(fill_value=0)
    counts = counts.reindex(columns=range(n_countries), fill_value=0)
    return {int(year): row.to_numpy() for year, row in counts.iterrows()}


def _authors(run: RunView, config: Config) -> list[tuple]:
    """Return shares of top-tier conference authors, by the seat of the employer as they were counted."""
    conference = config.observers.conferences.get("neurips")
    if conference is None:
        return []
    counted: tuple[tuple[By, str, str], ...] = (("hq", "mp_work_top20", "by seat of the employer"),
                                                ("origin", "mp_origin_top20", "by first degree"))
    rows = []
    for by, fact, words in counted:
        shares = author_shares(run.table("works"), conference, by).set_index(["year", "country"])["share"]
        for year in (2019, 2022):
            for code, name in NAMES.items():
                if name in facts()[fact].value[year]:
                    rows.append((f"top-tier authors {words}, {code} {year}", "%", 100 * float(shares.get((year, code), 0.0)),
                                 facts()[fact].value[year][name], False, fact, _use_of_authors(by, code, year).value))
    return rows


def _use_of_authors(by: By, code: str, year: int) -> Use:
    """China's authors of 2022 are met by a growth of their participation that was chosen for it; all others were seen."""
    return Use.FITTED if (by, code, year) == ("hq", "CHN", 2022) else Use.SEEN


def _place(run: RunView, year: int) -> int:
    return list(run.years).index(year)
