"""What do ten questions that people ask come to?

    python experiments/questions.py [OVERRIDE ...] > docs/questions.md          about ten minutes on two cores

Runs the command of each question as a user would, over draws of the parameters at a scale that the page names, and prints the page:
question, command, seconds, answer. OVERRIDE is put behind every command, population.scale=0.02 for a quick look.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from talentsim.ensemble.opened import Results, open_results

CONDITIONS = ["population.scale=0.1", "ensemble.replications=32", "compare.side_replications=2", "compare.structure=null", "output.figures=false",
              "output.report=false"]
N_SHOWN = 4


@dataclass(frozen=True)
class Question:
    """A question, the command that answers it, and how the answer is read from its folder of results."""

    title: str
    command: str
    answer: Callable[[Path], str]
    words: str = ""

    @property
    def arguments(self) -> list[str]:
        """The command, taken apart as a shell does."""
        return shlex.split(self.command)[1:]


def number(row: pd.Series, unit: str, places: int = 2) -> str:
    """Write a difference with its interval."""
    return f"{row.difference:+,.{places}f} {unit} (90 % of the draws {row.low:+,.{places}f} to {row.high:+,.{places}f})"


def headline(results: Results, country: str, outcome: str = "work_share") -> pd.Series:
    """Return the headline's row of a country and outcome."""
    table = results.table("headline")
    return table[(table.outcome == outcome) & (table.country == country)].iloc[0]


def of(country: str) -> Callable[[Path], str]:
    """Return what tells a country's change in people and in its share of the works."""
    def answer(folder: Path) -> str:
        results = open_results(folder)
        works, people = headline(results, country), headline(results, country, "researchers")
        name = results.arms["scenario"].world.countries[country].name
        return (f"{name} ({country}), {int(works.year)}: share of the world's works {works.baseline:.2f} % without, {works.scenario:.2f} % with, "
                f"{number(works, 'points')}; researchers and doctoral students {number(people, 'people', 0)}.")

    return answer


def canada_by_origin(folder: Path) -> str:
    """Tell what Canada gains, and people of which first degree it gains."""
    results = open_results(folder)
    table, arm = results.table("by_origin"), results.arms["scenario"]
    rows = table[(table.country == "CAN") & (table.year == arm.headline_year)].sort_values("difference", ascending=False)
    first = rows[rows.difference > 0].head(N_SHOWN)
    named = ", ".join(f"{arm.world.countries[row.origin].name} {row.difference:+,.0f}" for row in first.itertuples())
    return (f"{of('CAN')(folder)} By country of first degree, means over the draws: {named}; all origins together {rows.difference.sum():+,.0f}. The screen "
            "shows the first three, table `by_origin` all.")


def until_2028(folder: Path) -> str:
    """Tell what the fee does while it is there, and what is left of it."""
    table = open_results(folder).table("differences")
    rows = table[(table.outcome == "work_share") & (table.country == "USA")].set_index("year")
    return "; ".join(f"{year}: {number(rows.loc[year], 'points')}" for year in (2028, 2030, 2035)) + ". United States, share of the world's works."


def dependence(folder: Path) -> str:
    """Tell on people of which country the works hosted by the United States rest."""
    table = pd.read_parquet(folder / "indicators.parquet")
    rows = table[(table.country == "USA") & (table.partner == "CHN")].set_index(["indicator", "year"]).baseline
    named = {"dependence_origin": "first degree", "dependence_training": "doctorate", "dependence_either": "either of them"}
    return "; ".join(f"{words} from China: {rows[name, 2024]:.1f} % in 2024, {rows[name, 2035]:.1f} % in 2035" for name, words in named.items()) + \
        ", of the works made in the United States."


def strengths(folder: Path) -> str:
    """Tell the effect of each strength."""
    table = pd.read_parquet(folder / "sweep.parquet")
    rows = table[(table.outcome == "work_share") & (table.country == "USA") & (table.year == 2035)]
    key = "policy.f1_refusal.value"
    told = "; ".join(f"{100 * row[key]:.0f} points more refused: {number(row, 'points')}" for _, row in rows.sort_values(key).iterrows())
    return f"{told}. United States, share of the world's works in 2035; the chart is `dose_response.png` in the folder of results."


def what_matters(folder: Path) -> str:
    """Tell which assumption moves the answer most."""
    results = open_results(folder)
    table = results.table("sensitivity")
    spans = table.groupby("title", observed=True).difference.agg(["min", "max"])
    order = (spans["max"] - spans["min"]).sort_values(ascending=False).index[:3]
    told = "; ".join(f"{name}: {spans['min'][name]:+.2f} to {spans['max'][name]:+.2f} points" for name in order)
    most = results.table("variance_shares").iloc[0] if "variance_shares" in results else None
    over = "" if most is None else f" Over the draws, most of the spread goes with {most.group} ({100 * most.share:.0f} %)."
    return f"Each at both ends of its range, all else kept. {told}.{over}"


