"""Observed figures: what is known of the world, to set the model's figures by and to hold its results against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from talentsim.data.shipped import shipped
from talentsim.vocab import Evidence


@dataclass(frozen=True)
class Fact:
    """One published figure or table of figures.

    `value` is a number, a word or a table as nested dicts and lists; `year` is None where the years stand in the value.
    """

    id: str
    section: int
    quantity: str
    value: Any
    unit: str
    year: int | str | None
    source: str
    evidence: Evidence
    note: str = ""
    derived: bool = False


@lru_cache(maxsize=1)
def facts() -> dict[str, Fact]:
    """Return every observed figure the project carries, by id."""
    entries = [Fact(**{**entry, "evidence": Evidence(entry["evidence"])}) for entry in shipped("facts.yaml")]
    return {fact.id: fact for fact in entries}
