"""The paired comparison of two arms: what a scenario changes, for whom, and what must hold exactly."""
