"""The report: one HTML file to hand on."""
