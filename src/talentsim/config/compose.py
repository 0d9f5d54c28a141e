"""Compose configurations with Hydra into plain data, which `check` then looks at; the one place that speaks to Hydra of configuration."""

from __future__ import annotations

import copy
import json
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
from hydra.types import RunMode
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from talentsim.config.asked import Contents, asked_for, outlines, with_package
from talentsim.config.errors import UserError
from talentsim.config.faults import GROUPS, explained, not_an_override, refuse_misread, refuse_twice_in_braces
from talentsim.config.files import Files, conf_dir, shipped_file, shipped_outlines
from talentsim.config.merged import DEFAULTS, merged
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
        plain = copy.deepcopy(_as_shipped(lines)) if not asked.contents else _assembled(lines, asked.contents) or _composed(lines, asked.texts)
    except (HydraException, ConfigCompositionException, OmegaConfBaseException, yaml.YAMLError, ValueError, RecursionError) as error:
        raise explained(error, parsed, files, asked.texts, _keys_of_the_world) from None
    refuse_targets(plain, "")
    return plain, asked.replaced


@lru_cache(maxsize=64)
def _as_shipped(lines: tuple[str, ...]) -> dict[str, Any]:
    """Compose from the shipped files alone, once: one command asks for the same arm repeatedly."""
    return _assembled(lines, {}) or _composed(lines, {})


def _assembled(lines: Sequence[str], own: Contents) -> dict[str, Any] | None:
    """Compose what chooses files and sets no figure: Hydra says which files, in what order and where; None where it is to do all of it.

    Hydra is shown each file without its figures. Wrapping every value of the AI world in OmegaConf's nodes, and merging those, takes
    it ten times as long as all the rest; `merged` gives the same data.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="talentsim-") as folder:
            _write(Path(folder), {path: with_package(package, json.dumps({DEFAULTS: defaults} if defaults else {}))
                                  for path, (package, defaults) in {**shipped_outlines(), **outlines(own)}.items()})
            with _hydra_aside(), initialize_config_dir(config_dir=folder, version_base="1.3"):
                listed = GlobalHydra.instance().config_loader().compute_defaults_list("config", list(lines), RunMode.RUN)
    except (OSError, UnicodeError, HydraException, OmegaConfBaseException):     # asked for all of it, Hydra says what is wrong
        return None
    if listed.config_overrides:
        return None
    files = [(str(each.package or ""), str(each.config_path)) for each in listed.defaults if not str(each.config_path).startswith("hydra/")]
    return merged((package, own[f"{path}.yaml"][1] if f"{path}.yaml" in own else shipped_file(*path.rpartition("/")[::2]) or {}) for package, path in files)


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
            _write(folder, {"config.yaml": root, **texts})
        except (OSError, UnicodeError) as error:
            raise UserError("--config-dir", f"its files cannot be copied to the temporary folder {tempfile.gettempdir()!r}: {error}",
                            "a folder for temporary files that has space left", "set TMPDIR to one") from None
        shipped = str(conf_dir()).replace("\\", "\\\\").replace("'", "\\'")
        yield folder, [f"hydra.searchpath=['file://{shipped}']"]


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


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
