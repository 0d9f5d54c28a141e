"""The package as a stranger installs it: a wheel, a new environment, another folder."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_wheel_carries_the_configuration_and_runs_anywhere(tmp_path: Path) -> None:
    def run(*command: str | Path, cwd: Path = tmp_path) -> str:
        done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(sys.executable, "-m", "venv", tmp_path / "venv")
    pip, command = [tmp_path / "venv/bin/python", "-m", "pip", "--quiet"], tmp_path / "venv/bin/talentsim"
    run(*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path / "wheels", ROOT)
    wheel = next((tmp_path / "wheels").glob("*.whl"))
    shipped = zipfile.ZipFile(wheel).namelist()
    for file in (ROOT / "conf").rglob("*.yaml"):
        assert f"talentsim/conf/{file.relative_to(ROOT / 'conf').as_posix()}" in shipped
    run(*pip, "install", "--constraint", ROOT / "constraints.txt", wheel)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shown = run(command, "scenario=visa_tightening", "world=toy", "ensemble.replications=2", cwd=elsewhere)
    assert "Countries that move most, 2035" in shown
    assert len(list(elsewhere.glob("outputs/2*/*/manifest.json"))) == 1         # beside the runs in outputs/store
