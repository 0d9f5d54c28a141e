"""Identity of runs: everything that a result depends on, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import talentsim
from talentsim.config import Config, UserError
from talentsim.ensemble.identity import SETTINGS, arm_id, data_digests, digest_of_code, run_id, settings_of, source_digest, what_counts
from worlds import edited, policy

Plain = dict[str, Any]
PACKAGE = Path(talentsim.__file__).parent

COUNTS = {"model", "model/rules", "model/state"}
"""Folders of which every module counts but those that are named below."""
COUNT_TOO = {"panel/drift.py", "panel/inversion.py", "panel/panel.py", "panel/paths.py", "config/arm.py", "config/behaviour.py",
             "config/employers.py", "config/frozen.py", "config/panel.py", "config/parameter.py", "config/policy.py", "config/series.py", "config/world.py",
             "ensemble/accounts.py", "streams.py", "arrays.py", "vocab.py"}
COUNT_NOT = {"model/__init__.py", "model/logit.py", "model/meanfield.py"}

READ_BUT_NO_MATTER = {"", "config", "config.calibration", "config.check", "config.parts", "config.retold", "config.errors", "config.files", "config.observers", "config.reading", "config.running", "config.scenario", "config.schema", "digits",
                      "config.stacks", "spoken", "version",
                      "model", "panel"}
"""Modules that a model imports and no result depends on: words, checks that refuse, and empty packages."""


def test_a_byte_changed_in_any_module(tmp_path: Path) -> None:
    """Append a byte to every module in turn, in a copy of the package: those above change the digest, no other does."""
    copy = tmp_path / "talentsim"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    before, changed = digest_of_code(copy), set()
    assert before == source_digest()
    for file in sorted(each for each in copy.rglob("*") if each.is_file()):
        content = file.read_bytes()
        file.write_bytes(content + b"#")
        if digest_of_code(copy) != before:
            changed.add(file.relative_to(copy).as_posix())
        file.write_bytes(content)
    modules = {file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py")}
    assert changed == {name for name in modules if str(Path(name).parent.as_posix()) in COUNTS} - COUNT_NOT | COUNT_TOO


def test_everything_a_model_imports_counts_or_is_known_not_to() -> None:
    """A module that the model begins to read must be put into one list or the other."""
    code = "import sys, talentsim.model.model, talentsim.model.outcomes; print(*(each for each in sys.modules if each.startswith('talentsim')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    names = {each.removeprefix("talentsim").removeprefix(".") for each in done.stdout.split()}
    files = {f"{name.replace('.', '/')}.py" for name in names - READ_BUT_NO_MATTER}
    counted = {each for each in files if str(Path(each).parent.as_posix()) in COUNTS} | COUNT_TOO
    assert {each if (PACKAGE / each).is_file() else each.replace(".py", "/__init__.py") for each in files} <= counted | {
        "model/rules/__init__.py", "model/state/__init__.py"}


def test_every_part_of_a_configuration_counts_or_is_known_not_to() -> None:
    beside = {"parameters", "replaced", "observers", "sources", "scenario", "baseline", "ensemble", "executor", "compare", "calibration", "output", "store",
              "focus"}
    assert set(SETTINGS) - {"policies"} | {"policy"} | beside == set(Config.model_fields)


def test_run_ids_hold_what_changes_results_and_nothing_else(plain_toy: Plain) -> None:
    base = edited(plain_toy)
    same = [{"executor": {"kind": "threads", "workers": 3}}, {"ensemble.replications": 99}, {"output.dir": "elsewhere"}, {"output.report": False}, {"output.tables": "full"},
            {"population.chunk": 500}, {"focus": "CAN"}, {"policy": {"off": None}}, {"compare.year": 2020},
            {"scenario.title": "Another name"}, {"behaviour.exit.rate.note": "said otherwise"}, {"world.title": "Another"},
            {"world.countries.USA.name": "Elsewhere"}, {"entry.title": "Said otherwise"}]
    other = [{"entry.damping": 0.5}, {"ensemble.seed": 9}, {"population.scale": 2.0}, {"population.classes": 2},
             {"behaviour.exit.rate": 0.06}, {"world.end_year": 2034}, {"policy": {"x": policy("pay", value=1.0)}},
             {"output.people": False}, {"world.countries": dict(reversed(plain_toy["world"]["countries"].items()))}]
    assert {run_id(edited(plain_toy, change), 3) for change in same} == {run_id(base, 3)}
    ids = [run_id(edited(plain_toy, change), 3) for change in other] + [run_id(base, each) for each in (0, 3)]
    assert len(set(ids)) == len(ids)
    assert arm_id(edited(plain_toy, {"ensemble.seed": 9})) == arm_id(base)


def test_the_range_of_a_series_counts_and_what_is_said_of_its_points_does_not(plain_toy: Plain) -> None:
    """A trend is held at the ends of the range, so that another range is another run."""
    def arm(high: float, note: str = "") -> str:
        pay = {"value": {2010: {"value": 50000.0, "note": note}, 2020: 90000.0}, "after": "trend", "unit": "x", "range": [0.0, high], "evidence": "assumed"}
        return arm_id(edited(plain_toy, {"world.countries.USA": {**plain_toy["world"]["countries"]["USA"], "pay": pay}}))

    assert arm(1e5) == arm(1e5, "said otherwise") != arm(2e5)


def test_a_name_among_the_words_hides_no_policy(plain_toy: Plain) -> None:
    """Names are the user's: a policy may be called title, note or evidence."""
    config = edited(plain_toy, {"policy": {name: policy("pay", value=1.0) for name in ("title", "note", "evidence")}})
    assert what_counts(config.policies).keys() == {"title", "note", "evidence"}
    assert "title" not in what_counts(config.policies)["note"]


def test_policies_count_in_any_order(plain_toy: Plain) -> None:
    both = {"a": policy("pay", value=1.0), "b": policy("pay", value=2.0)}
    assert arm_id(edited(plain_toy, {"policy": both})) == arm_id(edited(plain_toy, {"policy": dict(reversed(both.items()))}))


def test_numpy_is_part_of_it(plain_toy: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
    before = arm_id(edited(plain_toy))
    monkeypatch.setattr(np, "__version__", "0.0")
    assert arm_id(edited(plain_toy)) != before


def test_tables_count_by_content_wherever_they_lie(tmp_path: Path) -> None:
    """Moving their folder, or what else lies in it, changes no id; a figure in a table does."""
    for place in ("here", "there"):
        (tmp_path / place).mkdir()
        for name in ("flows", "stocks", "covariates"):
            (tmp_path / place / f"{name}.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    config = Config.load("world=scholars", f"world.data_dir={tmp_path / 'here'}")
    moved = config.model_copy(update={"world": config.world.model_copy(update={"data_dir": str(tmp_path / "there")})})
    assert settings_of(config) == settings_of(moved) and arm_id(config) == arm_id(moved)
    (tmp_path / "there" / "covariates.csv").write_text("a,b\n1,3\n", encoding="utf-8")
    assert arm_id(config) == arm_id(moved) and data_digests(config) != data_digests(moved)
    (tmp_path / "there" / "flows.csv").write_text("a,b\n1,30\n", encoding="utf-8")
    assert arm_id(config) != arm_id(moved)
    (tmp_path / "there" / "flows.csv").unlink()
    with pytest.raises(UserError, match="this table is missing"):
        arm_id(moved)
