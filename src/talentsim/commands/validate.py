"""`talentsim validate world=ai`: the scorecard. `validate [agents] world=scholars world.data_dir=FOLDER`: score years not seen.

In the AI world draws of the posterior fitted to 2019 are run on the real model and laid beside every target, misses first,
with simple forecasts beside the held-out figures; `validate history world=ai` also switches the past's policies off one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from talentsim.commands.arguments import Arguments, refuse_policies

if TYPE_CHECKING:
    from talentsim.config import Config
    from talentsim.panel.panel import Panel
    from talentsim.scholars.validate import AgentRuns, Validation

LIVES_SCALE = 0.1       # agents per researcher of the run that patterns of careers are counted in


def run(arguments: Arguments) -> int:
    """Print and write scores, facts and the table of mechanisms; with `agents`, the mean of runs of agents is scored too.

    Raises
    ------
    UserError
        When the world has no panel, its tables are missing or wrong, or a scenario is asked for.
    """
    from dataclasses import fields
    from pathlib import Path

    from talentsim.config import Config, UserError
    from talentsim.ensemble.identity import data_digests
    from talentsim.ensemble.results import dated_folder, new_results, write_manifest, write_table
    from talentsim.panel.paths import panel_of, panel_paths, stylised_targets
    from talentsim.scholars.validate import validate

    if arguments.words[1:] in ([], ["history"]):
        from talentsim.calibration.targets import has_targets

        refuse_policies(arguments.overrides, "validate")
        config = Config.load(*arguments.overrides, config_dir=arguments.config_dir)
        if has_targets(config.world.name):
            from talentsim.commands.scorecard import run_scorecard

            return run_scorecard(config, bool(arguments.words[1:]))
    if arguments.words[1:] not in ([], ["agents"]):
        raise UserError("talentsim validate", f"found {' '.join(arguments.words[1:])!r}", "nothing, agents in world=scholars, or history in world=ai")
    refuse_policies(arguments.overrides, "validate")
    config = Config.load(*arguments.overrides, config_dir=arguments.config_dir)
    panel = panel_of(config)
    panel_paths(config)
    targets = stylised_targets(config)
    folder = dated_folder(Path(config.output.dir), "validate")
    with new_results(folder) as written:
        agents = _agents(config) if arguments.words[1:] else None
        found = validate(config, targets, agents)
        for name in (each.name for each in fields(found)):
            written += write_table(getattr(found, name), folder, name, config.output.csv)
        write_manifest(folder, {"command": "validate", "config": config.model_dump(mode="json"), "data_sha256": data_digests(config)}, written)
    _tell(found, config, panel, targets.empty)
    print(f"Results: {folder}")
    return 0


def _tell(found: Validation, config: Config, panel: Panel, lacks_targets: bool) -> None:
    from talentsim.report.terminal.evaluation import (
        ablation_lines,
        by_year_lines,
        fact_count,
        fact_lines,
        lead_lines,
        score_lines,
        verdict_lines,
    )
    from talentsim.report.terminal.summaries import verbatim
    from talentsim.report.terminal.terminal import terminal
    from talentsim.scholars.validate import MODEL

    assert config.world.panel is not None
    out = terminal(piped_width=200)
    years = f"{config.world.panel.known_until + 1}-{panel.years[-1]}"
    out.print(score_lines(found.scores, f"Forecasts of {years}, from what was known in {config.world.panel.known_until}"))
    if not panel.has_covariates:
        out.print(verbatim("No covariates: the benchmarks, facts and the mechanism that need them are left out"))
    best = str(found.lead[~found.lead.model.str.startswith(MODEL[:5])].nsmallest(1, "lead").model.item())
    out.print(lead_lines(found.lead, found.fact_counts))
    out.print(by_year_lines(found.by_year, [MODEL, best]))
    if len(found.verdict):
        out.print(verdict_lines(found.verdict))
    out.print(ablation_lines(found.ablation))
    if lacks_targets:
        out.print(verbatim("No stylised facts: there is no stylised_facts.csv in the folder of the data"))
    else:
        out.print(fact_lines(found.facts))
        out.print(verbatim(fact_count(found.facts)))
    out.print(verbatim("Sampling noise alone is worth 0.055 of wlogRMSE and two vintages of the data differ by 0.073: differences under 0.01 mean nothing."))


def _agents(config: Config) -> AgentRuns:
    """Run the agents: all replications for the scores, and a smaller world whose people are recorded for careers."""
    from talentsim.config import UserError
    from talentsim.ensemble.ensemble import run_ensemble
    from talentsim.panel.paths import panel_of
    from talentsim.scholars.validate import AgentRuns

    first, last = (int(panel_of(config).years[place]) for place in (0, -1))
    if config.world.start_year > first or config.world.end_year < last:     # years that no run has would count as years without anybody
        raise UserError("world.start_year, world.end_year", f"the agents live from {config.world.start_year} to {config.world.end_year}, and the panel has "
                        f"{first} to {last}", f"{first} or earlier, and {last} or later")

    def kept(people: bool) -> dict[str, object]:
        return {"output": config.output.model_copy(update={"people": people})}

    small = config.model_copy(update=kept(True) | {
        "population": config.population.model_copy(update={"scale": min(config.population.scale, LIVES_SCALE)}),
        "ensemble": config.ensemble.model_copy(update={"replications": 1})})
    runs, lives = run_ensemble(config.model_copy(update=kept(False))), run_ensemble(small)
    return AgentRuns(len(runs), {name: runs.agents(name) for name in AgentRuns.TABLES}, lives.agents("people"), lives.agents("events"))
