"""Figures: each a pure function from a table to a figure that asks one question. Nothing here writes a file."""

from __future__ import annotations

from talentsim.report.figures.alluvial import alluvial
from talentsim.report.figures.corridors import corridor_matrix
from talentsim.report.figures.difference import difference_by_country
from talentsim.report.figures.diversion import diversion_flow
from talentsim.report.figures.dose_response import dose_response
from talentsim.report.figures.fit import baseline_fit
from talentsim.report.figures.funnel import visa_funnel
from talentsim.report.figures.over_time import work_over_time
from talentsim.report.figures.scorecard import scorecard
from talentsim.report.figures.series import figures_over_time
from talentsim.report.figures.shares import variance_shares
from talentsim.report.figures.stay import stay_curves
from talentsim.report.figures.structure import structure_range
from talentsim.report.figures.targets import target_card
from talentsim.report.figures.tornado import tornado
from talentsim.report.figures.world_map import world_map

__all__ = ["alluvial", "baseline_fit", "corridor_matrix", "difference_by_country", "diversion_flow", "dose_response", "figures_over_time", "scorecard", "stay_curves",
           "structure_range", "target_card", "tornado", "variance_shares", "visa_funnel", "work_over_time", "world_map"]
