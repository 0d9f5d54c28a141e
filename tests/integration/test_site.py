"""The site of the documents: built whole, without a warning, its tutorial run and its tables filled from the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from talentsim.vocab import LEVERS

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("sphinx")
    pytest.importorskip("myst_nb")
    done = subprocess.run([sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", ROOT / "docs", tmp_path / "site"],
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    page = {name: (tmp_path / "site" / f"{name}.html").read_text(encoding="utf-8") for name in ("reference", "results", "tutorial", "questions", "index")}
    assert "completion" in page["reference"] and "dependence_either" in page["questions"] and 'href="questions.html"' in page["index"]
    assert all(name in page["reference"] for name in LEVERS) and "unpaired_error" in page["results"]
    assert "scenario_country" in page["tutorial"] and "placebo" in page["tutorial"]
