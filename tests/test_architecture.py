"""The house rules that a machine can hold: layers, gates, sizes, where files are opened, what figures carry."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import talentsim

PACKAGE = Path(talentsim.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
OPENS_FILES = {"ensemble/checkpoint.py", "commands/export.py", "config/compose.py", "ensemble/bundle.py", "dashboard/exports.py", "data/posterior.py", "scholars/proposals.py", "panel/published.py", "panel/source_files.py", "data/shapes.py", "data/shipped.py", "ensemble/identity.py", "ensemble/opened.py", "ensemble/results.py", "ensemble/store.py", "config/reading.py", "report/figures/save.py"}
OPENING = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "to_parquet", "to_csv", "savefig", "unlink"}


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_layers_and_gates() -> None:
    root = Path(__file__).parents[1]
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 50, f"{node.name} is {node.end_lineno - node.lineno + 1} lines long"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_everything_public_is_annotated_and_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            bare = [each.arg for each in arguments if each.annotation is None and each.arg not in ("self", "cls", "name")]
            assert not bare and node.returns is not None, f"{node.name}: {bare}"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_files_are_opened_in_few_places(path: Path) -> None:
    if relative(path) in OPENS_FILES:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called == "open" and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "os.open":
                continue
            assert called not in OPENING, f"{ast.unparse(node)} in {relative(path)}"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_generator_stream_inside_the_population(path: Path) -> None:
    """Randomness is addressed: no rule, state or kernel draws from a Generator or the standard library."""
    if relative(path) in {"model/model.py", "model/agents.py"}:       # Mesa's own seed, which the population never uses
        return
    text = path.read_text(encoding="utf-8")
    assert "default_rng" not in text and "np.random" not in text and "import random" not in text


def test_submodels_state_what_they_read_and_write() -> None:
    paths = list((PACKAGE / "model" / "rules").glob("*.py"))
    assert len(paths) > 10
    for path in paths:
        if path.stem != "__init__":
            names = {target.id for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.Assign)
                     for target in node.targets if isinstance(target, ast.Name)}
            assert {"READS", "WRITES"} <= names, path.stem


THROUGH = {
    # what a command does is tried as a user asks for it
    "__main__": "integration/test_cli.py", "commands": "integration/test_cli.py",
    "report.terminal.calibration": "calibration/test_data.py", "report.document.validation": "calibration/test_data.py",
    "scholars.validate": "scholars/test_published.py",
}
"""Modules that tests reach through another alone, with the test that does and why; `commands` stands for its whole room."""


def test_a_test_names_every_module_or_goes_through_it() -> None:
    """A new module of the model, the store, a comparison or a measure is tested by itself."""
    tests = Path(__file__).parent
    named: set[str] = set()
    for node in (node for file in tests.rglob("*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))):
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            named |= {each.name for each in node.names}
    names = {"talentsim." + relative(path).removesuffix(".py").replace("/", ".") for path in MODULES if path.stem != "__init__"}
    unnamed = {name.removeprefix("talentsim.") for name in names if name not in named}
    rooms = {name for name in THROUGH if (PACKAGE / name.replace(".", "/")).is_dir()}
    lost = {name for name in unnamed - THROUGH.keys() if not any(name.startswith(f"{each}.") for each in rooms)}
    assert not lost, f"no test names {sorted(lost)}"
    assert all((tests / file).is_file() for file in THROUGH.values())


def test_no_module_imports_another_in_a_circle() -> None:
    """Late imports and those for types count; the model and its Mesa views know each other, as Mesa wants it."""
    modules = {"talentsim." + relative(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__"): path for path in MODULES}
    below = {}
    for name, path in modules.items():
        nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom) and node.module]
        found = {full if (full := f"{node.module}.{each.name}") in modules else node.module for node in nodes for each in node.names}
        below[name] = (found & modules.keys()) - {name}
    below["talentsim.model.agents"] -= {"talentsim.model.model"}
    while free := {name for name, others in below.items() if not others & below.keys()}:
        below = {name: others for name, others in below.items() if name not in free}
    assert not below, f"these import each other, or what does: {sorted(below)}"