def adds_up(folder: Path) -> str:
    """Tell each part alone, their sum and the whole."""
    table = open_results(folder).table("sides")
    alone = table[table.kind == "policy alone"]
    whole = table[table.kind == "as configured"].iloc[0].difference
    parts = "; ".join(f"{row.title} alone {row.difference:+.2f}" for row in alone.itertuples())
    return (f"{parts}; the sum {alone.difference.sum():+.2f}, both together {whole:+.2f} points of the world's works in the United States in 2035: "
            f"what they do to each other is {round(whole - alone.difference.sum(), 2) + 0.0:+.2f}.")


def in_excel(folder: Path) -> str:
    """Tell what is in the workbook."""
    from talentsim.report.workbook import sheets_of

    sheets = sheets_of(open_results(folder))
    series = sheets["Over time"]
    return (f"`comparison.xlsx` in the folder of results: {len(sheets)} sheets; `Over time` has {len(series)} rows and a column for each year from "
            f"{min(c for c in series.columns if isinstance(c, int))} to {max(c for c in series.columns if isinstance(c, int))}, with units.")


QUESTIONS = (
    Question("What does Canada gain if practical training in the United States ends in 2027, and from which origins?",
             "talentsim scenario=opt_end focus=CAN", canada_by_origin),
    Question("What does a wage-weighted lottery do?",
             "talentsim scenario=baseline baseline=h1b_weighted_off", of("USA"),
             "The weights have been in force since the draw of 2026, so the baseline has them: what they do is the baseline less a world in which all wage levels weigh alike again."),
    Question("What does the fee on new work visas do if it stays until 2028?",
             "talentsim scenario=h1b_fee policy.h1b_fee_kept.end=2028 policy.h1b_fee_kept_bars.end=2028 policy.h1b_fee_kept_borne.end=2028", until_2028),
    Question("What if Germany paid 15 % more and gave residence to everybody with a doctorate of its own?",
             "talentsim '+policy.pay={lever: pay, countries: [DEU], start: 2027, change: multiply, value: 1.15}' "
             "'+policy.residence={lever: years_to_permanence, countries: [DEU], trained: [DEU], start: 2027, change: set, value: 0}' focus=DEU", of("DEU")),
    Question("What would an Indian return programme bring?", "talentsim scenario=india_return focus=IND", of("IND")),
    Question("How far does work done in the United States rest on people from China, in 2024 and in 2035?",
             "talentsim indicators dependence_origin dependence_training dependence_either scenario=baseline compare.year=2024 --over-time", dependence,
             "First degree is the degree with which a person enters the model, and its country is the person's origin, whatever the passport says. Doctorate is the "
             "country in which they took, or are taking, theirs; somebody who never left has both from one country, and who has both counts once in `either`."),
    Question("How does the effect of refused student visas grow with their number?",
             "talentsim -m scenario=visa_tightening policy.f1_refusal.value=0.1,0.2,0.4", strengths),
    Question("Which assumption matters most?", "talentsim sensitivity scenario=visa_tightening", what_matters),
    Question("Do an end of practical training and the fee add up?", "talentsim scenario=opt_end+h1b_fee compare.decompose=true", adds_up),
    Question("Can I have the time series in Excel?", "talentsim scenario=opt_end output.xlsx=true", in_excel),
)


def asked(question: Question, folder: Path, more: list[str]) -> tuple[str, float]:
    """Run a question's command in a folder and return its answer and the seconds it took.

    Raises
    ------
    SystemExit
        When the command fails.
    """
    before, started = results_in(folder), time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "talentsim", *question.arguments, *behind(more), f"output.dir={folder}"],
                          capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{question.command}\n{done.stderr}")
    return question.answer(max(results_in(folder) - before)), seconds


def behind(more: list[str]) -> list[str]:
    """Return what stands behind every command: the conditions of the page, and in their place what is given, for a key is given once."""
    keys = {each.partition("=")[0] for each in more}
    return [*(each for each in CONDITIONS if each.partition("=")[0] not in keys), *more]


def results_in(folder: Path) -> set[Path]:
    """Return the folders of results below an output folder."""
    return {each for each in folder.glob("20*/*") if each.is_dir()}


def page(answers: list[tuple[str, float]], more: list[str]) -> str:
    """Return the page."""
    lines = ["# Ten questions", "",
             "Printed by [questions.py](../experiments/questions.py), which ran each command as it stands here with these behind it: "
             f"`{' '.join(behind(more))}`. Numbers are medians over draws of the parameters, ranges the middle 90 % of them; "
             "the median of the differences is not the difference of the medians. Seconds are from prompt to prompt with the baseline's runs there, but for the "
             "first, beside whatever else the machine did. Without these overrides the same commands take longer, "
             "and show the answer under other structures as well. [How far to trust it](trust.md) says what the numbers are worth.", ""]
    for place, (question, (answer, seconds)) in enumerate(zip(QUESTIONS, answers, strict=True), start=1):
        lines += [f"## {place}. {question.title}", "", "```sh", question.command, "```", "", f"{answer} ({seconds:.0f} s)", ""]
        lines += [question.words, ""] if question.words else []
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Ask all ten and print the page."""
    more = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        print(page([asked(each, Path(folder), more) for each in QUESTIONS], more), end="")


if __name__ == "__main__":
    main()
