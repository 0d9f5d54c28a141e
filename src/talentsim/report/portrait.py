"""What is said of one world, at the terminal and in the report: its growth, who trains, hosts and owns, and how it fits what is known."""

from __future__ import annotations

import pandas as pd

from talentsim.arrays import Booleans
from talentsim.report.numbers import NEAR, plain, signed
from talentsim.report.words import Namer

N_NAMED = 3


def growth_in_words(portrait: pd.DataFrame, name: Namer) -> str:
    """Say how many people the world has, and whose share of the works rises and falls most."""
    world = portrait[portrait.country == "world"].iloc[0]
    rows = portrait[portrait.country != "world"]
    change = (rows.hosted - rows.hosted_before).set_axis(rows.country)
    most, least = str(change.idxmax()), str(change.idxmin())
    return (f"{plain(world.people_before, 0)} researchers and doctoral students in {int(world.from_year)}, {plain(world.people, 0)} in {int(world.year)} "
            f"({signed(world.growth, 1)} % a year). Share of the works: {name(most)} {signed(change[most], 1)} points, {name(least)} {signed(change[least], 1)}.")


def gaps_in_words(portrait: pd.DataFrame, name: Namer) -> str:
    """Say who hosts more than it trained, who less, and who owns more than it hosts, in points of the world's works."""
    rows = portrait[portrait.country != "world"].set_index("country")

    def named(gap: pd.Series, most: bool) -> str:
        largest = gap[gap > 0.0 if most else gap < 0.0].sort_values(ascending=not most, kind="stable").head(N_NAMED)
        return ", ".join(f"{name(str(code))} {signed(value, 1)}" for code, value in largest.items()) or "nobody"

    realised, owned = rows.hosted - rows.trained, rows.owned - rows.hosted
    return (f"Works made where one country trained the people and another hosts them, in points: hosts more than it trained {named(realised, most=True)}; "
            f"trained more than it hosts {named(realised, most=False)}. Owns more than it hosts: {named(owned, most=True)}; less: {named(owned, most=False)}.")


def is_near(fit: pd.DataFrame) -> Booleans:
    """Return whether each simulated figure is within `NEAR` % of what is observed, or below where that is an upper bound."""
    ratio = fit["simulated"] / fit["observed"]
    return (((ratio - 1.0).abs() <= NEAR / 100.0) & ~fit["is_bound"] | (ratio <= 1.0) & fit["is_bound"]).to_numpy()


def fit_sentence(fit: pd.DataFrame) -> str:
    """Say how many figures are met, by what part they had in setting the model, and which is farthest off that was not fitted."""
    fit = fit.dropna(subset="simulated")
    near, parts = is_near(fit), []
    for use, words in (("fitted", "that the model was fitted to"), ("seen", "that were known when it was built")):
        rows = (fit["use"] == use).to_numpy()
        if rows.any():
            parts.append(f"{near[rows].sum()} of {rows.sum()} {words}")
    said = f"Within {NEAR:g} % of what is observed, or below where that is an upper bound: {', '.join(parts)}."
    free = fit[fit["use"] != "fitted"]
    if free.empty:
        return said
    worst = free.loc[(free["simulated"] / free["observed"] - 1.0).abs().idxmax()]
    return (f"{said} Farthest off of those not fitted: {worst['quantity']}, simulated {plain(worst['simulated'], 1)}, observed "
            f"{plain(worst['observed'], 1)} {worst['unit']}.")
