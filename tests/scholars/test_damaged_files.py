"""Input files that went wrong, of every kind a spreadsheet or a broken download makes: told by file and row, or read alike."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from talentsim.commands.cli import run
from talentsim.config import UserError
from talentsim.panel.published import make_tables, write_tables

CODES = ("USA", "CHN", "DEU", "ROW")
OTHERS = ("BEL", "AUT")
YEARS = range(1998, 2021)
COUNTRY, FLOWS = "scopus_2024_V1_scholarlymigration_country.csv", "scopus_2024_V1_scholarlymigration_countryflows.csv"
NUMBERS = {COUNTRY: (1, 2, 3, 4), FLOWS: (2, 3)}
"""Columns that hold numbers, by file."""


def clean(seed: int = 1) -> dict[str, list[list[str]]]:
    """Return the rows of the two files, header first, for five countries."""
    draw = np.random.default_rng(seed)
    codes = (*CODES[:-1], *OTHERS)
    flows = {(one, other, year): int(draw.integers(0, 60)) for year in YEARS for one in codes for other in codes if one != other}
    flows["USA", "CHN", 2001] = 0           # a file that lists zeros
    rows = [["iso3code", "year", "padded_population_of_researchers", "number_of_inmigrations", "number_of_outmigrations"]]
    for code in codes:
        for year in YEARS:
            arrive = sum(flows[one, code, year] for one in codes if one != code)
            leave = sum(flows[code, one, year] for one in codes if one != code)
            rows.append([code, str(year), str(20_000 + 100 * (year - 1998)), str(arrive), str(leave)])
    return {COUNTRY: rows, FLOWS: [["iso3codefrom", "iso3codeto", "year", "n_migrations"],
                                   *([one, other, str(year), str(n)] for (one, other, year), n in flows.items())]}


def publish(files: dict[str, list[list[str]]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        (folder / name).write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> bool:
    keys = {"flows": ["origin", "destination", "year"], "stocks": ["region", "year"]}
    return all(one[name].sort_values(key).reset_index(drop=True).equals(other[name].sort_values(key).reset_index(drop=True))
               for name, key in keys.items())


def damage(files: dict[str, list[list[str]]], kind: str, draw: np.random.Generator) -> None:
    """Damage the rows in place, at a place drawn; rows of the years that are used are hit."""
    name = str(draw.choice([COUNTRY, FLOWS]))
    rows = files[name]
    place = int(draw.integers(1, len(rows)))
    column = int(draw.choice(NUMBERS[name]))
    match kind:
        case "drop a row": del rows[place]
        case "drop a year": files[name] = [row for row in rows if row[NUMBERS[name][0]] != str(draw.integers(1998, 2021))]
        case "double a row": rows.insert(int(draw.integers(1, len(rows))), list(rows[place]))
        case "double a row with another number": rows.append([*rows[place][:-1], str(int(rows[place][-1]) + 7)])
        case "double all": rows += [list(row) for row in rows[1:]]
        case "empty a cell": rows[place][int(draw.integers(len(rows[place])))] = ""
        case "write words": rows[place][column] = str(draw.choice(["<5", "n/a", "nan", "NaN", "-", "none", "inf", "1,5", "~40", "12 345", "1.2.3", "#REF!"]))
        case "thousands": rows[place][column] = f'"{int(rows[place][column]) + 1000:,}"'
        case "break a number": rows[place][column] = f"{rows[place][column]}.5"
        case "below zero": rows[place][column] = "-3"
        case "cut the row": rows[place] = rows[place][:-1]
        case "lengthen the row": rows[place] = [*rows[place], "9"]
        case "world": rows.append([str(draw.choice(["WLD", "EUU", "OED", "ALL", "XXX"])), *rows[place][1:]])
        case "unknown code": rows[place][0] = str(draw.choice(["UK", "USAA", "ZZZ", "840", "Germany"]))
        case "swap a total": files[COUNTRY][1 + int(draw.integers(3 * 21))][4] = "0"
        case "rename a column": rows[0][column] += "_new"
        case "double a column": files[name] = [[*row, row[-1]] for row in rows]
        case "no rows": del rows[1:]
        case "nothing": del rows[:]
        case "semicolons": files[name] = [[";".join(row)] for row in rows]
        case "home": files[FLOWS].append(["USA", "USA", "2010", "4"])


KINDS = ("drop a row", "drop a year", "double a row", "double a row with another number", "double all", "empty a cell", "write words", "thousands",
         "break a number", "below zero", "cut the row", "lengthen the row", "world", "unknown code", "swap a total", "rename a column",
         "double a column", "no rows", "nothing", "semicolons", "home")
HARMLESS = ("shuffle", "spaces", "lower case", "floats", "blank lines", "another column", "byte order mark", "Windows line ends")


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_refused_by_file_and_row(kind: str, tmp_path: Path) -> None:
    """Fifteen places for each kind of damage: refused, with the file named, and nothing is written.

    A row that is not looked at may be missing, and so may a small country's first years, which is told.
    """
    draw = np.random.default_rng(sum(map(ord, kind)))
    for number in range(15):
        files, folder = clean(number), tmp_path / str(number)
        damage(files, kind, draw)
        publish(files, folder)
        try:
            made = make_tables(folder, CODES)
        except UserError as error:
            assert "scholarlymigration_country" in error.message and len(error.message.splitlines()) <= 5
        else:
            publish(clean(number), tmp_path / "clean")
            assert kind == "drop a row" and (made.notes or same(made.tables, make_tables(tmp_path / "clean", CODES).tables))


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_changes_no_number_is_read_alike(kind: str, tmp_path: Path) -> None:
    files = clean()
    publish(files, tmp_path / "clean")
    expected = make_tables(tmp_path / "clean", CODES).tables
    for name, rows in files.items():
        match kind:
            case "shuffle": rows[1:] = [rows[1 + place] for place in np.random.default_rng(3).permutation(len(rows) - 1)]
            case "spaces": files[name] = [[f" {cell} " for cell in row] for row in rows]
            case "lower case": files[name] = [rows[0], *([cell.lower() for cell in row] for row in rows[1:])]
            case "floats": files[name] = [rows[0], *([cell if cell.isalpha() else f"{cell}.0" for cell in row] for row in rows[1:])]
            case "blank lines": rows += [[""], [""]]
            case "another column": files[name] = [rows[0] + ["name"], *([*row, "Côte d'Ivoire"] for row in rows[1:])]
    publish(files, tmp_path / "other")
    for path in (tmp_path / "other").iterdir():
        text = path.read_bytes()
        if kind == "byte order mark":
            path.write_bytes(b"\xef\xbb\xbf" + text)
        if kind == "Windows line ends":
            path.write_bytes(text.replace(b"\n", b"\r\n"))
    assert same(make_tables(tmp_path / "other", CODES).tables, expected)


@pytest.mark.parametrize(("encoding", "message"), [("utf-16", "UTF-16"), ("latin-1", "row 1: byte 0xf4 is not UTF-8")])
def test_other_encodings_are_named(encoding: str, message: str, tmp_path: Path) -> None:
    files = clean()
    files[COUNTRY] = [files[COUNTRY][0] + ["Côte"], *([*row, "x"] for row in files[COUNTRY][1:])]
    publish(files, tmp_path)
    path = tmp_path / COUNTRY
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    with pytest.raises(UserError, match=message):
        make_tables(tmp_path, CODES)


def test_parquet_is_checked_alike(tmp_path: Path) -> None:
    files = clean()
    publish(files, tmp_path / "clean")
    expected = make_tables(tmp_path / "clean", CODES).tables
    for name, rows in files.items():
        table = pd.DataFrame(rows[1:], columns=rows[0])
        table[table.columns[list(NUMBERS[name])]] = table[table.columns[list(NUMBERS[name])]].astype(float)
        (tmp_path / "pq").mkdir(exist_ok=True)
        table.to_parquet(tmp_path / "pq" / name.replace(".csv", ".parquet"))
    assert same(make_tables(tmp_path / "pq", CODES).tables, expected)
    path = tmp_path / "pq" / FLOWS.replace(".csv", ".parquet")
    table = pd.read_parquet(path)
    table.assign(n_migrations=table.n_migrations.where(table.index != 30)).to_parquet(path)
    with pytest.raises(UserError, match="row 31, column 'n_migrations': the cell is empty"):
        make_tables(tmp_path / "pq", CODES)
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(UserError, match="not whole Parquet"):
        make_tables(tmp_path / "pq", CODES)


def test_zeros_may_be_left_out_of_all_rows_and_it_is_told(tmp_path: Path) -> None:
    files = clean()
    files[FLOWS] = [row for row in files[FLOWS] if row[-1] != "0"]
    publish(files, tmp_path / "large")
    with pytest.raises(UserError, match="there is no row of"):          # next to years with many moves
        make_tables(tmp_path / "large", CODES)
    for row in files[FLOWS][1:]:
        row[-1] = str(1 + int(row[-1]) % 9)
    publish(files, tmp_path / "few")
    listed = {tuple(row[:3]) for row in files[FLOWS]}
    files[FLOWS] += [[*key, "0"] for key in (tuple(row[:3]) for row in clean()[FLOWS]) if key not in listed]
    publish(files, tmp_path / "all")
    one, other = make_tables(tmp_path / "all", CODES), make_tables(tmp_path / "few", CODES)
    assert same(one.tables, other.tables) and not one.notes and "taken as no moves" in other.notes[0]


def test_several_versions_are_refused(tmp_path: Path) -> None:
    publish(clean(), tmp_path)
    shutil.copyfile(tmp_path / FLOWS, tmp_path / FLOWS.replace("2024_V1", "2025_V1"))
    with pytest.raises(UserError, match="several countryflows files"):
        make_tables(tmp_path, CODES)
    (tmp_path / FLOWS).unlink()
    with pytest.raises(UserError, match="not of one version"):
        make_tables(tmp_path, CODES)


def test_a_failed_import_leaves_good_tables(tmp_path: Path) -> None:
    publish(clean(), tmp_path / "in")
    made = make_tables(tmp_path / "in", CODES)
    write_tables(made.tables, tmp_path / "out", CODES)
    (tmp_path / "out" / "stylised_facts.csv").write_text("mine")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    stocks = made.tables["stocks"].assign(researchers=0)
    with pytest.raises(UserError, match=r"the tables made of the files, stocks\.parquet"):
        write_tables({**made.tables, "stocks": stocks}, tmp_path / "out", CODES)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    write_tables(made.tables, tmp_path / "out", CODES)
    assert (tmp_path / "out" / "stylised_facts.csv").read_text() == "mine" and [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_command_names_its_files_and_the_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    publish(clean(), tmp_path / "in")
    assert run(["data", "scholars", "in"]) == 2                 # the world has 20 regions
    assert "there is no country" in capsys.readouterr().err and not (tmp_path / "outputs").exists()
