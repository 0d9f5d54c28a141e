"""Draws of the calibrated figures: what they set, what keeps its own value, and whose run is whose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from talentsim.comparison.cautions import cautions
from talentsim.comparison.pair import Pair
from talentsim.config import Config, UserError
from talentsim.config.arms import load_arms
from talentsim.data.posterior import draws_named, draws_text
from talentsim.ensemble.draws import config_of, held_keys, row_of
from talentsim.ensemble.ensemble import run_ensemble
from talentsim.ensemble.identity import arm_id, run_ids
from talentsim.ensemble.store import Store
from talentsim.report.words import parameters_in_words
from worlds import edited

Plain = dict[str, Any]
MOVE, LEVEL = "behaviour.location.first_move", "world.countries.USA.entry.level"


def figure(config: Config, key: str) -> float:
    node: Any = config
    for name in key.split("."):
        node = node[name] if isinstance(node, dict) else getattr(node, name)
    return float(node)


@pytest.fixture
def own_draws(plain_toy: Plain, tmp_path: Path) -> str:
    """Three draws of two figures of the toy world."""
    config = edited(plain_toy)
    keys = (MOVE, LEVEL)
    point = {key: figure(config, key) for key in keys}
    rows = np.array([[2.0, point[LEVEL] * 1.1], [3.0, point[LEVEL] * 1.2], [4.0, point[LEVEL] * 1.3]])
    table = tmp_path / "mine.csv"
    table.write_text(draws_text(keys, rows), encoding="utf-8")
    table.with_suffix(".json").write_text(json.dumps({"title": "mine", "point": point}), encoding="utf-8")
    return str(table)


def drawn(plain: Plain, draws: str, changes: Plain | None = None, fixed: tuple[str, ...] = (), **top: Any) -> Config:
    return edited(plain, changes, parameters={"name": "mine", "draws": draws, "fixed": list(fixed)}, **top)


def test_without_draws_an_arm_stays_the_very_object(plain_toy: Plain) -> None:
    config = edited(plain_toy)
    assert config_of(config, 3) is config and row_of(config, 3) == {} and held_keys(config) == []


def test_a_replication_takes_its_row_and_they_come_round(plain_toy: Plain, own_draws: str) -> None:
    config = drawn(plain_toy, own_draws)
    moves = [figure(config_of(config, each), MOVE) for each in range(5)]
    assert moves == [2.0, 3.0, 4.0, 2.0, 3.0]
    assert len(set(run_ids(config, range(6)))) == 6             # the same row again meets new luck
    assert figure(config, MOVE) not in moves
    assert config_of(config, 0).world.countries["CAN"] is config.world.countries["CAN"]         # untouched parts are shared


def test_what_is_set_by_hand_or_was_changed_since_keeps_its_value(plain_toy: Plain, own_draws: str) -> None:
    changed = drawn(plain_toy, own_draws, {MOVE: 3.3})
    assert held_keys(changed) == [MOVE]
    assert {figure(config_of(changed, each), MOVE) for each in range(3)} == {3.3}
    by_hand = drawn(plain_toy, own_draws, fixed=("world.countries.USA.entry",))
    assert held_keys(by_hand) == [LEVEL]
    assert row_of(by_hand, 1) == {MOVE: 3.0}
    assert run_ids(changed, range(3)) != run_ids(by_hand, range(3))


def test_values_by_year_are_told_as_kept(plain_toy: Plain, own_draws: str) -> None:
    level = plain_toy["world"]["countries"]["USA"]["entry"]["level"]
    series = drawn(plain_toy, own_draws, {LEVEL: {**level, "value": {2005: level["value"], 2020: level["value"]}}})
    assert held_keys(series) == [LEVEL] and row_of(series, 0) == {MOVE: 2.0} and LEVEL in parameters_in_words(series)


def test_the_command_line_fixes_a_key_even_at_the_value_it_has(own_draws: str) -> None:
    plain = Config.load("world=toy")
    both = load_arms(["world=toy", "scenario=visa_tightening", f"parameters.draws='{own_draws}'", f"{MOVE}.value={figure(plain, MOVE)}"])
    for arm in both:
        assert held_keys(arm) == [MOVE]
        assert figure(config_of(arm, 2), MOVE) == figure(plain, MOVE)
        assert figure(config_of(arm, 2), LEVEL) == pytest.approx(1.3 * figure(plain, LEVEL))


def test_the_row_enters_the_run_and_not_its_neighbours(plain_toy: Plain, own_draws: str) -> None:
    point, config = edited(plain_toy), drawn(plain_toy, own_draws)
    before = run_ids(config, range(3))
    assert not set(before) & set(run_ids(point, range(3)))
    assert arm_id(point) != arm_id(config) != arm_id(drawn(plain_toy, own_draws, fixed=(MOVE,)))
    table = Path(own_draws)
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines[:2], lines[2].replace("3,", "3.5,", 1), lines[3]]) + "\n", encoding="utf-8")
    after = run_ids(config, range(3))
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True]


@pytest.mark.whole
def test_a_draw_is_the_run_of_its_values(plain_toy: Plain, own_draws: str, tmp_path: Path) -> None:
    """What draws simulate is what the same figures simulate when they stand in the configuration."""
    config = drawn(plain_toy, own_draws, {"ensemble.replications": 2})
    row = row_of(config, 1)
    by_hand = edited(plain_toy, {"ensemble.replications": 2, **row})
    one, other = run_ensemble(config, Store(tmp_path / "a"))[1], run_ensemble(by_hand, Store(tmp_path / "b"))[1]
    assert one.agents("works").equals(other.agents("works")) and one.agents("flows").equals(other.agents("flows"))


@pytest.mark.whole
def test_every_executor_lays_the_same_row(plain_toy: Plain, own_draws: str, tmp_path: Path) -> None:
    frames = [run_ensemble(drawn(plain_toy, own_draws, {"ensemble.replications": 2}, executor={"kind": kind, "workers": 2}),
                           Store(tmp_path / kind)).agents("outcomes") for kind in ("serial", "processes")]
    assert frames[0].equals(frames[1])


def test_draws_that_cannot_be_used_are_refused_in_words(plain_toy: Plain, own_draws: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no draws called 'postirior'"):
        row_of(drawn(plain_toy, "postirior"), 0)
    with pytest.raises(UserError, match="outside its range"):
        config_of(edited(plain_toy, {"behaviour.location.first_move": {**plain_toy["behaviour"]["location"]["first_move"], "range": [3.5, 4.0]}},
                         parameters={"name": "mine", "draws": own_draws}), 0)
    broken = tmp_path / "broken.csv"
    for table, manifest in ((f"{MOVE}\nnan\n", {"point": {MOVE: 1.0}}), (f"{MOVE},{MOVE}\n3.7,3.8\n", {"point": {MOVE: 1.0}}),
                            (f"{MOVE}\n3.7\n", []), (f"{MOVE}\n3.7\n", {"point": [MOVE]}), (f"{MOVE}\n3.7\n", {"point": {MOVE: True}})):
        broken.write_text(table, encoding="utf-8")
        broken.with_suffix(".json").write_text(json.dumps(manifest), encoding="utf-8")
        with pytest.raises(UserError, match="cannot be read as draws"):
            row_of(drawn(plain_toy, str(broken)), 0)


@pytest.mark.parametrize("key", ["behaviour.location.first_mov", "behaviour.location", "world.countries.USA.entry.levle", "world.countries.USAA.entry.level",
                                 "world.countries.IRN.entry.levle", "policy.", "policy.mine.value", "worlds.countries.USA.entry.level"])
def test_a_key_that_no_figure_has_is_refused(plain_toy: Plain, tmp_path: Path, key: str) -> None:
    """It would be passed over, and the figure that was meant would stand still in all draws."""
    with pytest.raises(UserError, match="there is no figure of that name") as refused:
        row_of(drawn(plain_toy, written(tmp_path, key)), 0)
    assert repr(key) in refused.value.where


@pytest.mark.parametrize("key", ["policy.of_the_other_arm", "world.countries.USA.doctoral_capacity",
                                 "world.countries.USA.visa.other_visa_by_origin.IRN", "employers.another.premium"])
def test_a_key_of_another_world_is_passed_over(plain_toy: Plain, tmp_path: Path, key: str) -> None:
    assert row_of(drawn(plain_toy, written(tmp_path, key)), 0) == {MOVE: 3.0}


def written(folder: Path, key: str) -> str:
    """Write one draw of a figure, and of a key beside it; return its name."""
    table = folder / "mine.csv"
    table.write_text(draws_text((MOVE, key), np.array([[3.0, 0.5]])), encoding="utf-8")
    table.with_suffix(".json").write_text(json.dumps({"point": {MOVE: 3.8, key: 0.5}}), encoding="utf-8")
    return str(table)


def test_draws_are_written_to_the_last_bit(tmp_path: Path) -> None:
    """A bundle carries them: with seven digits it could not be reproduced."""
    rows = np.array([[1 / 3, 1e-300], [np.pi * 1e7, 120_000.0]])
    table = tmp_path / "mine.csv"
    table.write_text(draws_text(("a", "b"), rows), encoding="utf-8")
    table.with_suffix(".json").write_text(json.dumps({"point": {"a": 1, "b": 2.5}}), encoding="utf-8")
    assert np.array_equal(draws_named(str(table)).values, rows) and ",120000\n" in table.read_text(encoding="utf-8")


def test_draws_of_a_policy_that_neither_arm_has_are_told(plain_toy: Plain, tmp_path: Path) -> None:
    config = drawn(plain_toy, written(tmp_path, "policy.china_initiative_2081"))
    assert any("china_initiative_2081, and neither baseline nor scenario has a policy of that name" in line for line in cautions(Pair(config, config)))
