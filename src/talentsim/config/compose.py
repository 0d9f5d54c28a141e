"""Compose configurations with Hydra into plain data, which `check` then looks at; the one place that speaks to Hydra of configuration."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from talentsim.config.asked import asked_for
from talentsim.config.errors import UserError, nearest
from talentsim.config.files import Files, conf_dir
from talentsim.config.reading import refuse_targets, target_error

GROUPS = ("world", "behaviour", "entry", "visa", "employers", "history", "observers", "parameters", "executor", "scenario", "country")


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
    lines, asked = tuple(str(each.input_line) for each in parsed), asked_for(files, parsed)
    try:
        plain = _composed(lines, asked.texts) if asked.texts else copy.deepcopy(_composed_as_shipped(lines))
    except (ConfigCompositionException, OmegaConfBaseException, yaml.YAMLError) as error:
        _explain(error, parsed, files)
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
            raise UserError("--config-dir", f"its files cannot be laid before the shipped ones in {tempfile.gettempdir()!r}: {error}",
                            "a folder for temporary files with room", "set TMPDIR to one") from None
        shipped = str(conf_dir()).replace("\\", "\\\\").replace("'", "\\'")
        yield folder, [f"hydra.searchpath=['file://{shipped}']"]


@lru_cache(maxsize=64)
def _composed_as_shipped(lines: tuple[str, ...]) -> dict[str, Any]:
    """Compose from the shipped files alone, once: it takes a second, and one command asks for the same arm repeatedly."""
    return _composed(lines, {})


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
            raise UserError(f"command line, {line!r}", "this is not an override",
                            "key=value, +key=value or ~key, as in scenario=visa_tightening",
                            str(error).splitlines()[0]) from None
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


def _explain(error: Exception, overrides: Iterable[Override], files: Files) -> NoReturn:
    """Turn an error of Hydra, OmegaConf or YAML into one a user can act on."""
    text = " ".join(str(error).split())
    if isinstance(error, yaml.YAMLError):
        raise UserError("configuration", f"a file is not good YAML: {text}", "YAML without doubled keys") from None
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        group, _, name = error.missing_cfg_file.replace("\\", "/").rpartition("/")
        raise files.unknown(group or "configuration", name) from None
    override = _at_fault(list(overrides), text)
    if override is not None:
        near = _nearest_key(override.key_or_group, [str(each.input_line) for each in overrides if each.key_or_group == "world"])
        raise UserError(f"command line, {override.input_line!r}", f"there is no key {override.key_or_group!r} to set",
                        f"keys of the configuration, `talentsim --cfg job` prints it; groups: {', '.join(GROUPS)}",
                        f"did you mean {near!r}?" if near else "+ in front adds a key where new ones are allowed") from None
    raise UserError("configuration", text) from None


def _at_fault(overrides: list[Override], text: str) -> Override | None:
    """Return the override that an error of Hydra's speaks of: it quotes the key, or names it among other words."""
    quoted = [each for each in overrides if f"'{each.key_or_group}'" in text]
    named = sorted((each for each in overrides if each.key_or_group in text), key=lambda each: -len(each.key_or_group))
    return next(iter(quoted + named), None)


def _nearest_key(key: str, world: list[str]) -> str | None:
    """Return the key most like `key` that there is, beside it or else at its level, in the shipped world that was asked for."""
    try:
        plain = compose_plain(world, None)
    except UserError:           # a world of the user's own
        plain = compose_plain([], None)
    keys: list[str] = list(GROUPS)

    def walk(node: Any, prefix: str) -> None:
        if isinstance(node, dict):
            for name, child in node.items():
                path = f"{prefix}.{name}" if prefix else str(name)
                keys.append(path)
                walk(child, path)

    walk(plain, "")
    parent, depth = key.rpartition(".")[0], key.count(".")
    beside = nearest(key, [each for each in keys if each.rpartition(".")[0] == parent])
    return beside or nearest(key, [each for each in keys if each.count(".") == depth] or keys)


