"""The brief form of an answer: what fits which width, and whose people a country gains."""

from __future__ import annotations

import numpy as np
import pandas as pd

from talentsim.comparison.pair import Pair
from talentsim.config import Config
from talentsim.report.terminal.brief import WIDTH, _how_sure, origins_line, wrapped
from talentsim.spoken import namer

TEXT = " ".join(f"word{number:02d}" for number in range(26))


def test_fewer_columns_take_more_lines_and_lose_no_word() -> None:
    wide, narrow = wrapped(TEXT, 2), wrapped(TEXT, 2, width=80)
    assert " ".join(wide) == " ".join(narrow) == TEXT
    assert max(map(len, wide)) <= WIDTH and max(map(len, narrow)) <= 80 < max(map(len, wide))
    assert wrapped(TEXT, 1)[0].endswith(" ...") and wrapped(TEXT, 2, width=1000) == wide


def test_origins_add_up_and_the_largest_come_first() -> None:
    arm = Config.load("world=toy", "focus=CAN")
    table = pd.DataFrame({"origin": ["USA", "CHN", "IND", "CAN", "CHN"], "country": ["CAN"] * 4 + ["USA"], "year": 2035, "difference": [1.0, 20.0, -30.0, 0.0, 99.0]})
    said = origins_line(table, Pair(arm, arm), namer(arm.world.countries))
    assert said == "By first degree, means: India -30.0, China +20.0, United States +1.0; all -9.0."
    assert origins_line(table[table.difference == 0.0], Pair(arm, arm), str) == ""


def test_what_other_structures_add_is_told_whole_in_two_lines(toy: Config) -> None:
    arm = toy.model_copy(update={"parameters": toy.parameters.model_copy(update={"draws": "ai"})})
    sides = pd.DataFrame({"kind": ["as configured", *["structure"] * 5, "policy alone"], "effect": [np.nan, -0.42, -0.1, 0.0, 0.1, 0.30, np.nan]})
    lines = wrapped(_how_sure({"sides": sides}, Pair(arm, arm)), 2)
    assert len(lines) == 2 and " ".join(lines).endswith("5 other structures add -0.42 to +0.30 points to the difference.")
    assert _how_sure({"sides": sides.iloc[:1]}, Pair(arm, arm)) == _how_sure({}, Pair(arm, arm))
