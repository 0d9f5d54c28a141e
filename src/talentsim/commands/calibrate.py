"""`talentsim calibrate world=ai`: the posterior of its figures. `calibrate world=scholars world.data_dir=FOLDER`: fit the known years.

In the AI world: runs of the real model in waves, an emulator of them, and draws of the posterior, fitted to 2019 and to all
data. Runs are kept below the output folder, so that the same command goes on where it was stopped. The shipped posterior
stays as it is: a maintainer puts the files that are proposed in its place (make recalibrate).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from talentsim.commands.arguments import Arguments, refuse_policies

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from talentsim.arrays import Floats
    from talentsim.calibration.priors import CalibratedParameter
    from talentsim.calibration.targets import Target
    from talentsim.calibration.waves import Calibration, Runs
    from talentsim.config import Config

FITS = {"ai_2019": ("Posterior, fitted to 2019", ("calibrate", "input")),
        "ai": ("Posterior, fitted to all data", ("calibrate", "input", "held_out"))}


def run(arguments: Arguments) -> int:
    """Print and write the proposal; the shipped configuration stays as it is.

    Raises
    ------
    UserError
        When the world has neither targets nor a panel, its tables are missing or wrong, or a scenario is asked for.
    """
    from talentsim.calibration.targets import has_targets
    from talentsim.commands.scorecard import sized
    from talentsim.config import Config

    refuse_policies(arguments.overrides, "calibrate")
    config = Config.load(*arguments.overrides, config_dir=arguments.config_dir)
    return _sample_posterior(sized(config)) if has_targets(config.world.name) else _fit_panel(config)


def _sample_posterior(config: Config) -> int:
    from pathlib import Path

    from talentsim.calibration.posterior import version_of
    from talentsim.calibration.priors import parameters_for
    from talentsim.calibration.targets import targets_of
    from talentsim.calibration.waves import Calibration, simulator
    from talentsim.commands.scorecard import checked_draws
    from talentsim.ensemble.results import dated_folder, new_results
    from talentsim.report.terminal.calibration import told
    from talentsim.report.terminal.progress import progress
    from talentsim.report.terminal.terminal import terminal

    targets, parameters = targets_of(config.world.name), parameters_for(config)
    folder = dated_folder(Path(config.output.dir), "calibrate")
    kept = Path(config.output.dir) / "calibration" / "runs"
    with new_results(folder) as written, progress(True) as report:
        simulate = simulator(config, parameters, targets, kept, report)
        found = Calibration(parameters, targets, config.calibration, simulate, {fit: roles for fit, (_, roles) in FITS.items()},
                            earlier=_earlier(config, parameters, targets), version=version_of(config, targets)).run()
        written += _draws(folder, config, found)
        checked = {fit: checked_draws(drawn(config, folder / f"{fit}.csv"), config.calibration.check, targets, report) for fit in FITS}
        written += _said(folder, config, found, checked)
    out = terminal()
    for each in told(found, checked, FITS):
        out.print(each)
    print(f"Proposed: {folder}. Try it: talentsim scenario=visa_tightening parameters.draws={folder}/ai.csv")
    return 0


def _earlier(config: Config, parameters: Sequence[CalibratedParameter], targets: Sequence[Target]) -> Runs | None:
    """Return the runs that the calibration begins from, None where it begins from the prior."""
    if config.calibration.earlier is None:
        return None
    import pandas as pd

    from talentsim.calibration.waves import earlier_runs
    from talentsim.config import UserError
    from talentsim.ensemble.draws import figure_at

    try:
        table = pd.read_parquet(config.calibration.earlier)
    except (OSError, ValueError) as error:
        raise UserError("calibration.earlier", f"{config.calibration.earlier!r} cannot be read: {error}", "runs.parquet of an earlier calibration") from None
    points = {each.name: {"set": figure.value or 0.0, "shift": 0.0, "scale": 1.0}[each.apply]
              for each in parameters if (figure := figure_at(config, each.keys[0])) is not None}
    return earlier_runs(table, parameters, targets, points)


def drawn(config: Config, table: Path) -> Config:
    """Return an arm that takes the draws of a table of one's own."""
    return config.model_copy(update={"parameters": config.parameters.model_copy(update={"draws": str(table)})})


