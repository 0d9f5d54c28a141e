"""A bundle: one file of plain text that holds all it takes to compute the numbers of a comparison again.

A zip of JSON, CSV and a page to read. Nothing of it is ever executed or unpacked to where it says: members have fixed names and
are read into memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from talentsim.config import Config, UserError
from talentsim.data.posterior import draws_named, draws_text
from talentsim.ensemble.draws import values_digest
from talentsim.ensemble.identity import arm_id
from talentsim.ensemble.opened import Results
from talentsim.ensemble.store import DamagedError, Store

FORMAT = 1
ARMS = ("baseline", "scenario")
FACTS, HEADLINE, DRAWS, DRAWS_FACTS, README = "bundle.json", "headline.csv", "draws.csv", "draws.json", "README.txt"
MEMBERS = {FACTS, HEADLINE, DRAWS, DRAWS_FACTS, README, *(f"{arm}.json" for arm in ARMS)}
MOST_BYTES = 64 << 20
"""Of a member, unpacked: more is none of ours."""

ABOUT = """\
What reproduces the numbers of one comparison of talentsim {version}.

  talentsim reproduce FILE

runs it anew and says what is equal and what differs. The version that made it: pip install talentsim=={version}, or the commit in
bundle.json. headline.csv holds the numbers, baseline.json and scenario.json the two configurations with every figure and its source,
draws.csv the draws of the calibrated figures where there are any, bundle.json versions, seeds and hashes.
"""


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds.

    Parameters
    ----------
    facts
        format, talentsim, versions, source_sha256, git, written, overrides, and by arm the id of each run with a hash of its tables.
    arms
        Both configurations.
    headline
        The numbers, as the table `headline` has them.
    draws
        Text of the draws' table and of their manifest; None where every figure stood at its own value.
    """

    facts: Mapping[str, Any]
    arms: Mapping[str, Config]
    headline: pd.DataFrame
    draws: tuple[str, str] | None


def packed(results: Results, store: Store) -> bytes:
    """Return the bundle of a comparison, the same bytes whenever it is packed.

    Parameters
    ----------
    store
        Where its runs are; a run that is gone stands without a hash of its tables.

    Raises
    ------
    UserError
        When the results are no comparison, or are not what was written, or the draws that they took are no longer there.
    """
    if set(results.arms) != set(ARMS):
        raise UserError(str(results.folder), "these results are not a comparison", "results of `talentsim scenario=NAME`", "name one job of a sweep: RESULTS/0")
    manifest, draws = results.manifest, results.arms["scenario"].parameters.draws
    _refuse_other_draws(results)
    facts = {name: manifest.get(name) for name in ("talentsim", "versions", "source_sha256", "git", "written", "overrides")}
    facts |= {"format": FORMAT, "draws": draws and draws_named(draws).digest(),
              "runs": {arm: {run: digest_of_run(store, run) for run in manifest["arms"][arm]["runs"]} for arm in ARMS},
              "data_sha256": next((_data(store, run) for run in manifest["arms"]["baseline"]["runs"]), {})}
    members = {README: ABOUT.format(version=manifest.get("talentsim")), FACTS: _json(facts),
               HEADLINE: results.table("headline").to_csv(index=False, float_format="%.17g", lineterminator="\n"),
               **{f"{arm}.json": _json(_without_places(manifest["arms"][arm]["config"])) for arm in ARMS}}
    if draws:
        found = draws_named(draws)
        members |= {DRAWS: draws_text(found.keys, found.values), DRAWS_FACTS: _json(found.manifest)}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text.encode(), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def read_bundle(path: Path) -> Bundle:
    """Read a bundle.

    Raises
    ------
    UserError
        When the file is missing, no bundle, damaged, of a later format, or its configurations are not of this version.
    """
    texts = _members(path)
    try:
        facts = json.loads(texts[FACTS])
        known = facts["format"] == FORMAT and set(facts["runs"]) == set(ARMS)
        plain = {arm: json.loads(texts[f"{arm}.json"]) for arm in ARMS}
        headline = _numbers(texts[HEADLINE])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _no_bundle(path, "it does not hold what a bundle holds") from None
    if not known or not {"outcome", "country", "difference"} <= set(headline.columns):
        raise _no_bundle(path, f"it has format {facts.get('format')}, and this version reads format {FORMAT}")
    try:
        arms = {arm: Config.model_validate(each) for arm, each in plain.items()}
    except (ValidationError, TypeError) as error:
        where = ".".join(map(str, error.errors(include_url=False)[0]["loc"])) if isinstance(error, ValidationError) else str(error)
        raise UserError(str(path), f"its configuration is not one of this version: see {where}", f"a bundle of this version, not of {facts.get('talentsim')}",
                        f"install the version that made it: pip install talentsim=={facts.get('talentsim')}") from None
    return Bundle(facts, arms, headline, (texts[DRAWS], texts[DRAWS_FACTS]) if {DRAWS, DRAWS_FACTS} <= texts.keys() else None)


def digest_of_run(store: Store, run: str) -> str | None:
    """Return a hash of all that a stored run's tables hold, None where it is not there."""
    try:
        manifest = store.manifest(run)
    except DamagedError:
        return None
    return hashlib.sha256(json.dumps([manifest["years"], manifest.get("people")], sort_keys=True).encode()).hexdigest()[:32]


def _refuse_other_draws(results: Results) -> None:
    """Make sure that the draws by the name that results give are still those they took: others would be packed beside numbers that are not theirs."""
    for name, config in results.arms.items():
        taken = results.manifest["arms"][name]
        same = taken["draws_sha256"] == values_digest(config) if "draws_sha256" in taken else taken.get("id") == arm_id(config)
        if config.parameters.draws is not None and not same:
            raise UserError(str(results.folder), f"the draws {config.parameters.draws!r} are not those that these results took, or it is not written down which they took",
                            "results whose draws are still there", "pack them with the version that made them, or run the comparison again")


def _data(store: Store, run: str) -> Any:
    try:
        return store.manifest(run).get("data_sha256") or {}
    except DamagedError:
        return {}


def _numbers(text: str) -> pd.DataFrame:
    """Read a table as it was written, each number to the last bit."""
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    return table.assign(**{name: [float(each or "nan") for each in table[name]] for name in table.columns if name not in ("outcome", "country", "unit")})


def _members(path: Path) -> dict[str, str]:
    try:
        with zipfile.ZipFile(path) as file:
            listed = file.infolist()
            if any(each.filename not in MEMBERS or each.file_size > MOST_BYTES for each in listed) or len({each.filename for each in listed}) < len(listed):
                raise _no_bundle(path, "it holds other files than a bundle does")
            return {each.filename: file.read(each).decode() for each in listed}
    except FileNotFoundError:
        raise UserError("BUNDLE", f"there is no file {str(path)!r}", "a file that `talentsim bundle RESULTS` has written") from None
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, RuntimeError, NotImplementedError, ValueError, EOFError):
        raise _no_bundle(path, "it cannot be read") from None
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise _no_bundle(path, "it is damaged") from None
        raise


def _without_places(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration without where things lay on the machine that made it."""
    output = {**config["output"], "dir": "outputs"}
    return {**config, "output": output, "world": {**config["world"], "data_dir": None if config["world"]["data_dir"] is None else "data"}}


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=False, allow_nan=False)


def _no_bundle(path: Path, fault: str) -> UserError:
    return UserError(str(path), f"this is not a bundle: {fault}", "a file that `talentsim bundle RESULTS` has written", "pack the results again")
