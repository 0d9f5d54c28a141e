"""What serves the published panel of scholars alone: forecasts, benchmarks, scores and facts."""
