"""Calibration of the scholars world: persons by moments of careers, drift of the constants by likelihood, growth of the
entries by forecasts within the known years.

Nothing after `world.panel.known_until` enters. The constants themselves are not fitted: they follow from the panel in
closed form whenever the world is loaded, see `data.inversion`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from talentsim.arrays import Floats
from talentsim.config import Config, UserError
from talentsim.config.panel import PanelConfig
from talentsim.panel.drift import Drift, Effects, run_filter, series_of, take_apart
from talentsim.panel.inversion import MovingLaw, Replay, replay
from talentsim.panel.panel import Panel
from talentsim.panel.paths import KINDS, drifts_of, known_panel
from talentsim.scholars.careers import expected_careers, moments
from talentsim.scholars.forecast import Variant, as_configured, rolling_scores, with_entries

PERSONAL = ("first_move_age", "onward_move", "return_constant", "return_slope")
"""Fitted figures of `behaviour.location`; `onward_tenure` is left as it is, for the moments do not tell it."""

MOMENTS: dict[str, tuple[float, float]] = {
    "R1": (0.18, 0.02), "R1_10": (0.22, 0.03), "R4": (-0.65, 0.1), "R5": (5.2, 0.8), "R5_5": (3.1, 1.0), "R6": (2.1, 0.3), "R7": (3.6, 0.4),
}
"""Targets and tolerances of the moments of careers, see `careers.moments`: moves of authors at two robotics conferences,
2000-2023 (source `scholars_moments`). R1_10 and R5_5 have no tolerance of their own; ours is wide."""

FIRST_KNOWN = 4        # years after `fit_from`: fewer tell no slope
ENTRY_WINDOWS = (3, 5, 7, 10)           # years; the first of the forecasts knows no more than ten of growth
ENTRY_DAMPINGS = tuple(step / 10 for step in range(11))

_LOWEST, _HIGHEST = -10.5, -2.0         # bounds of log variances: below, a kind of noise is as good as absent
_DAMPING_PRIOR = (1.0, 1.0)             # of the logit: 0.73, and hardly ever past 0.95


@dataclass(frozen=True)
class Calibration:
    """What a calibration proposes, and how well it does.

    Parameters
    ----------
    parameters
        key, before, proposed, method.
    careers
        Moments: id, target, tolerance, before, proposed, and whether the proposal is inside.
    entries
        How entries go on: window, damping, and their mean scores on the forecasts within the known years.
    rolling
        Scores of the proposal by year of the forecast, each with the drift fitted to what was known then.
    """

    parameters: pd.DataFrame
    careers: pd.DataFrame
    entries: pd.DataFrame
    rolling: pd.DataFrame


def last_known_years(rules: PanelConfig) -> range:
    """Return the last known years of the forecasts within the known years."""
    return range(rules.fit_from + FIRST_KNOWN, rules.known_until)


def calibrate(config: Config) -> Calibration:
    """Fit the personal figures, then the drift, then the growth of entries, on the panel until `known_until`.

    Raises
    ------
    UserError
        When the known years leave none to forecast.
    """
    known, variant = known_panel(config), as_configured(config)
    rules = variant.rules
    if not last_known_years(rules):
        raise UserError("world.panel.known_until", f"{rules.known_until} leaves no known year to forecast from {rules.fit_from} on",
                        f"{rules.fit_from + FIRST_KNOWN + 1} or later")
    fitted = fit_persons(config, known, MOMENTS)
    law = law_with(config, fitted)
    before, lived = (replay(known, each, config.world.burn_in_year, float(rules.least_away)) for each in (variant.law, law))
    drifts_then = {year: fit_drifts(lived.until(year), rules.fit_from) for year in last_known_years(rules)}
    fitted_model = replace(variant, law=law)
    entries = compare_entries(fitted_model, known, lived, drifts_then)
    best = entries.loc[entries.TVD_stock.idxmin()]
    window, damping = int(best.window), float(best.damping)
    proposed = [*_persons_proposed(config, fitted), *_drifts_proposed(rules, fit_drifts(lived, rules.fit_from)), *_entries_proposed(rules, window, damping)]
    rolling = rolling_scores(with_entries(fitted_model, window, damping), known, lived, drifts_then, drifts_then)
    return Calibration(pd.DataFrame(proposed, columns=["key", "before", "proposed", "method"]), _career_table(before, lived, rules), entries, rolling)


Proposed = tuple[str, float, float, str]
"""A figure's key, its value before and as proposed, and by what it was fitted."""


def _persons_proposed(config: Config, fitted: dict[str, float]) -> list[Proposed]:
    start = personal_figures(config)
    return [(f"behaviour.location.{name}", start[name], fitted[name], "moments of careers") for name in PERSONAL]


def _drifts_proposed(rules: PanelConfig, drifts: dict[str, Drift]) -> list[Proposed]:
    old = drifts_of(rules)
    return [(f"world.panel.{kind}.{name}", getattr(old[kind], name), getattr(drifts[kind], name), "likelihood of the Kalman filter")
            for kind in KINDS for name in Drift.__dataclass_fields__]


