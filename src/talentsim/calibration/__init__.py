"""Calibration of the AI world: targets and parameters as data, waves on the real model, the posterior, the scorecard."""
