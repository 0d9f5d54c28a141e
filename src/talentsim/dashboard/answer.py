"""An answer as the page shows it. What is printed in the terminal is made here by the functions that print it there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.comparison.compare import Comparison, compare_runs, compare_years
from talentsim.comparison.pair import Pair, PairRuns
from talentsim.config import Config
from talentsim.dashboard.engine import Outcomes, people_of, sample_of
from talentsim.dashboard.looked_at import is_group, outcomes_with_groups, with_focus, with_groups
from talentsim.dashboard.memory import give_back
from talentsim.dashboard.people import FIRST, Each, People, one_by_one
from talentsim.ensemble.ensemble import Ensemble
from talentsim.ensemble.opened import Results
from talentsim.ensemble.provenance import made_with
from talentsim.intervals import bounds_of, spread, spread_of_difference
from talentsim.model.outcomes import OUTCOMES
from talentsim.report.document import readings
from talentsim.report.document.scene import Scene
from talentsim.report.numbers import PEOPLE, interval_name
from talentsim.report.terminal.summaries import shown, shown_interval

SHOWN = ("work_share",)
"""Outcomes that the page draws; the tables that are taken away hold all."""

N_FLOWS, N_STAYING = 7, 9
LEAST_FLOW = 3.0
"""Smallest flow that is drawn by itself, in % of the works made in a country."""

MOST_COMPARED = 3
"""Comparisons kept by all answers together; each holds tables of some megabytes, and is made anew where it is asked for again."""

OTHERS = "others"
_NOWHERE = Path()


def numbers(baseline: Config, scenario: Config, both: tuple[Outcomes, Outcomes], groups: Sequence[str] = ()) -> dict[str, Any]:
    """Return every shown outcome of both arms, by year and country or group, as numbers to draw and as the terminal's text."""
    level, outcomes = scenario.compare.level, {}
    before_all, after_all = (outcomes_with_groups(each, scenario, groups, SHOWN) for each in both)
    for name, one in before_all.items():
        other = after_all[name]
        before, after = (spread(each, level, scenario.over_draws)[0] for each in (one, other))
        middle, low, high = spread_of_difference(one, other, level, scenario.over_draws, bounds_of(OUTCOMES[name].is_share))
        band = np.quantile(other, [0.05, 0.95], axis=0)
        unit = OUTCOMES[name].unit
        outcomes[name] = {"title": OUTCOMES[name].title, "unit": unit, "baseline": _plain(before),
                          "scenario": _plain(after), "difference": _plain(middle), "low": _plain(low), "high": _plain(high),
                          "band": [_plain(band[0]), _plain(band[1])],
                          "words": _words(unit, before, after, middle, low, high)}
    kind = "draws of the uncertain figures" if scenario.over_draws else "pairs of runs"
    return frame(baseline, scenario, groups) | {"pairs": len(both[1]["work_share"]), "kind": kind, "medians": scenario.over_draws, "outcomes": outcomes}


def preview(baseline: Config, scenario: Config, told: tuple[int, Floats, Floats], groups: Sequence[str] = ()) -> dict[str, Any]:
    """Return one year of a preview: the share of the works of each country and group in both arms, with the text of the difference."""
    year, (one, other) = told[0], (with_groups(each, scenario, groups) for each in told[1:])
    unit = OUTCOMES["work_share"].unit
    words = _words(unit, one[None], other[None], (other - one)[None], np.full((1, len(one)), np.nan), np.full((1, len(one)), np.nan))[0]
    return frame(baseline, scenario, groups) | {"year": year, "baseline": _plain(one), "scenario": _plain(other), "words": words,
                                                "of_all": sample_of(scenario) == 1.0}


def under(scenario: Config, both: tuple[Floats, Floats], groups: Sequence[str] = ()) -> dict[str, Any]:
    """Return the difference in the share of the works under a structure, by year and country or group, as the terminal's text."""
    unit = OUTCOMES["work_share"].unit
    words = [[shown(each, unit, is_difference=True) for each in row] for row in with_groups(both[1] - both[0], scenario, groups)]
    return {"words": words, "people": people_of(scenario.population.scale * sample_of(scenario))}


