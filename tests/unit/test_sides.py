"""Side arms, precision, indicators: against sums and formulas by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from talentsim.comparison.compare import compare
from talentsim.comparison.expectations import expectations
from talentsim.comparison.idle import idle_reason, is_idle
from talentsim.comparison.pair import Pair, run_pairs
from talentsim.comparison.precision import until_precise
from talentsim.comparison.sides import compare_sides, decomposition, headline_row, policies_alone, structure_side, with_effects
from talentsim.config import Config, UserError, parameters_of
from talentsim.config.arms import Composer, load_arms
from talentsim.config.files import names_in_group
from talentsim.ensemble.ensemble import Ensemble, run_ensemble
from talentsim.ensemble.store import Store
from talentsim.measures.indicators import INDICATORS, RunView, indicators
from talentsim.measures.lives import ABSENT, Lives, numbers
from worlds import edited, policy

pytestmark = pytest.mark.whole

Plain = dict[str, Any]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def arms(plain_toy: Plain) -> tuple[Config, Config]:
    common = {"world.burn_in_year": 2000, "population.scale": 10.0, "ensemble.replications": 4, "compare.side_replications": 2,
              "compare.alone": {"x": "the first", "absent": "not here"}}
    policies = {"x": policy("student_refusal", value=0.3), "y": policy("pay", change="multiply", value=0.9)}
    return edited(plain_toy, common), edited(plain_toy, common | {"policy": policies})


@pytest.fixture(scope="module")
def run(arms: tuple[Config, Config], store: Store) -> Ensemble:
    return run_ensemble(arms[0], store)


def effect(baseline: Config, scenario: Config, store: Store) -> float:
    headline = compare(baseline, scenario, store).headline
    return float(headline[(headline.outcome == "work_share") & (headline.country == "USA")].difference.iloc[0])


def test_policies_alone_and_left_out_are_the_comparisons_they_name(arms: tuple[Config, Config], store: Store) -> None:
    baseline, scenario = arms
    table = compare_sides(decomposition(Pair(*arms)), store).set_index(["kind", "name"])
    assert len(table) == 4 and (table.replications == 4).all()
    for name, other in (("x", "y"), ("y", "x")):
        alone = baseline.model_copy(update={"policy": {name: scenario.policies[name]}})
        assert table.difference["policy alone", name] == pytest.approx(effect(baseline, alone, store))
        assert table.difference["policy left out", other] == pytest.approx(table.difference["policy alone", name])


def test_the_interaction_is_what_is_left_in_each_replication(arms: tuple[Config, Config], store: Store) -> None:
    from talentsim.comparison.pair import run_pair, run_pairs
    from talentsim.intervals import spread

    pair = Pair(*arms)
    sides, whole = decomposition(pair), run_pair(pair, store)

    def differences(runs: Any) -> np.ndarray:
        one, other = (arm.outcomes["work_share"][:, -1, 0] for arm in runs)
        return np.asarray(other - one)

    alone = [differences(each) for each in run_pairs([side.pair for side in sides if side.kind == "policy alone"], store)]
    left = differences(whole) - sum(alone)
    row = compare_sides(sides, store, whole=whole).set_index("kind").loc["interaction"]
    assert len(alone) == 2 and abs(left).max() > 0.0
    assert (row.difference, row.low, row.high) == pytest.approx(spread(left, arms[1].compare.level, over_draws=False))
    assert row.scenario - row.baseline == pytest.approx(row.difference)
    assert "interaction" not in set(compare_sides(sides, store).kind)


def test_leaving_out_what_the_baseline_alone_has(arms: tuple[Config, Config]) -> None:
    """A policy of the baseline that the scenario drops differs as well; alone it is dropped alone."""
    sides = {(side.kind, side.name): side for side in decomposition(Pair(arms[1], arms[0]))}
    assert set(sides["policy alone", "x"].pair.scenario.policies) == {"y"}
    assert set(sides["policy left out", "x"].pair.scenario.policies) == {"x"}


def test_a_stack_is_taken_apart_by_its_parts() -> None:
    """Each part's policies together, alone and left out; what the command line adds stands by itself."""
    arms = load_arms(["world=toy", "scenario=visa_tightening+h1b_fee", "+policy.mine={lever: pay, countries: [CAN], start: 2027, change: multiply, value: 1.1}"])
    sides = {(side.kind, side.name): set(side.pair.scenario.policies) for side in decomposition(Pair(*arms))}
    fee, both = set(load_arms(["world=toy", "scenario=h1b_fee"])[1].policies), set(arms[1].policies)
    assert {name for _, name in sides} == {"visa_tightening", "h1b_fee", "mine"}
    assert sides["policy alone", "h1b_fee"] == fee and sides["policy left out", "h1b_fee"] == both - fee
    assert sides["policy alone", "mine"] == {"mine"} and sides["policy left out", "visa_tightening"] == fee | {"mine"}


