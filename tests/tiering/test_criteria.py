"""What a tier asks for beside its threshold: file, words, editor, nights and nearest changes."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from firm.refusals import Refused
from tests.examples import examples
from tests.factories import NOW, a_customer, an_entry
from tests.tiering.beside import an_agreement
from tests.tiering.drafts import a_written_draft, typed
from tests.tiering.evaluations import a_night, at_night, day, exported, published, some_rules
from tiering import actions, differences, rule_file, rule_words
from tiering.criteria import Demand, Known, Need, money, other_ways
from tiering.explanations import explain

MARGIN = {"fact": "margin", "enter": 10, "keep": 8}
FIT = {"fact": "strategic_fit", "enter": 4, "keep": 3}
RETAINER = {"fact": "contract_type", "is": "retainer"}
S, A, C = {"code": "S", "enter": 500}, {"code": "A", "enter": 100}, {"code": "C"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def rules(top: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    return some_rules(tiers=[S | (top or {}), A, C], **values)


BOTH = rules({"all": [MARGIN], "any": [FIT, RETAINER]})


@pytest.mark.django_db
def test_a_stored_version_reads_back_with_its_criteria():
    understood = rule_file.parse(BOTH)
    draft = actions.create_draft(rules=understood, by=None, now=NOW)
    assert rule_file.parse(rule_file.as_data(draft)) == understood
    assert rule_file.as_data(draft)["tiers"][0]["any"] == [FIT, RETAINER]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (rules({"all": {}}), "“all” of tier “S” is a list"),
        (rules({"all": [{"fact": "region", "enter": 1}]}), "“fact” must be one of: revenue"),
        (rules({"all": [{"fact": "margin"}]}), "“margin” of tier “S” needs an “enter”"),
        (rules({"all": [MARGIN | {"keep": 11}]}), "harder to keep"),
        (rules({"all": [MARGIN | {"enter": 100}]}), "between -100 and 99"),
        (rules({"any": [FIT | {"enter": 6}]}), "between 0 and 5"),
        (rules({"any": [{"fact": "tenure", "enter": 1.5}]}), "whole number of months"),
        (rules({"any": [RETAINER | {"enter": 1}]}), "it has an “is”"),
        (rules({"any": [{"fact": "contract_type", "is": "gold"}]}), "“is” must be one of"),
        (rules({"any": [FIT | {"is": "saas"}]}), "Only a contract type has an “is”"),
        (rules({"any": [FIT, FIT]}), "appears twice in “any” of tier “S”"),
        (rules({"any": [FIT | {"weight": 2}]}), "“weight” is not known"),
        (rules({"all": [{"fact": "revenue", "enter": 1}]}), "is its “enter”"),
        (some_rules(tiers=[S, A, C | {"any": [FIT]}]), "The last tier takes everybody else"),
        (
            rules({"any": [{"fact": "tenure", "enter": n} for n in range(1, 8)]}),
            "more than 6 criteria",
        ),
    ],
)
def test_every_error_is_a_sentence(data: dict[str, Any], sentence: str):
    with pytest.raises(Refused, match=sentence):
        rule_file.parse(data)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "ja",
            "直近12か月の売上が500円以上、または戦略適合度4以上または契約の種類「リテイナー」。"
            "いずれの場合も利益率10%以上が必要",
        ),
        (
            "en",
            "12-month revenue of ¥500 or more, or a strategic fit of 4 or more or a contract of"
            " the type “Retainer”; in each case besides a margin of 10% or more",
        ),
    ],
)
def test_the_rule_stands_in_words(language: str, sentence: str):
    with translation.override(language):
        assert rule_words.steps(rule_file.parse(BOTH), unit="yen")[0].entry == sentence


def test_two_versions_differ_in_their_criteria():
    found = differences.of_rules(rule_file.parse(rules()), rule_file.parse(BOTH))
    assert [str(change) for change in found.changes] == [
        "Further criteria of S none → and besides a margin of 10% or more (kept from 8%);"
        " or instead a strategic fit of 4 or more (kept from 3); or instead a contract of the"
        " type “Retainer”"
    ]


@pytest.mark.django_db
def test_published_criteria_are_final(administrator):
    version = published(BOTH, by=administrator, since="2026-01-01", now=at_night(day("2026-07-01")))
    for criterion in version.tiers.first().criteria.all():
        with pytest.raises(DatabaseError, match="final"), transaction.atomic():
            criterion.delete()


@pytest.mark.django_db
def test_a_night_by_criteria_is_told_with_the_nearest_changes(administrator):
    """K1 has the revenue without the margin, K2 the contract without the revenue."""
    large, agreed = a_customer(code="K1"), a_customer(code="K2")
    an_entry(large, day("2026-06-10"), 600, cost=Decimal(560))
    an_entry(agreed, day("2026-06-10"), 150, cost=Decimal(10))
    an_agreement(agreed, day("2026-01-01"), None, "retainer", 100)
    published(BOTH, by=administrator, since="2026-01-01", now=at_night(day("2026-07-01")))
    a_night("2026-07-01")
    rows = exported("2026-07-01")
    assert [rows[code]["earned_tier"] for code in ("K1", "K2")] == ["A", "S"]
    why = explain(large.pk, on=day("2026-07-01"))
    assert why is not None
    assert why.up is not None
    # 560 of cost are 90 % of 622.22…, in whole yen.
    assert (why.up.tier.code, why.up.amount, why.ways_up) == ("S", 23, ())
    other = explain(agreed.pk, on=day("2026-07-01"))
    assert other is not None
    (way,) = other.ways_down
    assert (way.fact, way.choice, other.down.tier.code) == ("contract_type", "retainer", "A")


@pytest.mark.django_db
def test_the_editor_takes_criteria_and_says_what_is_wrong_at_the_field(client_of, administrator):
    draft, client = a_written_draft(administrator), client_of(administrator)
    address = reverse("tiering:save-draft", args=[draft.pk])
    row = {
        "more1__tier": "2",
        "more1__needs": "any",
        "more1__fact": "strategic_fit",
        "more1__enter": "9",
    }
    refused = client.post(address, typed(draft, **row))
    assert refused.status_code == 422
    errors = refused.content.decode().partition('id="id_more1-enter_error">')[2]
    assert "<li>" in errors.partition("</ul>")[0]
    assert client.post(address, typed(draft, **row | {"more1__enter": "4"})).status_code == 302
    (criterion,) = draft.tiers.get(rank=2).criteria.all()
    assert (criterion.fact, criterion.enter, criterion.keep) == ("strategic_fit", 4, 4)
    html = client.get(reverse("tiering:draft", args=[draft.pk])).content.decode()
    assert "戦略適合度4以上" in html
    kept = client.post(address, typed(draft, act="more")).content.decode()
    assert 'name="more2-fact"' in kept
    gone = client.post(address, typed(draft, act="remove-2")).content.decode()
    assert 'value="strategic_fit" selected' not in gone


amounts = st.sampled_from([-50, 0, 10, 40, 50, 90, 100, 200]).map(Decimal)
needs = st.one_of(
    st.builds(Need, st.just("margin"), st.just(""), st.sampled_from([-50, 0, 8, 25]).map(Decimal)),
    st.builds(Need, st.just("revenue"), st.just(""), st.sampled_from([20, 100]).map(Decimal)),
    st.builds(Need, st.just("strategic_fit"), st.just(""), st.sampled_from([1, 3, 4]).map(Decimal)),
    st.builds(Need, st.just("tenure"), st.just(""), st.sampled_from([1, 24]).map(Decimal)),
    st.builds(Need, st.just("contract_type"), st.just("saas"), st.none()),
)
lists = st.lists(needs, max_size=3).map(tuple)
demands = st.builds(Demand, st.none() | st.sampled_from([20, 100]).map(Decimal), lists, lists)
knowns = st.builds(
    Known,
    amounts,
    amounts,
    st.sampled_from([0, 5, 60]).map(Decimal),
    st.none() | st.sampled_from([0, 2, 3, 5]).map(Decimal),
    st.none() | st.sampled_from([0, 12, 24]),
    st.none(),
    st.sampled_from([frozenset(), frozenset({"saas"})]),
)


@settings(max_examples=examples(300), deadline=None)
@given(demands, knowns)
def test_the_change_named_is_enough_and_nothing_less_is(found: Demand, known: Known):
    """By money and by each other fact alone, whether the demand is met or not."""
    amount = money(found, known)
    if amount is not None:
        assert found.met(known.with_money(amount))
        assert not found.met(known.with_money(amount - 1))
    for way in other_ways(found, known):
        need = Need(way.fact, way.choice, way.bound)
        above = Decimal(1) if way.bound is None else way.bound
        below = None if way.bound is None else way.bound - Decimal("0.1")
        assert found.met(known.with_fact(need, above))
        assert not found.met(known.with_fact(need, below))


@settings(max_examples=examples(300), deadline=None)
@given(demands, knowns)
def test_a_demand_met_stays_met_with_more_of_anything(found: Demand, known: Known):
    if found.met(known):
        assert found.met(known.with_money(Decimal(1000)))
        for need in found.needs:
            if need.fact not in ("margin", "revenue"):
                assert found.met(known.with_fact(need, Decimal(1000)))
