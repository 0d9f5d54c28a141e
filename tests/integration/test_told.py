"""A main job whose policies begin later and have other values: nothing that is told, printed or drawn is of the file's."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

OLD = ("2027", "twenty", "20 percentage points", "one in five", "twelve months", "Renewals refused as often", "Chance of an H-1B halves")
"""What the shipped file of the scenario says of its dates and of the values that are changed here."""

POWER = re.compile(r"\d[eE][+-]\d")
GIVEN = ["scenario=visa_tightening", "scenario.start=2030", "policy.f1_refusal.value=0.15", "policy.h1b_odds.value=0.3", "policy.stem_opt_end.value=2",
         "policy.h1b_renewals.value=0.22"]


@pytest.mark.slow
def test_dates_and_values_of_the_file_stand_nowhere(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "talentsim", "world=toy", *GIVEN, "ensemble.replications=2", "executor=serial", "output.tables=full",
                           f"output.dir={tmp_path}", f"hydra.run.dir={tmp_path / 'results'}"], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    report = (tmp_path / "results" / "report.html").read_text(encoding="utf-8")
    start = report.index("<body>")
    shown = re.sub(r"<style>.*?</style>|<svg.*?</svg>|data:image[^\"]*|<[^>]*>", " ", report[start:], flags=re.DOTALL)
    drawn = " ".join(re.sub(r"<[^>]*>", " ", each.read_text(encoding="utf-8")) for each in (tmp_path / "results").rglob("*.svg"))
    section = report[report.index('<section id="changes">'):]
    policies = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", section[:section.index("</section>")])).split())
    for name, text in (("terminal", done.stdout), ("report", policies), ("pictures", drawn)):
        found = [each for each in OLD if each in " ".join(text.split())]
        assert not found, (name, found)
    for name, text in (("terminal", done.stdout), ("report", html.unescape(shown))):
        assert not POWER.search(text), (name, POWER.findall(text))
    assert "2030" in policies and "rises by 15 percentage points" in policies and "rises by 15 percentage points" in " ".join(done.stdout.split())
