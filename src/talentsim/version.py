"""The version of talentsim, for the project file, the results and the documents: it stands here alone."""

__version__ = "0.2.0"
