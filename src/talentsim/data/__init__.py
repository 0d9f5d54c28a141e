"""The figures carried by the project, each with its source."""