def _draws(folder: Path, config: Config, found: Calibration) -> list[Path]:
    """Write the draws of every fit, and of the prior."""
    from pathlib import Path

    import numpy as np

    from talentsim.calibration.posterior import write_draws
    from talentsim.calibration.sampler import latin_hypercube

    settings = config.calibration.model_dump(mode="json")
    if settings["earlier"]:         # what is shipped names the file, not a place on somebody's machine
        settings["earlier"] = Path(settings["earlier"]).name
    version = found.known().version
    fitted = {"runs": int((version == found.version).sum()), "earlier_runs": int((version != found.version).sum()), "scale": config.population.scale, "settings": settings}
    written = []
    for fit, (title, roles) in FITS.items():
        written += write_draws(folder, fit, title, config, found.parameters, found.values(fit), {**fitted, "roles": list(roles)})
    cube = latin_hypercube(config.calibration.draws, len(found.parameters), config.calibration.seed)
    prior = np.stack([each.from_rank(cube[:, place]) for place, each in enumerate(found.parameters)], axis=1)
    return written + write_draws(folder, "ai_prior", "Prior", config, found.parameters, prior, {"roles": []})


def _said(folder: Path, config: Config, found: Calibration, checked: dict[str, Floats]) -> list[Path]:
    """Write what was learnt, how the draws fit on the real model, and the trace."""
    import pandas as pd

    from talentsim.calibration.waves import chi2_of, runs_table
    from talentsim.ensemble.results import read_json, write_json, write_manifest, write_table

    written = []
    for fit, (_, roles) in FITS.items():
        manifest = folder / f"{fit}.json"
        fits = {"chi2_per_target": chi2_of(found.targets, checked[fit], roles), "checked": len(checked[fit])}
        write_json({**read_json(manifest), **fits}, manifest)
        written += write_table(found.identifiability(fit), folder, f"{fit}_identifiability", config.output.csv)
        written += write_table(pd.DataFrame(checked[fit], columns=[each.id for each in found.targets]), folder, f"{fit}_checked", config.output.csv)
    written += write_table(pd.DataFrame(found.trace), folder, "trace", config.output.csv)
    written += write_table(runs_table(found), folder, "runs", config.output.csv)
    return [*written, write_manifest(folder, {"command": "calibrate", "config": config.model_dump(mode="json")}, written)]


def _fit_panel(config: Config) -> int:
    from pathlib import Path

    from talentsim.ensemble.identity import data_digests
    from talentsim.ensemble.results import dated_folder, new_results, write_manifest, write_table
    from talentsim.panel.paths import known_panel
    from talentsim.report.terminal.evaluation import entry_lines, moment_lines, parameter_lines, rolling_lines
    from talentsim.report.terminal.summaries import verbatim
    from talentsim.report.terminal.terminal import terminal
    from talentsim.scholars.calibrate import calibrate
    from talentsim.scholars.proposals import write_proposal

    known_panel(config)
    folder = dated_folder(Path(config.output.dir), "calibrate")
    with new_results(folder) as written:
        found = calibrate(config)
        for name in ("parameters", "careers", "entries", "rolling"):
            written += write_table(getattr(found, name), folder, name, config.output.csv)
        written += write_proposal(found.parameters, folder, config.world.name)
        write_manifest(folder, {"command": "calibrate", "config": config.model_dump(mode="json"), "data_sha256": data_digests(config)}, written)
    out = terminal()
    for lines in (parameter_lines(found.parameters), moment_lines(found.careers), entry_lines(found.entries), rolling_lines(found.rolling)):
        out.print(lines)
    out.print(verbatim(f"Proposed: {folder}. Try it: talentsim validate --config-dir {folder} world=fitted "
                    f"world.data_dir={config.world.data_dir}"))
    return 0
