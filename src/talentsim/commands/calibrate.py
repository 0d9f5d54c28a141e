"""`talentsim calibrate world=scholars world.data_dir=FOLDER`: fit what the known years tell, and propose it."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments, refuse_policies


def run(arguments: Arguments) -> int:
    """Print and write the proposal; the shipped configuration stays as it is.

    Raises
    ------
    UserError
        When the world has no panel, its tables are missing or wrong, or a scenario is asked for.
    """
    from pathlib import Path

    from talentsim.config import Config
    from talentsim.ensemble.identity import data_digests
    from talentsim.ensemble.results import dated_folder, new_results, write_manifest, write_table
    from talentsim.panel.paths import known_panel
    from talentsim.report.terminal.evaluation import entry_lines, moment_lines, parameter_lines, rolling_lines
    from talentsim.report.terminal.tables import plain
    from talentsim.report.terminal.terminal import terminal
    from talentsim.scholars.calibrate import calibrate
    from talentsim.scholars.proposals import write_proposal

    refuse_policies(arguments.overrides, "calibrate")
    config = Config.load(*arguments.overrides, config_dir=arguments.config_dir)
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
    out.print(plain(f"Proposed: {folder}. Try it: talentsim validate --config-dir {folder} world=fitted "
                    f"world.data_dir={config.world.data_dir}"))
    return 0