def _entries_proposed(rules: PanelConfig, window: int, damping: float) -> list[Proposed]:
    return [(f"world.panel.{name}", float(getattr(rules, name)), proposed, "stock shares forecast within the known years")
            for name, proposed in (("entry_window", window), ("entry_damping", damping))]


def _career_table(before: Replay, after: Replay, rules: PanelConfig) -> pd.DataFrame:
    """Lay the moments of careers under the figures as they were, and as proposed, beside their targets."""
    one, other = (moments(expected_careers(lived, rules.fit_from, rules.known_until)) for lived in (before, after))
    rows = [(name, target, tolerance, one[name], other[name], abs(other[name] - target) <= tolerance)
            for name, (target, tolerance) in MOMENTS.items()]
    return pd.DataFrame(rows, columns=["id", "target", "tolerance", "before", "proposed", "inside"])


def compare_entries(variant: Variant, known: Panel, lived: Replay, drifts: dict[int, dict[str, Drift]]) -> pd.DataFrame:
    """Forecast within the known years with each way in which entries may go on; one row of mean scores each.

    `drifts` says how constants drift, by the last known year of each forecast.

    Entries decide stock shares and hardly touch flows, so the least error of the shares, TVD_stock, is what chooses.
    """
    rows = []
    for window in ENTRY_WINDOWS:
        for damping in ENTRY_DAMPINGS:
            scores = rolling_scores(with_entries(variant, window, damping), known, lived, drifts, drifts)
            rows.append({"window": window, "damping": damping} | scores.drop(columns=["last_known", "years"]).mean().to_dict())
    return pd.DataFrame(rows)


def personal_figures(config: Config) -> dict[str, float]:
    """Return the personal figures as configured."""
    return {name: float(getattr(config.behaviour.location, name)) for name in PERSONAL}


def law_with(config: Config, figures: dict[str, float]) -> MovingLaw:
    """Return the personal law with some of its figures replaced, whatever their range."""
    law = config.behaviour.location
    changed = {name: getattr(law, name).model_copy(update={"value": float(value)}) for name, value in figures.items()}
    return MovingLaw.from_behaviour(config.behaviour.model_copy(update={"location": law.model_copy(update=changed)}))


def fit_persons(config: Config, known: Panel, targets: dict[str, tuple[float, float]]) -> dict[str, float]:
    """Fit the personal figures by least squared deviation from the moments, in tolerances.

    Each trial lives through the panel anew, so the constants always meet the flows. Trials outside a figure's range cost
    their distance to it.
    """
    from scipy.optimize import minimize

    assert config.world.panel is not None
    rules, start = config.world.panel, personal_figures(config)
    low, high = np.array([getattr(config.behaviour.location, name).range for name in PERSONAL]).T

    def loss(trial: Floats) -> float:
        inside = np.clip(trial, low, high)
        lived = replay(known, law_with(config, dict(zip(PERSONAL, inside, strict=True))), config.world.burn_in_year,
                       float(rules.least_away))
        found = moments(expected_careers(lived, rules.fit_from, rules.known_until))
        return sum(((found[name] - target) / tolerance) ** 2 for name, (target, tolerance) in targets.items()) \
            + 100.0 * float(np.abs(trial - inside).sum())

    best = minimize(loss, list(start.values()), method="Nelder-Mead", options={"maxfev": 200, "xatol": 1e-3, "fatol": 1e-3})
    return dict(zip(PERSONAL, (float(value) for value in np.clip(best.x, low, high)), strict=True))


def fit_drifts(lived: Replay, fit_from: int) -> dict[str, Drift]:
    """Fit the drift of each kind of constants by maximum likelihood."""
    known = lived.years >= fit_from
    effects = take_apart(lived.corridor[known], lived.exposure[known])
    return {kind: fit_drift(effects, kind) for kind in KINDS}


def fit_drift(effects: Effects, kind: str) -> Drift:
    """Fit the variances and the damping of one kind of series; a weak prior keeps the damping off 1."""
    from scipy.optimize import minimize

    seen, variance = series_of(effects)[kind]

    def loss(trial: Floats) -> float:
        return -run_filter(seen, variance, _drift(trial)).log_likelihood + 0.5 * ((trial[4] - _DAMPING_PRIOR[0]) / _DAMPING_PRIOR[1]) ** 2

    best = minimize(loss, np.array([-8.0, -7.0, -6.0, -8.0, 1.0]), method="L-BFGS-B",
                    bounds=[(_LOWEST, _HIGHEST)] * 4 + [(-3.0, 5.0)])
    return _drift(best.x)


def _drift(trial: Floats) -> Drift:
    level, slope, first_slope, noise = (float(value) for value in np.exp(trial[:4]))
    return Drift(level, slope, first_slope, noise, damping=float(1.0 / (1.0 + np.exp(-trial[4]))))
