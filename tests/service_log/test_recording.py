"""Entries recorded, corrected and withdrawn: what is refused, what stays, and two at once."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from customers.actions import activities as module
from customers.actions import (
    confirm_quiet_week,
    correct_activity,
    read_purpose,
    record_activity,
    withdraw_activity,
)
from customers.models import (
    Activity,
    ActivitySlice,
    Favor,
    PurposeReading,
    QuietWeek,
    ScopeExtension,
)
from customers.service_log.entries import EntryData, FavorData, moment_of
from firm.models import AuditEvent, User
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_contact, a_contract, a_customer
from tests.races import at_once

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 7, 15)
AN_HOUR = EntryData(day=TODAY, minutes=60, cause="in_contract")
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", owner=account_manager)


@pytest.fixture
def entry(customer, account_manager, now) -> Activity:
    return record_activity(customer=customer, data=AN_HOUR, by=account_manager, now=now)


def codes() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("code", flat=True))


def test_an_entry_is_a_row_its_slices_and_a_line_of_the_trail(entry, account_manager):
    assert (entry.staff, entry.recorded_by, entry.version) == (account_manager,) * 2 + (1,)
    assert list(entry.slices.values_list("day", "minutes")) == [(TODAY, 60)]
    assert codes() == ["activity_recorded"]


def test_an_entry_without_any_contract_or_beyond_one_is_never_refused(
    customer, account_manager, now
):
    a_contract(customer)  # ten hours a month
    for _ in range(2):
        whole_night = replace(AN_HOUR, minutes=24 * 60, channel="private_chat")
        record_activity(customer=customer, data=whole_night, by=account_manager, now=now)
    assert Activity.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"minutes": 0}, "1分以上"),
        ({"minutes": -15}, "1分以上"),
        ({"minutes": 25 * 60}, "24時間以内"),
        ({"day": TODAY + DAY}, "未来"),
        ({"started_at": NOW + MINUTE}, "未来"),
        ({"day": TODAY - DAY, "started_at": NOW}, "日付と時刻"),
        ({"started_at": NOW - datetime.timedelta(seconds=61)}, "分単位"),
        ({"day": datetime.date(26, 7, 15)}, "古すぎ"),
        ({"channel": "pigeon"}, "pigeon"),
        ({"cause": "unpaid"}, "unpaid"),
        ({"cause": ""}, "理由"),
        ({"kind": "war"}, "war"),
        ({"quantity": 0}, "1,000回"),
        ({"note": "長" * 501}, "500文字"),
        ({"favor": FavorData(why="長" * 201, usual_price=Decimal(1))}, "200文字"),
        ({"favor": FavorData(why=" ", usual_price=Decimal(1))}, "無償"),
        ({"favor": FavorData(why="お礼", usual_price=Decimal(-1))}, "負の数"),
        ({"favor": FavorData(why="お礼"), "is_invoiced": True}, "請求済み"),
    ],
)
def test_what_cannot_have_been_is_refused_in_a_sentence(
    customer, account_manager, now, change, sentence
):
    with pytest.raises(Refused, match=sentence):
        record_activity(
            customer=customer, data=replace(AN_HOUR, **change), by=account_manager, now=now
        )
    assert not Activity.objects.exists()


def test_the_same_entry_without_the_slip_is_taken(customer, account_manager, now):
    """Negative control of the refusals: everything filled in, and nothing wrong."""
    favor = FavorData(why="お礼", usual_price=Decimal(12000), customer_knows=True)
    data = EntryData(
        day=TODAY,
        minutes=24 * 60,
        cause="customer_wish",
        started_at=moment_of(TODAY, datetime.time(9, 0)),
        kind="contact",
        channel="phone",
        direction="in",
        initiator="customer",
        contact=a_contact(customer),
        work_item="軽微修正",
        quantity=2,
        thread="T-1",
        note="バナーの差し替え",
        favor=favor,
    )
    entry = record_activity(customer=customer, data=data, by=account_manager, now=now)
    assert EntryData.of(Activity.objects.get(pk=entry.pk)) == data


def test_links_to_another_customers_things_are_refused(customer, account_manager, now):
    theirs = a_contact(a_customer(owner=account_manager))
    with pytest.raises(Refused, match="別の顧客"):
        record_activity(
            customer=customer, data=replace(AN_HOUR, contact=theirs), by=account_manager, now=now
        )


def test_a_customer_that_left_takes_late_entries_until_its_last_day(account_manager, now):
    left = a_customer(owner=account_manager, status="inactive", ended_on=TODAY - DAY)
    with pytest.raises(Refused, match="2026/07/14"):
        record_activity(customer=left, data=AN_HOUR, by=account_manager, now=now)
    late = replace(AN_HOUR, day=TODAY - DAY)
    assert record_activity(customer=left, data=late, by=account_manager, now=now)


def test_strangers_and_readers_record_nothing(customer, stranger, auditor, now):
    for person in (stranger, auditor):
        with pytest.raises(Forbidden):
            record_activity(customer=customer, data=AN_HOUR, by=person, now=now)


def test_a_superior_records_for_a_junior_and_no_one_for_a_colleague(
    customer, account_manager, section_manager, stranger, now
):
    entry = record_activity(
        customer=customer, data=AN_HOUR, by=section_manager, staff=account_manager, now=now
    )
    assert (entry.staff, entry.recorded_by) == (account_manager, section_manager)
    with pytest.raises(Forbidden):
        record_activity(
            customer=customer, data=AN_HOUR, by=account_manager, staff=stranger, now=now
        )


def test_what_came_from_a_source_is_recorded_once(customer, account_manager, now):
    source = {"source": "calendar", "source_id": "event-1"}
    record_activity(customer=customer, data=AN_HOUR, by=account_manager, now=now, **source)
    with pytest.raises(Refused, match="登録済み"):
        record_activity(customer=customer, data=AN_HOUR, by=account_manager, now=now, **source)


def test_goodwill_without_a_price_gets_the_contracts(customer, account_manager, now):
    a_contract(customer, price_beyond=Decimal(13_000))
    data = replace(AN_HOUR, minutes=90, favor=FavorData(why="お礼"))
    entry = record_activity(customer=customer, data=data, by=account_manager, now=now)
    assert entry.favor.usual_price == 19_500


def test_a_correction_is_a_version_and_the_slices_follow(entry, account_manager, section_manager):
    later = NOW + 5 * MINUTE
    data = replace(AN_HOUR, day=TODAY - DAY, minutes=30, note="半分だった")
    corrected = correct_activity(
        activity=entry, data=data, version=1, by=section_manager, now=later
    )
    assert (corrected.version, corrected.corrected_by, corrected.corrected_at) == (
        2,
        section_manager,
        later,
    )
    assert list(entry.slices.values_list("day", "minutes")) == [(TODAY - DAY, 30)]
    old = entry.events.get()
    assert (old.version, old.minutes, old.day) == (1, 60, TODAY)
    assert codes()[-1] == "activity_corrected"


def test_the_same_once_more_is_no_version(entry, account_manager, now):
    same = correct_activity(activity=entry, data=AN_HOUR, version=1, by=account_manager, now=now)
    assert same.version == 1
    assert codes() == ["activity_recorded"]


def test_goodwill_is_marked_changed_and_taken_off_by_corrections(entry, account_manager, now):
    def corrected(version: int, favor: FavorData | None) -> None:
        data = replace(AN_HOUR, favor=favor)
        correct_activity(activity=entry, data=data, version=version, by=account_manager, now=now)

    corrected(1, FavorData(why="お礼", usual_price=Decimal(12_000)))
    corrected(2, FavorData(why="お詫び", usual_price=Decimal(6_000)))
    assert Favor.objects.get().why == "お詫び"
    corrected(3, None)
    assert Favor.objects.get().withdrawn_at == now
    corrected(4, FavorData(why="もう一度", usual_price=Decimal(6_000)))
    assert Favor.objects.get().withdrawn_at is None


@pytest.mark.parametrize(("said", "price"), [(None, 26_000), (13_000, 26_000), (9_000, 9_000)])
def test_the_usual_price_follows_the_minutes(customer, account_manager, now, said, price):
    """Whether it is left out or sent as it was; another one stays as it is said."""
    a_contract(customer, price_beyond=Decimal(13_000))
    data = replace(AN_HOUR, favor=FavorData(why="お礼"))
    entry = record_activity(customer=customer, data=data, by=account_manager, now=now)
    favor = FavorData(why="お礼", usual_price=None if said is None else Decimal(said))
    data = replace(AN_HOUR, minutes=120, favor=favor)
    correct_activity(activity=entry, data=data, version=1, by=account_manager, now=now)
    assert Favor.objects.get().usual_price == price


def test_a_price_of_ones_own_stays_when_the_minutes_change(customer, account_manager, now):
    a_contract(customer, price_beyond=Decimal(13_000))
    data = replace(AN_HOUR, favor=FavorData(why="お礼", usual_price=Decimal(5_000)))
    entry = record_activity(customer=customer, data=data, by=account_manager, now=now)
    data = replace(data, minutes=120)
    correct_activity(activity=entry, data=data, version=1, by=account_manager, now=now)
    assert Favor.objects.get().usual_price == 5_000


@pytest.mark.parametrize("day", [TODAY - 2 * DAY, TODAY])
def test_an_extension_meets_only_work_of_its_time(customer, account_manager, now, day):
    extension = ScopeExtension.objects.create(
        contract=a_contract(customer), kind="hours", amount=60, reference="R-7", reason="合意",
        starts_on=TODAY - DAY, ends_on=TODAY, granted_at=NOW,
    )  # fmt: skip
    data = replace(AN_HOUR, day=TODAY - DAY, extension=extension)
    record_activity(customer=customer, data=data, by=account_manager, now=now)
    elsewhere = replace(data, day=day)
    with pytest.raises(Refused, match="R-7"):
        record_activity(customer=customer, data=elsewhere, by=account_manager, now=now)


def test_a_withdrawn_entry_keeps_its_row_and_loses_its_slices(entry, account_manager, now):
    with pytest.raises(Refused, match="理由"):
        withdraw_activity(activity=entry, reason=" ", version=1, by=account_manager, now=now)
    withdraw_activity(activity=entry, reason="別の顧客", version=1, by=account_manager, now=now)
    assert not ActivitySlice.objects.exists()
    assert not Activity.objects.live().exists()
    with pytest.raises(Refused, match="取り消"):
        correct_activity(
            activity=entry,
            data=replace(AN_HOUR, minutes=5),
            version=1,
            by=account_manager,
            now=now,
        )


def test_a_colleague_does_not_correct_what_another_did(entry, stranger, now):
    entry.customer.backup = stranger
    entry.customer.save()
    with pytest.raises(Forbidden):
        correct_activity(
            activity=entry, data=replace(AN_HOUR, minutes=5), version=1, by=stranger, now=now
        )


def corrections(entry: Activity, by: User) -> list[Callable[[], Activity]]:
    def correcting(minutes: int) -> Callable[[], Activity]:
        data = replace(AN_HOUR, minutes=minutes)
        return lambda: correct_activity(activity=entry, data=data, version=1, by=by, now=NOW)

    return [correcting(30), correcting(90)]


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_is_told(entry, account_manager):
    results = at_once(*corrections(entry, account_manager))
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(refused) == 1
    assert "訂正" in refused[0].sentence
    entry.refresh_from_db()
    assert entry.version == 2
    assert sum(entry.slices.values_list("minutes", flat=True)) == entry.minutes


def test_without_the_version_the_second_would_undo_the_first(
    entry, account_manager, now, monkeypatch
):
    """Negative control: what the check prevents does happen without it."""
    monkeypatch.setattr(module, "_check_version", lambda activity, version: None)
    for correct in corrections(entry, account_manager):
        correct()
    entry.refresh_from_db()
    assert (entry.version, entry.minutes) == (3, 90)


def test_a_quiet_week_is_said_once_and_begins_on_a_monday(customer, account_manager, now):
    monday = datetime.date(2026, 7, 6)
    for _ in range(2):
        confirm_quiet_week(customer=customer, week=monday, by=account_manager, now=now)
    assert QuietWeek.objects.count() == 1
    assert codes() == ["week_quiet"]
    for day, sentence in ((monday + DAY, "月曜"), (datetime.date(2026, 7, 20), "未来")):
        with pytest.raises(Refused, match=sentence):
            confirm_quiet_week(customer=customer, week=day, by=account_manager, now=now)


def test_an_entry_takes_back_that_nothing_was_done_in_its_week(customer, account_manager, now):
    this_week, last_week = datetime.date(2026, 7, 13), datetime.date(2026, 7, 6)
    other = a_customer("別の会社", owner=account_manager)
    for company, week in ((customer, this_week), (customer, last_week), (other, this_week)):
        confirm_quiet_week(customer=company, week=week, by=account_manager, now=now)
    entry = record_activity(customer=customer, data=AN_HOUR, by=account_manager, now=now)
    # The week before and another customer's stay: it is the entry that takes back its own.
    assert set(QuietWeek.objects.values_list("customer", "week")) == {
        (customer.pk, last_week),
        (other.pk, this_week),
    }
    earlier = replace(AN_HOUR, day=last_week)
    correct_activity(activity=entry, data=earlier, version=1, by=account_manager, now=now)
    assert QuietWeek.objects.get().customer == other
    told = AuditEvent.objects.filter(code="week_not_quiet").order_by("pk")
    assert [event.data["first"] for event in told] == ["2026-07-13", "2026-07-06"]


def test_an_entry_that_is_refused_takes_nothing_back(customer, account_manager, now):
    monday = datetime.date(2026, 7, 13)
    confirm_quiet_week(customer=customer, week=monday, by=account_manager, now=now)
    with pytest.raises(Refused):
        record_activity(
            customer=customer, data=replace(AN_HOUR, minutes=0), by=account_manager, now=now
        )
    assert QuietWeek.objects.exists()


def test_the_purpose_is_read_once_a_version(account_manager, now):
    for version in (1, 1, 2):
        read_purpose(version=version, by=account_manager, now=now)
    assert PurposeReading.objects.count() == 2
    assert codes() == ["purpose_read"] * 2
