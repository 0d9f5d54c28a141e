"""The colour of each country, the same in every figure and on the page."""

from __future__ import annotations

UNKNOWN_COUNTRY = "#4D4D4D"
COUNTRY_COLOURS: dict[str, str] = {
    "USA": "#0072B2", "CHN": "#D55E00", "IND": "#009E73", "GBR": "#CC79A7", "DEU": "#E69F00", "CAN": "#56B4E9",
    "FRA": "#332288", "CHE": "#882255", "NLD": "#999933", "ISR": "#44AA99", "KOR": "#AA4499", "JPN": "#CC6677",
    "SGP": "#117733", "AUS": "#C7A94A", "IRN": "#6A3D9A", "REU": "#6699CC", "ROW": "#999999",
}
"""Okabe-Ito for the six usually shown together, Tol's muted colours after them; two greys for the rest and the unknown."""


def country_colour(code: str) -> str:
    """Return the colour that a country has in every figure, as "#RRGGBB"."""
    return COUNTRY_COLOURS.get(code, UNKNOWN_COUNTRY)
