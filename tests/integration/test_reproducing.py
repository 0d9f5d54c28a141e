"""Why two numbers differ, and one number computed again from a bundle."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from talentsim.commands.cli import run
from talentsim.commands.job import compare_and_write
from talentsim.comparison.pair import Pair
from talentsim.comparison.reproduce import _numbers as held_numbers
from talentsim.config.arms import load_arms
from talentsim.ensemble.bundle import ARMS, packed, read_bundle
from talentsim.ensemble.opened import open_results
from talentsim.ensemble.reasons import Told, reasons, results_told, run_told
from talentsim.ensemble.store import open_store
from talentsim.report.dictionary import COMPARISON
from worlds import edited, policy

GIVEN = ["world=toy", "executor=serial", "population.scale=0.1", "ensemble.replications=2", "world.end_year=2028", "output.report=false", "output.figures=false"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three comparisons: one, the same with another seed, and another policy's strength."""
    folder = tmp_path_factory.mktemp("results")
    for name, more in {"one": [], "seed": ["seed=7"], "figure": ["policy.f1_refusal.value=0.4", "world.countries.USA.pay.value=170000"]}.items():
        arms = load_arms([*GIVEN, "scenario=visa_tightening", f"output.dir={folder / 'out'}", *more])
        compare_and_write(Pair(*arms), folder / name, [*GIVEN, *more], told=False, figures=False)
    return folder


def rewritten(bundle: Path, to: Path, **changes: str) -> Path:
    """Write a bundle with some members' text replaced."""
    with zipfile.ZipFile(bundle) as file:
        texts = {name: file.read(name).decode() for name in file.namelist()} | changes
    with zipfile.ZipFile(to, "w") as file:
        for name, text in texts.items():
            file.writestr(name, text)
    return to


def told(place: Path, name: str) -> set[tuple[str, str]]:
    results = open_results(place / "one"), open_results(place / name)
    return {(each.kind, each.what.rpartition(": ")[2]) for each in reasons(*map(results_told, results))}


def test_what_differs_is_named_and_nothing_else(place: Path) -> None:
    assert told(place, "one") == set()
    assert told(place, "seed") == {("seed", "ensemble.seed")}
    assert told(place, "figure") == {("policies", "policies.f1_refusal.value"), ("figures", "world.countries.USA.pay.value")}


def test_another_version_is_named(place: Path) -> None:
    results = open_results(place / "one")
    old = results_told(results)
    before = type(old)(old.name, old.arms, {**old.facts, "talentsim": "0.1.0", "source_sha256": "0" * 64, "versions": {**old.facts["versions"], "numpy": "1.0"}})
    assert {each.kind for each in reasons(before, old)} == {"version"}
    assert {each.what for each in reasons(before, old)} == {"the model's code", "numpy"}


def test_runs_are_compared_by_the_beginning_of_their_ids(place: Path) -> None:
    store = open_store(str(place / "out"))
    manifest = open_results(place / "one").manifest
    one, other = (manifest["arms"][arm]["runs"][0] for arm in ARMS)
    found = reasons(run_told(store, one[:10]), run_told(store, other[:10]))
    assert {each.kind for each in found} == {"policies"} and any("f1_refusal" in each.what for each in found)
    second = manifest["arms"]["baseline"]["runs"][1]
    assert [(each.kind, each.what) for each in reasons(run_told(store, one), run_told(store, second))] == [("seed", "replication")]


def test_a_policy_called_note_and_the_last_digit_count(plain_toy: dict[str, Any]) -> None:
    """Nor is a run another one for how many there are beside it, or for what was asked of them."""
    one, other, third = ({**edited(plain_toy, {"ensemble.replications": n, "focus": focus}, policy={"note": policy("pay", value=value)}).model_dump(mode="json")}
                         for n, focus, value in ((2, "USA", 0.1), (5, "CAN", 0.1), (2, "USA", 0.1 + 1e-12)))
    facts = {"seed": {"replication": 0}}
    runs = [Told(name, {"run": arm}, facts) for name, arm in (("a", one), ("a", other), ("b", third), ("b", one))]
    assert reasons(runs[0], runs[1]) == []
    (found,) = reasons(runs[0], runs[2])
    assert (found.kind, found.what) == ("policies", "policies.note.value") and found.one == "0.1" != found.other
    assert [each.kind for each in reasons(runs[0], runs[3])] == ["input"], "runs that are not the same are never said to be"
    assert {each.what for each in reasons(*(Told("x", {"scenario": arm}, {}) for arm in (one, other)))} >= {"scenario: ensemble.replications"}


