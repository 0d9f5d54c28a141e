"""The figures carried by the project, each with its source, and the typed tables made from a configuration."""
