"""Service levels: versioned with the rules, never below the promise, each term with its source."""

import datetime

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from firm.refusals import Forbidden, Refused
from tests.factories import a_benefit, a_customer, a_draft, a_level, a_rule_set
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tiering import actions, services, terms
from tiering.catalogue import STANDARD, Level, offers
from tiering.models import BenefitUse, RuleSet, ServiceLevel, Tier
from tiering.models.standing import Reason
from tiering.terms import Source, effective_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(administrator):
    """Published since 2020, as the database has it."""
    return RuleSet.objects.get(pk=a_rule_set(by=administrator).pk)


def tier_id(code: str) -> int:
    return Tier.objects.get(code=code).pk


def a_customer_in(rules: RuleSet, tier: str, *, since: datetime.date, **values):
    """A customer whom the night of `since` put into this tier."""
    customer = a_customer(**values)
    night = a_done_night(business_date=since)
    evaluation = an_evaluation(rules, job=night, as_of=since.replace(day=1))
    a_move(customer, evaluation, before="", after=tier, reason=Reason.INITIAL)
    return customer


def test_a_draft_is_given_levels_and_reads_in_words(rules, administrator, now):
    draft = a_draft(rules, now=now)
    levels = {
        tier_id("S"): {
            "first_response": Level(30),
            "contact_interval": Level(2),
            "review_meeting": Level(4, per="year"),
            "backup": Level(choice="named"),
            "goodwill_budget": Level(720),
        },
        tier_id("C"): {"first_response": Level(480)},
    }
    actions.save_services(draft=draft, levels=levels, by=administrator, now=now, expected_version=0)
    assert services.levels_of(draft) == levels
    words = {row.offer.code: [cell.words for cell in row.cells] for row in services.matrix(draft)}
    assert words == {
        "first_response": ["営業時間で30分以内", "", "", "営業時間で8時間以内"],
        "contact_interval": ["2週間に1回以上、用件を持って", "", "", ""],
        "review_meeting": ["年4回", "", "", ""],
        "backup": ["決まった人", "", "", ""],
        "goodwill_budget": ["四半期に12時間まで", "", "", ""],
    }


def test_saving_again_replaces_what_was_there(rules, administrator, now):
    draft = a_draft(rules, now=now)
    for saved, minutes in enumerate((30, 60)):
        actions.save_services(
            draft=draft,
            levels={tier_id("S"): {"first_response": Level(minutes)}},
            by=administrator,
            now=now,
            expected_version=saved,
        )
    assert services.levels_of(draft) == {tier_id("S"): {"first_response": Level(60)}}


def test_a_level_below_the_promise_to_every_customer_is_not_saved(rules, administrator, now):
    draft = a_draft(rules, now=now)
    with pytest.raises(Refused, match=r"全てのお客様への約束を下回ります.*9時間.*8時間"):
        actions.save_services(
            draft=draft,
            levels={tier_id("C"): {"first_response": Level(540)}},
            by=administrator,
            now=now,
            expected_version=0,
        )
    assert services.levels_of(draft) == {}


def test_a_version_below_the_promise_has_a_problem_and_one_at_the_line_has_none(rules, now):
    draft = a_draft(rules, now=now)
    level = a_level(draft, "C", "first_response", 480)
    assert services.problems(draft) == []
    ServiceLevel.objects.filter(pk=level.pk).update(amount=481)
    assert len(services.problems(draft)) == 1


def test_only_those_who_edit_rules_edit_service_levels(rules, account_manager, executive, now):
    draft = a_draft(rules, now=now)
    for person in (account_manager, executive):
        with pytest.raises(Forbidden):
            actions.save_services(draft=draft, levels={}, by=person, now=now, expected_version=0)


def test_a_version_that_is_no_draft_any_more_is_not_edited(rules, administrator, now):
    reviewed = a_draft(rules, now=now)
    RuleSet.objects.filter(pk=reviewed.pk).update(
        state=RuleSet.State.IN_REVIEW, submitted_by=administrator, submitted_at=now
    )
    for version, sentence in ((reviewed, "確認待ち"), (rules, "適用した版")):
        with pytest.raises(Refused, match=sentence):
            actions.save_services(
                draft=version, levels={}, by=administrator, now=now, expected_version=0
            )


def test_the_database_keeps_the_levels_of_a_published_version(rules, now):
    level = a_level(rules, "S", "first_response", 30)
    for change in (
        lambda: ServiceLevel.objects.filter(pk=level.pk).update(amount=60),
        lambda: ServiceLevel.objects.filter(pk=level.pk).delete(),
        lambda: ServiceLevel.objects.create(
            rule_set=rules, tier=level.tier, service="contact_interval", amount=2
        ),
    ):
        with pytest.raises(ProgrammingError, match="final"), transaction.atomic():
            change()
    draft = a_draft(rules, now=now)
    free = a_level(draft, "S", "first_response", 30)
    ServiceLevel.objects.filter(pk=free.pk).update(amount=60)
    draft.delete()
    assert ServiceLevel.objects.get() == level


