"""How far does the headline move when one figure goes to the end of its range and all others stay?

    python experiments/one_at_a_time.py [OVERRIDE ...]          about 2 minutes

Prints the headline of visa_tightening (works produced in the United States in the last year, % of the world's) as Markdown,
each row with other figures in both arms. A weight that is moved without refitting the rest moves the baseline as well.
Runs are kept in outputs/store and not computed twice. For single figures `talentsim sensitivity scenario=NAME` does the same
for any scenario; here stand other structures, other histories and figures of several kinds beside them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from talentsim.comparison.pair import Pair
from talentsim.comparison.sides import Side, compare_sides
from talentsim.config.arms import Composer
from talentsim.ensemble.store import Store

COMMON = ("world=ai", "scenario=visa_tightening", "population.scale=0.5", "ensemble.replications=4")
ROWS: dict[str, tuple[str, ...]] = {
    "as shipped": (),
    "strength of ecosystems of 2010 instead of 2020 for the USA and China": (
        "world.countries.USA.ecosystem.strength.value=2.85", "world.countries.CHN.ecosystem.strength.value=0.5"),
    "students weigh pay three times as much": ("behaviour.study.weights.beta_pay.value=3.0",),
    "students do not weigh pay": ("behaviour.study.weights.beta_pay.value=0.0",),
    "students weigh the chance of a right to work twice as much": ("behaviour.study.weights.beta_admission.value=1.0",),
    "students do not weigh ecosystems": ("behaviour.study.weights.beta_eco.value=0.0",),
    "moving on graduation is easy": ("behaviour.graduation.move.value=0.5",),
    "ways around the lottery half as wide": (
        "world.countries.USA.visa.other_visa.value=0.18", "world.countries.USA.visa.other_visa_by_origin.CHN.value=0.4",
        "world.countries.USA.visa.other_visa_by_origin.IND.value=0.4"),
    "a wait for permanence weighs less": ("behaviour.location.weights.beta_visa.value=0.05",),
    "talent feeds back twice as much": ("behaviour.ecosystem.weight_talent.value=0.6",),
    "talent does not feed back": ("behaviour.ecosystem.feedback=false",),
    "cohorts stay as large as in 2024": ("entry=plateau",),
    "China's cohorts grow on": ("entry=surge_china",),
    "cohorts shrink": ("entry=decline",),
    "no history before 2026": ("history=none",),
    "9 points of F-1 refusals instead of 20": ("policy.f1_refusal.value=0.09",),
}


def main() -> None:
    """Print the table."""
    composer = Composer()
    sides = [Side("structure", words, words, Pair(*composer.arms([*COMMON, *overrides, *sys.argv[1:]]))) for words, overrides in ROWS.items()]
    table = compare_sides(sides, Store(Path("outputs/store")))
    print("| `scenario=visa_tightening`, and | baseline | scenario | difference |\n|---|---:|---:|---:|")
    for row in table.itertuples():
        key = f", `{ROWS[row.title][0]}`" if len(ROWS[row.title]) == 1 else ""
        print(f"| {row.title}{key} | {row.baseline:.2f} | {row.scenario:.2f} | {row.difference:+.2f} |")


if __name__ == "__main__":
    main()
