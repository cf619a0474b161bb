"""Contracts: signed, revised, ended, extended; what is in force on a day; the refusals."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions import contracts as actions
from customers.actions import extend_scope
from customers.actions.contracts import RevisionData
from customers.contracts.in_force import agreed_with, renewing_within, revisions_on
from customers.contracts.kinds import Kind, Period, TermLine, checked
from customers.contracts.templates import start_of
from customers.contracts.wording import carry_over_text, sentence_of
from customers.models import Contract, ContractRevision, ScopeTerm
from firm.models import AuditEvent
from firm.refusals import Forbidden, Refused
from tests.examples import examples
from tests.factories import NOW, a_customer

pytestmark = pytest.mark.django_db

APRIL = datetime.date(2026, 4, 1)
OCTOBER = datetime.date(2026, 10, 1)
TEN_HOURS = TermLine(Kind.HOURS, amount=600, period=Period.MONTH)
FEE = RevisionData(monthly_fee=Decimal(120_000))


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", owner=account_manager)


@pytest.fixture
def sign(customer, back_office):
    def sign(**values):
        values = {
            "name": "保守",
            "template": "maintenance",
            "valid_from": APRIL,
            "data": FEE,
            "terms": [TEN_HOURS],
            **values,
        }
        return actions.sign_contract(customer=customer, by=back_office, now=NOW, **values)

    return sign


def test_a_contract_holds_from_its_first_day_on(sign, customer):
    sign()
    assert agreed_with(customer.pk, on=APRIL - datetime.timedelta(days=1)) == []
    (agreed,) = agreed_with(customer.pk, on=APRIL)
    assert agreed.term(Kind.HOURS).amount == 600
    assert AuditEvent.objects.filter(code="contract_signed").count() == 1


def test_a_revision_ends_the_former_on_its_first_day(sign, customer, back_office):
    contract = sign()
    actions.revise_contract(
        contract=contract,
        valid_from=OCTOBER,
        data=FEE,
        terms=[replace(TEN_HOURS, amount=300)],
        by=back_office,
        now=NOW,
    )
    before, after = OCTOBER - datetime.timedelta(days=1), OCTOBER
    assert agreed_with(customer.pk, on=before)[0].term(Kind.HOURS).amount == 600
    assert agreed_with(customer.pk, on=after)[0].term(Kind.HOURS).amount == 300
    assert [revision.number for revision in contract.revisions.order_by("number")] == [1, 2]


def test_a_revision_before_the_last_one_is_refused(sign, back_office):
    contract = sign()
    with pytest.raises(Refused, match="2026"):
        actions.revise_contract(
            contract=contract, valid_from=APRIL, data=FEE, terms=[], by=back_office, now=NOW
        )
    assert contract.revisions.count() == 1


def test_overlapping_revisions_are_refused_by_the_database_too(sign):
    contract = sign()
    overlapping = ContractRevision(
        contract=contract, number=9, valid_from=OCTOBER, created_at=NOW, monthly_fee=0
    )
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        overlapping.save()
    contract.revisions.update(valid_to=OCTOBER)
    overlapping.save()  # the former has ended: the same row is welcome


@pytest.mark.parametrize("who", ["account_manager", "section_manager", "executive"])
def test_contracts_are_the_back_offices_to_change(who, customer, request):
    with pytest.raises(Forbidden):
        actions.sign_contract(
            customer=customer,
            name="保守",
            template="maintenance",
            valid_from=APRIL,
            data=FEE,
            terms=[],
            by=request.getfixturevalue(who),
            now=NOW,
        )
    assert not Contract.objects.exists()


@pytest.mark.parametrize(
    "line",
    [
        TermLine("gifts"),
        TermLine(Kind.HOURS, amount=600),
        TermLine(Kind.HOURS, amount=-1, period=Period.MONTH),
        TermLine(Kind.HOURS, amount=600, period=Period.WEEK),
        TermLine(Kind.COUNT, amount=3, period=Period.MONTH),
        TermLine(Kind.CHANNEL, channel="pigeon"),
        TermLine(Kind.COUNT, name="修正", amount=10_001, period=Period.MONTH),
        TermLine(Kind.EXCLUSION, name="夜間", excluded=("x",) * 21),
    ],
)
def test_a_term_that_says_nothing_clear_is_refused_and_nothing_is_kept(line, sign):
    with pytest.raises(Refused):
        sign(terms=[TEN_HOURS, line])
    assert not Contract.objects.exists()


def test_a_term_stands_once_in_a_revision(sign):
    with pytest.raises(Refused):
        sign(terms=[TEN_HOURS, replace(TEN_HOURS, amount=60)])


def test_an_end_leaves_no_day_behind_it(sign, customer, back_office):
    contract = sign()
    actions.end_contract(contract=contract, ends_on=OCTOBER, by=back_office, now=NOW)
    assert agreed_with(customer.pk, on=OCTOBER) == []
    assert agreed_with(customer.pk, on=OCTOBER - datetime.timedelta(days=1))


def test_an_extension_stands_beside_the_contract_while_it_lasts(sign, customer, back_office):
    contract = sign()
    extend_scope(
        contract=contract,
        kind=Kind.HOURS,
        amount=360,
        starts_on=OCTOBER,
        ends_on=datetime.date(2026, 11, 1),
        reference="2026-営1-0042",
        reason="日曜の公開立会い",
        by=back_office,
        now=NOW,
    )
    assert [one.amount for one in agreed_with(customer.pk, on=OCTOBER)[0].extensions] == [360]
    assert agreed_with(customer.pk, on=datetime.date(2026, 11, 1))[0].extensions == []


def test_an_extension_is_never_changed(sign, back_office):
    contract = sign()
    extension = extend_scope(
        contract=contract,
        kind=Kind.HOURS,
        amount=60,
        starts_on=APRIL,
        ends_on=OCTOBER,
        reference="電話",
        reason="お詫び",
        by=back_office,
        now=NOW,
    )
    extension.amount = 600
    with pytest.raises(Exception, match=r"append_only|permission denied"), transaction.atomic():
        extension.save()


def test_a_correction_keeps_what_stood_there(sign, back_office):
    contract = sign()
    revision = contract.revisions.get()
    actions.correct_revision(
        revision=revision,
        valid_from=APRIL,
        valid_to=None,
        data=replace(FEE, monthly_fee=Decimal(150_000)),
        terms=[],
        by=back_office,
        now=NOW,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT monthly_fee FROM customers_contractrevisionevent")
        assert Decimal(120_000) in [fee for (fee,) in cursor.fetchall()]
    assert not revision.terms.exists()


def test_only_who_looks_after_the_customer_records_the_talk(sign, account_manager, stranger):
    revision = sign().revisions.get()
    with pytest.raises(Forbidden):
        actions.record_explained(revision=revision, on=APRIL, by=stranger, now=NOW)
    actions.record_explained(revision=revision, on=APRIL, by=account_manager, now=NOW)
    revision.refresh_from_db()
    assert (revision.explained_on, revision.explained_by) == (APRIL, account_manager)


def test_renewals_come_into_sight_ninety_days_before(sign):
    sign(data=replace(FEE, renews_on=OCTOBER))
    seen = OCTOBER - datetime.timedelta(days=90)
    assert renewing_within(90, on=seen).count() == 1
    assert not renewing_within(90, on=seen - datetime.timedelta(days=1)).exists()


@pytest.mark.parametrize("template", Contract.Template.values)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_template_is_a_contract_that_can_be_signed_and_read(template, language, sign):
    with translation.override(language):
        start = start_of(template, hours=600)
        revision = sign(template=template, terms=start.terms).revisions.get()
        said = [sentence_of(term) for term in revision.terms.all()]
    assert all(said)
    assert any("10" in sentence for sentence in said)


def test_a_contract_reads_like_the_paper(sign):
    terms = [
        replace(TEN_HOURS, amount=150),
        TermLine(Kind.COUNT, name="軽微な修正", amount=3, period=Period.MONTH),
        TermLine(Kind.RESPONSE, amount=480),
    ]
    revision = sign(
        terms=terms, data=replace(FEE, carry_over="capped", carry_cap=20, carry_months=1)
    ).revisions.get()
    with translation.override("ja"):
        said = [sentence_of(term) for term in revision.terms.all()]
        assert said == ["月2.5時間まで", "月3回まで", "一次回答は8営業時間以内"]
        assert carry_over_text(revision) == "未使用分は月の時間の20%まで繰り越します（1か月）"
    with translation.override("en"):
        assert sentence_of(revision.terms.first()) == "Up to 2.5 hours a month"


days = st.integers(min_value=0, max_value=400).map(
    lambda number: APRIL + datetime.timedelta(days=number)
)


@given(starts=st.lists(days, min_size=1, max_size=6, unique=True), asked=days)
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_on_any_day_exactly_the_latest_begun_revision_holds(starts, asked, customer, back_office):
    with transaction.atomic():
        first, *later = sorted(starts)
        contract = actions.sign_contract(
            customer=customer,
            name="保守",
            template="maintenance",
            valid_from=first,
            data=FEE,
            terms=[],
            by=back_office,
            now=NOW,
        )
        for day in later:
            actions.revise_contract(
                contract=contract, valid_from=day, data=FEE, terms=[], by=back_office, now=NOW
            )
        begun = [day for day in starts if day <= asked]
        found = list(revisions_on(asked).values_list("valid_from", flat=True))
        assert found == ([max(begun)] if begun else [])
        transaction.set_rollback(True)


def test_every_kind_of_term_is_written_in_both_languages(sign):
    lines = {
        Kind.HOURS: TEN_HOURS,
        Kind.COUNT: TermLine(Kind.COUNT, name="a", amount=1, period=Period.MONTH),
        Kind.SUPPORT_HOURS: TermLine(Kind.SUPPORT_HOURS, emergency=True),
        Kind.RESPONSE: TermLine(Kind.RESPONSE, amount=60),
        Kind.CHANNEL: TermLine(Kind.CHANNEL, channel="mail"),
        Kind.CONTACT_MOST: TermLine(Kind.CONTACT_MOST, amount=3, period=Period.WEEK),
        Kind.CONTACT_LEAST: TermLine(Kind.CONTACT_LEAST, amount=1, period=Period.MONTH),
        Kind.MEETINGS: TermLine(Kind.MEETINGS, amount=2, period=Period.MONTH),
        Kind.DELIVERABLE: TermLine(Kind.DELIVERABLE, name="r", amount=1, period=Period.MONTH),
        Kind.REVISIONS: TermLine(Kind.REVISIONS, amount=2),
        Kind.EXCLUSION: TermLine(Kind.EXCLUSION, name="night"),
    }
    assert set(lines) == set(Kind)
    revision = sign(terms=lines.values()).revisions.get()
    for language in ("ja", "en"):
        with translation.override(language):
            said = [sentence_of(term) for term in revision.terms.all()]
        assert len(set(said)) == len(Kind)
    assert checked(list(lines.values()))
    assert ScopeTerm.objects.count() == len(Kind)
