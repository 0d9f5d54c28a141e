"""Compose configurations with Hydra into plain data, which `check` then looks at; the one place that speaks to Hydra of configuration."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import ConfigCompositionException, HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from talentsim.config.asked import asked_for
from talentsim.config.composed import SHELF
from talentsim.config.errors import UserError
from talentsim.config.faults import GROUPS, explained, not_an_override, refuse_misread, refuse_twice_in_braces
from talentsim.config.files import Files, conf_dir
from talentsim.config.reading import refuse_targets, target_error

__all__ = ["GROUPS", "compose_over", "compose_plain", "parse", "refuse_misread", "staged", "with_fixed"]


def with_fixed(plain: dict[str, Any], overrides: Iterable[Override]) -> dict[str, Any]:
    """Note which keys were set by hand: in draws of the calibrated figures they keep that value."""
    by_hand = {each.key_or_group.removesuffix(".value") for each in overrides if "." in each.key_or_group}
    named = sorted(key for key in by_hand if key.startswith(("world.", "behaviour.", "policy.", "observers.")))
    parameters = plain.get("parameters")
    if not named or not isinstance(parameters, dict):
        return plain
    return {**plain, "parameters": {**parameters, "fixed": sorted({*(parameters.get("fixed") or ()), *named})}}


def compose_plain(overrides: Sequence[str], config_dir: str | None = None) -> dict[str, Any]:
    """Compose a configuration into plain dicts, lists and scalars; nothing of it is trusted yet.

    Raises
    ------
    UserError
        When an override or a file cannot be read, or names something that does not exist.
    """
    return compose_over(Files.of(config_dir), overrides)[0]


def compose_over(files: Files, overrides: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Compose over files that are read already.

    Returns
    -------
    Plain data, and the shipped files that the user's own have taken the place of.

    Raises
    ------
    UserError
        As `compose_plain`.
    """
    parsed = parse(overrides)
    refuse_misread(parsed)
    lines, asked = tuple(str(each.input_line) for each in parsed), asked_for(files, parsed)
    try:
        plain = _composed(lines, asked.texts) if asked.texts else copy.deepcopy(_composed_as_shipped(lines))
    except (HydraException, ConfigCompositionException, OmegaConfBaseException, yaml.YAMLError, ValueError, RecursionError) as error:
        raise explained(error, parsed, files, asked.texts, _keys_of_the_world) from None
    refuse_targets(plain, "")
    return plain, asked.replaced


def _composed(lines: Sequence[str], texts: Mapping[str, str]) -> dict[str, Any]:
    with staged(texts) as (folder, more), _hydra_aside(), initialize_config_dir(config_dir=str(folder), version_base="1.3"):
        plain = OmegaConf.to_container(compose("config", overrides=[*lines, *more]), resolve=True, enum_to_str=True)
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


@contextmanager
def staged(texts: Mapping[str, str]) -> Iterator[tuple[Path, list[str]]]:
    """Give the folder in which Hydra is to begin, and the overrides that make it look among the shipped files after it.

    Raises
    ------
    UserError
        When the texts cannot be written to a temporary folder.
    """
    if not texts:
        yield conf_dir(), []
        return
    with ExitStack() as stack:
        try:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="talentsim-")))
            root = (conf_dir() / "config.yaml").read_text(encoding="utf-8")
            for name, text in {"config.yaml": root, **texts}.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise UserError("--config-dir", f"its files cannot be copied to the temporary folder {tempfile.gettempdir()!r}: {error}",
                            "a folder for temporary files that has space left", "set TMPDIR to one") from None
        shipped = str(conf_dir()).replace("\\", "\\\\").replace("'", "\\'")
        yield folder, [f"hydra.searchpath=['file://{shipped}']"]


@lru_cache(maxsize=64)
def _composed_as_shipped(lines: tuple[str, ...]) -> dict[str, Any]:
    """Compose from the shipped files alone, once: it takes a second, and one command asks for the same arm repeatedly."""
    shelf = SHELF.get()
    plain = shelf.recalled(lines) if shelf else None
    if plain is None:
        plain = _composed(lines, {})
        if shelf:
            shelf.note(lines, plain)
    return plain


def parse(overrides: Sequence[str]) -> list[Override]:
    """Parse overrides with Hydra's grammar.

    Raises
    ------
    UserError
        When one cannot be read, or tries to name code to run.
    """
    parser = OverridesParser.create()
    parsed: list[Override] = []
    for line in overrides:
        try:
            parsed.append(parser.parse_override(line))
        except HydraException as error:
            raise not_an_override(line, error) from None
        refuse_twice_in_braces(line)
        if "_target_" in line:
            raise target_error(f"command line, {line!r}")
    return parsed


@contextmanager
def _hydra_aside() -> Iterator[None]:
    """Put a running Hydra aside: its jobs compose their arms themselves, and Hydra allows one instance at a time."""
    instance = GlobalHydra.instance()
    running, instance.hydra = instance.hydra, None
    try:
        yield
    finally:
        instance.hydra = running


def _keys_of_the_world(world: Sequence[str]) -> dict[str, Any]:
    """Return the configuration of the world asked for, as shipped; of the default one where it is the user's own."""
    try:
        return compose_plain(world)
    except UserError:
        return compose_plain([])
