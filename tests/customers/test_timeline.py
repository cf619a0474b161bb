"""What happened with a customer: one list of many sources, in order, in pages, for its readers."""

import datetime
from base64 import urlsafe_b64encode
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from customers.actions import extend_scope, mark_goodwill
from customers.models import Goal, Investment, PaymentStop, ScopeInquiry
from customers.timeline import groups, timeline_of
from firm import dates
from firm.refusals import Refused
from tests.factories import a_contract, a_customer, a_rule_set, an_activity
from tests.tiering.nights import an_evaluation
from tests.tiering.overrides import an_override
from tiering.models import Tier, TierChange

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", owner=account_manager)


def told(customer, today, **values):
    return [event.told.title for event in timeline_of(customer.pk, until=today, **values).events]


def codes(customer, today, **values):
    page = timeline_of(customer.pk, until=today, **values)
    return [event.source.code for event in page.events]


@pytest.fixture
def busy(customer, account_manager, department_head, administrator, back_office, now, today):
    """One event of each kind, today or in the days before."""
    work = an_activity(customer, today - 3 * DAY, staff=account_manager, minutes=90)
    given = an_activity(customer, today - 2 * DAY, staff=account_manager)
    contract = a_contract(customer, valid_from=today - 30 * DAY)
    extend_scope(
        contract=contract,
        kind="hours",
        amount=360,
        starts_on=today,
        ends_on=today + 30 * DAY,
        reference="R-128",
        reason="決算の作業",
        by=back_office,
        now=now,
    )
    Goal.objects.create(
        customer=customer, purpose="問い合わせを増やす", measure="件数", target="30件",
        set_at=now - DAY, set_by=account_manager, changed_at=now - DAY,
    )  # fmt: skip
    Investment.objects.create(
        customer=customer, title="試作", expectation="来期の発注", cap_minutes=600,
        starts_on=today, review_on=today + 30 * DAY, owner=account_manager,
        created_at=now - 2 * DAY, created_by=account_manager,
    )  # fmt: skip
    ScopeInquiry.objects.create(
        customer=customer, asked_by=account_manager, asked_at=now - DAY,
        request="日曜に来てほしい", verdict="out_of_scope",
    )  # fmt: skip
    PaymentStop.objects.create(
        customer=customer, starts_on=today - DAY, reason="入金なし",
        set_by=back_office, set_at=now,
    )  # fmt: skip
    rules = a_rule_set(by=administrator)
    evaluation = an_evaluation(rules)
    tier = Tier.objects.get(code="B")
    TierChange.objects.create(
        customer=customer, evaluation=evaluation, as_of=evaluation.as_of, raw_tier=tier,
        earned_tier=tier, reason="initial", trailing_revenue=0, earned_since=evaluation.as_of,
    )  # fmt: skip
    an_override(customer, by=account_manager, approved_by=department_head)
    return SimpleNamespace(work=work, given=given, contract=contract)


def test_every_source_is_told_the_newest_first(busy, customer, today):
    events = timeline_of(customer.pk, until=today).events
    assert {event.source.code for event in events} == {
        "activity", "extension", "goal", "investment", "inquiry", "revision", "payment_stop",
        "tier_change", "override",
    }  # fmt: skip
    moments = [event.at for event in events]
    assert moments == sorted(moments, reverse=True)


def test_one_query_answers_however_many_sources(busy, customer, today, django_assert_num_queries):
    with django_assert_num_queries(1):
        timeline_of(customer.pk, until=today)


def test_pages_of_any_size_tell_the_same_as_one(busy, customer, account_manager, today):
    for _number in range(7):  # all at the same moment: the cursor must tell them apart
        an_activity(customer, today - 3 * DAY, staff=account_manager)
    whole = timeline_of(customer.pk, until=today, size=100)
    assert not whole.after
    for size in (1, 2, 5):
        refs, after = [], ""
        while True:
            page = timeline_of(customer.pk, until=today, size=size, after=after)
            refs += [event.ref for event in page.events]
            after = page.after
            if not after:
                break
        assert refs == [event.ref for event in whole.events]


def test_goodwill_is_told_once_and_as_goodwill(busy, customer, account_manager, today, now):
    mark_goodwill(
        activity=busy.given, usual_price=Decimal(13_000), why="お詫び", by=account_manager, now=now
    )
    found = codes(customer, today)
    assert found.count("goodwill") == 1
    assert found.count("activity") == 1
    assert set(codes(customer, today, group="goodwill")) == {"goodwill", "investment"}


def test_a_withdrawn_entry_is_gone(busy, customer, today, now):
    busy.work.withdrawn_at = now
    busy.work.save()
    assert codes(customer, today).count("activity") == 1


def test_a_group_tells_its_own_kinds_alone(busy, customer, today):
    assert set(codes(customer, today, group="tiers")) == {"tier_change", "override"}
    assert set(codes(customer, today, group="work")) == {"activity"}


