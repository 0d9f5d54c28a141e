"""What leaves the page: a scenario as YAML that `--config-dir` takes, every table as CSV, and the main job with its report."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from talentsim.config import Config, Policy
from talentsim.dashboard.desk import Question
from talentsim.ensemble.results import dated_folder

_HEAD = """\
# @package _global_
# Put this file into FOLDER/scenario/ and run
#   talentsim --config-dir FOLDER {overrides}
"""


def scenario_yaml(question: Question) -> tuple[str, str]:
    """Return the name of a scenario's file, and its text: the policies as the page has set them."""
    baseline, scenario = question.baseline, question.scenario
    meta = scenario.scenario
    name = f"{meta.name.replace('+', '_')[:50]}_as_set"
    policies = {each: _policy(policy) for each, policy in scenario.policies.items() if baseline.policies.get(each) != policy}
    content = {"scenario": {"name": name, "title": meta.title, "description": meta.description, "stands_for": meta.stands_for,
                            "source": list(meta.source)},
               "policy": policies | {each: None for each in baseline.policies if each not in scenario.policies}}
    kept = [line for line in question.overrides if not line.lstrip("+~").startswith(("policy.", "scenario="))]
    head = _HEAD.format(overrides=" ".join([*kept, f"scenario={name}"]))
    return f"{name}.yaml", head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _policy(policy: Policy) -> dict[str, Any]:
    """Return a policy's fields as a file has them: those that say something, and whole years as years."""
    plain = policy.model_dump(exclude_defaults=True, exclude={"start", "end"})
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
    plain["evidence"] = policy.evidence.value
    if policy.path is None:
        plain["start"] = _day(policy.start, 1, 1)
    if policy.end is not None:
        plain["end"] = _day(policy.end, 12, 31)
    return plain


def _day(when: date, month: int, day: int) -> int | str:
    return when.year if (when.month, when.day) == (month, day) else when.isoformat()


def tables_zip(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return every table as CSV, as `output.csv=true` writes them, in one archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in tables.items():
            archive.writestr(f"{name}.csv", table.to_csv(index=False))
    return content.getvalue()


@dataclass
class FullJob:
    """The main job on a question, as its own command line: what became of it, and where its report is."""

    id: str
    folder: Path
    process: subprocess.Popen[str]
    said: str = ""

    @property
    def state(self) -> str:
        """Working, done or failed."""
        code = self.process.poll()
        return "working" if code is None else "done" if code == 0 and (self.folder / "report.html").exists() else "failed"

    def stop(self) -> None:
        """End the process if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()


def run_in_full(name: str, question: Question, config_dir: str | None) -> FullJob:
    """Start the main job in a process of its own; its results go where those of the command line go."""
    config = question.scenario
    folder = dated_folder(Path(config.output.dir).resolve(), _file_name(config))
    place = str(folder).replace("\\", "\\\\").replace("'", "\\'")
    own = ["--config-dir", config_dir] if config_dir else []
    command = [sys.executable, "-m", "talentsim", *own, *_reporting(question.overrides), f"hydra.run.dir='{place}'"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    job = FullJob(name, folder, process)

    def listen() -> None:
        assert process.stderr is not None
        job.said = process.stderr.read()[-4000:]

    threading.Thread(target=listen, daemon=True).start()
    return job


def _reporting(overrides: Sequence[str]) -> list[str]:
    return [*(line for line in overrides if not line.startswith("output.report=")), "output.report=true"]


def _file_name(config: Config) -> str:
    return config.scenario.name
