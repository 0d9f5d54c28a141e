"""Results that a command has left in a folder, opened again: tables by name, and the configurations they come from."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from talentsim.config import Config, UserError
from talentsim.version import __version__

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Results:
    """A folder of results: what its manifest says, and tables that are read when they are asked for.

    `kept` are tables still in memory, of results that are being written.
    """

    folder: Path
    manifest: dict[str, Any]
    kept: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Say where they are and which tables they hold."""
        return f"Results({str(self.folder)!r}; tables {', '.join(self.names)})"

    def __contains__(self, name: str) -> bool:
        return name in self.kept or f"{name}.parquet" in self.manifest["files"]

    @property
    def names(self) -> list[str]:
        """Names of all tables."""
        return [*self.kept, *(name.removesuffix(".parquet") for name in self.manifest["files"]
                              if name.endswith(".parquet") and name.removesuffix(".parquet") not in self.kept)]

    def table(self, name: str) -> pd.DataFrame:
        """Return one table.

        Raises
        ------
        KeyError
            When the results have no such table.
        UserError
            When its file is missing or is not what was written.
        """
        if name in self.kept:
            return self.kept[name]
        written, file = self.manifest["files"][f"{name}.parquet"], f"{name}.parquet"
        try:
            content = (self.folder / file).read_bytes()
        except OSError:
            raise _damaged(self.folder, file, "is missing") from None
        if hashlib.sha256(content).hexdigest() != written:
            raise _damaged(self.folder, file, "is not what was written")
        return pd.read_parquet(io.BytesIO(content))

    @cached_property
    def arms(self) -> dict[str, Config]:
        """The configuration of each arm.

        Raises
        ------
        UserError
            When it was written by a version that knew other keys.
        """
        try:
            return {name: Config.model_validate(arm["config"]) for name, arm in self.manifest.get("arms", {}).items()}
        except (AttributeError, TypeError, KeyError):
            raise _damaged(self.folder, MANIFEST, "does not say what was compared") from None
        except ValidationError as error:
            where = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
            wrote = self.manifest.get("talentsim", "of another version")
            state = "an earlier or later state of " if wrote == __version__ else ""
            raise UserError(f"{self.folder / MANIFEST}", f"{state}talentsim {wrote} wrote it, and its configuration is not one of this version: see {where}",
                            f"results of {'this state of ' if state else ''}talentsim {__version__}",
                            "run the comparison again, or talentsim export RESULTS --csv, which needs the tables alone") from None


def open_results(folder: str | Path) -> Results:
    """Open the results in a folder.

    Parameters
    ----------
    folder
        The one that a command has named at its end.

    Returns
    -------
    Results whose `table(name)` reads one table, and whose `names` are those there are.

    Raises
    ------
    UserError
        When there is no such folder, or no whole results in it.

    Examples
    --------
    >>> from talentsim import UserError, open_results
    >>> try:
    ...     open_results("nowhere").table("headline")
    ... except UserError as error:
    ...     print(error.message.splitlines()[0])
    RESULTS: there is no folder 'nowhere'
    """
    folder = Path(folder)
    path = folder / MANIFEST
    if not folder.is_dir():
        raise UserError("RESULTS", f"there is no folder {str(folder)!r}", "the folder that a command has named as its results",
                        "look below your output folder, by date and time")
    try:
        manifest = json.loads(path.read_bytes())
        assert isinstance(manifest["files"], dict)
    except FileNotFoundError:
        inside = sorted(each.parent.name for each in folder.glob(f"*/{MANIFEST}"))
        raise UserError("RESULTS", f"{str(folder)!r} holds no results: it has no {MANIFEST}", "the folder of one command's results",
                        f"did you mean {str(folder / inside[-1])!r}?" if inside else "") from None
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AssertionError):
        raise _damaged(folder, MANIFEST, "cannot be read") from None
    return Results(folder, manifest)


def _damaged(folder: Path, file: str, fault: str) -> UserError:
    return UserError(str(folder / file), f"this file {fault}", "results as they were written", "run the command again")
