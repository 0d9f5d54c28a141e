"""Every figure behind a result with what is known about it, and which of them the answer depends on most."""

from __future__ import annotations

from typing import NamedTuple

from talentsim.config import Config, Parameter, parameters_of
from talentsim.config.evidence import evidence_counts, in_words, remark
from talentsim.data.sources import Source, all_sources, used_sources
from talentsim.decide.sensitivity import acting_countries, by_figure, variations
from talentsim.digits import figure
from talentsim.report.document.changes import in_force
from talentsim.report.document.scene import Scene
from talentsim.report.figure_names import figure_name
from talentsim.report.words import value_in_words
from talentsim.spoken import the

N_KEY = 12
MINUS = "\N{MINUS SIGN}"


class Assumption(NamedTuple):
    """One figure, ready to be printed: what it is called, its key, and what is known of it."""

    words: str
    key: str
    value: str
    unit: str
    bounds: str
    evidence: str
    year: str
    source: list[str]
    note: str
    is_key: bool
    in_force: str


class Group(NamedTuple):
    """The figures of one part of the configuration."""

    title: str
    rows: list[Assumption]
    by_evidence: str


def assumption(words: str, key: str, each: Parameter, is_key: bool, in_force: str = "") -> Assumption:
    """Return a figure as text, with what a dated policy has put in its place where one has."""
    value, low, high = (each.replace("-", MINUS) for each in (value_in_words(each), *map(figure, each.range)))
    return Assumption(words, key, value, each.unit, f"{low} to {high}", each.evidence.value,
                      str(each.year or ""), each.sources, remark(each), is_key, in_force)


def groups(scene: Scene) -> list[Group]:
    """Return every figure of the scenario's configuration by part: behaviour first, then country by country."""
    keys, replaced = set(key_figures(scene)), in_force(scene)
    parts: dict[str, list[tuple[str, str, Parameter, bool, str]]] = {}
    for key, each in parameters_of(scene.scenario):
        names = key.split(".")
        title = _capital(the(scene.name(names[2]))) if key.startswith("world.countries.") else names[0].capitalize()
        short = ".".join(names[3:]) if key.startswith("world.countries.") else ".".join(names[1:])
        parts.setdefault(title, []).append((figure_name(key, scene.name), short, each, key in keys, replaced.get(key, "")))
    ordered = sorted(parts.items(), key=lambda part: part[0] != "Behaviour")
    return [Group(title, [assumption(*row) for row in rows], in_words(evidence_counts((key, each) for _, key, each, *_ in rows))) for title, rows in ordered]


def key_figures(scene: Scene) -> dict[str, str]:
    """Return the figures that matter most and what each says: those that move the answer most where the results have a sensitivity
    analysis, else those that one would vary."""
    if "sensitivity" in scene.results:
        table = by_figure(scene.results.table("sensitivity")).head(N_KEY)
        named = [(row.title, row.parameter.split(", ")) for row in table.itertuples()]
    else:
        named = [(each.title, list(each.figures)) for each in variations(scene.scenario, acting=acting_countries(scene.pair))]
    return {key: title for title, keys in named for key in keys}


def key_rows(scene: Scene) -> list[tuple[str, Assumption]]:
    """Return the figures that matter most with what each says."""
    known, replaced = dict(parameters_of(scene.scenario)), in_force(scene)
    return [(words, assumption(words, key, known[key], True, replaced.get(key, ""))) for key, words in key_figures(scene).items() if key in known]


def sources_of(config: Config) -> list[tuple[Source, int]]:
    """Return the sources that a configuration rests on, with the number of figures that name each."""
    known = all_sources(config)
    return [(known[name], len(keys)) for name, keys in used_sources(config).items()]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
