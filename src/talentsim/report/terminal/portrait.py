"""One world described at the terminal, in at most thirty lines of a hundred columns."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from talentsim.comparison.pair import Pair
from talentsim.report.numbers import PEOPLE, interval, plain, signed
from talentsim.report.portrait import fit_sentence, gaps_in_words, growth_in_words
from talentsim.report.terminal.brief import conditions, wrapped
from talentsim.report.terminal.summaries import for_terminal, shown
from talentsim.report.words import replaced_lines
from talentsim.spoken import namer

N_COUNTRIES = 9


def portrait_lines(tables: Mapping[str, pd.DataFrame], pair: Pair) -> list[RenderableType]:
    """Return what is said of one world, in its order: size and growth, its countries, who trains, hosts and owns, and fit to facts."""
    arm, name, portrait = pair.baseline, namer(pair.baseline.world.countries), tables["portrait"]
    lines: list[RenderableType] = [Text(""), Text(f"{arm.scenario.title}, described by itself: nothing is changed, so nothing is compared", style="bold")]
    said = [(line, 2) for line in replaced_lines(pair)] + [(conditions(pair), 2)]
    lines += [Text(each) for line, most in said for each in wrapped(line, most)]
    lines += [Text(""), *(Text(each, style="bold") for each in wrapped(for_terminal(growth_in_words(portrait, name)), 2))]
    lines += [_countries(portrait, pair), Text("")]
    lines += [Text(each) for each in wrapped(for_terminal(gaps_in_words(portrait, name)), 4)]
    if "fit" in tables:
        lines += [Text(each) for each in wrapped(for_terminal(fit_sentence(tables["fit"])), 3)]
    return lines


def _countries(portrait: pd.DataFrame, pair: Pair) -> Table:
    first, last = (int(portrait[column].iloc[0]) for column in ("from_year", "year"))
    table = Table(title=f"Means of people, and of works in % of the world's: where they are made, and of {last} by training and owner", title_justify="left",
                  title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False, pad_edge=False)
    table.add_column("country", max_width=20, no_wrap=True, overflow="ellipsis")
    for column in (f"{PEOPLE} {first}", str(last), "%/year", f"in {first}", str(last), "90 %", "trained", "owned"):
        table.add_column(column, justify="right", no_wrap=True)
    name, rows = namer(pair.baseline.world.countries), portrait[portrait.country != "world"]
    largest = rows.head(N_COUNTRIES)
    others = rows[(rows.country == pair.baseline.focus) & ~rows.country.isin(largest.country)]
    for row in pd.concat([largest, others]).itertuples():
        table.add_row(Text(name(str(row.country))), shown(row.people_before, PEOPLE), shown(row.people, PEOPLE),
                      *(for_terminal(each) for each in (signed(row.growth, 1), plain(row.hosted_before, 1), plain(row.hosted, 1),
                                                        interval(row.low, row.high, 1).replace("+", ""), plain(row.trained, 1), plain(row.owned, 1))))
    return table
