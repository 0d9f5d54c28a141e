"""What a reader should see in each picture, in one or two sentences made from its table.

Names come from configurations: these sentences are text, to be escaped where they become HTML.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from talentsim.comparison.breakdown import change_of_works
from talentsim.decide.sensitivity import by_figure
from talentsim.digits import counted
from talentsim.model.outcomes import HEADLINE, OUTCOMES
from talentsim.report.document.scene import Scene
from talentsim.report.numbers import (
    capital,
    in_percent,
    interval,
    interval_name,
    places_for,
    plain,
    quoted,
    signed,
    unit_of_difference,
)
from talentsim.report.words import GROUPS, ROUTES
from talentsim.spoken import the

PEOPLE = "researchers and doctoral students"
N_GROUPS = 3


def headline_sentence(scene: Scene) -> str:
    """Say the answer: of whom, the focus country's share of the works in both worlds, and the difference with its interval."""
    rows = scene.headline[(scene.headline["outcome"] == HEADLINE) & (scene.headline["country"].astype(str) == scene.focus)]
    if rows.empty:
        return f"The comparison has no figures for {scene.name(scene.focus)}."
    row = rows.iloc[0]
    name, whose = the(scene.name(scene.focus)), scene.scenario.world.title
    if not row.difference:
        return (f"{whose}: {name} makes {plain(row.baseline, 2)} % of the world's research output in {scene.year} under {quoted(scene.title)}, "
                "exactly as without it.")
    how = f"in {in_percent(scene.level)} % of {scene.replications} sets of plausible figures" if scene.scenario.over_draws else f"from chance alone, {interval_name(scene.level)}"
    sure = f" ({how}: {interval(row.low, row.high, 2)})" if np.isfinite(row.low) else ""
    middle = ", each the median over those sets" if scene.scenario.over_draws else ""
    return (f"{whose}: {name} makes {plain(row.baseline, 1)} % of the world's research output in {scene.year} without {quoted(scene.title)}, and "
            f"{plain(abs(row.difference), 2)} percentage points {'more' if row.difference > 0 else 'less'} with it{sure}{middle}.")


def who_gains(scene: Scene, outcome: str) -> str:
    """Say how many countries gain and lose in one outcome, and which most."""
    rows = scene.headline[scene.headline["outcome"] == outcome]
    places = places_for(rows["difference"])
    low, high = (rows[end].round(places) for end in ("low", "high"))
    clear = rows[(low > 0) | (high < 0) | (rows["low"].isna() & (rows["difference"] != 0))]
    if clear.empty:
        return "No country's difference can be told from chance."
    unit, ordered = unit_of_difference(str(rows["unit"].iloc[0])), clear.sort_values("difference")
    gains, losses = ordered[ordered["difference"] > 0][::-1], ordered[ordered["difference"] < 0]
    most = pd.concat([losses.head(3), gains.head(3)] if losses["difference"].abs().max() > gains["difference"].max() or gains.empty
                     else [gains.head(3), losses.head(3)])
    named = ", ".join(f"{scene.name(str(row.country))} {signed(row.difference, places)}" for row in most.itertuples())
    verbs = "gains" if len(gains) == 1 else "gain", "loses" if len(losses) == 1 else "lose"
    number = f"{len(gains)} of {len(rows)} countries and regions {verbs[0]}, {len(losses)} {verbs[1]}, clear of zero"
    return f"{OUTCOMES[outcome].title}: {number}. Most: {named} {unit}."