def test_why_at_the_command_line(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "why", str(place / "one"), str(place / "seed")]) == 0
    out = capsys.readouterr().out
    assert "ensemble.seed: A 2010, B 7" in out and out.count("difference") == 2
    assert run(["runs", "why", str(place / "one"), "nobody", f"output.dir={place / 'out'}"]) == 2
    assert "no stored run begins with 'nobody'" in capsys.readouterr().err
    assert run(["runs", "why", str(place / "one")]) == 2


@pytest.fixture(scope="module")
def bundle(place: Path) -> Path:
    """The bundle of the first comparison."""
    assert run(["bundle", str(place / "one")]) == 0
    return place / "one" / "bundle.zip"


def test_a_bundle_holds_plain_text_and_no_place_of_this_machine(place: Path, bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as file:
        texts = {name: file.read(name).decode() for name in file.namelist()}
    assert set(texts) == {"README.txt", "bundle.json", "headline.csv", "baseline.json", "scenario.json"}
    assert tuple(texts["headline.csv"].partition("\n")[0].split(",")) == COMPARISON["headline"].columns
    assert not any(str(place) in text for text in texts.values())
    results = open_results(place / "one")
    assert packed(results, open_store(str(place / "out"))) == bundle.read_bytes()
    pd.testing.assert_frame_equal(read_bundle(bundle).headline, results.table("headline"), check_dtype=False)


def test_a_bundle_is_reproduced_to_the_last_bit_without_the_store(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reproduce", str(bundle), f"output.dir={tmp_path}", "executor=serial"]) == 0
    out = capsys.readouterr().out
    assert "DIFFERS" not in out and out.count("2 of 2 equal to the last bit") == 2 and "Reproduced." in out
    assert list(tmp_path.iterdir()) == []


def test_a_number_or_a_figure_that_was_changed_is_found(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = read_bundle(bundle).headline
    numbers.loc[0, "difference"] += 1e-9
    held = held_numbers(numbers, read_bundle(bundle).headline)
    assert not held.equal and "1 of 140 of headline.csv differ; difference: 1, at most by 1e-09 (work_share)" in held.words
    numbers.loc[3, "low"] = np.nan
    assert "low: 1, one without a number (work_share)" in held_numbers(numbers, read_bundle(bundle).headline).words
    with zipfile.ZipFile(bundle) as file:
        plain = json.loads(file.read("scenario.json"))
    plain["policy"]["f1_refusal"]["value"] = 0.5
    assert run(["reproduce", str(rewritten(bundle, tmp_path / "b.zip", **{"scenario.json": json.dumps(plain)})), f"output.dir={tmp_path}", "executor=serial"]) == 1
    out = capsys.readouterr().out
    assert "runs of the baseline: 2 of 2" in out and "runs of the scenario: 2 of 2" not in out


@pytest.mark.parametrize("kind", ["absent", "text", "member", "path", "format", "config", "truncated"])
def test_what_is_no_bundle_is_told_in_plain_words(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    file = tmp_path / "x.zip"
    if kind == "text":
        file.write_text("no zip")
    elif kind in ("member", "path"):
        rewritten(bundle, file, **{"more.py" if kind == "member" else "../../escaped.json": "import os"})
    elif kind == "format":
        rewritten(bundle, file, **{"bundle.json": json.dumps({**read_bundle(bundle).facts, "format": 2})})
    elif kind == "config":
        rewritten(bundle, file, **{"baseline.json": '{"world": {}}'})
    elif kind == "truncated":
        content = io.BytesIO(bundle.read_bytes()).read()
        file.write_bytes(content[:900] + b"\0" * 200 + content[1100:])
    assert run(["reproduce", str(file), f"output.dir={tmp_path}"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("talentsim: ") and "Traceback" not in err
    assert not (tmp_path.parent / "escaped.json").exists()


def test_nothing_else_can_be_set_on_a_bundle(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reproduce", str(bundle), "ensemble.seed=3"]) == 2
    assert "as it is" in capsys.readouterr().err


def test_a_bundle_brings_its_draws_of_the_parameters(tmp_path: Path) -> None:
    """Draws that this version ships are taken from it; others from the bundle."""
    from talentsim.comparison import reproduce as module
    from talentsim.data.posterior import draws_named, shipped_draws

    name = next(each for each in shipped_draws() if each == "ai")
    own = draws_named(name)
    text = (",".join(own.keys) + "\n" + "\n".join(",".join(f"{each:.7g}" for each in row) for row in own.values) + "\n", json.dumps(dict(own.manifest)))
    bundle = type("Held", (), {"facts": {"draws": own.digest()}, "draws": text})()
    assert module._draws(bundle, name, tmp_path) == name
    bundle.facts = {"draws": "another"}
    path = module._draws(bundle, name, tmp_path)
    assert draws_named(path).digest() == own.digest() and Path(path).parent == tmp_path
