"""The live page: a scenario's levers as sliders, and what the world answers, on the user's own machine and offline."""
