"""Indicators in the field's words: rates, gaps, concentration and dependence, of one arm or of two side by side.

Each function takes the tables of one run and returns values by year, country and, where there is one, partner country;
NaN where there is nobody to speak of. Shares and rates are in %.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.ensemble.accounts import dense
from talentsim.ensemble.ensemble import Ensemble
from talentsim.intervals import ANY, COUNT, SHARE, Bounds, spread, spread_of_difference
from talentsim.measures.lives import ABSENT, Lives, numbers
from talentsim.vocab import Sector


@dataclass(frozen=True)
class RunView:
    """One run's tables by name, with its reported years and country codes."""

    table: Callable[[str], pd.DataFrame]
    years: Sequence[int]
    codes: Sequence[str]

    def total(self, table: str, value: str, *axes: str) -> Floats:
        """Sum a value of a table over (year, *axes)."""
        return dense(self.table(table), value, axes, self.years)


def stay_rate(run: RunView, after: int) -> Floats:
    """Return the share of doctorates who are in the country of training `after` years later, by training country and origin.

    Stay rate(t; k, o) = people of origin o with a doctorate of k in t - after who live in k at the end of t
                         / those of them who are in research at the end of t.

    Source: the stay rates of Finn (2014), Stay Rates of Foreign Doctorate Recipients from U.S. Universities, ORISE.
    """
    lives = Lives(run.table("people"), run.table("events"))
    people = lives.people.sort_values("uid")
    place, _ = lives.places(people["uid"].to_numpy(), np.asarray(run.years))
    seen = people["doctorate_year"].to_numpy().astype(np.int64) + after
    inside = np.flatnonzero((seen >= run.years[0]) & (seen <= run.years[-1]))
    when = seen[inside] - run.years[0]
    here, trained, origin = place[inside, when], numbers(people["training"])[inside], numbers(people["origin"])[inside]
    shape = (len(run.years), len(run.codes), len(run.codes))
    alive, stayed = np.zeros(shape), np.zeros(shape)
    np.add.at(alive, (when, trained, origin), here != ABSENT)
    np.add.at(stayed, (when, trained, origin), here == trained)
    return _ratio(stayed, alive)


def return_rate(run: RunView) -> Floats:
    """Return how many of a country's nationals abroad come home in a year, by origin.

    Return rate(t; o) = moves of o's nationals into o in t / o's nationals abroad at the end of t - 1.

    Source: Dustmann, Goerlach (2016), The Economics of Temporary Migrations, Journal of Economic Literature 54.
    """
    moves = run.total("flows", "moves", "origin", "from", "to")
    return _ratio(np.diagonal(moves.sum(axis=2) - np.diagonal(moves, axis1=2, axis2=3), axis1=1, axis2=2), _year_before(_abroad(run).sum(axis=2)))


def onward_rate(run: RunView) -> Floats:
    """Return how many of a country's nationals abroad move on to a third country in a year, by origin.

    Onward rate(t; o) = moves of o's nationals between two countries other than o in t / o's nationals abroad at the end of t - 1.

    Source: Toma, Castagnone (2015), What drives onward mobility within Europe?, Population 70.
    """
    moves = run.total("flows", "moves", "origin", "from", "to")
    n = len(run.codes)
    foreign = ~(np.eye(n, dtype=bool)[:, :, None] | np.eye(n, dtype=bool)[:, None, :] | np.eye(n, dtype=bool)[None])
    return _ratio((moves * foreign).sum(axis=(2, 3)), _year_before(_abroad(run).sum(axis=2)))


def net_migration_rate(run: RunView) -> Floats:
    """Return arrivals less departures by country, in % of its researchers at the end of the year before.

    Net migration rate(t; k) = (moves into k - moves out of k in t) / researchers in k at the end of t - 1.

    Source: Shryock, Siegel (1976), The Methods and Materials of Demography, chapter 20.
    """
    moves = run.total("flows", "moves", "from", "to")
    return _ratio(moves.sum(axis=1) - moves.sum(axis=2), _year_before(run.total("stocks", "researchers", "work")))


def circulation(run: RunView) -> Floats:
    """Return how far arrivals and departures balance, by country: 100 is pure exchange, 0 a one-way flow.

    Circulation(t; k) = 1 - |in - out| / (in + out), one less migration effectiveness.

    Source: migration effectiveness as in Shryock, Siegel (1976), chapter 20; the idea of circulation, Saxenian (2005), From
    Brain Drain to Brain Circulation, Studies in Comparative International Development 40.
    """
    moves = run.total("flows", "moves", "from", "to")
    into, out = moves.sum(axis=1), moves.sum(axis=2)
    return 100.0 - _ratio(np.abs(into - out), into + out)


