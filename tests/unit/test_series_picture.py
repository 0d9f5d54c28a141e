"""The report draws the series that a scenario touches, and no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from talentsim.comparison.pair import Pair
from talentsim.ensemble.opened import Results
from talentsim.report.document.scene import Scene
from talentsim.report.document.series import COLUMNS, touched_series
from talentsim.report.figures.series import figures_over_time
from worlds import Plain, edited, policy


def test_series_that_a_scenario_touches(plain_toy: Plain) -> None:
    def moving(value: float) -> Plain:
        return {"value": {2012: value / 2, 2020: value}, "unit": "x", "range": [0, 1e6], "evidence": "assumed"}

    usa = "world.countries.USA"
    changes = {f"{usa}.pay": moving(160_000.0), f"{usa}.visa.renewal_refusal": moving(0.1), f"{usa}.entry.level": moving(6.0),
               "world.countries.CAN.pay": moving(90_000.0)}
    both = {"a": policy("pay", change="multiply", value=1.5), "b": policy("entry", change="multiply", value=2.0)}
    scene = Scene(Results(Path("nowhere"), {}, {}), Pair(edited(plain_toy, changes), edited(plain_toy, changes | {"policy": both})))
    table = touched_series(scene)
    assert [each.split(":")[0] for each in table["figure"].unique()] == ["United States", "United States"] and set(table["country"]) == {"USA"}
    pay = table[table["figure"].str.contains("pay")].set_index("year")
    assert pay["baseline"][2016] == 120_000.0 and pay["scenario"][2030] == 240_000.0
    assert pay["given"].dropna().to_dict() == {2012: 80_000.0, 2020: 160_000.0}
    drawn = figures_over_time(table, scenario="More", policy_start=2026, source="test")
    assert len(drawn.axes) == 2 and np.allclose(drawn.axes[0].lines[1].get_ydata(), pay["baseline"])
    assert figures_over_time(table[:0][COLUMNS], scenario="None", policy_start=None, source="test")
