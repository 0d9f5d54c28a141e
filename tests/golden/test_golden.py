"""Results that change only in a commit that says what moved and why.

`python tests/golden/test_golden.py` writes the file anew. The same file holds on every supported Python and NumPy. Figures, history and
scenarios moved in November 2026: the folder `before` puts back what stood there, and with it the results are the old ones, bit for bit.
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
BEFORE, GOLDEN_BEFORE = Path(__file__).with_name("before"), Path(__file__).with_name("toy_before.json")
SCENARIOS = (
    "baseline", "china_initiative", "compute_convergence", "h1b_fee", "offshore_labs_china",
    "offshore_labs_us", "open_ecosystem", "opt_end", "return_programme", "service_cutoff",
    "site_closed", "train_more", "visa_opening", "visa_tightening", "visa_tightening_china")
"""Those whose countries the toy world has."""


def result_of(scenario: str, store: Store, config_dir: Path | None = None) -> dict[str, Any]:
    """Return the headline of a scenario in the toy world at ten times its size, and digests of whole tables; its runs go into a store."""
    arms = load_arms(["world=toy", f"scenario={scenario}", "population.scale=10.0", "ensemble.replications=2", "executor=serial"],
                     str(config_dir) if config_dir else None)
    run = TalentModel(arms[1]).run()
    headline = compare(*arms, store).headline
    rows = {f"{row.outcome} {row.country}": [round(row.baseline, 6), round(row.difference, 6)] for row in headline.itertuples()}
    return {"headline": rows, "digest": digest_of(run.researchers, run.moves, *run.places(2035))}


def digest_of(*tables: Any) -> str:
    """Hash whole tables of counts."""
    return hashlib.sha256(b"".join(np.asarray(table, dtype=np.uint64).tobytes() for table in tables)).hexdigest()[:16]


def digest_of_ai(config_dir: Path) -> str:
    """Hash a small AI world under a scenario that acts on many levers, history and ecosystems included."""
    arms = load_arms(["world=ai", "parameters=point", "scenario=great_decoupling", "population.scale=0.02", "world.burn_in_year=2000"], str(config_dir))
    run = TalentModel(arms[1]).run()
    works = np.round(np.asarray(run.agents("works")["works"]) * 1e6)
    return digest_of(run.researchers, run.moves, works)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store for all scenarios: their baseline is simulated once."""
    return Store(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize(("scenario", "is_before"), [
    *((name, False) for name in SCENARIOS),
    *(pytest.param(name, True, marks=() if name in ("baseline", "visa_tightening") else pytest.mark.slow) for name in SCENARIOS)])
def test_results_are_what_they_were(scenario: str, is_before: bool, store: Store) -> None:
    expected = json.loads((GOLDEN_BEFORE if is_before else GOLDEN).read_text(encoding="utf-8"))[scenario]
    result = result_of(scenario, store, BEFORE if is_before else None)
    assert result["digest"] == expected["digest"]
    for name, values in expected["headline"].items():
        assert result["headline"][name] == pytest.approx(values, abs=2e-6), name


@pytest.mark.slow
def test_the_figures_of_before_give_the_ai_world_of_before() -> None:
    assert digest_of_ai(BEFORE) == json.loads(GOLDEN_BEFORE.read_text(encoding="utf-8"))["ai"]


def main() -> None:
    """Write the results as they are now."""
    with tempfile.TemporaryDirectory() as folder:
        results = {name: result_of(name, Store(Path(folder))) for name in SCENARIOS}
    GOLDEN.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
