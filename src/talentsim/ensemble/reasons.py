"""Why two numbers differ: what differs between the runs, or the comparisons, that they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import ValidationError

from talentsim.config import Config, UserError
from talentsim.digits import figure
from talentsim.ensemble.identity import settings_of
from talentsim.ensemble.opened import Results
from talentsim.ensemble.store import DamagedError, Store

WORDS = {"title", "description", "note", "source", "stands_for", "evidence", "unit", "fact"}
"""Keys that change no number, of configurations that this version cannot read."""

READ_OUT = {"focus": "the country asked about", "compare.year": "the year asked about", "compare.level": "the level of the interval"}
"""Keys that choose which number is read out, and in which words."""


class Reason(NamedTuple):
    """One thing that differs: of which kind, what, and its value on either side."""

    kind: str
    what: str
    one: str
    other: str


@dataclass(frozen=True)
class Told:
    """What a run, or a comparison, says of how it came about.

    Parameters
    ----------
    arms
        Name -> configuration as plain data; a run has one, called `run`.
    facts
        Its manifest.
    number
        The headline it gives, where it is a comparison.
    draws
        By arm, the hash of the values of its draws, where one was written down.
    """

    name: str
    arms: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, Any]
    number: str = ""
    draws: Mapping[str, str] = field(default_factory=dict)


def run_told(store: Store, beginning: str) -> Told:
    """Return what a stored run says of itself, by its id or the beginning of it.

    Raises
    ------
    UserError
        When there is none, more than one, or it is damaged.
    """
    found = [each for each in store if each.startswith(beginning)] if beginning else []
    if len(found) != 1:
        raise UserError("talentsim runs why", f"{f'{len(found)} runs begin' if found else 'no stored run begins'} with {beginning!r}, nor is it a folder of results",
                        "a run's id, enough of its beginning to be the only one, or a folder of results", "`talentsim runs` lists the runs")
    try:
        return Told(found[0], {"run": store.config(found[0])}, store.manifest(found[0]))
    except DamagedError as damaged:
        raise UserError("talentsim runs why", str(damaged), "a run as it was written", "talentsim runs verify") from None


def results_told(results: Results, number: str = "") -> Told:
    """Return what a folder of results says of how it came about."""
    arms = results.manifest.get("arms", {})
    return Told(str(results.folder), {name: arm["config"] for name, arm in arms.items()}, results.manifest, number,
                {name: arm["draws_sha256"] for name, arm in arms.items() if arm.get("draws_sha256")})


def reasons(one: Told, other: Told) -> list[Reason]:
    """Return all that differs between two sides and may move a number, most telling first; nothing where nothing does."""
    found = [*_made(one, other)]
    for name in [each for each in one.arms if each in other.arms]:
        where = "" if name == "run" else f"{name}: "
        found += _configured(one.arms[name], other.arms[name], where)
        if name in one.draws and name in other.draws:
            found += _differs("draws", f"{where}values of the draws", *(each.draws[name][:10] for each in (one, other)))
        if name != "run":           # how many runs there are, and what is read out of them, is not a run's
            found += _compared(one.arms[name], other.arms[name], where)
    if set(one.arms) != set(other.arms):
        found.append(Reason("kind", "what it is", _kind(one), _kind(other)))
    if "run" in one.arms and "run" in other.arms:
        found += _differs("seed", "replication", one.facts["seed"]["replication"], other.facts["seed"]["replication"])
    if not found and _runs(one) != _runs(other):
        found.append(Reason("input", "what the configurations do not hold (input tables, draws of the parameters as they stood): the runs are others", _runs(one), _runs(other)))
    return list({(each.kind, each.what.partition(": ")[2] or each.what, each.one, each.other): each for each in reversed(found)}.values())[::-1]


def _made(one: Told, other: Told) -> Iterator[Reason]:
    """Yield what differs in code and packages."""
    versions = [f"talentsim {each.facts.get('talentsim')}{_commit(each.facts)}" for each in (one, other)]
    if one.facts.get("source_sha256") != other.facts.get("source_sha256"):
        yield Reason("version", "the model's code", *versions)
    elif one.facts.get("talentsim") != other.facts.get("talentsim"):
        yield Reason("version, same code of a run", "talentsim", *versions)
    for name in ("numpy", "python"):
        yield from _differs("version", name, *((each.facts.get("versions") or {}).get(name) for each in (one, other)))
    yield from _differs("input tables", "hashes", one.facts.get("data_sha256"), other.facts.get("data_sha256"))


def _configured(one: Mapping[str, Any], other: Mapping[str, Any], where: str) -> Iterator[Reason]:
    """Yield what differs in two configurations: figures, policies, seed and draws."""
    yield from _differs("seed", f"{where}ensemble.seed", *(each["ensemble"]["seed"] for each in (one, other)))
    yield from _differs("draws", f"{where}parameters.draws", *(_draws(each) for each in (one, other)))
    first, second = (dict(_leaves(_counting(each))) for each in (one, other))
    for key in dict.fromkeys([*first, *second]):
        kind = "policies" if key.startswith(("policies.", "policy.")) else "figures"
        yield from _differs(kind, where + key, first.get(key), second.get(key))


def _compared(one: Mapping[str, Any], other: Mapping[str, Any], where: str) -> Iterator[Reason]:
    """Yield what differs in how two comparisons were made of runs: how many there are, and what is read out."""
    yield from _differs("draws", f"{where}ensemble.replications", *(each["ensemble"]["replications"] for each in (one, other)))
    for key, words in READ_OUT.items():
        yield from _differs("read out", f"{where}{words}, {key}", *(_at(each, key) for each in (one, other)))


def _counting(plain: Mapping[str, Any]) -> Any:
    """Return the settings that a run depends on; where this version cannot read them, all but words."""
    try:
        return settings_of(Config.model_validate(plain))
    except (ValidationError, UserError):
        return {name: plain.get(name) for name in ("world", "behaviour", "entry", "visa", "employers", "policy", "population")}


def _draws(plain: Mapping[str, Any]) -> str:
    parameters = plain.get("parameters") or {}
    if parameters.get("draws") is None:
        return "none, every figure at its own value"
    return str(parameters["draws"]) + (f", but for {', '.join(map(str, parameters['fixed']))}" if parameters.get("fixed") else "")


def _leaves(node: Any, prefix: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(node, Mapping):
        for name, each in node.items():
            if name not in WORDS or isinstance(each, Mapping):       # a policy may be called `note`
                yield from _leaves(each, f"{prefix}.{name}" if prefix else str(name))
    else:
        yield prefix, node


def _differs(kind: str, what: str, one: object, other: object) -> list[Reason]:
    if one == other:
        return []
    texts = _text(one), _text(other)
    return [Reason(kind, what, *(texts if texts[0] != texts[1] else (repr(one), repr(other))))]


def _runs(told: Told) -> str:
    """Return which runs a side rests on, the first of each arm by its id."""
    return told.name if "run" in told.arms else ", ".join(str(arm.get("runs", [""])[0]) for arm in told.facts.get("arms", {}).values())


def _text(value: object) -> str:
    if value is None:
        return "not there"
    return figure(value) if isinstance(value, float) else str(value)


def _at(plain: Mapping[str, Any], key: str) -> Any:
    node: Any = plain
    for part in key.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node


def _commit(facts: Mapping[str, Any]) -> str:
    git = facts.get("git")
    return f" at {git['commit'][:10]}{' with changes' if git['dirty'] else ''}" if git else ""


def _kind(told: Told) -> str:
    names: Sequence[str] = list(told.arms)
    return "one run" if names == ["run"] else "a comparison" if names else "other results"
