"""The site of the documents: built whole, without a warning, its tutorial run and its tables filled from the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from talentsim.vocab import LEVERS

ROOT = Path(__file__).parents[2]


LINK = re.compile(r"(?:\]\(|href=\"|<)(https?:[^)>\"]*)")


def test_every_link_outwards_is_an_address() -> None:
    """Nothing is asked of the network: each has a secure scheme and a host with a domain, and no blank or stop at its end."""
    pages = [*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md"), *(ROOT / ".github").rglob("*.md")]
    links = {link: page.name for page in pages for link in LINK.findall(page.read_text(encoding="utf-8"))}
    assert len(links) >= 5
    for link, page in links.items():
        parts = urlsplit(link)
        is_local = parts.hostname in ("127.0.0.1", "localhost")
        assert is_local or (parts.scheme == "https" and "." in str(parts.hostname)), f"{page}: {link}"
        assert not re.search(r"\s|[.,;]$", link), f"{page}: {link}"


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
