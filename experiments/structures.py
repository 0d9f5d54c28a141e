"""What is each optional mechanism of the AI world worth, and what does the headline owe it?

    python experiments/structures.py [N_DRAWS [OVERRIDE ...]] > docs/structures.md          about ten minutes on one core

With 0 draws it prints the support alone, in seconds.

Decided on calibration targets alone: nothing that is held out is read here. Beside the posterior's own word on the value at
which a mechanism is absent (Savage and Dickey's ratio: how dense the prior is there against the posterior, everything else
fitted anew), the same draws are run on the real model with and without it, nothing fitted anew, and so is the headline.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from talentsim.calibration.priors import parameters_for
from talentsim.calibration.targets import FITTED, targets_of
from talentsim.calibration.waves import misses_of
from talentsim.commands.calibrate import drawn
from talentsim.commands.scorecard import checked_draws, sized
from talentsim.config import Config
from talentsim.config.arms import Composer
from talentsim.data.posterior import draws_named
from talentsim.ensemble.draws import config_of
from talentsim.ensemble.session import Session

N_DRAWS, SCALE, WINDOW = 16, 0.1, 0.2
AUTHORS = ("CHN", "IND", "GBR", "DEU", "FRA", "CHE", "NLD", "REU")
STRUCTURES: dict[str, tuple[str, ...]] = {
    "students know less of the ways around the lottery than there are": ("behaviour.study.perceived_ways.value=1.0",),
    "fear by stage: fresh doctorates": ("behaviour.graduation.chilling.value=1.0",),
    "fear by stage: established researchers": ("behaviour.location.chilling.value=1.0",),
    "a place in the queue for permanence holds people": ("behaviour.location.queue_hold.value=0.0",),
    "strengths of 2010 to 2020 as observed, year by year (without: those of 2020 throughout)": (
        "world.countries.USA.ecosystem.strength.value=1.96", "world.countries.CHN.ecosystem.strength.value=1.44"),
    "talent feeds back on strength": ("behaviour.ecosystem.feedback=false",),
    "countries take part in the conference at rates of their own (support: China's)": tuple(f"observers.conferences.neurips.participation.{each}.level.value=1.0" for each in AUTHORS),
    "ability as spread in China as elsewhere (without: 0.9 instead of 1.05)": ("world.countries.CHN.ability.sd_log.value=0.9",),
}
"""What is overridden where a mechanism is absent; the last is the other way round, for it is absent as shipped."""


def support(overrides: tuple[str, ...]) -> str:
    """Return how much likelier the fitted figures are with a mechanism than without it; nothing where no parameter speaks of it."""
    key, value = overrides[0].removesuffix(".value").split("=")[0].removesuffix(".value"), overrides[0].split("=")[1]
    draws = draws_named("ai_2019")
    found = [each for each in parameters_for(Config.load("world=ai", "parameters=point")) if each.keys == (key,)]
    if not found or key not in draws.keys:
        return "not asked"
    ranks = np.linspace(0.0, 1.0, 2001)
    at = float(np.interp(float(value), found[0].from_rank(ranks), ranks))
    rank = np.interp(draws.values[:, draws.keys.index(key)], found[0].from_rank(ranks), ranks)
    low = min(max(at - WINDOW / 2, 0.0), 1.0 - WINDOW)
    inside = int(((rank >= low) & (rank <= low + WINDOW)).sum())
    ratio, error = WINDOW * len(rank) / max(inside, 1), max(inside, 1) ** -0.5
    return f"{ratio:.2f} (x/ {np.exp(error):.2f})"


def fit(overrides: Sequence[str], n_draws: int) -> np.ndarray:
    """Return the misses of fitted targets on the real model, in tolerances, shape (n_draws, n_fitted)."""
    config = drawn(sized(Config.load("world=ai", *overrides)), Path("ai_2019"))
    targets = [each for each in targets_of("ai") if each.role in FITTED]
    return misses_of(targets, checked_draws(config, n_draws, targets, None), FITTED)


def effects(overrides: Sequence[str], n_draws: int) -> np.ndarray:
    """Return what visa_tightening changes in each draw of the fit to all data: points of the world's works made in the United States in 2035."""
    arms = Composer().arms(["scenario=visa_tightening", f"population.scale={SCALE}", "ensemble.replications=1", *overrides])
    session, found, at = Session(), [], list(arms[0].world.countries).index("USA")
    for draw in range(n_draws):
        one, other = (session.outcomes(config_of(arm, draw), keep=place == 0)["work_share"][0, -1, at] for place, arm in enumerate(arms))
        found.append(other - one)
    return np.array(found)


def main() -> None:
    """Run and print the document."""
    n_draws, more = int(sys.argv[1]) if len(sys.argv) > 1 else N_DRAWS, sys.argv[2:]
    if not n_draws:
        print("| mechanism | support |\n|---|---:|")
        print("\n".join(f"| {title} | {support(overrides)} |" for title, overrides in STRUCTURES.items()))
        return
    fitted = [each for each in targets_of("ai") if each.role in FITTED]
    with_all, effect = fit(more, n_draws), effects(more, n_draws)
    print(f"""# What each optional mechanism is worth

Printed by [structures.py](../experiments/structures.py) from calibration targets alone ({len(fitted)} fitted figures; none that is held out was run or read).
*Support* is the density of the prior against that of the posterior fitted to 2019 at the value where the mechanism is absent, over a fifth of the prior:
above 1 the data want the mechanism, with all else fitted anew; in brackets the error of counting 256 draws. The other columns are the same {n_draws}
draws on the real model without it and nothing fitted anew, which speaks for what the draws were fitted with: what a fitted figure is missed by more,
in squared tolerances (median of the draws, {np.median((with_all**2).mean(axis=1)):.2f} with all; below 0: better without), in what share of the draws it is missed by more, which figure moves most, and the change of
the United States' share of the world's works in 2035 under `visa_tightening` ({n_draws} draws of the fit to all data, scale {SCALE:g}; median and 90 % of
the draws, as shipped {_range(effect)}), and by how much that effect is another in the same draw (median).

| mechanism | support | squared miss without | worse without | moves most | effect without, points | effect's change |
|---|---:|---:|---:|---|---|---:|""")
    for title, overrides in STRUCTURES.items():
        without, other = fit([*more, *overrides], n_draws), effects([*more, *overrides], n_draws)
        worse, moved = (without**2 - with_all**2).mean(axis=1), (without - with_all).mean(axis=0)
        most = int(np.argmax(np.abs(moved)))
        print(f"| {title} | {support(overrides)} | {np.median(worse):+.2f} | {100 * np.mean(worse > 0):.0f} % | {fitted[most].title} ({moved[most]:+.1f}) | {_range(other)} | {np.median(other - effect):+.2f} |", flush=True)


def _range(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{middle:+.2f} ({low:+.2f} to {high:+.2f})"


if __name__ == "__main__":
    main()
