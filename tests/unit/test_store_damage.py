"""A store with every damage: it is named, the run computed anew, and nothing lost or read that was not written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talentsim.config import Config
from talentsim.ensemble.ensemble import Ensemble, run_ensemble
from talentsim.ensemble.store import DamagedError, Store
from worlds import edited

Plain = dict[str, Any]
TABLES = ["stocks", "works", "outcomes"]


@pytest.fixture(scope="module")
def config(plain_toy: Plain) -> Config:
    """Two short and small runs."""
    return edited(plain_toy, {"population.scale": 0.4, "world.end_year": 2011, "ensemble.replications": 2})


@pytest.fixture(scope="module")
def clean(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    """A store as it was written."""
    return run_ensemble(config, Store(tmp_path_factory.mktemp("clean")))


@pytest.fixture
def store(clean: Ensemble, tmp_path: Path) -> Store:
    """A copy to harm."""
    return Store(Path(shutil.copytree(clean.store.folder, tmp_path / "store")))


def rewritten(**changes: Any) -> Callable[[Path], None]:
    """Return what changes a manifest and writes it again, as somebody's script might."""
    def harm(path: Path) -> None:
        content = json.loads(path.read_bytes())
        path.write_text(json.dumps({key: each for key, each in (content | changes).items() if each != "gone"}))
    return harm


def without_works(path: Path) -> None:
    content = json.loads(path.read_bytes())
    del content["tables"]["works"]
    path.write_text(json.dumps(content))


WRITES: dict[str, Callable[[Path], Any]] = {
    "empty": lambda path: path.write_bytes(b""), "cut": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\n\0"), "{}": lambda path: path.write_text("{}"), "null": lambda path: path.write_text("null"),
    "foreign": lambda path: path.write_bytes(b"PAR1 no table at all PAR1"), "gone": Path.unlink, "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a link to nothing": lambda path: (path.unlink(), path.symlink_to("nowhere")), "another run's": lambda path: path.write_bytes(
        next(each for each in sorted(path.parent.parent.iterdir()) if each != path.parent and (each / path.name).exists()).joinpath(path.name).read_bytes())}
MANIFESTS: dict[str, Callable[[Path], Any]] = {
    "no tables": rewritten(tables={}), "a table short": without_works, "tables a list": rewritten(tables=[]), "no hash": rewritten(config_sha256=""),
    "its own root": lambda path: rewritten(root={"run": path.parent.name, "year": 2010})(path), "a root of no kind": rewritten(root="x"),
    "a root that is gone": rewritten(root={"run": "0" * 20, "year": 2010}), "another's name": rewritten(id="0" * 20), "no name": rewritten(id="gone")}


def harms() -> Iterator[tuple[str, str, Callable[[Path], Any]]]:
    for file in ("manifest.json", "outcomes.parquet", "works.parquet"):
        for name, harm in WRITES.items():
            yield file, name, harm
    for name, harm in MANIFESTS.items():
        yield "manifest.json", name, harm


@pytest.mark.parametrize(("file", "name", "harm"), [pytest.param(*each, id=" ".join(each[:2])) for each in harms()])
def test_whatever_is_harmed_is_computed_anew_and_nothing_else(clean: Ensemble, store: Store, config: Config, capsys: pytest.CaptureFixture[str],
                                                               file: str, name: str, harm: Callable[[Path], Any]) -> None:
    harmed, other = clean.ids[1], clean.ids[0]
    before = (store.folder / other / "manifest.json").read_bytes()
    harm(store.folder / harmed / file)
    found = run_ensemble(config, store)
    for table in TABLES:
        assert found.frame(table).equals(clean.frame(table)), table
    for outcome, values in clean.outcomes.items():
        np.testing.assert_array_equal(found.outcomes[outcome], values)
    store.verify(harmed)
    assert (store.folder / other / "manifest.json").read_bytes() == before, "the run beside it is as it was"
    told = capsys.readouterr().err
    unseen = file == "manifest.json" and name in ("gone", "a link to nothing", "a root that is gone")      # as if it had never been written
    assert unseen or (harmed in told and "computed anew" in told)


def test_a_run_that_was_copied_under_another_name_is_not_taken_for_it(clean: Ensemble, store: Store, config: Config) -> None:
    """All hashes are right, and all numbers those of another replication."""
    one, other = clean.ids
    shutil.rmtree(store.folder / other)
    shutil.copytree(store.folder / one, store.folder / other)
    with pytest.raises(DamagedError, match=f"is that of run '{one}'"):
        store.table(other, "works")
    found = run_ensemble(config, store)
    np.testing.assert_array_equal(found.outcomes["works"], clean.outcomes["works"])


def test_what_is_not_a_run_is_left_alone(clean: Ensemble, store: Store, config: Config) -> None:
    (store.folder / "notes.txt").write_text("mine")
    (store.folder / "my folder").mkdir()
    (store.folder / "my folder" / "table.parquet").write_bytes(b"x")
    (store.folder / "claims").mkdir(exist_ok=True)
    (store.folder / "claims" / "stale.lock").write_text("")
    (store.folder / "parts").mkdir(exist_ok=True)
    (store.folder / "parts" / clean.ids[0]).mkdir()
    assert sorted(store) == sorted(clean.ids)
    assert run_ensemble(config, store).frame("works").equals(clean.frame("works"))
    assert (store.folder / "notes.txt").read_text() == "mine" and (store.folder / "my folder" / "table.parquet").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_table_that_may_not_be_read_is_computed_anew(clean: Ensemble, store: Store, config: Config) -> None:
    (store.folder / clean.ids[1] / "works.parquet").chmod(0)
    assert run_ensemble(config, store).frame("works").equals(clean.frame("works"))


def job(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "talentsim", "world=toy", "scenario=visa_tightening", "ensemble.replications=4", "executor=serial",
                             "population.scale=0.4", "output.figures=false", "output.report=false", "compare.structure=null", f"output.dir={folder}"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_two_writers_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    both = [job(tmp_path / "both") for _ in range(2)]
    told = [each.communicate(timeout=600) for each in both]
    assert [each.returncode for each in both] == [0, 0], told
    alone = job(tmp_path / "alone")
    assert alone.communicate(timeout=600)[1] == "" and alone.returncode == 0
    shared, own = (Store(tmp_path / name / "store") for name in ("both", "alone"))
    assert sorted(shared) == sorted(own)
    for run in own:
        shared.verify(run)
        hashes = [{name: each["sha256"] for name, each in store.manifest(run)["tables"].items()} for store in (shared, own)]
        assert hashes[0] == hashes[1]
    assert not list((shared.folder / "parts").iterdir()) and not (shared.folder / "damaged").exists()
    answers = [out.partition("Read next")[0] for out, _ in told]
    assert answers[0] == answers[1]


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="a file system of its own takes root")
def test_a_disk_that_is_full_is_told_and_what_was_whole_stays(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        full = job(disk)
        _, err = full.communicate(timeout=600)
        assert full.returncode == 2 and "cannot write to" in err and "Traceback" not in err, err
        store = Store(disk / "store")
        for run in store:
            store.verify(run)
        parts = store.folder / "parts"
        assert not parts.exists() or not list(parts.iterdir())
        subprocess.run(["mount", "-o", "remount,size=60m", str(disk)], check=True)
        again = job(disk)
        assert again.communicate(timeout=600)[1] == "" and again.returncode == 0
    finally:
        subprocess.run(["umount", str(disk)], check=False)
