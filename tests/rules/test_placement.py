"""Who has to go, and who is not let in: placed by firms, home, a third country, or another employer where they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from talentsim.model.model import TalentModel
from talentsim.model.rules import admission, displacement
from talentsim.model.state.world import TurnedAway
from talentsim.model.visas import uniforms
from talentsim.vocab import Decision, Reason, VisaStatus
from worlds import model_before, no_caps, policy, welcoming

Plain = dict[str, Any]


def test_nobody_without_a_status_stays(plain_toy: Plain) -> None:
    model = model_before(plain_toy, 2026, "displacement")
    people, ended = model.world.researchers, model.world.ended
    uid, country, employer = people.uid[ended].copy(), people.work_country[ended].copy(), people.employer[ended].copy()
    assert len(uid) > 50
    named = model.world.employers.is_named(employer)
    model.world.journal.is_on = True
    displacement.step(model.world, 2026)
    assert (people.work_country[ended] != country).all()
    told = dict(model.world.journal.columns().items())
    placed = np.isin(uid, told["uid"][(told["reason"] == Reason.PLACED) & (told["year"] == 2026)])
    assert placed.sum() > 3
    assert named[placed].all() and placed[named].mean() > 0.05
    assert (people.employer[ended][placed] == employer[placed]).all()               # ownership stays


def test_who_has_to_go_goes_home_when_borders_are_closed(plain_toy: Plain) -> None:
    model = model_before(plain_toy, 2026, "hiring", policy={"x": policy("entry_refusal", countries=None, change="set", value=1.0)})
    told = model.world.journal.columns()
    gone = (told["year"] == 2026) & (told["reason"] == Reason.DISPLACED)
    assert gone.sum() > 30 and (told["status"][gone] == VisaStatus.NATIONAL).all()


def test_a_closed_laboratory_leaves_nobody_behind(plain_toy: Plain) -> None:
    closing = policy("site_weight", countries=["USA"], headquarters=["CHN"], change="set", value=0.0)
    model = model_before(plain_toy, 2026, "output", policy={"x": closing})
    people, employers = model.world.researchers, model.world.employers
    gone = np.flatnonzero((employers.hq == model.codes.index("CHN")) & employers.is_named(np.arange(len(employers.hq))))
    assert not np.isin(people.employer[people.work_country == model.codes.index("USA")], gone).any()
    told = model.world.journal.columns()
    this_year = told["year"] == 2026
    assert (told["reason"][this_year] == Reason.REHIRED).sum() > 0 < (told["reason"][this_year] == Reason.PLACED).sum()


def placed_abroad(model: TalentModel, year: int) -> np.ndarray:
    """Return rows of those whom a firm has moved that year to a country that is not their own."""
    people, told = model.world.researchers, model.world.journal.columns()
    moved = (told["reason"] == Reason.PLACED) & (told["year"] == year) & (told["from"] != told["to"])
    return np.flatnonzero(np.isin(people.uid, told["uid"][moved]) & (people.work_country != people.origin_country))


@pytest.mark.parametrize("lever", ["work_visa_refusal", "entry_refusal"])
def test_nobody_is_placed_where_they_would_not_be_let_in(plain_toy: Plain, lever: str) -> None:
    closing = {"x": policy(lever, countries=["USA", "CAN", "IND"], change="set", value=1.0)}
    for changes, some in (({}, True), (closing, False)):
        model = model_before(no_caps(plain_toy), 2026, "hiring", policy=changes)
        rows = placed_abroad(model, 2026)
        assert (len(rows) > 20) if some else (model.world.researchers.work_country[rows] == model.codes.index("CHN")).all()


def test_a_country_gives_those_placed_the_answer_it_gives_applicants(plain_toy: Plain) -> None:
    """Under the odds of a lottery and with refusals: one draw for each person, country and year, whoever asks."""
    model = model_before(no_caps(plain_toy), 2026, "hiring", **welcoming(plain_toy, work_visa_odds=0.5, work_visa_refusal=0.3))
    world, rows = model.world, placed_abroad(model, 2026)
    host = world.researchers.work_country[rows].astype(np.int64)
    assert len(rows) > 20
    assert (uniforms(world, rows, Decision.LOTTERY, 2026, host) < 0.5).all()
    assert (uniforms(world, rows, Decision.WORK_VISA, 2026, host) >= 0.3).all()


def test_those_not_let_in_are_handed_to_the_firms_that_would_have_hired_them(plain_toy: Plain) -> None:
    """All who wanted to move to a post with a named firm and did not, but the firm's own people; nobody who asks inside."""
    model = model_before(plain_toy, 2026, "admission")
    people, employers = model.world.researchers, model.world.employers
    asked, employer = admission._gather(model.world, 2026), people.employer.copy()
    admission.step(model.world, 2026)
    stayed = (asked.reason != Reason.STATUS) & (people.work_country[asked.rows] != asked.host)
    offered = stayed & employers.is_named(asked.employer) & (asked.employer != employer[asked.rows])
    away = model.world.turned_away
    expected = sorted(zip(asked.rows[offered], asked.host[offered], employers.firm_of(asked.employer[offered]), strict=True))
    assert sorted(zip(away.rows, away.country, away.firm, strict=True)) == expected and len(expected) > 50


