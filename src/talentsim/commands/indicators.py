"""`talentsim indicators [NAME ...] scenario=NAME`: indicators of both arms with their paired difference. `talentsim indicators --list`
names them, and --over-time prints them every five years as well.
"""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Run what is missing, print the indicators of the headline's year for the focus country, and write all of them."""
    from pathlib import Path

    from talentsim.commands.launch import checked_pair
    from talentsim.comparison.pair import run_pair
    from talentsim.config.errors import unknown_name
    from talentsim.ensemble.results import dated_folder, new_results, write_manifest, write_table
    from talentsim.measures.indicators import INDICATORS, indicators
    from talentsim.report.terminal.indicators import indicator_list, indicator_table, indicators_over_time
    from talentsim.report.terminal.progress import progress
    from talentsim.report.terminal.summaries import verbatim
    from talentsim.report.terminal.terminal import terminal

    if arguments.listed:
        terminal(piped_width=100).print(indicator_list({name: (each.title, each.unit) for name, each in INDICATORS.items()}))
        return 0
    names = arguments.words[1:] or list(INDICATORS)
    for name in names:
        if name not in INDICATORS:
            raise unknown_name("talentsim indicators", "indicator", name, INDICATORS)
    pair = checked_pair(arguments)
    with progress(True) as report:
        runs = run_pair(pair, progress=report)
    scenario, table = pair.scenario, indicators(runs.baseline, runs.scenario, names)
    folder = dated_folder(Path(scenario.output.dir), "indicators")
    with new_results(folder) as written:
        written += write_table(table, folder, "indicators", scenario.output.csv)
        written.append(write_manifest(folder, {"command": "indicators", "config": scenario.model_dump(mode="json"), "overrides": arguments.overrides}, written))
    out = terminal(piped_width=120)
    titles = {name: each.title for name, each in INDICATORS.items()}
    if arguments.over_time:
        out.print(indicators_over_time(table, {name: titles[name] for name in names}, scenario.focus_countries, scenario.headline_year))
    out.print(indicator_table(table, titles, scenario.focus, scenario.headline_year, scenario.compare.level, scenario.focus_countries))
    out.print(verbatim(f"All years, countries and partners: {folder / 'indicators.parquet'}"))
    return 0
