"""`talentsim data scholars SOURCE_DIR`: make the tables of world=scholars from the published files."""

from __future__ import annotations

from talentsim.commands.arguments import Arguments

WORLDS = ("scholars",)


def run(arguments: Arguments) -> int:
    """Write the tables below the output folder and say how to use them.

    Raises
    ------
    UserError
        When the world or the folder is not given, or the files in it are not the published ones.
    """
    from pathlib import Path

    from talentsim.config import Config, UserError, unknown_name
    from talentsim.ensemble.results import prepare_folder
    from talentsim.panel.panel import load_panel
    from talentsim.panel.published import make_tables, write_tables
    from talentsim.report.terminal.summaries import verbatim
    from talentsim.report.terminal.terminal import terminal

    words = arguments.words[1:]
    if len(words) != 2:
        raise UserError("talentsim data", "the world or the folder is not given", "talentsim data scholars SOURCE_DIR",
                        "docs/scholars.md says where the files are published")
    if words[0] not in WORLDS:
        raise unknown_name("talentsim data", "world with published data", words[0], WORLDS)
    config = Config.load("world=scholars", *arguments.overrides, config_dir=arguments.config_dir)
    regions = tuple(config.world.countries)
    made = make_tables(Path(words[1]), regions)
    folder = Path(config.output.dir) / "data" / words[0]
    prepare_folder(folder.parent)
    written = write_tables(made.tables, folder, regions)
    panel = load_panel(str(folder), regions)
    out = terminal()
    out.print(verbatim(f"Read: {', '.join(str(path) for path in made.files)}"))
    for note in made.notes:
        out.print(verbatim(f"Note: {note}"))
    out.print(verbatim(f"{panel.migrations.sum():,.0f} moves between {len(regions)} regions, {panel.years[0]} to {panel.years[-1]}; "
                    f"{panel.stock[len(panel.years) - 1].sum():,.0f} researchers in {panel.years[-1]}"))
    if not panel.has_covariates:
        out.print(verbatim("No covariates: gravity, multinomial logit and some facts are left out; docs/scholars.md says how to add them"))
    out.print(verbatim(f"Written: {', '.join(str(path) for path in written)}"))
    out.print(verbatim(f"Use them: talentsim world=scholars world.data_dir={folder}"))
    return 0