def test_what_a_structure_adds_is_taken_beside_the_same_replications(arms: tuple[Config, Config], store: Store) -> None:
    """The very same world as another structure: two of its four replications come to another difference, and add nothing."""
    pair = Pair(*arms)
    (runs,) = run_pairs([pair], store)
    whole = pd.DataFrame([{"kind": "as configured"} | headline_row(runs)])
    table = with_effects(pd.concat([whole, compare_sides([structure_side("same", "The same", pair)], store)], ignore_index=True), runs)
    assert table.replications.tolist() == [4, 2] and table.difference[0] != table.difference[1]
    assert np.isnan(table.effect[0]) and table.effect[1] == 0.0


def test_side_arms_have_fewer_replications(arms: tuple[Config, Config], plain_toy: Plain, store: Store) -> None:
    structure = structure_side("no_feedback", "Nothing feeds back", Pair(*(each.model_copy() for each in arms)))
    alone = policies_alone(Pair(*arms))
    assert [side.name for side in alone] == ["x"] and alone[0].title == "the first"
    none = edited(plain_toy, {"compare.structure": None, "compare.alone": None})
    assert none.compare.structures == {} and policies_alone(Pair(none, none)) == []
    table = compare_sides([structure, *alone], store)
    assert list(table.replications) == [2, 2] and list(table.kind) == ["structure", "policy alone"]


@pytest.mark.slow
def test_replications_are_added_until_the_error_is_small(arms: tuple[Config, Config], store: Store) -> None:
    def asked(precision: float, limit: int) -> Pair:       # two may agree by luck
        return Pair(*arms).each(lambda arm: arm.model_copy(update={"ensemble": arm.ensemble.model_copy(
            update={"replications": 4, "until_precision": precision, "max_replications": limit})}))

    (one, other), error = until_precise(asked(0.2, 64), store)
    assert error <= 0.2 and 4 < one.ensemble.replications == other.ensemble.replications < 64
    few, coarse = until_precise(asked(1e-6, 5), store)
    assert few.scenario.ensemble.replications == 5 and coarse > 1e-6


def test_stay_rates_count_people_one_by_one(run: Ensemble) -> None:
    lone = Ensemble(run.config, run.store, run.runs[:1])
    people = lone.of_run(0, "people").sort_values("uid")
    place, _ = Lives(people, lone.of_run(0, "events")).places(people.uid.to_numpy(), lone.years)
    table = indicators(lone, names=["stay_rate_5"])
    for origin in ("CHN", "IND"):
        alive = stayed = 0
        for row, who in enumerate(people.itertuples()):
            if who.training == "USA" and who.origin == origin and who.doctorate_year + 5 == 2030 and place[row, 20] != ABSENT:
                alive += 1
                stayed += lone.codes[place[row, 20]] == "USA"
        found = table[(table.year == 2030) & (table.country == "USA") & (table.partner == origin)].value
        assert alive > 3 and found.tolist() == pytest.approx([100 * stayed / alive])


def test_rates_of_migration_are_moves_over_people(run: Ensemble) -> None:
    lone = Ensemble(run.config, run.store, run.runs[:1])
    moves, stocks = lone.of_run(0, "flows"), lone.of_run(0, "stocks")
    table = indicators(lone, names=["return_rate", "onward_rate", "net_migration_rate", "circulation"]).set_index(["indicator", "country", "year"])
    now, before = moves[moves.year == 2030], stocks[stocks.year == 2029]
    text = {name: now[name].astype(str) for name in ("origin", "from", "to")}
    abroad = before[(before.origin == "CHN") & (before.work != "CHN")].researchers.sum()
    home = now[(text["origin"] == "CHN") & (text["to"] == "CHN")].moves.sum()
    onward = now[(text["origin"] == "CHN") & (text["to"] != "CHN") & (text["from"] != "CHN")].moves.sum()
    into, out = now[text["to"] == "CHN"].moves.sum(), now[text["from"] == "CHN"].moves.sum()
    assert table.value["return_rate", "CHN", 2030] == pytest.approx(100 * home / abroad)
    assert table.value["onward_rate", "CHN", 2030] == pytest.approx(100 * onward / abroad)
    assert table.value["net_migration_rate", "CHN", 2030] == pytest.approx(100 * (into - out) / before[before.work == "CHN"].researchers.sum())
    assert table.value["circulation", "CHN", 2030] == pytest.approx(100 * (1 - abs(into - out) / (into + out)))


