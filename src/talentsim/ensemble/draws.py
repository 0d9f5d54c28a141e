"""Parameters of a replication: the row of the draws that it takes."""

from __future__ import annotations

from talentsim.config import Config


def config_of(config: Config, replication: int) -> Config:
    """Return the arm with the parameters that one replication is simulated with.

    Today every replication has those of the configuration. Identity, runner and tree of years ask here and nowhere else.
    """
    del replication
    return config
