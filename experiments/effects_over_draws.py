"""What does every shipped scenario change, over draws of the parameters?

    python experiments/effects_over_draws.py [OVERRIDE ...] > docs/scenarios.md          about ten minutes on two cores

Prints the effect of each scenario on the works made in its focus country in the last year, as median and middle 90 % over
draws, and for each direction its description expects the share of draws in which it holds. Draws `docs/images/effects.svg`.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from talentsim.config import Config
from talentsim.config.arms import Composer
from talentsim.config.scenario import scenario_cards
from talentsim.data.posterior import draws_named
from talentsim.ensemble.draws import config_of
from talentsim.ensemble.session import Session
from talentsim.report.figures import structure_range
from talentsim.report.figures.save import save_figure

N_DRAWS, SCALE, WORKERS = 32, 0.1, 2


def effects_of(draw: int, pairs: dict[str, tuple[Config, Config]]) -> dict[str, dict[str, np.ndarray]]:
    """Return outcome -> (2, n_countries) of both arms in the last year, by scenario, in one draw."""
    session, found = Session(), {}
    for name, arms in pairs.items():
        both = [session.outcomes(_drawn(arm, draw), keep=place == 0) for place, arm in enumerate(arms)]
        found[name] = {outcome: np.stack([each[outcome][0, -1] for each in both]) for outcome in both[0]}
    return found


def _drawn(arm: Config, draw: int) -> Config:
    """Return an arm with the figures, and the luck, of one draw."""
    config = config_of(arm, draw)
    return config.model_copy(update={"ensemble": config.ensemble.model_copy(update={"seed": config.ensemble.seed + draw})})


def _say_baseline(runs: list[dict[str, dict[str, np.ndarray]]], name: str, codes: list[str]) -> None:
    """Say where the baselines of the draws end, the most extreme included: a draw may fit the past and still end oddly."""
    for code in ("USA", "CHN"):
        levels = np.array([each[name]["work_share"][0, codes.index(code)] for each in runs])
        low, middle, high = np.quantile(levels, [0.05, 0.5, 0.95])
        print(f"Baseline, {code}: {middle:.0f} % of the world's works in the last year, 90 % over draws {low:.0f} to {high:.0f}, all within "
              f"{levels.min():.0f} to {levels.max():.0f}.\n")


def main() -> None:
    """Run, print the table and save the picture."""
    cards = [card for card in scenario_cards()[0] if card.name != "baseline"]
    composer = Composer()
    pairs = {card.name: composer.arms([f"scenario={card.name}", f"population.scale={SCALE}", "ensemble.replications=1", *sys.argv[1:]]) for card in cards}
    configs = {name: scenario for name, (_, scenario) in pairs.items()}
    with ProcessPoolExecutor(WORKERS) as pool:
        runs = list(pool.map(effects_of, range(N_DRAWS), [pairs] * N_DRAWS))
    draws = configs[cards[0].name].parameters
    title = draws_named(draws.draws).manifest["title"] if draws.draws else "own values"
    print(f"# What the scenarios change\n\nPrinted by [effects_over_draws.py](../experiments/effects_over_draws.py): {N_DRAWS} draws ({title}), each run once in both worlds with the "
          f"same luck, at scale {SCALE:g}. Share of the world's works made in the focus country in the last year, in points: median and middle 90 % over draws. "
          "The last column says in what share of the draws each direction that the scenario expects holds.\n")
    _say_baseline(runs, cards[0].name, list(configs[cards[0].name].world.countries))
    print("| scenario | focus | baseline, % | effect, points | 90 % | expected directions that hold |\n|---|---|---:|---:|---|---|")
    rows = []
    for card in cards:
        config, codes = configs[card.name], list(configs[card.name].world.countries)
        at = codes.index(config.focus)
        level, change = np.array([[each[card.name]["work_share"][0, at], np.diff(each[card.name]["work_share"][:, at], axis=0)[0]] for each in runs]).T
        middle, low, high = np.quantile(change, [0.5, 0.05, 0.95])
        held = []
        for each in card.expects:
            moved = np.array([np.diff(run[card.name][each.outcome][:, codes.index(each.country)])[0] for run in runs])
            held.append(f"{each.outcome} {each.country} {'+' if each.sign > 0 else '-'}: {100 * np.mean(np.sign(moved) == each.sign):.0f} %")
        print(f"| `{card.name}`: {card.title} | {config.focus} | {np.median(level):.1f} | {middle:+.2f} | {low:+.2f} to {high:+.2f} | {'; '.join(held)} |")
        rows.append({"variant": f"{card.name}, {config.focus}", "baseline": np.median(level), "difference": middle, "low": low, "high": high})
    table = pd.DataFrame(rows).sort_values("difference", ignore_index=True)
    save_figure(structure_range(table, scenario="every shipped scenario", outcome="Works in the focus country", unit="% of works",
                                source=f"talentsim, {N_DRAWS} draws, scale {SCALE:g}", level=0.9, over_draws=True), Path("docs/images"), "effects")
    print("\n![Effects of all scenarios](images/effects.svg)")


if __name__ == "__main__":
    main()