def test_a_firm_places_those_not_let_in_with_its_chance_and_by_the_size_of_its_laboratories(plain_toy: Plain) -> None:
    """Where every other country lets everybody in: chance `placement`, sites by their posts, the firm's from then on."""
    free = welcoming(no_caps(plain_toy), work_visa_odds=1.0, work_visa_refusal=0.0)
    model = model_before(no_caps(plain_toy), 2026, "displacement", **free, **{"population.scale": 1000.0, "policy": {
        "x": policy("entry_refusal", change="set", value=1.0)}})
    world, people, usa, n = model.world, model.world.researchers, model.codes.index("USA"), len(model.codes)
    away, alpha = world.turned_away, list(world.employers.firms.names).index("ALPHA")
    rows = away.rows[(away.country == usa) & (away.firm == alpha) & ~np.isin(away.rows, world.ended)]
    before = {name: getattr(people, name)[rows].copy() for name in ("work_country", "employer", "visa_status", "n_moves", "last_move_year")}
    displacement.step(world, 2026)
    told = world.journal.columns()
    placed = np.isin(people.uid[rows], told["uid"][(told["year"] == 2026) & (told["reason"] == Reason.PLACED)])
    assert placed.sum() > 100
    assert stats.binomtest(int(placed.sum()), len(rows), float(world.levers["placement"][alpha])).pvalue > 1e-4
    place = people.work_country[rows]
    size = world.levers["site_weight"][alpha] * world.destinations.industry_share * world.headcount
    sites = np.flatnonzero((size > 0) & (np.arange(n) != usa))
    assert len(sites) == 2 and np.isin(place[placed], sites).all()
    assert stats.binomtest(int((place[placed] == sites[0]).sum()), int(placed.sum()), size[sites[0]] / size[sites].sum()).pvalue > 1e-4
    assert (world.employers.firm_of(people.employer[rows[placed]]) == alpha).all()
    # whoever lives where the laboratory is does not move, and whoever is not placed keeps post and place
    moved = place != before["work_country"]
    assert (placed & ~moved).sum() > 20 < moved.sum() and not (moved & ~placed).any()
    for name in ("visa_status", "n_moves", "last_move_year"):
        assert np.array_equal(getattr(people, name)[rows[~moved]], before[name][~moved])
    assert np.array_equal(people.employer[rows[~placed]], before["employer"][~placed])


def test_a_firm_places_nobody_where_their_own_status_has_ended(plain_toy: Plain) -> None:
    """Somebody turned away elsewhere in the year in which the time here is over: a laboratory here is no way to stay."""
    model = model_before(plain_toy, 2026, "displacement", **{
        "world.countries.CAN.visa.renewal_refusal": 0.5, "world.countries.CAN.visa.years_to_permanence": 20.0,
        "policy": {"x": policy("placement", countries=None, change="set", value=1.0)}})
    world, people, canada = model.world, model.world.researchers, model.codes.index("CAN")
    rows = world.ended[people.work_country[world.ended] == canada]
    usa, alpha = np.full(len(rows), model.codes.index("USA")), np.zeros(len(rows), np.int64)
    world.turned_away = TurnedAway(rows, usa, alpha)
    displacement.step(world, 2026)
    placed = people.employer[rows] == 2 * len(model.codes)
    assert placed.sum() > 5 and (people.work_country[rows] != canada).all()


def test_a_higher_chance_of_placement_only_adds_people_and_changes_nobodys_site(plain_toy: Plain) -> None:
    sites = []
    for chance in (0.0, 0.3, 0.8):
        model = model_before(plain_toy, 2026, "hiring", policy={"x": policy("placement", countries=None, change="set", value=chance)})
        told = model.world.journal.columns()
        which = (told["year"] == 2026) & (told["reason"] == Reason.PLACED)
        sites.append(dict(zip(told["uid"][which].tolist(), told["to"][which].tolist(), strict=True)))
    assert 0 == len(sites[0]) < len(sites[1]) < len(sites[2])
    assert sites[1].items() <= sites[2].items()
