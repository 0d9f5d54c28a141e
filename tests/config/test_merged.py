"""What is put together from the files' contents is what Hydra would compose of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from talentsim.config.asked import asked_for
from talentsim.config.compose import _assembled, _composed, compose_plain, parse
from talentsim.config.files import Files
from talentsim.config.merged import join_into, merged

CHOICES = [
    ("world=toy",),
    ("world=toy", "scenario=great_decoupling", "history=observed", "entry=plateau", "executor=dask", "+country@world.countries.AUT=DEU"),
    pytest.param(("world=ai",), marks=pytest.mark.whole),
    pytest.param(("world=ai_wide", "parameters=prior", "scenario=ecosystem_split"), marks=pytest.mark.slow),
    pytest.param(("world=scholars", "visa=open"), marks=pytest.mark.slow),
]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["", "x", "1e3", "true", "null"])
NODES = st.recursive(SCALARS, lambda child: st.lists(child, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "c", 1, 2]), child, max_size=3), max_leaves=8)
MAPPINGS = st.dictionaries(st.sampled_from(["a", "b", "c"]), NODES, max_size=3)


@pytest.mark.parametrize("lines", CHOICES, ids=lambda each: each[0])
def test_the_shipped_files_are_merged_as_hydra_merges_them(lines: tuple[str, ...]) -> None:
    ours = _assembled(lines, {})
    assert ours is not None and json.dumps(ours) == json.dumps(_composed(lines, {}))       # the order of keys as well


@settings(max_examples=40, deadline=None)
@given(st.lists(MAPPINGS, min_size=1, max_size=3))
def test_mappings_join_and_all_else_is_replaced_as_in_omegaconf(contents: list[dict[str, Any]]) -> None:
    ours: dict[str, Any] = {}
    try:
        theirs = OmegaConf.to_container(OmegaConf.merge(*contents))
    except TypeError:
        assert merged(("", content) for content in contents) is None
    else:
        for content in contents:
            join_into(ours, content)
        assert repr(ours) == repr(theirs)


def test_ones_own_files_are_merged_in_their_place(tmp_path: Path) -> None:
    for name, text in {"world/mine.yaml": "defaults: [toy, /country@countries.AUT: mine, _self_]\nname: mine\nend_year: 2031\n",
                       "world/toy.yaml": "override: true\ndefaults: [/world@_here_: mine]\n",
                       "country/mine.yaml": "name: Austria\npay: {value: 1.0}\n",
                       "scenario/own.yaml": "# @package _global_\nscenario: {name: own, title: 'A: b'}\nfocus: CAN\nensemble: {replications: '1e2'}\n"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.replace("[toy, /country", "[/behaviour: default, /country"), encoding="utf-8")
    lines = ["world=mine", "scenario=own"]
    asked = asked_for(Files.of(str(tmp_path)), parse(lines))
    assert sorted(asked.contents) == ["country/mine.yaml", "scenario/own.yaml", "world/mine.yaml"]
    ours = _assembled(lines, asked.contents)
    assert ours is not None and ours["world"]["countries"]["AUT"] == {"name": "Austria", "pay": {"value": 1.0}}
    assert ours.pop("ensemble")["replications"] == "1e2"        # quoted, it is text, which Hydra's own reader would take for a number
    hydras = _composed(lines, asked.texts)
    assert hydras.pop("ensemble")["replications"] == 100.0
    assert json.dumps(ours) == json.dumps(hydras)


@pytest.mark.parametrize("content", [{"a": "${world.name}"}, {"a": [{"b": "x\\${y}"}]}, {"a": "???"}, {"a": {None: 1}}])
def test_what_hydra_has_something_to_say_of_is_left_to_it(content: dict[str, Any]) -> None:
    assert merged([("", {"world": {"name": "x"}}), ("part.below", content)]) is None


def test_a_key_that_stands_for_another_and_a_figure_set() -> None:
    assert merged([("", {"seed": 7, "ensemble": {"seed": "${seed}"}})]) == {"seed": 7, "ensemble": {"seed": 7}}
    assert _assembled(["world=toy", "seed=3"], {}) is None
    assert compose_plain(["world=toy", "seed=3"])["ensemble"]["seed"] == 3