def test_a_past_day_ends_the_list(busy, customer, today):
    assert set(codes(customer, today, group="goals")) == {"goal"}
    assert codes(customer, today - 2 * DAY, group="goals") == []


def test_what_begins_later_is_not_told_yet(customer, today):
    a_contract(customer, valid_from=today + DAY)
    assert codes(customer, today) == []
    assert codes(customer, today + DAY) == ["revision"]


def test_an_ended_contract_is_told_unless_another_revision_follows(customer, today):
    a_contract(customer, valid_from=today - 30 * DAY, valid_to=today - 10 * DAY)
    assert codes(customer, today) == ["contract_ended", "revision"]


def test_another_customers_events_are_not_told(busy, stranger, today):
    assert codes(a_customer("別の会社", owner=stranger), today) == []


def test_while_the_screen_is_shared_nothing_of_ours_is_told(busy, customer, today):
    busy.work.note = "先方のミス"
    busy.work.save()
    shared = timeline_of(customer.pk, until=today, shared=True).events
    assert {event.source.code for event in shared} == {
        "shared_activity", "extension", "goal", "revision",
    }  # fmt: skip
    assert "先方のミス" not in str([event.told for event in shared])
    assert "先方のミス" in str(told(customer, today))  # not shared, it is
    assert "tiers" not in {group.code for group in groups(shared=True)}


@pytest.mark.parametrize(
    "cursor",
    ["no cursor", "%%%", urlsafe_b64encode(b'["2026-07-01T00:00:00+09:00", "x", 1]').decode(),
     urlsafe_b64encode(b'["2026-07-01", "activity", 1]').decode(),
     urlsafe_b64encode(b'["2026-07-01T00:00:00+09:00", "activity", "1"]').decode()],
)  # fmt: skip
def test_a_cursor_of_somewhere_else_is_refused(cursor, customer, today):
    with pytest.raises(Refused):
        timeline_of(customer.pk, until=today, after=cursor)


class TestPage:
    def test_it_is_a_page_and_the_files_section(self, client_of, account_manager, customer):
        a_contract(customer)
        client, url = client_of(account_manager), reverse("customers:timeline", args=[customer.pk])
        page = client.get(url).content.decode()
        part = client.get(url, headers={"HX-Request": "true"}).content.decode()
        assert "<html" in page
        assert "<html" not in part
        assert "「保守」の開始" in page
        assert "「保守」の開始" in part

    def test_it_needs_few_queries_however_long(
        self, client_of, account_manager, customer, django_assert_max_num_queries
    ):
        for _number in range(50):
            an_activity(customer, dates.today() - DAY, staff=account_manager)
        client = client_of(account_manager)
        url = reverse("customers:timeline", args=[customer.pk])
        with django_assert_max_num_queries(12):
            page = client.get(url).content.decode()
        assert 'rel="next"' in page

    def test_an_unknown_kind_shows_all(self, client_of, account_manager, customer):
        a_contract(customer)
        client, url = client_of(account_manager), reverse("customers:timeline", args=[customer.pk])
        assert "「保守」の開始" in client.get(url, {"kind": "nothing"}).content.decode()

    @pytest.mark.parametrize("said", ["x", '["0001-01-01T00:00:00+14:00", "activity", 1]'])
    def test_a_forged_cursor_is_refused(self, said, client_of, account_manager, customer):
        client, url = client_of(account_manager), reverse("customers:timeline", args=[customer.pk])
        after = urlsafe_b64encode(said.encode()).decode()
        assert client.get(url, {"after": after}).status_code == 409


class TestApi:
    def test_it_tells_the_same_in_pages(self, client_of, account_manager, busy, customer):
        client, url = client_of(account_manager), reverse("api-timeline", args=[customer.pk])
        first = client.get(url, {"limit": 3, "as_of": "2199-01-01"}).json()
        assert len(first["results"]) == 3
        second = client.get(first["next"]).json()
        ids = [row["id"] for row in first["results"] + second["results"]]
        assert len(set(ids)) == 6

    @pytest.mark.parametrize(
        "query", [{"kind": "x"}, {"limit": "0"}, {"as_of": "2026-02-31"}, {"after": "x"}]
    )
    def test_bad_input_is_answered_with_a_sentence(
        self, query, client_of, account_manager, customer
    ):
        url = reverse("api-timeline", args=[customer.pk])
        answer = client_of(account_manager).get(url, query)
        assert answer.status_code in (400, 409)
        assert answer.json()

    @pytest.mark.parametrize(
        ("day", "status"),
        [("1900-01-01", 200), ("2199-12-31", 200), ("0001-01-01", 400), ("9999-12-31", 400)],
    )
    def test_days_far_away_are_refused(self, day, status, client_of, account_manager, customer):
        url = reverse("api-timeline", args=[customer.pk])
        assert client_of(account_manager).get(url, {"as_of": day}).status_code == status
