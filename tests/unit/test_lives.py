"""Lives and diversion: places in any year, the decision at which lives part, one person's two lives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from talentsim.comparison.compare import compare
from talentsim.comparison.diversion import NO_LIFE, differing, diversion, first_partings
from talentsim.comparison.pair import Pair, PairRuns, run_pair
from talentsim.comparison.person import name_of, two_lives, uid_from, whose_lives_differ
from talentsim.config import UserError
from talentsim.ensemble.ensemble import Ensemble
from talentsim.ensemble.store import Store
from talentsim.measures.lives import ABSENT, Lives, rank_in_group
from talentsim.model.model import TalentModel
from talentsim.model.tables import tier_ability
from worlds import edited, policy

Plain = dict[str, Any]
CODES = ["USA", "CHN", "IND"]
REASONS = ["study", "graduation", "search", "refused", "lost_lottery", "exit"]


def lives(*events: tuple[int, int, str, str, str], people: dict[int, tuple[str, int]]) -> Lives:
    """Make lives from (uid, year, to, stage, reason) and uid -> (origin, entry year)."""
    frame = pd.DataFrame(events, columns=["uid", "year", "to", "stage", "reason"])
    frame = pd.DataFrame({"uid": frame.uid.astype(np.uint64), "year": frame.year.astype(np.int16), "to": pd.Categorical(frame.to, CODES),
                          "stage": pd.Categorical(frame.stage, ["student", "researcher"]),
                          "status": pd.Categorical(["national"] * len(frame), ["national"]), "reason": pd.Categorical(frame.reason, REASONS)})
    rows = pd.DataFrame([(uid, *who) for uid, who in people.items()], columns=["uid", "origin", "entry_year"])
    return Lives(rows.assign(uid=rows.uid.astype(np.uint64), doctorate_year=rows.entry_year + 2, origin=pd.Categorical(rows.origin, CODES)), frame)


def test_places_follow_from_events() -> None:
    one = lives((7, 2010, "USA", "student", "study"), (7, 2012, "USA", "researcher", "graduation"), (9, 2012, "CHN", "student", "exit"),
                (7, 2013, "IND", "researcher", "search"), (7, 2013, "CHN", "researcher", "search"), people={7: ("CHN", 2010), 9: ("CHN", 2011)})
    place, stage = one.places(np.array([7, 9], np.uint64), np.arange(2009, 2015))
    assert place.tolist() == [[ABSENT, 0, 0, 0, 1, 1], [ABSENT, ABSENT, 1, ABSENT, ABSENT, ABSENT]]
    assert stage[0].tolist() == [0, 0, 0, 1, 1, 1]


def test_who_entered_before_the_first_year_is_placed_from_the_start() -> None:
    one = lives((7, 2001, "USA", "student", "study"), people={7: ("CHN", 2001), 8: ("IND", 1999)})
    place, _ = one.places(np.array([7, 8], np.uint64), np.arange(2010, 2012))
    assert place.tolist() == [[0, 0], [2, 2]]


def test_the_first_decision_that_differs() -> None:
    people = dict.fromkeys(range(1, 7), ("CHN", 2010))
    one = lives((1, 2010, "USA", "student", "study"), (2, 2010, "USA", "student", "study"), (3, 2011, "USA", "researcher", "search"),
                (4, 2010, "USA", "student", "study"), (4, 2015, "CHN", "researcher", "search"), (6, 2012, "USA", "student", "study"), people=people)
    other = lives((1, 2010, "CHN", "student", "refused"), (2, 2010, "USA", "student", "study"), (4, 2010, "USA", "student", "study"),
                  (5, 2014, "USA", "researcher", "search"), (4, 2012, "IND", "researcher", "search"), (6, 2012, "IND", "student", "study"),
                  people=people)
    found = first_partings(one, other).set_index("uid")
    assert found.loc[1].tolist() == [2010, "study", "refused"]
    assert 2 not in found.index
    assert found.loc[3].tolist() == [2011, "search", "no change"]
    assert found.loc[4].tolist() == [2012, "no change", "search"]
    assert found.loc[5].tolist() == [2014, "no change", "search"]
    assert found.loc[6].tolist() == [2012, "study", "study"]
    assert differing(one, other).tolist() == [1, 3, 4, 5, 6]


def test_who_lives_in_one_world_alone_parts_by_entering() -> None:
    shared = {1: ("CHN", 2010), 2: ("CHN", 2010)}
    one = lives((1, 2012, "USA", "student", "study"), (4, 2013, "CHN", "researcher", "exit"), people=shared | {4: ("IND", 2011)})
    other = lives((3, 2013, "USA", "student", "study"), people=shared | {3: ("CHN", 2012)})
    found = first_partings(one, other).set_index("uid")
    assert found.index.tolist() == [1, 3, 4]
    assert found.loc[1].tolist() == [2012, "study", "no change"]
    assert found.loc[3].tolist() == [2012, NO_LIFE, "entered"] and found.loc[4].tolist() == [2011, "entered", NO_LIFE]


def test_ranks_count_within_a_group() -> None:
    assert rank_in_group(np.array([3, 3, 5, 8, 8, 8])).tolist() == [0, 1, 0, 0, 1, 2]
    assert rank_in_group(np.empty(0)).tolist() == []


@pytest.fixture(scope="module")
def pair(plain_toy: Plain, tmp_path_factory: pytest.TempPathFactory) -> PairRuns:
    """Two replications of the toy world at ten times its size, with and without a policy that moves many."""
    common = {"population.scale": 10.0, "ensemble.replications": 2}
    tight = edited(plain_toy, common | {"policy": {"x": policy("student_refusal", value=0.5), "y": policy("pay", change="multiply", value=0.8)}})
    return run_pair(Pair(edited(plain_toy, common), tight), Store(tmp_path_factory.mktemp("store")))


@pytest.mark.whole
def test_places_are_the_models(pair: PairRuns) -> None:
    """Every person, every year, against the population that the model itself holds, longhand."""
    model, one = TalentModel(pair.baseline.config), Lives(pair.baseline.of_run(0, "people"), pair.baseline.of_run(0, "events"))
    uids = np.sort(one.people["uid"].to_numpy())
    place, stage = one.places(uids, pair.baseline.years)
    while model.running:
        model.step()
        if model.year in (2010, 2019, 2035):
            rows, at = model.world.researchers, model.year - 2010
            order = np.argsort(rows.uid)
            here = place[:, at] != ABSENT
            assert np.array_equal(uids[here], rows.uid[order])
            assert np.array_equal(place[here, at], rows.work_country[order]) and np.array_equal(stage[here, at], rows.career_stage[order])


@pytest.mark.whole
def test_the_matrix_counts_persons_in_every_year(pair: PairRuns) -> None:
    """Against a count person by person, in both arms of one replication."""
    lone = [Ensemble(arm.config, arm.store, arm.runs[1:]) for arm in pair]
    matrix, years = diversion(PairRuns(*lone)).matrix, lone[0].years
    arms = [Lives(arm.of_run(0, "people"), arm.of_run(0, "events")) for arm in lone]
    uids = np.sort(arms[0].people["uid"].to_numpy())
    here, there = (each.places(uids, years)[0] for each in arms)
    for year in (2025, 2030, 2035):
        at, codes = year - 2010, lone[0].codes
        rows = matrix[matrix.year == year].set_index(["baseline_country", "scenario_country"]).researchers
        for a, one in enumerate(codes):
            for b, other in enumerate(codes):
                by_hand = sum(1 for x, y in zip(here[:, at].tolist(), there[:, at].tolist(), strict=True) if (x, y) == (a, b))
                assert rows[one, other] == pytest.approx(by_hand / 10.0)


@pytest.mark.whole
def test_the_diverted_add_up_to_the_matrix(pair: PairRuns) -> None:
    found = diversion(pair)
    apart = found.matrix[found.matrix.baseline_country != found.matrix.scenario_country]
    everybody = found.apart[found.apart.tier == "all"]
    assert everybody.groupby("year").researchers.sum().to_dict() == pytest.approx(
        apart[apart.researchers > 0].groupby("year").researchers.sum().to_dict())
    assert set(found.apart.stage) == {"student", "researcher"} and set(found.apart.tier) == {"all", "top20", "top2"}
    assert (found.apart.year >= 2026).all() and found.apart.researchers.gt(0).all()
    assert set(found.parting.scenario_decision) >= {"refused", "study"} and (found.parting.year >= 2026).all()


@pytest.mark.whole
def test_a_higher_tier_of_the_diverted_is_part_of_the_lower(pair: PairRuns) -> None:
    """As in `by_tier`, `all` is everybody: counted by hand from the lives of both worlds, and never less than a tier above it."""
    apart = diversion(pair).apart
    cells = ["year", "origin", "stage", "baseline_country", "scenario_country"]
    wide = apart.pivot_table(index=cells, columns="tier", values="researchers", observed=True).fillna(0.0)
    assert (wide["all"] >= wide["top20"]).all() and (wide["top20"] >= wide["top2"]).all() and (wide["top20"] > 0).any()
    by_hand = 0
    for place in range(len(pair.scenario)):
        one, other = (Lives(arm.of_run(place, "people"), arm.of_run(place, "events")) for arm in pair)
        people = one.people.sort_values("uid")
        uids = people.uid.to_numpy()[people.ability.to_numpy() >= tier_ability(pair.scenario.config)[1] / 256.0]
        (here, _), (there, _) = (each.of(uids).places(uids, np.array([2035])) for each in (one, other))
        by_hand += int(((here != there) & (here != ABSENT) & (there != ABSENT)).sum())
    assert apart[(apart.tier == "top20") & (apart.year == 2035)].researchers.sum() == pytest.approx(
        by_hand * pair.scenario.weight / len(pair.scenario))


@pytest.mark.whole
def test_tiers_of_the_diverted_are_the_models(pair: PairRuns) -> None:
    people, cuts = pair.baseline.of_run(0, "people"), tier_ability(pair.baseline.config) / 256.0
    entrants = people[people.entry_year == pair.baseline.config.entry.level_year]
    assert (entrants.ability >= cuts[1]).mean() == pytest.approx(0.2, abs=0.06)
    assert (entrants.ability >= cuts[2]).mean() == pytest.approx(0.02, abs=0.03)


@pytest.mark.whole
def test_without_lives_there_is_no_diversion(plain_toy: Plain, tmp_path: Path) -> None:
    arms = [edited(plain_toy, {"ensemble.replications": 2, "output.people": False, "policy": changes})
            for changes in ({}, {"x": policy("pay", change="multiply", value=0.6)})]
    result = compare(*arms, Store(tmp_path))
    assert result.diversion.empty and "diversion" not in result.tables and len(result.headline)


@pytest.mark.whole
def test_two_lives_agree_until_they_part(pair: PairRuns) -> None:
    some = whose_lives_differ(pair, 0)
    assert {"refused"} <= set(some.scenario_decision) and len(some) >= 3
    for row in some.itertuples():
        who, years = two_lives(pair, 0, int(row.uid))
        assert name_of(int(row.uid), pair.baseline.codes) == row.name and row.name.startswith(str(who.origin))
        assert uid_from(row.name, pair.baseline.codes) == uid_from(str(row.uid), pair.baseline.codes) == row.uid
        differ = years[(years.baseline != years.scenario) | (years.baseline_events != years.scenario_events)]
        assert differ.year.iloc[0] == row.year
        assert (years[years.year < row.year].baseline == years[years.year < row.year].scenario).all()
        assert years.year.iloc[0] == who.entry_year


@pytest.mark.whole
def test_nobody_of_that_name(pair: PairRuns) -> None:
    with pytest.raises(UserError, match="names nobody"):
        uid_from("XYZ-2020-1", pair.baseline.codes)
    for nobody in (str(1 << 64), "9" * 40, "\N{SUPERSCRIPT TWO}", "USA-99999-1", f"USA-2020-{1 << 40}", "USA-2020-\N{SUPERSCRIPT TWO}"):
        with pytest.raises(UserError, match="names nobody"):        # and not somebody else, whose number it would become
            uid_from(nobody, pair.baseline.codes)
    with pytest.raises(UserError, match="nobody has the uid"):
        two_lives(pair, 0, uid_from("CHN-2020-999999", pair.baseline.codes))
