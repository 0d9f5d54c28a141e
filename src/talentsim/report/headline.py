"""The headline of results as one sentence."""

from __future__ import annotations

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
