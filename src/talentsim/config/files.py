"""Where the configuration's files are, and which names they offer: those that ship, and those of a folder of the user's own."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from talentsim.config.errors import UserError, unknown_name
from talentsim.config.reading import outline_of, read_yaml, refuse_targets

OVERRIDE = "override"
"""Key by which a file, or a policy, says that it means to take the place of a shipped one of its name."""


def conf_dir() -> Path:
    """Return the folder of the shipped configuration: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "conf"
    return installed if installed.is_dir() else package.parents[1] / "conf"


def names_in_group(group: str, config_dir: str | None = None) -> list[str]:
    """List the options of a configuration group, the user's own included."""
    return Files.of(config_dir).names(group)


def refuse_foreign_path(where: str, path: str) -> None:
    """Refuse a path that this system cannot mean: one of Windows elsewhere, or one with a sign that no name may have.

    Raises
    ------
    UserError
        When it is one.
    """
    if "\0" in path or "\n" in path:
        raise UserError(where, f"found {path!r}", "a path without line breaks or null characters")
    if re.match("^~[^/]*(/|$)", path):
        raise UserError(where, f"{path!r} begins with ~, which the shell has left as it is", "a path that begins with / or a folder's name",
                        f"$HOME{path[1:]}" if path[1:2] in ("", "/") else "write the path out; ./~ is a folder of that name")
    if os.name != "nt" and ("\\" in path or re.match("^[A-Za-z]:($|[\\\\/])", path)):
        raise UserError(where, f"{path!r} is a Windows path, and this is not Windows", "a path with /, as in results/mine",
                        "in WSL a drive is a folder: /mnt/c/...")


@dataclass(frozen=True)
class OwnFile:
    """A file of the user's own: what it holds without `override`, the package it names, and whether it replaces a shipped one."""

    path: Path
    content: dict[str, Any]
    package: str | None
    replaces: bool


@dataclass(frozen=True)
class Files:
    """The shipped files and the user's own. Only what is asked for is read, once."""

    own: Path | None = None
    _read: dict[tuple[str, str], OwnFile | None] = field(default_factory=dict)

    @classmethod
    def of(cls, config_dir: str | None) -> Files:
        """Return the shipped files beside those of a folder.

        Raises
        ------
        UserError
            When there is no such folder.
        """
        if config_dir is None:
            return cls()
        refuse_foreign_path("--config-dir", config_dir)
        if "\0" in config_dir or not os.path.isdir(config_dir):
            raise UserError("--config-dir", f"there is no folder {config_dir!r}", "a folder with your own YAML files")
        return cls(Path(config_dir))

    def names(self, group: str) -> list[str]:
        """List the options of a group; what an editor or a file system leaves beside them is none."""
        folders = [conf_dir() / group] + ([self.own / group] if self.own else [])
        return sorted({file.stem for folder in folders for file in _yaml_files(folder)})

    def own_file(self, group: str, name: str) -> OwnFile | None:
        """Return the user's own file of a name, None where the shipped one stands for it or there is none.

        Raises
        ------
        UserError
            When it cannot be read, or has the name of a shipped file and does not say that it replaces it.
        """
        if self.own is None:
            return None
        if (group, name) not in self._read:
            path = self.own / group / f"{name}.yaml"
            self._read[group, name] = _own(path, group, name) if _is_there(path) else None
        return self._read[group, name]

    def content(self, group: str, name: str) -> dict[str, Any]:
        """Return what a file holds, the user's own or the shipped one.

        Raises
        ------
        UserError
            When there is none of that name, or as `own_file`.
        """
        own = self.own_file(group, name)
        content = own.content if own else shipped_file(group, name)
        if content is None:
            raise self.unknown(group, name)
        return content

    def unknown(self, group: str, name: str, where: str = "") -> UserError:
        """Make the error for an option that a group does not have."""
        error = unknown_name(where or f"{group}={name}", group, name, self.names(group))
        for folder in [self.own] if self.own else []:
            misplaced = [each for each in (folder / group / f"{name}.yml", folder / f"{name}.yaml", folder / f"{name}.yml") if _is_there(each)]
            if misplaced:
                return UserError(error.where, error.found, error.allowed, f"{misplaced[0]} should be {folder / group / f'{name}.yaml'}")
        return error


def shipped_file(group: str, name: str) -> dict[str, Any] | None:
    """Return the content of one of the shipped files, None where there is none of that name."""
    return _shipped(group, name)


@lru_cache(maxsize=512)
def _shipped(group: str, name: str) -> dict[str, Any] | None:
    path = conf_dir() / group / f"{name}.yaml"
    return read_yaml(path)[0] if _is_there(path) else None


@lru_cache(maxsize=1)
def shipped_outlines() -> dict[str, tuple[str | None, list[Any]]]:
    """Return of every shipped file its path, the package that it names, and its list of defaults."""
    return {path.relative_to(conf_dir()).as_posix(): outline_of(path) for path in sorted(conf_dir().rglob("*.yaml"))}


def _own(path: Path, group: str, name: str) -> OwnFile:
    content, package = read_yaml(path)
    refuse_targets(content, str(path))
    replaces = content.get(OVERRIDE, False)
    if not isinstance(replaces, bool):
        raise UserError(f"{path}, {OVERRIDE}", f"found {replaces!r}", "true or false")
    without = {key: each for key, each in content.items() if key != OVERRIDE}
    shipped = _shipped(group, name)
    if shipped is not None and not replaces and without != shipped:
        raise UserError(str(path), f"the project ships a file of this name, {group or 'the root'}/{name}.yaml, and this one would replace it",
                        "a name of its own, or a first line that says so", f"rename the file, or write `{OVERRIDE}: true` into it")
    if shipped is None and replaces:
        raise UserError(f"{path}, {OVERRIDE}", f"there is no shipped file {group}/{name}.yaml to replace", ", ".join(Files().names(group)),
                        f"take `{OVERRIDE}` out, or give the file the name of the one it replaces")
    return OwnFile(path, without, package, shipped is not None and without != shipped)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):       # too long a name, or one that no file can have
        return False


def _yaml_files(folder: Path) -> Iterator[Path]:
    try:
        yield from (each for each in folder.iterdir() if each.suffix == ".yaml" and not each.name.startswith(".") and each.is_file())
    except OSError:
        return
