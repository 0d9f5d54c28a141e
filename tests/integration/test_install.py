"""The package as a stranger installs it: a wheel, a new environment, another folder."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import talentsim
from readme_commands import commands
from talentsim.version import __version__

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


def test_the_versions_agree() -> None:
    """The package, the citation and the newest release of the changelog say one version; the project file reads the package's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"] and project["tool"]["hatch"]["version"]["path"] == "src/talentsim/version.py"
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    released = re.findall(r"^## (\d+\.\d+\.\d+) \((\S+)\)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert talentsim.__version__ == __version__ == str(cited["version"]) == released[0][0]
    assert released[0][1] == str(cited["date-released"]) and "ODD" in cited["abstract"]


def test_issue_templates_are_forms_with_fields_that_have_names() -> None:
    forms = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
    assert len(forms) == 3
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        names = [each["id"] for each in form["body"]]
        assert form["name"] and form["description"] and len(set(names)) == len(names)


def test_release_check_finds_the_readmes_commands() -> None:
    found = commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert ["scenario=visa_tightening"] in found and ["scenarios"] in found and any(each[0] == "dashboard" for each in found)
