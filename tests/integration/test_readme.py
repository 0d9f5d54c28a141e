"""The README keeps its word: its Python runs, its commands exist, its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from talentsim.commands.arguments import read
from talentsim.config.arms import load_arms

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_quick_start_runs_and_prints_what_it_says(tmp_path: Path) -> None:
    code, output = re.search(r"```python\n(.*?)```\s*```text\n(.*?)```", README, re.DOTALL).groups()
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    script = tmp_path / "quick_start.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == output.strip()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_can_be_read_and_composed(document: Path) -> None:
    """Every `talentsim ...` line of the documents without a folder of the reader's own."""
    import shlex

    for line in re.findall(r"^(?:\$ )?(?:python -m )?talentsim (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE):
        arguments = read(shlex.split(line, comments=True))
        if arguments.config_dir is None and not arguments.multirun and not arguments.hydra:
            load_arms(arguments.overrides)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=lambda path: path.name)
def test_external_links_have_the_form_of_links(document: Path) -> None:
    """As far as can be told without a network: a scheme, a host with a dot, no blanks, nothing of the sentence at the end."""
    for target in re.findall(r"\]\((https?:[^)]*)\)", document.read_text(encoding="utf-8")):
        found = urlsplit(target)
        assert found.scheme == "https" and "." in found.netloc and not re.search(r"\s|[.,;]$", target), target
