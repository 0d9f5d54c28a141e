"""`talentsim validate [agents] world=scholars world.data_dir=FOLDER`: score the years that the model has not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talentsim.commands.arguments import Arguments

if TYPE_CHECKING:
    from talentsim.config import Config
    from talentsim.recorder import RunTables

LIVES_SCALE = 0.1       # agents per researcher of the run that patterns of careers are counted in


def run(arguments: Arguments) -> int:
    """Print and write scores, facts and the table of mechanisms; with `agents`, the mean of runs of agents is scored too.

    Raises
    ------
    UserError
        When the world has no panel, or its tables are missing or wrong.
    """
    from datetime import datetime
    from pathlib import Path

    from talentsim.analysis.validate import validate
    from talentsim.config import Config, UserError
    from talentsim.data.paths import panel_of, panel_paths, stylised_targets
    from talentsim.ensemble.store import prepare_folder, write_table
    from talentsim.report.evaluation import ablation_lines, fact_count, fact_lines, score_lines, verdict_lines
    from talentsim.report.tables import plain
    from talentsim.report.terminal import terminal

    if arguments.words[1:] not in ([], ["agents"]):
        raise UserError("talentsim validate", f"found {' '.join(arguments.words[1:])!r}", "nothing, or agents")
    config = Config.load(*arguments.overrides, config_dir=arguments.config_dir)
    panel = panel_of(config)
    panel_paths(config)
    targets = stylised_targets(config)
    folder = prepare_folder(Path(config.output.dir) / f"{datetime.now():%Y-%m-%d}" / f"{datetime.now():%H-%M-%S-%f}-validate")
    runs, lives = _agents(config) if arguments.words[1:] else ([], None)
    found = validate(config, targets, runs, lives)
    assert config.world.panel is not None
    out = terminal(piped_width=200)
    years = f"{config.world.panel.known_until + 1}-{panel.years[-1]}"
    for lines in (score_lines(found.scores, f"Forecasts of {years}, from what was known in {config.world.panel.known_until}"),
                  verdict_lines(found.verdict), ablation_lines(found.ablation), fact_lines(found.facts)):
        out.print(lines)
    out.print(plain(fact_count(found.facts)))
    out.print(plain("Sampling noise alone is worth 0.055 of wlogRMSE and two vintages of the data differ by 0.073: differences under 0.01 mean nothing."))
    for name in ("scores", "facts", "ablation", "verdict"):
        write_table(getattr(found, name), folder, name, config.output.csv)
    out.print(plain(f"Results: {folder}"))
    return 0


def _agents(config: Config) -> tuple[list[RunTables], RunTables]:
    """Run the agents: all replications for the scores, and a smaller world from its first day for careers."""
    from talentsim.ensemble.runner import run_ensemble, run_one

    small = config.model_copy(update={
        "population": config.population.model_copy(update={"scale": min(config.population.scale, LIVES_SCALE)}),
        "world": config.world.model_copy(update={"start_year": config.world.burn_in_year}),
        "output": config.output.model_copy(update={"people": True})})
    bare = config.model_copy(update={"output": config.output.model_copy(update={"people": False})})
    return run_ensemble(bare), run_one(small, 0)