def frame(baseline: Config, scenario: Config, groups: Sequence[str] = ()) -> dict[str, Any]:
    """Return the years, countries and groups, and first year of a difference that numbers are laid out by."""
    start = Pair(baseline, scenario).start
    world = scenario.world
    return {"years": list(range(world.start_year, world.end_year + 1)), "codes": [*world.countries, *groups], "interval": interval_name(scenario.compare.level),
            "start": start if start is not None and start <= world.end_year else None}


class Answer:
    """The latest pairs of a run, and what can be read from them for any country and year without running anything."""

    _compared: ClassVar[OrderedDict[tuple[Any, ...], Comparison]] = OrderedDict()

    def __init__(self, baseline: Ensemble, scenario: Ensemble, each: Each = one_by_one) -> None:
        self.baseline, self.scenario = replace(baseline), replace(scenario)     # without the outcomes that those remember
        self._people, self._lock = People(each), Lock()
        self._views: dict[tuple[str, int], dict[str, Any]] = {}
        self._years: dict[str | None, dict[str, pd.DataFrame]] = {}        # of a group, or of single countries

    def tables(self, focus: str, year: int) -> dict[str, pd.DataFrame]:
        """Return the tables of the comparison, as the main job writes them for what is looked at."""
        compared = self._comparison(focus, year)
        return compared.tables | {"diversion_by_year": compared.lives.matrix}

    def results(self, overrides: Sequence[str], focus: str, year: int) -> Results:
        """Return the answer as results that were never written, for what makes a workbook of those that were."""
        arms = {name: {"config": arm.config.model_dump(mode="json")} for name, arm in zip(("baseline", "scenario"), self._arms(focus, year), strict=True)}
        facts = {"arms": arms, "overrides": list(overrides), "checks": [asdict(each) for each in self._comparison(focus, year).checks]}
        return Results(_NOWHERE, {**facts, **made_with(), "written": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "files": {}}, self.tables(focus, year))

    def _arms(self, focus: str, year: int) -> tuple[Ensemble, Ensemble]:
        """Return both arms, looking at something."""
        one, other = (replace(arm, config=with_focus(arm.config, focus).model_copy(update={"compare": arm.config.compare.model_copy(update={"year": year})}))
                      for arm in (self.baseline, self.scenario))
        return one, other

    def _comparison(self, focus: str, year: int) -> Comparison:
        """Compare the arms; it is the same for every single country, and another for each group."""
        arms = self._arms(focus, year)
        key = *(run.id for arm in arms for run in arm.runs), focus if is_group(arms[1].config) else None, year, arms[1].config.compare.level, arms[1].config.over_draws
        found = self._compared.pop(key, None) or compare_runs(PairRuns(*arms))
        self._compared[key] = found
        while len(self._compared) > MOST_COMPARED:
            self._compared.pop(next(iter(self._compared)), None)
        return found

    def view(self, focus: str, year: int, seen: int = 0) -> dict[str, Any]:
        """Return what the page shows of one country and year: sentences, who was diverted, stay rates, pathways.

        Parameters
        ----------
        seen
            Pairs whose people an earlier view has looked at: this one looks at twice as many, up to all.
        """
        with self._lock:
            if (focus, year) in self._views:
                return self._views[focus, year]
            view = self._view_of(focus, year, max(FIRST, 2 * seen))
            if view["lives"] == view["pairs"]:
                self._views[focus, year] = view
            give_back(self.baseline.config)
            return view

    def forget(self) -> None:
        """Keep nothing that can be read from the runs again."""
        self._people, self._views, self._years = People(self._people.each), {}, {}

    def _view_of(self, focus: str, year: int, at_least: int) -> dict[str, Any]:
        runs = PairRuns(*self._arms(focus, year))
        one, other = runs.pair
        key = focus if is_group(other) else None
        if key not in self._years:
            self._years[key] = compare_years(runs)
        tables = self._years[key]
        kept = {"headline": headline_of(tables, year), "differences": tables["differences"]}
        scene = Scene(Results(_NOWHERE, {"arms": {}}, kept), Pair(one, other))
        looked = self._people.look(runs, at_least)
        said = {"headline": readings.headline_sentence(scene), "over_time": readings.over_time(scene, tables["differences"]),
                "gains": readings.who_gains(scene, "work_share"), "works": readings.all_works(scene, tables["over_time"])}
        if len(looked.diverted):
            said["diverted"] = readings.diverted(scene, looked.diverted)
        if len(looked.stay):
            said["stayed"] = readings.stayed(scene, looked.stay, focus)
        return {"focus": focus, "year": year, "pairs": len(self.scenario), "lives": looked.pairs, "said": {name: text for name, text in said.items() if text},
                "diverted": _diverted(looked.diverted, focus), "stay": _staying(looked.stay, other.focus_countries), "paths": _paths(looked.paths, focus)}


