"""Results that change only in a commit that says what moved and why.

`python tests/golden/test_golden.py` writes the file anew. The same file holds on every supported Python and NumPy.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talentsim.comparison.compare import compare
from talentsim.config.arms import load_arms
from talentsim.ensemble.store import Store
from talentsim.model.model import TalentModel

GOLDEN = Path(__file__).with_name("toy.json")
SCENARIOS = (
    "baseline", "china_initiative", "compute_convergence", "h1b_fee", "offshore_labs_china",
    "offshore_labs_us", "open_ecosystem", "opt_end", "return_programme", "service_cutoff",
    "site_closed", "train_more", "visa_opening", "visa_tightening", "visa_tightening_china")
"""Those whose countries the toy world has."""


def result_of(scenario: str) -> dict[str, Any]:
    """Return the headline of a scenario in the toy world at ten times its size, and digests of whole tables."""
    arms = load_arms(["world=toy", f"scenario={scenario}", "population.scale=10.0", "ensemble.replications=2", "executor=serial"])
    run = TalentModel(arms[1]).run()
    with tempfile.TemporaryDirectory() as folder:
        headline = compare(*arms, Store(Path(folder))).headline
    rows = {f"{row.outcome} {row.country}": [round(row.baseline, 6), round(row.difference, 6)] for row in headline.itertuples()}
    tables = run.researchers, run.moves, *run.places(2035)
    digest = hashlib.sha256(b"".join(np.asarray(table, dtype=np.uint64).tobytes() for table in tables)).hexdigest()[:16]
    return {"headline": rows, "digest": digest}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_results_are_what_they_were(scenario: str) -> None:
    expected = json.loads(GOLDEN.read_text(encoding="utf-8"))[scenario]
    result = result_of(scenario)
    assert result["digest"] == expected["digest"]
    for name, values in expected["headline"].items():
        assert result["headline"][name] == pytest.approx(values, abs=2e-6), name


def main() -> None:
    """Write the results as they are now."""
    GOLDEN.write_text(json.dumps({name: result_of(name) for name in SCENARIOS}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