@pytest.mark.parametrize(
    ("service", "amount", "choice", "per"),
    [
        ("first_response", None, "named", ""),
        ("backup", 3, "", ""),
        ("review_meeting", 4, "", ""),
        ("first_response", 30, "", "year"),
        ("first_response", 0, "", ""),
        ("goodwill", 30, "", ""),
    ],
)
def test_the_database_refuses_a_value_of_another_type(rules, now, service, amount, choice, per):
    draft = a_draft(rules, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceLevel.objects.create(
            rule_set=draft,
            tier_id=tier_id("S"),
            service=service,
            amount=amount,
            choice=choice,
            per=per,
        )


def test_a_cloned_draft_has_the_levels_of_its_version(rules, administrator, now):
    a_benefit()
    a_level(rules, "S", "first_response", 30)
    a_level(rules, "S", "paper-report", 12, per="year")
    draft = actions.clone_draft(of=rules, by=administrator, now=now)
    assert services.levels_of(draft) == services.levels_of(rules)


def test_nobody_saves_over_anothers_work_unseen(rules, administrator, now):
    draft = actions.clone_draft(of=rules, by=administrator, now=now)
    seen = draft.revision
    values = {"draft": draft, "by": administrator, "now": now, "expected_version": seen}
    actions.save_services(levels={}, **values)
    with pytest.raises(Refused, match="ほかの人"):
        actions.save_services(levels={}, **values)


def test_two_versions_differ_in_sentences(rules, now):
    a_level(rules, "S", "first_response", 30)
    a_level(rules, "S", "backup", choice="named")
    draft = a_draft(rules, now=now)
    a_level(draft, "S", "first_response", 60)
    a_level(draft, "A", "proposal", 1, per="half")
    assert services.differences(rules, draft) == [
        "プレミアの一次回答の目安：「営業時間で30分以内」から「営業時間で1時間以内」に変わります。",
        "プレミアの副担当：「決まった人」から「なし」に変わります。",
        "アドバンスの提案：「なし」から「半期に1回」に変わります。",
    ]
    assert services.differences(draft, draft) == []


def test_a_benefit_of_the_firms_own_is_added_once(administrator, now):
    values = {"name": "月次紙レポート", "name_en": "Monthly paper report", "unit": "部"}
    made = actions.add_benefit(**values, by=administrator, now=now)
    assert made.code == "monthly-paper-report"
    assert offers()["monthly-paper-report"].quantity(12) == "12部"
    with pytest.raises(Refused, match="この名前の特典はもうあります"):
        actions.add_benefit(**values, by=administrator, now=now)
    assert actions.add_benefit(name="訪問", by=administrator, now=now).code == "benefit-1"
    taken = actions.add_benefit(name="別の提案", name_en="Proposal", by=administrator, now=now)
    assert taken.code not in STANDARD


def test_the_tier_beats_the_promise_and_both_are_named(rules, today):
    a_level(rules, "S", "first_response", 30)
    a_level(rules, "S", "review_meeting", 1, per="quarter")
    customer = a_customer_in(rules, "S", since=datetime.date(2026, 4, 1))
    found = {term.code: term for term in effective_terms(customer, on=today)}
    assert list(found) == ["first_response", "review_meeting", "complaints"]
    first = found["first_response"]
    assert (first.source, first.given.words) == (Source.TIER, "営業時間で30分以内")
    assert [(source, given.words) for source, given in first.beaten] == [
        (Source.PROMISE, "1営業日以内")
    ]
    assert found["complaints"].source == Source.PROMISE


def test_a_contract_beats_both(rules, today, monkeypatch):
    a_level(rules, "S", "first_response", 30)
    customer = a_customer_in(rules, "S", since=datetime.date(2026, 4, 1))
    agreed = terms.Given("一次回答の目安", "4時間以内", Level(240))
    contract = (Source.CONTRACT, lambda case: {"first_response": agreed})
    monkeypatch.setattr(terms, "SOURCES", (contract, *terms.SOURCES[1:]))
    first = effective_terms(customer, on=today)[0]
    assert (first.source, first.given) == (Source.CONTRACT, agreed)
    assert [source for source, _given in first.beaten] == [Source.TIER, Source.PROMISE]


def test_a_term_is_of_the_tier_and_version_of_its_day(rules, administrator):
    """In force until 1 June: 30 minutes; from then on 60. The tier: A, S from 1 May on."""
    a_level(rules, "S", "first_response", 30)
    a_level(rules, "A", "first_response", 120)
    customer = a_customer_in(rules, "A", since=datetime.date(2026, 4, 1))
    night = a_done_night(business_date=datetime.date(2026, 5, 1))
    a_move(customer, an_evaluation(rules, job=night), before="A", after="S", reason=Reason.UPGRADED)
    changes_on = datetime.date(2026, 6, 1)
    rules.effective_until = changes_on
    rules.save(update_fields=["effective_until"])
    later = a_rule_set(by=administrator, effective_from=changes_on)
    a_level(later, "S", "first_response", 60)

    def minutes(*day: int) -> int | None:
        level = effective_terms(customer, on=datetime.date(*day))[0].given.level
        return level.amount if level else None

    assert minutes(2026, 3, 31) == 480
    assert minutes(2026, 4, 1) == minutes(2026, 4, 30) == 120
    assert minutes(2026, 5, 1) == minutes(2026, 5, 31) == 30
    assert minutes(2026, 6, 1) == 60


def test_who_has_no_tier_has_the_promise(rules, today):
    assert {term.source for term in effective_terms(a_customer(), on=today)} == {Source.PROMISE}


def test_uses_are_neither_changed_nor_deleted(rules, account_manager, now, today):
    customer = a_customer(owner=account_manager)
    use = actions.record_use(
        customer=customer,
        service="review_meeting",
        day=today,
        quantity=1,
        by=account_manager,
        now=now,
    )
    for change in (
        lambda: BenefitUse.objects.filter(pk=use.pk).update(quantity=2),
        lambda: BenefitUse.objects.filter(pk=use.pk).delete(),
    ):
        with pytest.raises(Exception, match=r"permission denied|Cannot"), transaction.atomic():
            change()
