"""What the headline depends on: the same comparison with single figures at the ends of their ranges, all others kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from talentsim.comparison.idle import is_idle
from talentsim.comparison.pair import Pair, PairRuns
from talentsim.comparison.sides import Side, compare_sides, fewer, headline_row
from talentsim.config import Config, Parameter, parameters_of
from talentsim.config.errors import UserError, nearest
from talentsim.digits import figure
from talentsim.ensemble.store import Store

AS_CONFIGURED = "as configured"
ENDS = ("low", "high")


@dataclass(frozen=True)
class Variation:
    """Figures that go to the ends of their ranges together, by dotted key; most often one alone."""

    name: str
    title: str
    figures: Mapping[str, Parameter]

    def values(self, end: str) -> dict[str, float]:
        """Return each figure's value at an end, "low" or "high"."""
        return {key: each.range[ENDS.index(end)] for key, each in self.figures.items()}

    def ends(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each end with the overrides that lead there; an end where all figures stand already is none."""
        for end in ENDS:
            values = self.values(end)
            if any(values[key] != each.value for key, each in self.figures.items()):
                yield end, [f"{key}.value={value!r}" for key, value in values.items()]


MOST_ACTING = 2
"""Countries whose policies differ up to which their figures are varied beside those of the focus: each asks for two more pairs of runs for every entry of
the list that names the focus, five of them as shipped."""


def acting_countries(pair: Pair) -> list[str]:
    """Return the countries outside the focus whose levers the differing policies move; none where they are many."""
    codes = dict.fromkeys(code for each in pair.differing.values() for code in each.countries or ())
    others = [code for code in codes if code not in pair.scenario.focus_countries]
    return others if len(others) <= MOST_ACTING else []


def variations(config: Config, beginnings: Sequence[str] = (), acting: Sequence[str] = ()) -> list[Variation]:
    """Return what is to be varied: what `compare.sensitivity` names, or every figure whose key begins as one of `beginnings`.

    Keys of the list that this world does not have, or that nothing reads in it, are passed over: one list serves many worlds.

    Parameters
    ----------
    acting
        Countries whose figures are varied as those of the focus are, each by itself.

    Raises
    ------
    UserError
        When no figure's key begins so.
    """
    known = dict(parameters_of(config))
    listed = {name: entry for of in (None, *acting) for name, entry in _listed(config, of)}
    if not beginnings:
        found = [Variation(name, title, {key: known[key] for key in keys if key in known and not is_idle(config, key)}) for name, (title, keys) in listed.items()]
        return [each for each in found if each.figures]
    titles = {keys[0]: title for title, keys in listed.values() if len(keys) == 1}
    chosen: dict[str, Variation] = {}
    for beginning in beginnings:
        keys = [key for key in known if f"{key}.".startswith(f"{beginning.removesuffix('.value')}.")]
        if not keys:
            near = nearest(beginning, known)
            raise UserError("talentsim sensitivity", f"no figure's key begins with {beginning!r}",
                            "keys as `talentsim parameters` lists them, or whole parts of their beginning: behaviour.study",
                            f"did you mean {near!r}?" if near else "")
        chosen |= {key: Variation(key, titles.get(key, key), {key: known[key]}) for key in keys}
    return list(chosen.values())


def _listed(config: Config, of: str | None) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Yield the name, title and keys of every entry of the list; given a country that is not the focus, of those that name the focus, for it."""
    codes, called = (config.focus_countries, config.focus) if of is None else ([of], of)
    for name, each in config.compare.varied.items():
        if of is None or any("{focus}" in key for key in each.keys):
            keys = dict.fromkeys(key.replace("{focus}", code) for key in each.keys for code in codes)
            yield name if of is None else f"{name}_{of}", (each.title.replace("{focus}", called), list(keys))


@dataclass(frozen=True)
class End(Side):
    """A pair of arms with figures at an end of their ranges: `kind` is "low" or "high"."""

    variation: Variation


def end_side(variation: Variation, end: str, pair: Pair) -> End:
    """Return a pair at an end, with the replications that side arms get; nobody's life is kept, for no table needs it."""
    bare = fewer(pair).each(lambda arm: arm.model_copy(update={"output": arm.output.model_copy(update={"people": False})}))
    return End(end, variation.name, variation.title, bare, variation)


def sensitivity(ends: Sequence[End], runs: PairRuns, store: Store) -> pd.DataFrame:
    """Return the headline at every end, beside the same replications of the comparison as it is configured.

    Returns
    -------
    kind ("as configured", "low" or "high"), name, title, parameter (keys, with commas between), value (of each, as text) and
    configured (the same as it stands), country, year, replications, baseline, scenario, difference, low, high, and effect: what
    the end adds to the difference, in points. The first row is the comparison as configured; an end where a figure stands
    already has no row.
    """
    if not ends:
        return pd.DataFrame()
    n = ends[0].pair.scenario.ensemble.replications
    first = PairRuns(*(replace(arm, runs=arm.runs[:n]) for arm in runs))
    plain = pd.DataFrame([{"kind": AS_CONFIGURED, "name": "", "title": "As configured"} | headline_row(first)])
    table = pd.concat([plain, compare_sides(ends, store)], ignore_index=True)
    figures = [each.variation.figures for each in ends]
    table.insert(3, "parameter", ["", *(", ".join(each) for each in figures)])
    table.insert(4, "value", ["", *(_text(each.variation.values(each.kind).values()) for each in ends)])
    table.insert(5, "configured", ["", *(_text(parameter.value for parameter in each.values()) for each in figures)])
    return table.assign(effect=table["difference"] - table["difference"].iloc[0])


def _text(values: Iterable[float]) -> str:
    return ", ".join(figure(value).replace(",", "") for value in values)


def by_figure(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each figure of a sensitivity table, the one over whose range the headline moves most first.

    Returns
    -------
    name, title, parameter, configured, low_value, low (the headline's difference at the low end), high_value, high and span (how
    far the difference runs over the range). At an end where the figure stands already the difference is that as configured.
    """
    here, rows = float(table["difference"].iloc[0]), []
    for name, ends in table.iloc[1:].groupby("name", sort=False):
        first, at = ends.iloc[0], ends.set_index("kind")
        row = {"name": name} | {column: first[column] for column in ("title", "parameter", "configured")}
        for end in ENDS:
            row[f"{end}_value"] = at["value"].get(end, first["configured"])
            row[end] = float(at["difference"].get(end, here))
        rows.append(row | {"span": max(row["low"], row["high"], here) - min(row["low"], row["high"], here)})
    return pd.DataFrame(rows).sort_values("span", ascending=False, kind="stable", ignore_index=True)
