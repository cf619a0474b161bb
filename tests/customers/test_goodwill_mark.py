"""The mark of goodwill work on an entry: what it says, what it is worth, who may set it."""

import datetime
from decimal import Decimal

import pytest

from customers.actions import change_goodwill, mark_goodwill, unmark_goodwill
from customers.models import Activity, Favor
from customers.prices import Source, hourly_price
from firm.actions import set_bill_rate
from firm.models import AuditEvent
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_contract, a_customer, an_activity

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", owner=account_manager)


@pytest.fixture
def entry(customer, account_manager, today):
    return an_activity(customer, today, staff=account_manager, minutes=90)


@pytest.fixture
def list_price(administrator, now):
    """¥12,000 an hour since 2020, ¥15,001 since tomorrow."""
    for day, amount in ((datetime.date(2020, 4, 1), 12_000), (datetime.date(2026, 7, 16), 15_001)):
        set_bill_rate(valid_from=day, amount=Decimal(amount), by=administrator, now=now)


def mark(entry, by, now, **values):
    return mark_goodwill(activity=entry, by=by, now=now, **{"why": "お試し", **values})


def test_the_usual_price_is_the_contracts_then_the_firms(customer, list_price, today):
    listed = hourly_price(customer.pk, on=today)
    assert (listed.amount, listed.source) == (12_000, Source.LIST)
    a_contract(customer, price_beyond=Decimal(13_000))
    a_contract(customer, name="別の契約", price_beyond=Decimal(14_000))
    agreed = hourly_price(customer.pk, on=today)
    assert (agreed.amount, agreed.source) == (13_000, Source.CONTRACT)
    assert agreed.of(90) == 19_500


def test_the_list_price_is_that_of_the_day(customer, list_price, today):
    later = hourly_price(customer.pk, on=today + datetime.timedelta(days=1))
    assert later.amount == 15_001
    assert later.of(20) == 5_000  # 5,000.33, to the yen
    assert later.of(90) == 22_502  # 22,501.5: half up


def test_a_contract_that_is_over_prices_nothing(customer, list_price, today):
    a_contract(customer, price_beyond=Decimal(99_000), valid_to=today)
    assert hourly_price(customer.pk, on=today).source == Source.LIST


def test_marking_takes_the_usual_price_of_the_minutes(entry, account_manager, list_price, now):
    favor = mark(entry, account_manager, now, category=" 軽微修正 ", customer_knows=True)
    favor.refresh_from_db()
    assert (favor.usual_price, favor.category, favor.customer_knows) == (18_000, "軽微修正", True)
    event = AuditEvent.objects.get(code="goodwill_marked")
    assert event.subject_id == entry.customer_id
    assert "お試し" not in str(event.data)


def test_without_any_price_it_asks_for_one(entry, account_manager, now):
    with pytest.raises(Refused, match="1時間の価格"):
        mark(entry, account_manager, now)
    assert mark(entry, account_manager, now, usual_price=Decimal(18_000)).usual_price == 18_000


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"why": "  "}, "無償にした理由"),
        ({"usual_price": Decimal(-1)}, "通常価格が負"),
        ({"usual_price": Decimal("NaN")}, "通常価格が負"),
        ({"usual_price": Decimal(10) ** 13}, "通常価格が負"),
    ],
)
def test_what_makes_no_sense_is_refused(entry, account_manager, list_price, now, values, said):
    with pytest.raises(Refused, match=said):
        mark(entry, account_manager, now, **values)
    assert not Favor.objects.exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"is_invoiced": True}, "請求済み"),
        ({"withdrawn_at": NOW}, "取り消されて"),
    ],
)
def test_what_is_paid_or_withdrawn_is_no_goodwill(
    entry, account_manager, list_price, now, values, said
):
    Activity.objects.filter(pk=entry.pk).update(**values)
    with pytest.raises(Refused, match=said):
        mark(entry, account_manager, now)


def test_a_stranger_to_the_file_marks_nothing(entry, stranger, auditor, list_price, now):
    for person in (stranger, auditor):
        with pytest.raises(Forbidden):
            mark(entry, person, now)


def test_it_is_marked_once_and_again_after_the_mark_was_taken_off(
    entry, account_manager, section_manager, list_price, now
):
    favor = mark(entry, account_manager, now)
    with pytest.raises(Refused, match="すでに"):
        mark(entry, account_manager, now)
    unmark_goodwill(favor=favor, by=section_manager, now=now)
    with pytest.raises(Refused, match="外されています"):
        change_goodwill(favor=favor, by=account_manager, now=now, why="別")
    again = mark(entry, account_manager, now, why="やはり無償")
    assert again.pk == favor.pk
    assert Favor.objects.get().withdrawn_at is None


def test_a_change_leaves_what_was_said_in_its_history(entry, account_manager, list_price, now):
    favor = mark(entry, account_manager, now)
    change_goodwill(favor=favor, by=account_manager, now=now, why="おわびとして")
    assert change_goodwill(favor=favor, by=account_manager, now=now, why=" おわびとして ") == []
    assert [event.why for event in favor.events.all()] == ["お試し"]


def test_the_list_price_is_the_back_offices_to_set(account_manager, back_office, now, today):
    with pytest.raises(Forbidden):
        set_bill_rate(valid_from=today, amount=Decimal(1), by=account_manager, now=now)
    for amount in ("0", "-5", "NaN", "Infinity"):
        with pytest.raises(Refused, match="0より大きい"):
            set_bill_rate(valid_from=today, amount=Decimal(amount), by=back_office, now=now)
    set_bill_rate(valid_from=today, amount=Decimal(9_000), by=back_office, now=now)
    set_bill_rate(valid_from=today, amount=Decimal(9_500), by=back_office, now=now)
    assert AuditEvent.objects.filter(code="bill_rate_set").count() == 2
