"""Analyses: results in, tables out."""
