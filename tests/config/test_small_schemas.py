"""Parts of the configuration by themselves: what a schema takes, what it refuses and in which words, and what it remembers."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from talentsim.config import Config
from talentsim.config.employers import Employer
from talentsim.config.errors import UserError
from talentsim.config.frozen import Frozen, remembered
from talentsim.config.panel import PanelConfig
from talentsim.config.policy import Policy
from talentsim.config.reading import read_yaml, refuse_targets
from talentsim.config.running import ExecutorConfig, StoreConfig
from talentsim.config.setting import by_hand, with_value, without
from talentsim.dashboard.chosen import Choice

NOTHING = {"value": 0, "unit": "share", "range": [0, 1], "evidence": "assumed"}


class Part(Frozen):
    """A part of a configuration with one number."""

    value: int


def test_what_is_remembered_is_made_once_for_each_object_and_forgotten_in_the_end() -> None:
    made: list[int] = []

    @remembered(2)
    def twice(part: Part, more: int = 0) -> int:
        made.append(part.value)
        return 2 * part.value + more

    one, same = Part(value=3), Part(value=3)
    assert [twice(one), twice(one), twice(one, more=1), twice(same)] == [6, 6, 7, 6] and made == [3, 3, 3], "by object and arguments, not by content"
    assert twice(one) == 6 and made == [3, 3, 3, 3], "two at most are kept"


@pytest.mark.parametrize(("said", "n_bytes"), [(0, 0), ("1KiB", 1024), ("1.5 MiB", 3 << 19), ("2GiB", 2 << 30), ("12", 12)])
def test_sizes_are_read_as_they_are_said(said: object, n_bytes: int) -> None:
    assert StoreConfig.model_validate({"checkpoints": said}).checkpoints == n_bytes


@pytest.mark.parametrize(("schema", "given", "words"), [
    (StoreConfig, {"checkpoints": "1GB"}, "is not a size"), (StoreConfig, {"checkpoints": -1}, "greater than or equal to 0"),
    (ExecutorConfig, {"kind": "threads", "address": "tcp://a:1"}, "an address means a dask scheduler"), (ExecutorConfig, {"kind": "dask", "address": "a:1"}, "match pattern"),
    (Employer, {"title": "x", "hq": "USA", "sites": {"CAN": NOTHING}, "pay_premium": NOTHING, "placement": NOTHING}, "headquarters country USA has no site"),
    (PanelConfig, {"known_until": 2000, "fit_from": 1999, "least_away": NOTHING, "world_trend": NOTHING, "entry_window": 3, "entry_damping": NOTHING,
                   **dict.fromkeys(("origin", "destination", "corridor"), dict.fromkeys(("level", "slope", "first_slope", "noise", "damping"), NOTHING))}, "leaves less than five years from fit_from 1999")])
def test_what_cannot_be_is_refused(schema: type[Frozen], given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        schema.model_validate(given)


@pytest.mark.parametrize(("text", "words"), [
    ("a: 1\na: 2\n", "duplicate key a"), ("a: !!python/object:os.system x\n", "not allowed here"), ("- 1\n", "it holds a list"), ("", "the file is empty"),
    ("a:\n\t- 1\n", "not YAML"), ("a: {<<: {b: 1}}\n", "merge keys"), ("a: yes\n", "true or false"), ("a: 010\n", "decimal"), ("1: 2\n", "keys that are not names")])
def test_a_file_that_does_not_say_what_it_seems_to_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as refused:
        read_yaml(tmp_path / "x.yaml")
    assert words in refused.value.message


def test_a_file_gives_its_mapping_and_its_package(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("# a word\n# @package _global_\na: {b: 0.5}\n", encoding="utf-8-sig")
    assert read_yaml(tmp_path / "x.yaml") == ({"a": {"b": 0.5}}, "_global_")


def test_code_is_found_however_deep() -> None:
    with pytest.raises(UserError) as refused:
        refuse_targets({"a": [{"b": {"_target_": "os.system"}}]}, "")
    assert "_target_" in refused.value.message
    refuse_targets({"a": [{"b": "_target_"}]}, "")


def test_values_are_set_in_a_copy() -> None:
    before = {"a": {"b": 1, "c": {"d": 2}}}
    assert with_value(before, ["a", "c", "d"], 3) == {"a": {"b": 1, "c": {"d": 3}}} and with_value(before, ["a"], {"b": 5}) == {"a": {"b": 5, "c": {"d": 2}}}
    assert without(before, ["a", "c"]) == {"a": {"b": 1}} and before == {"a": {"b": 1, "c": {"d": 2}}}
    with pytest.raises(KeyError):
        with_value(before, ["a", "x"], 1)
    assert with_value(before, ["a", "x"], 1, new=True)["a"]["x"] == 1


def test_a_value_set_by_hand_loses_the_words_of_another_and_no_others() -> None:
    before = {"pay": {"value": 1.0, "evidence": "measured", "source": ["x"], "note": "of 1", "range": [0, 9]}}
    after = by_hand(before, with_value(before, ["pay", "value"], 2.0), ["pay", "value"])
    assert after["pay"]["evidence"] == "assumed" and after["pay"]["note"] == "set by hand" and after["pay"]["range"] == [0, 9]
    assert by_hand(before, before, ["pay", "value"]) == before


def numbers_in(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], bool]]:
    """Yield where the schema takes a number, and whether it takes nothing else for one; years as keys may be text, as JSON has them."""
    if isinstance(node, dict):
        if node.get("type") in ("int", "float"):
            yield path, bool(node.get("strict"))
        for name, child in node.items():
            if name not in ("keys_schema", "serialization", "metadata"):
                yield from numbers_in(child, (*path, name))
    elif isinstance(node, list | tuple):
        for place, child in enumerate(node):
            yield from numbers_in(child, (*path, place))


@pytest.mark.parametrize(("schema", "least"), [(Config, 40), (Choice, 8)])
def test_true_and_false_are_numbers_nowhere(schema: type[Frozen], least: int) -> None:
    """Python takes true for 1: `path: {2027: true}` would be a factor of one."""
    found = list(numbers_in(schema.__pydantic_core_schema__))
    assert len(found) >= least and [path for path, is_strict in found if not is_strict] == []


@pytest.mark.parametrize(("override", "where"), [
    ("+policy.p={lever: pay, countries: [USA], change: multiply, path: {2027: true}}", "policy.p.path.2027"),
    ("+policy.p={lever: pay, countries: [USA], start: 2027, change: multiply, value: 1.0, range: [false, 2]}", "policy.p.range.0"),
    ("world.countries.USA.pay.range=[0,true]", "world.countries.USA.pay.range.1"), ("world.end_year=true", "world.end_year"),
    ("compare.year=true", "compare.year"), ("ensemble.until_precision=true", "ensemble.until_precision")])
def test_a_switch_where_a_number_belongs_is_refused_with_its_key(override: str, where: str) -> None:
    with pytest.raises(UserError) as refused:
        Config.load("world=toy", override)
    assert refused.value.where == where and "true or false" in refused.value.found and "number" in refused.value.allowed


def test_a_configuration_does_not_change_under_what_is_remembered_of_it(toy: Config) -> None:
    """A policy put into the mapping of one that was run before would be passed over: its run is known by the configuration as it was."""
    for mapping in (toy.policy, toy.world.countries, toy.employers):
        for change in (lambda each: each.update(x=None), lambda each: each.__setitem__("x", None), lambda each: each.clear(), lambda each: each.pop("x", None),
                       lambda each: each.setdefault("x", None)):
            with pytest.raises(TypeError, match="does not change"):
                change(mapping)
    given = Policy.model_validate({"lever": "pay", "countries": ["USA"], "start": 2026, "change": "multiply", "value": 2.0})
    with pytest.raises(TypeError, match="does not change"):
        given.countries.append("CHN")       # type: ignore[union-attr]
    assert given.countries == ["USA"] and pickle.loads(pickle.dumps(given)) == given == Policy.model_validate(given.model_dump(mode="json"))
    again = pickle.loads(pickle.dumps(toy))
    assert again == toy and type(again.world.countries) is type(toy.world.countries) and copy.deepcopy(toy.world) == toy.world
    assert toy.model_dump(mode="json") == Config.model_validate(toy.model_dump(mode="json")).model_dump(mode="json")
    assert {**toy.world.countries} == toy.world.countries | {} == dict(toy.world.countries)
