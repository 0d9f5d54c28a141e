"""The tables and lines that sum up results for the terminal: results in, rich renderables out."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from rich.table import Table
from rich.text import Text

from talentsim.comparison.breakdown import change_of_works
from talentsim.comparison.diversion import NO_LIFE
from talentsim.model.outcomes import HEADLINE
from talentsim.report.numbers import PEOPLE, in_percent, interval, interval_of_people, places_of, plain, signed
from talentsim.report.words import DECISIONS

SHOWN = (HEADLINE, "training_share", "researchers")
N_COUNTRIES = 8
AGAINST_THEIR_WILL = ("refused", "lost_lottery", "not_filed", "displaced", "placed")
"""Decisions that part lives against a person's will."""


def headline_table(headline: pd.DataFrame, titles: Mapping[str, str], focus: str, level: float, over_draws: bool = False) -> Table:
    """Return baseline, scenario and paired difference of the headline outcomes, for the countries that differ most.

    Over draws of the parameters these are medians and the middle share of the draws, with the Monte-Carlo error of the median.

    Parameters
    ----------
    headline
        As `Comparison.headline`.
    titles
        Outcome -> title.
    """
    year = int(headline.year.iloc[0])
    table = Table(title=f"Headline, {year}" + (": medians over draws of the parameters" if over_draws else ""), title_justify="left",
                  title_style="bold", caption_justify="left",
                  caption=f"Shares differ in percentage points. Shown: {focus} and the countries that differ most; all are "
                          "in headline.parquet.")
    columns = ["outcome", "country", "baseline", "scenario", "difference", f"{in_percent(level)}% interval"]
    for column in [*columns, *(["chance"] if over_draws else [])]:
        table.add_column(column, justify="left" if column in columns[:2] else "right", style="dim" if column == "chance" else None)
    for name in SHOWN:
        rows = headline[headline.outcome == name]
        chosen = _most_different(rows, focus)
        for place, row in enumerate(chosen.itertuples()):
            table.add_row(f"{titles[name]}, {row.unit}" if place == 0 else "", row.country,
                          shown(row.baseline, row.unit), shown(row.scenario, row.unit),
                          shown(row.difference, row.unit, is_difference=True),
                          shown_interval(row.low, row.high, row.unit, of=max(row.baseline, row.scenario)),
                          *([f"\N{PLUS-MINUS SIGN}{shown(row.standard_error, row.unit)}"] if over_draws else []),
                          end_section=place == len(chosen) - 1)
    return table


def diversion_summary(diversion: pd.DataFrame, focus: str, year: int, level: float) -> Table:
    """Return who works in `focus` in one world alone, and where in the other."""
    table = Table(title=f"The same people in both worlds, {year}: focus {focus}", title_justify="left", title_style="bold")
    for column, justify in (("", "left"), ("country", "left"), (PEOPLE, "right"), (f"{in_percent(level)}% interval", "right")):
        table.add_column(column, justify="left" if justify == "left" else "right")
    apart = diversion[diversion.baseline_country != diversion.scenario_country]
    for words, here, there in ((f"in {focus} in the baseline, elsewhere in the scenario", "baseline_country", "scenario_country"),
                               (f"elsewhere in the baseline, in {focus} in the scenario", "scenario_country", "baseline_country")):
        rows = apart[(apart[here] == focus) & (apart.researchers > 0)].sort_values("researchers", ascending=False)
        table.add_row(words, "all", shown(rows.researchers.sum(), PEOPLE), "", end_section=rows.empty)
        for place, row in enumerate(rows.head(N_COUNTRIES).itertuples(), start=1):
            table.add_row("", getattr(row, there), shown(row.researchers, PEOPLE),
                          shown_interval(row.low, row.high, PEOPLE, is_difference=False, of=row.researchers),
                          end_section=place == min(len(rows), N_COUNTRIES))
    return table


def total_change(over_time: pd.DataFrame, focus: str, year: int, called: str | None = None) -> str:
    """Say how the number of works changes, in the world and in `focus`, `called` so: shares do not show a world that makes fewer."""
    changes = zip(("the world", called or focus), change_of_works(over_time, focus, year), strict=True)
    parts = [f"{place} {change:+.2f} %" if np.isfinite(change) else f"{place} none" for place, change in changes]
    return f"Number of works in {year}, scenario against baseline: {', '.join(parts)}\n"


