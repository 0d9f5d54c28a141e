"""Every study runs at small scale and ends in one figure; each head names a question, a command and minutes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
STUDIES = ("dose_response", *(pytest.param(name, marks=pytest.mark.slow) for name in ("return_against_tightening", "who_gains")))


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_ends_in_one_figure(tmp_path: Path, name: str) -> None:
    script = EXPERIMENTS / f"{name}.py"
    done = subprocess.run([sys.executable, script, "world=toy", "world.burn_in_year=2004", "population.scale=5.0", "ensemble.replications=2", "executor=serial"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "outputs" / "studies"
    assert {each.name for each in folder.iterdir()} == {f"{name}.{kind}" for kind in ("png", "svg", "parquet", "csv")}
    table = pd.read_parquet(folder / f"{name}.parquet")
    assert len(table) and (name == "who_gains" or table.difference.abs().max() > 0)
    if name == "dose_response":
        hosted = table[table.series == "made in the United States"].set_index("dose").difference
        assert hosted[0.0] == 0.0 and hosted[40.0] < hosted[10.0] < 0.0
    head = script.read_text(encoding="utf-8").split('"""')[1]
    assert "?" in head.splitlines()[0] and f"python experiments/{name}.py" in head and "minutes" in head


@pytest.mark.slow
def test_what_mechanisms_are_worth_is_told_in_one_table(tmp_path: Path) -> None:
    """An observer's figure changes no world, so no effect, yet what is seen of it; strengths that stand still before 2020 move both."""
    done = subprocess.run([sys.executable, EXPERIMENTS / "structures.py", "1", "calibration.scale=0.05", "population.scale=0.02", "executor=serial"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in done.stdout.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 8 and all(len(row) == 7 for row in rows)
    worth = {row[0]: row[1:] for row in rows}
    observer = next(row for title, row in worth.items() if "conference" in title)
    assert observer[-1] == "+0.00" and observer[1] != "+0.00"
    path = next(row for title, row in worth.items() if "year by year" in title)
    assert float(path[1]) > 1.0 and path[2] == "100 %" and float(path[-1]) != 0.0
    assert sum(float(row[0].split()[0]) > 0 for row in worth.values() if row[0] != "not asked") == 5