def test_shares_gaps_and_concentration(run: Ensemble) -> None:
    lone = Ensemble(run.config, run.store, run.runs[:1])
    works = lone.of_run(0, "works")
    works = works[works.year == 2035]
    total = works.works.sum()
    share = {by: works.groupby(by, observed=False).works.sum() / total for by in ("training", "work", "hq")}
    table = indicators(lone)
    table = table[table.year == 2035].set_index(["indicator", "country", "partner"]).value
    assert table["realisation_gap", "CHN", ""] == pytest.approx(100 * (share["training"]["CHN"] - share["work"]["CHN"]))
    assert table["ownership_gap", "CHN", ""] == pytest.approx(100 * (share["work"]["CHN"] - share["hq"]["CHN"]), abs=1e-9)
    assert table["hhi_work", "", ""] == pytest.approx((share["work"] ** 2).sum())
    assert table["hhi_training", "", ""] == pytest.approx((share["training"] ** 2).sum())
    usa = works[works.work == "USA"]
    assert table["dependence_training", "USA", "IND"] == pytest.approx(100 * usa[usa.training == "IND"].works.sum() / usa.works.sum())
    assert table["dependence_origin", "USA", "IND"] == pytest.approx(100 * usa[usa.origin == "IND"].works.sum() / usa.works.sum())
    owned = works[works.hq == "USA"]
    assert table["dependence_hq_origin", "USA", "CHN"] == pytest.approx(100 * owned[owned.origin == "CHN"].works.sum() / owned.works.sum())
    assert table["exposure", "USA", "CAN"] == pytest.approx(100 * owned[owned.work == "CAN"].works.sum() / owned.works.sum())
    made = lone.of_run(0, "sectors").query("year == 2035 and work == 'USA'")
    assert table["industry_share", "USA", ""] == pytest.approx(100 * made[made.sector == "industry"].works.sum() / usa.works.sum())
    stocks = lone.of_run(0, "stocks")
    indians = stocks[(stocks.year == 2035) & (stocks.origin == "IND")]
    assert table["diaspora", "IND", "USA"] == pytest.approx(100 * indians[indians.work == "USA"].researchers.sum() / indians.researchers.sum())


def test_every_indicator_is_there_and_paired(arms: tuple[Config, Config], run: Ensemble, store: Store) -> None:
    table = indicators(run, run_ensemble(arms[1], store))
    assert set(table.indicator) == set(INDICATORS)
    whole = table[table.indicator != "stay_rate_10"].dropna(subset=["difference"])
    exact = whole[~whole.indicator.str.startswith("stay")]
    assert exact.difference.to_numpy() == pytest.approx((exact.scenario - exact.baseline).to_numpy(), abs=1e-9)
    before = exact[exact.year < 2026]
    assert (before.difference == 0).all() and not (exact[exact.year > 2027].difference == 0).all()
    assert np.isfinite(table.baseline).all()
    assert numbers(run.of_run(0, "people")["origin"]).max() < len(run.codes)


def test_without_a_headquarters_nothing_is_said_of_it(run: Ensemble) -> None:
    table = indicators(Ensemble(run.config, run.store, run.runs[:1]), names=["hhi_work"])
    assert list(table.columns[:5]) == ["indicator", "unit", "year", "country", "partner"] and (table.country == "").all()


