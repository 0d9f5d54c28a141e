"""Every scenario moves what its description says, in the AI world; the whole table is golden.

`python tests/golden/test_scenario_table.py` writes the file anew, in a commit that says what moved and why.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from talentsim.comparison.expectations import expectations
from talentsim.comparison.pair import Pair
from talentsim.config.arms import load_arms
from talentsim.config.scenario import scenario_cards
from talentsim.ensemble.store import Store

GOLDEN = Path(__file__).with_name("scenarios.json")
BEFORE, GOLDEN_BEFORE = Path(__file__).with_name("before"), Path(__file__).with_name("scenarios_before.json")
OVERRIDES = ["world=ai", "parameters=point", "population.scale=0.2", "ensemble.replications=4", "output.people=false", "compare.structure=null"]


def table(scenarios: Sequence[str], config_dir: Path | None = None) -> pd.DataFrame:
    """Return what scenarios are expected to move, and move, in a fifth of the AI world."""
    pairs = [Pair(*load_arms([f"scenario={name}", *OVERRIDES], str(config_dir) if config_dir else None)) for name in scenarios]
    with tempfile.TemporaryDirectory() as folder:
        return expectations(pairs, Store(Path(folder)))


def rows_of(results: pd.DataFrame) -> dict[str, Any]:
    """Return the table as it is kept: baseline, difference and the ends of its interval by scenario, outcome and country."""
    return {f"{row.scenario} {row.outcome} {row.country}": [round(float(each), 6) for each in (row.baseline, row.difference, row.low, row.high)]
            for row in results.itertuples()}


@pytest.mark.slow
@pytest.mark.parametrize("is_before", [False, True])
def test_every_scenario_moves_what_it_is_about(is_before: bool) -> None:
    expected = json.loads((GOLDEN_BEFORE if is_before else GOLDEN).read_text(encoding="utf-8"))
    scenarios = list(dict.fromkeys(name.split(" ")[0] for name in expected))
    results = table(scenarios, BEFORE if is_before else None)
    assert is_before or set(results.scenario) == {card.name for card in scenario_cards()[0]} - {"baseline"}
    assert results.as_said.all(), results[~results.as_said].to_string()
    rows = rows_of(results)
    assert rows.keys() == expected.keys()
    for name, values in expected.items():
        assert rows[name] == pytest.approx(values, rel=1e-6, abs=2e-6), name


def main() -> None:
    """Write the table as it is now."""
    results = table([card.name for card in scenario_cards()[0] if card.name != "baseline"])
    print(results.to_string())
    GOLDEN.write_text(json.dumps(rows_of(results), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
