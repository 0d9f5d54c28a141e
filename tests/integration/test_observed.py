"""The AI world beside what is known of it: printed, and held only to what no run may miss."""

from __future__ import annotations

import pytest

from talentsim import Config, TalentModel
from talentsim.analysis.indicators import RunView
from talentsim.analysis.observed import beside_facts


@pytest.mark.slow
def test_observed_beside_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    """Fitted figures are near; the others are printed as they come. The two largest stocks are the two that are."""
    config = Config.load("world=ai", "world.end_year=2024", "executor=serial")
    run = TalentModel(config).run()
    table = beside_facts(RunView(run.frame, run.years, run.codes), config)
    with capsys.disabled():
        print("\n" + table.to_string(index=False, float_format="%.1f"))
    fitted = table[table.fitted & ~table.quantity.str.endswith("2015")]
    assert (abs(fitted.simulated / fitted.observed - 1.0) < 0.15).all()
    stock = run.dense("stocks", "researchers", "work")[-1]
    assert {run.codes[place] for place in stock.argsort()[-2:]} == {"USA", "CHN"}
