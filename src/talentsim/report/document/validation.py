"""The document on how the calibrated model fares, written from a validation's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from talentsim.digits import figure

ROLES = {"calibrate": "calibrated to", "input": "input in effect", "held_out": "held out", "report": "shown, never fitted"}


def validation_document(tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any], looks: Mapping[str, Any], changed: Sequence[str],
                        n_draws: int, scale: float) -> str:
    """Return the document as Markdown: scorecard with misses first, coverage, forecasts, history, and who looked when.

    Parameters
    ----------
    manifest
        Of the draws.
    looks
        What is known of looks at held-out figures: `said` and a list `looks` of mappings date, at, why, changed.
    changed
        What has changed since the draws were made.
    """
    card = tables["scorecard"]
    parts = [_head(manifest, changed, n_draws, scale), _summary(tables["summary"]), _scorecard(card)]
    if len(tables["forecasts"]):
        parts.append(_forecasts(tables["forecasts"]))
    if "history" in tables:
        parts.append(_history(tables["history"]))
    return "\n\n".join([*parts, _looks(looks)]) + "\n"


def _head(manifest: Mapping[str, Any], changed: Sequence[str], n_draws: int, scale: float) -> str:
    note = f"\n\n**Calibrated for another version**: {'; '.join(changed)} changed since the draws were made." if changed else ""
    return ("# How the calibrated AI world fares\n\nWritten by `talentsim validate world=ai`; do not edit. "
            f"{manifest.get('title', '')}: {n_draws} draws, each run once on the real model at scale {figure(scale)}, beside every target of "
            "[targets.yaml](../conf/calibration/ai/targets.yaml). A band is the middle 90 % of parameters, luck and the target's tolerance "
            f"together. The posterior rests on {manifest.get('runs', 'an unknown number of')} runs{_begun(manifest)}; on the real model its draws miss a fitted target by "
            f"{manifest.get('chi2_per_target', float('nan')):.2f} squared tolerances (median of {manifest.get('checked', 0)} draws).{note}")


def _begun(manifest: Mapping[str, Any]) -> str:
    earlier = manifest.get("earlier_runs")
    return f", begun from {earlier} others whose levels were left free" if earlier else ""


def _summary(summary: pd.DataFrame) -> str:
    rows = [[ROLES[row.role], f"{row.inside} of {row.targets}", f"{row.chi2:.2f}", f"{row.score:.1f}"] for row in summary.itertuples()]
    return "## In short\n\n" + _table(["role", "inside the band", "squared miss of the median", "interval score"], rows) + (
        "\n\nMisses and scores are in tolerances. Interval score: width, and twenty times what lies beyond (Gneiting, Raftery 2007); lower is better.")


def _scorecard(card: pd.DataFrame) -> str:
    rows = [[row.title, _observed(row), _figure(row.median), f"{_figure(row.low)} to {_figure(row.high)}", ROLES[row.role],
             "" if row.inside else "**outside**" if row.median == row.median else "nobody", f"{row.miss:+.1f}", row.counts] for row in card.itertuples()]
    return "## Every target, misses first\n\n" + _table(
        ["target", "observed", "median", "90 % band", "role", "", "miss, tolerances", "how the source counts"], rows)


def _forecasts(table: pd.DataFrame) -> str:
    groups = [("all", table), *((name, rows) for name, rows in table.groupby("group") if name)]
    rows = []
    for name, part in groups:
        for forecast, scored in part.groupby("forecast", sort=False):
            rows.append([str(name), str(forecast), str(len(scored)), f"{scored['inside'].sum()} of {len(scored)}", f"{scored['score'].mean():.1f}"])
    return ("## Held-out figures: beside forecasts without a model\n\nWhat was observed earlier, carried on: unchanged since the last observation, or "
            "along a straight line where there are three. Figures without an earlier observation are left out here.\n\n"
            + _table(["figures", "forecast", "figures scored", "inside 90 %", "interval score"], rows))


def _history(table: pd.DataFrame) -> str:
    rows = [[row.policy, f"{row.chi2_change:+.2f}", row.target, f"{row.moved:+.1f}"] for row in table.itertuples()]
    return ("## History switched off, one policy at a time\n\nBy how much a fitted target is missed more without it (squared tolerances), and which moves "
            "most.\n\n" + _table(["policy", "squared miss", "target that moves most", "by, tolerances"], rows))


def _looks(looks: Mapping[str, Any]) -> str:
    rows = [[str(each["date"]), each["at"], each["why"], each["changed"]] for each in looks["looks"]]
    return f"## Who had seen what\n\n{looks['said']}\n\n" + _table(["when", "what was looked at", "what for", "what changed since the look before"], rows)


def _observed(row: Any) -> str:
    return _figure(row.observed) if row.lower == row.observed else f"{_figure(row.lower)} to {_figure(row.observed)}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(str(each).replace("|", "/") for each in row) + " |" for row in rows)])
