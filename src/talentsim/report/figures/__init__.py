"""Figures: each a pure function from a table to a figure that asks one question. Nothing here writes a file."""

from __future__ import annotations

from talentsim.report.figures.difference import difference_by_country
from talentsim.report.figures.diversion import diversion_flow
from talentsim.report.figures.over_time import work_over_time

__all__ = ["difference_by_country", "diversion_flow", "work_over_time"]
