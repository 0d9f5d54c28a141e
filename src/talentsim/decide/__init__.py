"""Analyses that weigh assumptions and policies: which figures an answer depends on."""
