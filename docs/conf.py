"""How the site of the documents is built: `make docs`."""

from __future__ import annotations

from typing import Any

from talentsim import __version__
from talentsim.commands import COMMANDS
from talentsim.measures.indicators import INDICATORS
from talentsim.model.outcomes import OUTCOMES
from talentsim.report.dictionary import COMPARISON, Column, Described
from talentsim.report.dictionary_of_others import OTHERS
from talentsim.vocab import LEVERS

project, author = "talentsim", "The talentsim developers"
release = version = __version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc"]
html_theme = "pydata_sphinx_theme"
exclude_patterns = ["_build", "images"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
numpydoc_show_class_members = False
html_show_sourcelink = False
html_sidebars = {"**": []}       # one level of pages: the bar above and the page's own list say all
suppress_warnings = ["myst.xref_missing"]       # folders of the repository, which readers of the files follow; test_readme checks every link


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _row(name: str, each: Column) -> str:
    return f"| `{name}` | {_cell(each.meaning)} | {_cell(each.unit)} |"


def _described(table: Described) -> list[str]:
    rows = [*(_row(name, table.column(name)) for name in table.columns), *(_row(label, each) for label, each in table.besides.items())]
    return [f"### {table.name}", "", f"{table.holds[0].upper()}{table.holds[1:]}.", "", "| column | meaning | unit |", "|---|---|---|", *rows, ""]


def _dictionary() -> str:
    lines: list[str] = []
    for command in dict.fromkeys(each.command for each in (*COMPARISON.values(), *OTHERS)):
        lines += [f"## {command[0].upper()}{command[1:]}" if command.startswith("every") else f"## {command}", ""]
        lines += [line for each in (*COMPARISON.values(), *OTHERS) if each.command == command for line in _described(each)]
    for title, listed in (("Outcomes", OUTCOMES), ("Indicators", INDICATORS)):
        lines += [f"## {title}", "", "| name | what it is | unit |", "|---|---|---|", *(_row(name, Column(each.title, each.unit)) for name, each in listed.items()), ""]
    return "\n".join(lines)


def _levers() -> str:
    rows = [f"| `{each.name}` | {_cell(each.meaning)} | {_cell(each.unit)} | {each.low:g} to {each.high:g} | {each.axes.value} |" for each in LEVERS.values()]
    return "\n".join(["| lever | what it is | unit | bounds | of |", "|---|---|---|---|---|", *rows])


def _commands() -> str:
    rows = [f"| `talentsim {_cell(each.usage)}` | {_cell(each.summary)} | {' '.join(f'`{option}`' for option in each.options)} |" for each in COMMANDS.values()]
    return "\n".join(["| command | what it does | options |", "|---|---|---|", *rows])


def _fill(_: Any, __: str, source: list[str]) -> None:
    for mark, table in (("<!-- generated: dictionary -->", _dictionary), ("<!-- generated: levers -->", _levers),
                        ("<!-- generated: commands -->", _commands)):
        for line in source[0].splitlines():         # what a reader of the bare file is told stands before the mark
            if line.endswith(mark):
                source[0] = source[0].replace(line, table())


def setup(app: Any) -> None:
    """Put the tables that are generated from the code where their marks stand."""
    app.connect("source-read", _fill)