def diaspora(run: RunView) -> Floats:
    """Return where a country's researchers live, by origin and country of residence; what is not at home is its diaspora.

    Diaspora(t; o, k) = researchers of origin o in k at the end of t / researchers of origin o.

    Source: Docquier, Marfouk (2006), International Migration by Educational Attainment, in: International Migration,
    Remittances and the Brain Drain, World Bank.
    """
    return _percent(run.total("stocks", "researchers", "origin", "work"))


def realisation_gap(run: RunView) -> Floats:
    """Return the share of works by people trained in a country less the share made there, in points, by country.

    Realisation gap(t; k) = works by people trained in k / all works - works made in k / all works.
    Positive: the country trains more than it hosts. Source: a definition of this project.
    """
    return _share(run, "training") - _share(run, "work")


def ownership_gap(run: RunView) -> Floats:
    """Return the share of works made in a country less the share owned from there, in points, by country.

    Ownership gap(t; k) = works made in k / all works - works of employers with headquarters in k / all works.
    Positive: others own what is made there. Source: a definition of this project, after the foreign ownership of domestic
    inventions in Guellec, van Pottelsberghe (2001), The internationalisation of technology, Research Policy 30.
    """
    return _share(run, "work") - _share(run, "hq")


def hhi_work(run: RunView) -> Floats:
    """Return the concentration of works by country: 1 where one country makes all, 1/n where all make the same.

    HHI(t) = sum over k of (works made in k / all works) squared.

    Source: Hirschman (1964), The Paternity of an Index, American Economic Review 54.
    """
    return np.square(_share(run, "work") / 100.0).sum(axis=1)


def hhi_training(run: RunView) -> Floats:
    """Return the concentration of works by the country of training; as `hhi_work`."""
    return np.square(_share(run, "training") / 100.0).sum(axis=1)


def dependence(run: RunView, owner: str, source: str) -> Floats:
    """Return from where the talent comes that a host or a headquarters lives from, by that country and source country.

    Dependence(t; k, s) = works hosted (or owned) by k, by people trained in (or originating from) s / works hosted (or owned) by k.
    The largest share of a foreign source is the risk of living from one. Source: a definition of this project, as import
    dependence in trade statistics (United Nations, International Merchandise Trade Statistics).

    Parameters
    ----------
    owner
        "work" or "hq".
    source
        "training" or "origin".
    """
    table = run.table("works")
    axes = [axis for axis in ("origin", "training", "work", "hq") if axis in (owner, source)]
    total = run.total("works", "works", *axes) if owner in table else np.full((len(run.years), len(run.codes), len(run.codes)), np.nan)
    return _percent(np.swapaxes(total, 1, 2))        # the sources stand before the owners


def dependence_either(run: RunView) -> Floats:
    """Return from people of which country a host lives, be it that of their first degree or of their doctorate.

    Dependence(t; k, s) = works hosted by k, by people with a first degree or a doctorate from s / works hosted by k. Who has
    both counts once; so the shares of several sources sum to more than 100.
    """
    by_both = run.total("works", "works", "origin", "training", "work")         # (t, o, d, k)
    one, other, both = by_both.sum(axis=2), by_both.sum(axis=1), np.einsum("tssk->tsk", by_both)
    hosted = by_both.sum(axis=(1, 2))[:, :, None]
    return _ratio(np.swapaxes(one + other - both, 1, 2), hosted)


def exposure(run: RunView) -> Floats:
    """Return where the works of a headquarters country are made, by headquarters and work country.

    Exposure(t; h, k) = works made in k for employers of h / works of employers of h. Source: a definition of this project.
    """
    return _percent(np.swapaxes(run.total("works", "works", "work", "hq"), 1, 2))


def industry_share(run: RunView) -> Floats:
    """Return the share of a country's works that employers in industry own, by country; doctoral students are in academia.

    Industry share(t; k) = works made in k for employers in industry / works made in k. Source: a definition of this project.
    """
    made = run.total("sectors", "works", "sector", "work")
    return _ratio(made[:, Sector.INDUSTRY], made.sum(axis=1))


@dataclass(frozen=True)
class Indicator:
    """An indicator: `axes` are the names of its country and partner, fewer where it has none; `needs` tables or columns."""

    title: str
    unit: str
    axes: tuple[str, ...]
    of: Callable[[RunView], Floats]
    needs: str = ""


