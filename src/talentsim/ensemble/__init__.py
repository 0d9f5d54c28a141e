"""Replications: what is run, where, and how its results are kept."""
