"""What a calibration proposes, as configuration files of the user's own: a world and a behaviour on top of those shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import yaml

GROUPS = {"world": "world", "behaviour": "behaviour"}
WHOLE = ("entry_window",)               # figures without evidence of their own, a plain number in the files


def write_proposal(parameters: pd.DataFrame, folder: Path, base: str, name: str = "fitted") -> list[Path]:
    """Write proposed figures as `world/fitted.yaml` and `behaviour/fitted.yaml`; return the files.

    `--config-dir FOLDER world=fitted` takes them; a maintainer copies the figures into conf/.

    Parameters
    ----------
    parameters
        Columns key (dotted, from world. or behaviour.) and proposed.
    base
        World and behaviour that the figures change.
    """
    written = []
    for group in GROUPS:
        defaults: list[Any] = [base, "_self_"]
        content: dict[str, Any] = {"defaults": defaults}
        if group == "world":
            defaults.append({"override /behaviour@_global_.behaviour": name})
            content["name"] = name
        for row in parameters.itertuples():
            head, *keys = str(row.key).split(".")
            if head == group:
                node = content
                for key in keys[:-1]:
                    node = node.setdefault(key, {})
                node[keys[-1]] = int(row.proposed) if keys[-1] in WHOLE else {"value": float(f"{row.proposed:.4g}")}
        path = folder / group / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# Proposed by talentsim calibrate.\n" + yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        written.append(path)
    return written