INDICATORS: dict[str, Indicator] = {
    **{f"stay_rate_{n}": Indicator(f"Stay rate {n} year{'s' if n > 1 else ''} after the doctorate", "%", ("training", "origin"),
                                   partial(stay_rate, after=n), "events") for n in (1, 5, 10)},
    "return_rate": Indicator("Return migration", "% of nationals abroad a year", ("origin",), return_rate),
    "onward_rate": Indicator("Onward migration", "% of nationals abroad a year", ("origin",), onward_rate),
    "net_migration_rate": Indicator("Net migration", "% of researchers a year", ("country",), net_migration_rate),
    "circulation": Indicator("Brain circulation", "%", ("country",), circulation),
    "diaspora": Indicator("Where a country's researchers live", "%", ("origin", "work"), diaspora),
    "realisation_gap": Indicator("Realisation gap", "points", ("country",), realisation_gap),
    "ownership_gap": Indicator("Ownership gap", "points", ("country",), ownership_gap, "hq"),
    "hhi_work": Indicator("Concentration of works by work country", "HHI", (), hhi_work),
    "hhi_training": Indicator("Concentration of works by training country", "HHI", (), hhi_training),
    "dependence_training": Indicator("Dependence of a host on training countries", "%", ("work", "training"),
                                     lambda run: dependence(run, "work", "training")),
    "dependence_origin": Indicator("Dependence of a host on origins", "%", ("work", "origin"), lambda run: dependence(run, "work", "origin")),
    "dependence_either": Indicator("Dependence of a host on people with a first degree or doctorate of a country", "%", ("work", "origin"), dependence_either),
    "dependence_hq_training": Indicator("Dependence of a headquarters on training countries", "%", ("hq", "training"),
                                        lambda run: dependence(run, "hq", "training"), "hq"),
    "dependence_hq_origin": Indicator("Dependence of a headquarters on origins", "%", ("hq", "origin"),
                                      partial(dependence, owner="hq", source="origin"), "hq"),
    "industry_share": Indicator("Works made in industry", "%", ("country",), industry_share, "sectors"),
    "exposure": Indicator("Where a headquarters' works are made", "%", ("hq", "work"), exposure, "hq"),
}


WITHIN: dict[str, Bounds] = {"%": SHARE, "points": (-100.0, 100.0), "HHI": (0.0, 1.0), "% of nationals abroad a year": COUNT}
"""Lowest and highest value that an indicator can have, by unit; of others none is known."""


def indicators(baseline: Ensemble, scenario: Ensemble | None = None, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Return indicators of one arm, or of two with their paired difference.

    Returns
    -------
    indicator, unit, year, country, partner, then value, low, high of one arm, or baseline, scenario, difference, low, high.
    What is not defined in a replication is left out of its mean.
    """
    wanted = [name for name in (INDICATORS if names is None else names) if _has(baseline, INDICATORS[name].needs)]
    return pd.concat([_table(name, baseline, scenario) for name in wanted], ignore_index=True)


def _has(arm: Ensemble, needs: str) -> bool:
    return not needs or needs in arm.manifests[0]["tables"] or needs in arm.of_run(0, "works")


def _table(name: str, baseline: Ensemble, scenario: Ensemble | None) -> pd.DataFrame:
    indicator, codes = INDICATORS[name], baseline.codes
    one = _values(indicator, baseline)
    columns = {"value": one}
    if scenario is not None:
        other = _values(indicator, scenario)
        columns = {"baseline": one, "scenario": other, "difference": other - one}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)         # a mean over no replication is NaN, and meant to be
        level, drawn, within = baseline.config.compare.level, baseline.config.over_draws, WITHIN.get(indicator.unit, ANY)
        _, low, high = spread(one, level, drawn, within) if scenario is None else spread_of_difference(one, columns["scenario"], level, drawn, within)
        means = {column: np.nanmean(values, axis=0) for column, values in columns.items()} | {"low": low, "high": high}
    where = np.nonzero(~np.isnan(list(means.values())[-3]))
    labels = dict(zip(("country", "partner"), (np.asarray(codes)[place] for place in where[1:]), strict=False))
    table = pd.DataFrame({"indicator": name, "unit": indicator.unit, "year": baseline.years[where[0]], "country": "", "partner": ""}
                         | {column: each[where] for column, each in means.items()})
    return table.assign(**labels)


def _values(indicator: Indicator, arm: Ensemble) -> Floats:
    years = [int(year) for year in arm.years]
    return np.array([indicator.of(RunView(partial(arm.of_run, place), years, arm.codes)) for place in range(len(arm))])


def _share(run: RunView, by: str) -> Floats:
    return _percent(run.total("works", "works", by))


def _percent(total: Floats) -> Floats:
    return _ratio(total, total.sum(axis=-1, keepdims=True))


def _abroad(run: RunView) -> Floats:
    return run.total("stocks", "researchers", "origin", "work") * ~np.eye(len(run.codes), dtype=bool)


def _year_before(values: Floats) -> Floats:
    return np.concatenate([np.full_like(values[:1], np.nan), values[:-1]])


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(100.0 * part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)
