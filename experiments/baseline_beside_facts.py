"""How far is the AI world's baseline from what is observed?

    python experiments/baseline_beside_facts.py [OVERRIDE ...]          about 10 seconds

Prints simulated beside observed figures: stocks and stay rates that the starting values were fitted to (marked *), and
others that they have not seen. MacroPolo counts authors of accepted NeurIPS papers by the seat of their employer; the
model's nearest quantity is the share of frontier works by work country. No observer of such counts is modelled yet, so
the two differ in definition as well.
"""

from __future__ import annotations

import sys

import numpy as np

from talentsim import Config, TalentModel
from talentsim.attribution import shares
from talentsim.data.facts import facts
from talentsim.recorder import RunTables

EUROPE = ("GBR", "DEU", "FRA", "CHE", "NLD", "REU")


def stay_rates(config: Config, observed_years: tuple[int, ...], after: int = 5) -> dict[int, dict[str, float]]:
    """Return year of observation -> origin -> share of the doctorates taken in the USA `after` years before who are there.

    Careers that have ended are left out, as surveys of those at work do.
    """
    model, cohorts, rates = TalentModel(config), {}, {}
    usa = model.codes.index("USA")
    while model.year < max(observed_years):
        model.step()
        people = model.world.researchers
        graduates = (people.graduation_year == model.year) & (people.training_country == usa)
        cohorts[model.year] = people.uid[graduates]
        if model.year in observed_years:
            of = np.isin(people.uid, cohorts[model.year - after])
            origin, here = people.origin_country[of], people.work_country[of] == usa
            rates[model.year] = {code: float(here[origin == place].mean()) for place, code in enumerate(model.codes)
                                 if (origin == place).any()} | {"all": float(here[origin != usa].mean())}
    return rates


def rows_of(config: Config, run: RunTables) -> list[tuple[str, float, float | str, str]]:
    """Return (quantity, simulated, observed, fact) for all that can be laid side by side."""
    known, at = facts(), {code: place for place, code in enumerate(run.codes)}
    year = {int(y): place for place, y in enumerate(run.years)}
    stock = run.researchers.sum(axis=(1, 2, 4)) / config.population.scale
    unido, stay, late = known["unido_stock"].value, known["stay5_series"].value, known["stay5_2021"].value
    work = known["mp_work_top20"].value
    rows: list[tuple[str, float, float | str, str]] = []
    for when in (2015, 2024):
        for code, name in (("USA", "US"), ("CHN", "China")):
            bound = "below " if when == 2015 else ""
            rows.append((f"* researchers {code} {when}, thousands", stock[year[when], at[code]] / 1000,
                         f"{bound}{unido[when][name] / 1000:g}", "unido_stock"))
    rows.append(("* researchers of the world 2024, thousands", stock[year[2024]].sum() / 1000, unido[2024]["world"] / 1000, "unido_stock"))
    europe = sum(stock[year[2024], at[code]] for code in EUROPE)
    rows.append(("* Europe's share of them, %", 100 * europe / stock[year[2024]].sum(), unido[2024]["Europe_pct"], "unido_stock"))
    rates = stay_rates(config, (2015, 2017, 2021))
    for code, name in (("CHN", "China_incl_HK"), ("IND", "India"), ("all", "total")):
        rows.append((f"{'' if code == 'all' else '* '}stay rate of US doctorates after 5 years, {code}, 2015 and 2017, %",
                     50 * (rates[2015][code] + rates[2017][code]), (stay[name][2015] + stay[name][2017]) / 2, "stay5_series"))
    for code, name in (("CHN", "China"), ("IND", "India"), ("all", "total")):
        rows.append((f"stay rate of US doctorates after 5 years, {code}, 2021, %", 100 * rates[2021][code], late[name], "stay5_2021"))
    frontier = 100 * shares(run.frontier_works, "work")
    for when in (2019, 2022):
        for code, name in (("USA", "US"), ("CHN", "China")):
            rows.append((f"frontier works {code} {when} against top-tier authors, %", frontier[year[when], at[code]],
                         work[when][name], "mp_work_top20"))
    return rows


def main() -> None:
    """Run one replication and print the table as Markdown."""
    config = Config.load("world=ai", "world.end_year=2024", *sys.argv[1:])
    print("| | simulated | observed | fact |\n|---|---:|---:|---|")
    for quantity, simulated, observed, fact in rows_of(config, TalentModel(config).run()):
        print(f"| {quantity.replace('*', chr(92) + '*')} | {simulated:.1f} | {observed if isinstance(observed, str) else f'{observed:g}'} | `{fact}` |")


if __name__ == "__main__":
    main()
