"""The headline of results as one sentence, and the command that makes them again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from talentsim.ensemble.opened import Results
from talentsim.model.outcomes import HEADLINE, OUTCOMES


def headline_in_words(results: Results) -> str:
    """Say the headline of a comparison with three places after the point; nothing where results have none."""
    if "headline" not in results or not {"baseline", "scenario"} <= results.manifest.get("arms", {}).keys():
        return ""
    config, table = results.manifest["arms"]["scenario"]["config"], results.table("headline")
    rows = table[(table.outcome == HEADLINE) & (table.country == config["focus"])]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    return (f"{config['scenario']['name']}: {OUTCOMES[HEADLINE].title}, {row.country}, {int(row.year)}, {row.unit}: baseline {row.baseline:.3f}, "
            f"scenario {row.scenario:.3f}, difference {row.difference:+.3f}")


def command_of(manifest: Mapping[str, Any], *words: str) -> str:
    """Return the command that makes results again, without where they were put; with words, another one on the same."""
    given_dir = manifest.get("config_dir") or ""
    own = ["--config-dir", Path(given_dir).name if Path(given_dir).is_absolute() else given_dir] if given_dir else []     # a report is handed on
    given = [each for each in manifest.get("overrides", []) if not each.startswith(("output.", "hydra.", "executor"))]
    return shlex.join(["talentsim", *words, *own, *given])