def test_a_comparison_of_configurations_from_python(arms: tuple[Config, Config], tmp_path: Path) -> None:
    """`compare` as the README shows it: two configurations, runs in their own store."""
    import talentsim

    configs = [arm.model_copy(update={"output": arm.output.model_copy(update={"dir": str(tmp_path)})}) for arm in arms]
    result = talentsim.compare(*configs)
    assert len(list(Store(tmp_path / "store"))) == 4 + 4 + 1
    assert result.by_tier.tier.nunique() == 3 and {"origin", "country", "difference"} <= set(result.by_origin)
    top = result.by_tier[(result.by_tier.tier == "all") & (result.by_tier.outcome == "work_share") & (result.by_tier.year == 2035)]
    headline = result.headline[result.headline.outcome == "work_share"].set_index("country").difference
    assert top.set_index("country").difference.to_dict() == pytest.approx(headline[list(top.country)].to_dict(), abs=1e-6)
    origins = result.by_origin[result.by_origin.year == 2035].groupby("country", observed=True).difference.sum()
    people = result.headline[result.headline.outcome == "researchers"].set_index("country").difference
    assert origins.to_dict() == pytest.approx(people[list(origins.index)].to_dict())


def test_what_cannot_act_says_why() -> None:
    """In the AI world all policies of the shipped scenarios can act but those of a cap; in a world without study, regimes and firms most cannot."""
    open_world = ["world=scholars", "world.end_year=2030", "scenario=visa_tightening"]
    there = Config.load(*open_world)
    reasons = {name: idle_reason(there, policy) for name, policy in there.policies.items()}
    assert reasons["h1b_odds"] == "" and "nobody studies" in reasons["f1_refusal"] == reasons["stem_opt_end"]
    assert "renewed" in reasons["h1b_renewals"] and reasons["h1b_cap"] == "no effect in this world: nowhere in it is there such a limit"
    early = Config.load("world=scholars", "scenario=visa_tightening")
    assert all("before the end of 2018" in idle_reason(early, policy) for policy in early.policies.values())
    idle = set()
    composer = Composer()
    for name in names_in_group("scenario"):
        config = composer.one(["world=ai", "parameters=point", f"scenario={name}"])
        idle |= {key for key, policy in config.policies.items() if idle_reason(config, policy)}
    assert idle == {"h1b_cap", "work_visas_without_cap"}     # the odds are data there and no lottery is ranked
    assert is_idle(early, "behaviour.study.weights.beta_pay") and not is_idle(early, "behaviour.location.weights.beta_pay")
    assert not any(is_idle(config, key) for key, _ in parameters_of(config))


def test_what_is_expected_of_a_country_that_the_world_lacks_is_left_out(plain_toy: Plain, tmp_path: Path) -> None:
    said = [{"outcome": "work_share", "country": country, "sign": -1} for country in ("USA", "IRN", "CAN")]
    arms = [edited(plain_toy, {"world.end_year": 2011, "ensemble.replications": 1, "scenario.expects": expects, **more})
            for expects, more in (([], {}), (said, {"focus": "CAN+IND"}))]
    table = expectations([Pair(*arms)], Store(tmp_path))
    assert table["country"].tolist() == ["USA"] and not table["as_said"].any()
    with pytest.raises(UserError, match="outcome"):
        expectations([Pair(arms[0], edited(plain_toy, {"world.end_year": 2011, "ensemble.replications": 1, "scenario.expects": [said[0] | {"outcome": "works_share"}]}))],
                     Store(tmp_path))


def test_a_share_of_nothing_is_no_share() -> None:
    """A country that makes nothing depends on nobody: not on each by 0 %, which a mean over replications would count."""
    codes = ["A", "B"]
    rows = [(2020, "A", "A", "A", "A", 2.0), (2020, "B", "A", "A", "A", 1.0)]
    works = pd.DataFrame(rows, columns=["year", "origin", "training", "work", "hq", "works"]).assign(
        **{axis: pd.Categorical([row[place] for row in rows], codes) for place, axis in enumerate(("origin", "training", "work", "hq"), 1)})
    view = RunView({"works": works}.__getitem__, [2020, 2021], codes)
    for name in ("dependence_origin", "dependence_either", "dependence_hq_training", "exposure"):
        found = INDICATORS[name].of(view)
        assert np.isfinite(found[0, 0]).all() and np.isnan(found[0, 1]).all() and np.isnan(found[1]).all(), name
    assert INDICATORS["dependence_origin"].of(view)[0, 0] == pytest.approx([200 / 3, 100 / 3])
    assert INDICATORS["realisation_gap"].of(view)[0] == pytest.approx(0.0) and np.isnan(INDICATORS["hhi_work"].of(view)[1])