def precision_line(headline: pd.DataFrame, focus: str, n_draws: int | None = None) -> str:
    """Say how exactly the headline's difference is known for this configuration, and what pairing is worth."""
    row = headline[(headline.outcome == HEADLINE) & (headline.country == focus)].iloc[0]
    if n_draws is not None:
        return _draws_line(row, focus, n_draws)
    words = "The intervals show Monte-Carlo error alone; uncertainty about the parameters is larger, see `talentsim parameters`."
    if pd.isna(row.standard_error):
        return f"{words} One replication gives none."
    gain = _gain(row.unpaired_error / row.standard_error) if row.standard_error > 0 else ""
    boot = "" if pd.isna(row.boot_low) else f"; bootstrap interval {shown_interval(row.boot_low, row.boot_high, row.unit)}"
    return f"{words} Standard error of {focus}'s difference in the share of works: {row.standard_error:.3f} points{gain}{boot}."


def _draws_line(row: pd.Series, focus: str, n_draws: int) -> str:
    words = ("The intervals show uncertainty about the parameters: each draw is a set of figures that fits the past, met by luck of its own "
             "in both worlds. The model's rules are taken as given. Chance is the error of a median over this number of draws.")
    if pd.isna(row.standard_error):
        return f"{words} One draw gives no interval: ensemble.replications=64."
    return (f"{words} {focus}'s difference in the share of works, {n_draws} draws: the median is known to within {row.standard_error:.2f} points, "
            f"the interval's ends to within {row.low_error:.2f} and {row.high_error:.2f}.")


def parting_summary(parting: pd.DataFrame) -> str:
    """Say at which decision the lives of people part, over all years."""
    if parting.empty:
        return "Nobody's life differs."
    lone = (parting.baseline_decision == NO_LIFE) | (parting.scenario_decision == NO_LIFE)
    against = {each: DECISIONS[each] for each in AGAINST_THEIR_WILL}
    before, after = (parting[name].astype(str) for name in ("baseline_decision", "scenario_decision"))
    of_baseline = before.map({each: f"{words} in the baseline alone" for each, words in against.items()})
    cause = after.map(against).fillna(of_baseline).fillna("chose otherwise").mask(lone, "in research in one world alone")
    sums = parting.people.groupby(cause.to_numpy()).sum().sort_values(ascending=False)
    words = ", ".join(f"{name} {shown(people, PEOPLE)}" for name, people in sums.items())
    return f"The first decision that differs between a person's two lives, people, all years: {words}. By year and origin in parting.parquet.\n"


def shown(value: float, unit: str, is_difference: bool = False) -> str:
    """Return a figure as text, with the minus sign that every terminal and every script knows."""
    return for_terminal((signed if is_difference else plain)(value, places_of(unit, value)))


def shown_interval(low: float, high: float, unit: str, is_difference: bool = True, of: float = math.inf) -> str:
    """Return an interval as text; that of a number of people by how many there are, `of`."""
    places = places_of(unit, low, high)
    return for_terminal(interval_of_people(low, high, of, places, is_difference) if unit == PEOPLE else interval(low, high, places, is_difference))


def verbatim(text: str) -> Text:
    """Return text as it stands: square brackets in a configuration's words are no markup."""
    return Text(text)


def _gain(ratio: float) -> str:
    """Say how much smaller the error is than without pairing, where that is worth a word."""
    words = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 10: "a tenth"}
    n = round(ratio)
    return f", {words.get(n, f'one part in {n}')} of what unpaired runs would give" if n >= 2 else ""


def for_terminal(text: str) -> str:
    """Return text with the minus sign that every terminal and every script knows."""
    return text.replace("\N{MINUS SIGN}", "-")


def _most_different(rows: pd.DataFrame, focus: str) -> pd.DataFrame:
    """Return the focus and the countries that differ most, by size in the baseline."""
    ranked = rows.reindex(rows.difference.abs().sort_values(ascending=False).index)
    chosen = pd.concat([ranked[ranked.country == focus], ranked[ranked.country != focus].head(N_COUNTRIES - 1)])
    return chosen.sort_values("baseline", ascending=False)