def headline_of(tables: Mapping[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """Return the headline of any year from the tables of all years."""
    rows = tables["differences"][tables["differences"]["year"] == year]
    return rows.assign(unit=rows["outcome"].astype(str).map(lambda name: OUTCOMES[name].unit))


def _diverted(matrix: pd.DataFrame, focus: str) -> dict[str, list[list[Any]]]:
    """Return to whom a country loses people and from whom it gains them: code, people, text; the largest first."""
    both: dict[str, list[list[Any]]] = {}
    for name, here, there in (("lost", "baseline_country", "scenario_country"), ("gained", "scenario_country", "baseline_country")):
        if matrix.empty:
            both[name] = []
            continue
        rows = matrix[(matrix[here].astype(str) == focus) & (matrix[there].astype(str) != focus) & (matrix["researchers"] > 0)]
        rows = rows.sort_values("researchers", ascending=False)
        both[name] = [[str(getattr(row, there)), float(row.researchers), shown(row.researchers, PEOPLE)] for row in rows.itertuples()]
    return both


def _staying(stay: pd.DataFrame, own: Sequence[str]) -> dict[str, Any]:
    """Return stay rates by origin in both arms, as far as all can be followed; those with the most doctorates first."""
    if stay.empty:
        return {}
    last = stay[(stay["years_since"] == stay["years_since"].max()) & ~stay["origin"].astype(str).isin(own)]
    rates = last.pivot_table(index="origin", columns="arm", values="stay_rate", observed=True)
    size = stay.groupby(stay["origin"].astype(str))["graduates"].max().sort_values(ascending=False)
    if not {"baseline", "scenario"} <= set(rates.columns):
        return {}
    rates = rates.dropna().rename(index=str)
    order = [code for code in size.index if code in rates.index][:N_STAYING]
    first = stay.iloc[0]
    return {"cohorts": [int(first.first_cohort), int(first.last_cohort)], "since": int(stay["years_since"].max()),
            "rows": [[code, *(round(float(rates.loc[code, arm]), 3) for arm in ("baseline", "scenario"))] for code in order]}


def _paths(through: pd.DataFrame, focus: str) -> dict[str, list[list[Any]]]:
    """Return the works made in a country by where they were trained and who owns them, in % of its baseline's; small ones as others."""
    here = through[through["work"].astype(str) == focus]
    total = float(here.loc[here["arm"] == "baseline", "works"].sum())
    paths = {}
    for stage in (each for each in ("training", "hq") if each in here.columns and total):
        sums = 100.0 / total * here.groupby([here[stage].astype(str), here["arm"].astype(str)])["works"].sum().unstack(fill_value=0.0)
        sums = sums.reindex(columns=["baseline", "scenario"], fill_value=0.0)
        sums = sums.loc[sums.max(axis=1).sort_values(ascending=False).index]
        large = sums[sums.max(axis=1) >= LEAST_FLOW].head(N_FLOWS)
        rest = sums.drop(large.index).sum()
        rows = [[code, round(float(row.baseline), 3), round(float(row.scenario), 3)] for code, row in large.iterrows()]
        paths[stage] = rows + ([[OTHERS, round(float(rest.baseline), 3), round(float(rest.scenario), 3)]] if rest.max() > 0 else [])
    return paths


def _words(unit: str, one: Floats, other: Floats, mean: Floats, low: Floats, high: Floats) -> list[list[list[str]]]:
    """Return the terminal's text of baseline, scenario, difference and interval, by year and country."""
    return [[[shown(a, unit), shown(b, unit), shown(c, unit, is_difference=True), shown_interval(d, e, unit, of=max(a, b))] for a, b, c, d, e in zip(*rows, strict=True)]
            for rows in zip(one, other, mean, low, high, strict=True)]


def _plain(values: Floats) -> Any:
    """Return an array as nested lists of few digits, None where there is no number: JSON has none either."""
    rounded = np.round(values.astype(float), 4).astype(object)
    rounded[~np.isfinite(values)] = None
    return rounded.tolist()