def over_time(scene: Scene, differences: pd.DataFrame) -> str:
    """Say when the effect on the focus country begins and how far it has come by half time and at the end."""
    rows = differences[(differences["outcome"] == HEADLINE) & (differences["country"].astype(str) == scene.focus)].set_index("year")
    if not rows["difference"].any():
        return "The two worlds are the same in every year." if scene.is_placebo else f"The share of {the(scene.name(scene.focus))} is the same in every year."
    first = int(rows.index.min())
    start = first if scene.start is None else max(scene.start, first)
    same = f"Until {start - 1} both worlds are the same" + (f", and so they are in {scene.year}." if start > scene.year else ".") if start > first else ""
    if start > scene.year:
        return same
    ways = {year: float(rows.loc[year, "difference"]) for year in ((start + scene.year) // 2, scene.year)}
    said = [f"{plain(abs(value), 2)} points {'above' if value > 0 else 'below'} the baseline in {year}" for year, value in ways.items()]
    both = " Both bands are as wide as what is not known of either world; most of that is the same in both, and is not in their difference." if scene.scenario.over_draws else ""
    return f"{same} The share of {the(scene.name(scene.focus))} is {' and '.join(said)}.{both}".lstrip()


def moving_figures(series: pd.DataFrame) -> str:
    """Say how many figures that move in time the scenario touches."""
    n = series["figure"].nunique()
    return f"The scenario changes {n} figure{'s' * (n != 1)} that move{'s' * (n == 1)} in time: the policy acts on the value of each year."


def through(scene: Scene, pathways: pd.DataFrame) -> str:
    """Say what part of the focus country's works is made by people trained elsewhere, and owned from elsewhere."""
    parts = []
    for stage, words in (("training", "by people trained elsewhere"), ("hq", "for employers from elsewhere")):
        if stage in pathways:
            here = pathways[pathways["work"].astype(str) == scene.focus]
            total = here.groupby("arm")["works"].sum()
            away = here[here[stage].astype(str) != scene.focus].groupby("arm")["works"].sum().reindex(total.index, fill_value=0.0)
            share = 100.0 * away / total
            if {"baseline", "scenario"} <= set(share.index):
                parts.append(f"{plain(share['scenario'], 1)} % are {words} (baseline {plain(share['baseline'], 1)} %)")
    if not parts:
        return ""
    return (f"Of the works made in {the(scene.name(scene.focus))} in the scenario, {' and '.join(parts)}. Bars and ribbons count works, in % of "
            "the baseline's; shares, as the tables below have them, are in % of the works of each world and change otherwise.")


def by_sector(scene: Scene) -> str:
    """Say which sector the focus country's part in the works changes more in, academia or industry; nothing where the runs tell none apart."""
    if "by_sector" not in scene.results:
        return ""
    table = scene.results.table("by_sector")
    rows = table[(table["year"] == scene.year) & (table["outcome"] == "work_share") & (table["country"].astype(str) == scene.focus)]
    name = the(scene.name(scene.focus))
    said = [f"of the works in {row.sector} {name} makes {plain(row.baseline, 1)} % in the baseline, {signed(row.difference, 2)} points in the scenario"
            for row in rows.itertuples()]
    return f"{capital('; '.join(said))}." if said else ""


def narrowed(scene: Scene, corridors: pd.DataFrame) -> str:
    """Say which corridor narrows most and which widens most."""
    said = []
    ends = corridors["difference"].idxmin(), corridors["difference"].idxmax()
    for row, word in ((corridors.loc[ends[0]], "fewer"), (corridors.loc[ends[1]], "more")):
        if row["difference"] and (row["difference"] < 0) == (word == "fewer"):
            places = 0 if abs(row["difference"]) >= 10 else 1
            ways = f"from {the(scene.name(str(row['from'])))} to {the(scene.name(str(row['to'])))}"
            said.append(f"{ways} go {plain(abs(row['difference']), places)} {word} people a year "
                        f"({plain(row['baseline'], places)} in the baseline)")
    return f"{capital('; '.join(said))}." if said else "No corridor changes."


def diverted(scene: Scene, diversion: pd.DataFrame) -> str:
    """Say how many people the focus country loses and where most of them are, and whom it gains."""
    here, there = diversion["baseline_country"].astype(str), diversion["scenario_country"].astype(str)
    at_stake = diversion.loc[here == scene.focus, "researchers"].sum()
    lost = diversion[(here == scene.focus) & (there != scene.focus)].sort_values("researchers", ascending=False)
    gained = diversion.loc[(here != scene.focus) & (there == scene.focus), "researchers"].sum()
    name = the(scene.name(scene.focus))
    if not lost["researchers"].sum() and not gained:
        return f"Nobody who is in {name} in one world is elsewhere in the other."
    total, first = lost["researchers"].sum(), lost.head(2)
    places = 0 if max(total, gained) >= 10 else 1
    share = f" ({100 * total / at_stake:.1f} % of those there)" if at_stake else ""
    where = " and ".join(f"{plain(row.researchers, places)} in {the(scene.name(str(row.scenario_country)))}" for row in first.itertuples())
    lose = f"{plain(total, places)} people{share} who are in {name} in the baseline are elsewhere in the scenario"
    alone = f", {where} alone" if total else ""
    how = "" if scene.replications == 1 else ", in means, which add up and differ from medians"
    return f"{lose}{alone}; {plain(gained, places)} go the other way. These are the same people in both worlds{how}."


def by_first_degree(scene: Scene) -> str:
    """Say from which first degrees the focus country has more people or fewer, the most first."""
    if "by_origin" not in scene.results:
        return ""
    table = scene.results.table("by_origin")
    rows = table[(table["country"].astype(str) == scene.focus) & (table["year"] == scene.year) & (table["difference"] != 0)]
    rows = rows.sort_values("difference", key=lambda each: each.abs(), ascending=False, kind="stable")
    said = [f"{plain(abs(row.difference), 0)} {'more' if row.difference > 0 else 'fewer'} from {the(scene.name(str(row.origin)))}" for row in rows.head(N_GROUPS).itertuples()]
    return f"{capital(the(scene.name(scene.focus)))} has by first degree, in means: {', '.join(said)}; {signed(rows['difference'].sum(), 0)} in all." if said else ""


def stayed(scene: Scene, stay: pd.DataFrame, training: str) -> str:
    """Say how the stay rate of the largest foreign group changes."""
    own = scene.scenario.focus_countries if training == scene.focus else (training,)
    rows = stay[(stay["training"].astype(str) == training) & ~stay["origin"].astype(str).isin(own)].dropna(subset="stay_rate")
    if rows.empty:
        return ""
    origin = rows.groupby(rows["origin"].astype(str))["graduates"].max().idxmax()
    largest = rows[rows["origin"].astype(str) == origin]
    rate = largest[largest["years_since"] == largest["years_since"].max()].set_index("arm")["stay_rate"]
    if not {"baseline", "scenario"} <= set(rate.index):
        return ""
    return (f"Of the doctorates from {the(scene.name(origin))}, {plain(rate['scenario'], 1)} % are still there after "
            f"{plain(largest['years_since'].max(), 0)} years, {plain(rate['baseline'], 1)} % in the baseline.")


def refused(scene: Scene, funnel: pd.DataFrame) -> str:
    """Say how the share granted changes in the way that changes most."""
    rows = funnel[funnel["country"].astype(str) == scene.focus]
    sums = rows.groupby(["route", "arm"])[["applied", "granted"]].sum()
    share = (100.0 * sums["granted"] / sums["applied"].where(sums["applied"] > 0)).unstack("arm").dropna()
    if share.empty or not {"baseline", "scenario"} <= set(share.columns):
        return ""
    route = (share["scenario"] - share["baseline"]).abs().idxmax()
    return (f"Granted: {plain(share.loc[route, 'scenario'], 1)} % of the applications by way of {ROUTES.get(route, route)}, "
            f"{plain(share.loc[route, 'baseline'], 1)} % in the baseline.")


def structure(variants: pd.DataFrame) -> str:
    """Say over what range the answer runs when what is assumed is changed."""
    values, others = variants["difference"].astype(float), variants.iloc[1:]
    is_same = (np.sign(values) == np.sign(values.iloc[0])).all()
    sign = "The sign is the same in all of them" if is_same else "Even the sign is not the same in all of them"
    if "effect" not in variants:        # written by an older version
        named = "; ".join(str(name) for name in others["variant"])
        return (f"{signed(values.iloc[0], 2)} points become {signed(values.min(), 2)} to {signed(values.max(), 2)} when one of these is assumed "
                f"instead: {named}. {sign}.")
    moves = "; ".join(f"{row.variant} ({signed(row.effect, 2)})" for row in others.itertuples())
    return f"What one other assumption adds to {signed(values.iloc[0], 2)} points, beside the same sets of figures: {moves}. {sign}."


def variance_shares(table: pd.DataFrame) -> str:
    """Say which groups of parameters the spread of the answer goes with."""
    groups = table.iloc[:-1]
    if groups.empty:
        return f"No figure tells the {int(table['draws'].iloc[0])} sets of plausible figures apart: what differs between their answers is chance, or follows no straight line."
    most = "; ".join(f"{GROUPS.get(row.group, row.group)} ({plain(100 * row.share, 0)} %)" for row in groups.head(N_GROUPS).itertuples())
    rest, more = float(table["share"].iloc[-1]), groups.iloc[N_GROUPS:]
    others = f"; {plain(100 * more['share'].sum(), 0)} % with {counted(len(more), 'other group', 'other groups')}" if len(more) else ""
    return (f"The answer's range depends most on what is not known about: {most}{others}; the other {plain(100 * rest, 0)} % of its variance is "
            "chance, or nothing that a straight line through these figures explains.")


def sensitivity(table: pd.DataFrame) -> str:
    """Say over what range the answer runs when single figures go to the ends of theirs, and which move it most."""
    figures, here, n = by_figure(table), float(table["difference"].iloc[0]), int(table["replications"].iloc[0])
    values = pd.concat([figures["low"], figures["high"]])
    sign = ("The sign is the same at every end" if (np.sign(values) == np.sign(here)).all() else
            "Even the sign is not the same at every end")
    most = "; ".join(f"{row.title} ({signed(row.low, 2)} at the low end, {signed(row.high, 2)} at the high end)"
                     for row in figures.head(3).itertuples())
    return (f"{signed(here, 2)} points ({'a single pair' if n == 1 else f'{n} pairs'} of runs) become {signed(min(values.min(), here), 2)} to "
            f"{signed(max(values.max(), here), 2)} when {'one figure' if len(figures) == 1 else f'one of {len(figures)} figures'} goes to an end of its range and all others stay. It moves "
            f"most with: {most}. {sign}.")


def growth(scene: Scene, over_time: pd.DataFrame) -> str:
    """Say how the focus country, and the country with most people, grow in both worlds: the effect is small beside it, or is not."""
    rows = over_time[over_time["outcome"].astype(str) == "researchers"].astype({"country": str, "arm": str}).set_index(["arm", "country", "year"])["mean"]
    first, shown = int(rows.index.get_level_values("year").min()), scene.year
    here = rows.xs(shown, level="year")["baseline"] if len(rows) else rows
    if here.empty or scene.focus not in here:
        return ""
    said = []
    for code in dict.fromkeys([scene.focus, str(here.idxmax())]):
        before, without, with_it = (float(rows[arm, code, year]) for arm, year in (("baseline", first), ("baseline", shown), ("scenario", shown)))
        ends = f"{_thousands(without)} in both worlds" if _thousands(without) == _thousands(with_it) else f"{_thousands(without)} without the policy and {_thousands(with_it)} with it"
        said.append(f"{the(scene.name(code))} goes from {_thousands(before)} to {ends}")
    return f"{capital(PEOPLE)}, {first} to {shown}, means: {'; '.join(said)}."


def _thousands(people: float) -> str:
    """Write a number of people in thousands, small ones in full."""
    return f"{plain(people / 1000.0, 0 if people >= 20_000 else 1)} thousand" if people >= 2000 else plain(people, 0)


def all_works(scene: Scene, over_time: pd.DataFrame) -> str:
    """Say how the number of works changes, in the world and in the focus country: shares do not show a world that makes fewer."""
    world, here = change_of_works(over_time, scene.focus, scene.year)
    if not np.isfinite([world, here]).all():
        return ""
    return f"The number of works changes by {signed(world, 2)} % in the world and by {signed(here, 1)} % in {the(scene.name(scene.focus))}."
