"""Investments: begun with an expectation, used up to a cap, judged at their review."""

import datetime
import threading
from decimal import Decimal
from unittest import mock

import pytest
from django.db import connection, models
from django.urls import reverse

from customers import daily
from customers.actions import (
    change_investment,
    extend_investment,
    judge_investment,
    open_investment,
)
from customers.actions import investments as module
from customers.giving.forms import VerdictForm
from customers.giving.investing import investments_of
from customers.models import Activity, Customer, Investment
from firm import jobs
from firm.calendar import business_day_after
from firm.dates import firm_date
from firm.dates import today as real_today
from firm.models import JobRun, Notification
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_customer, an_activity, an_investment

DAY = datetime.timedelta(days=1)
TODAY = firm_date(NOW)  # Wednesday, 15 July 2026; Monday the 20th is a holiday


@pytest.fixture
def customer(account_manager):
    return a_customer("港南ロジ", owner=account_manager)


def begin(customer, by, now=NOW, **values):
    said = {
        "title": "導線の見直し",
        "expectation": "来期の受注",
        "cap_minutes": 1800,
        "review_on": TODAY + 60 * DAY,
        **values,
    }
    return open_investment(customer=customer, by=by, now=now, **said)


@pytest.mark.django_db
def test_whoever_begins_one_answers_for_it_unless_another_is_named(
    customer, account_manager, section_manager
):
    assert begin(customer, account_manager).owner == account_manager
    assert begin(customer, account_manager, owner=section_manager).owner == section_manager


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": " "}, "何を見込んで"),
        ({"expectation": ""}, "何を見込んで"),
        ({"cap_minutes": 0}, "2,000時間"),
        ({"cap_minutes": 120_001}, "2,000時間"),
        ({"expected_return": Decimal(-1)}, "見込みの金額"),
        ({"expected_return": Decimal("NaN")}, "見込みの金額"),
        ({"review_on": TODAY - DAY}, "過ぎています"),
        ({"starts_on": TODAY + 9 * DAY, "review_on": TODAY + 8 * DAY}, "過ぎています"),
        ({"review_on": TODAY + 366 * DAY}, "2027/07/15"),
    ],
)
def test_what_makes_no_sense_is_refused(customer, account_manager, values, said):
    with pytest.raises(Refused, match=said):
        begin(customer, account_manager, **values)
    assert not Investment.objects.exists()


@pytest.mark.django_db
def test_only_those_with_the_file_begin_one_or_answer_for_it(
    customer, account_manager, stranger, auditor
):
    for person in (stranger, auditor):
        with pytest.raises(Forbidden):
            begin(customer, person)
    with pytest.raises(Refused, match="担当していません"):
        begin(customer, account_manager, owner=stranger)


@pytest.mark.django_db
def test_without_a_verdict_after_its_review_no_other_one_begins(customer, account_manager):
    waiting = an_investment(customer, owner=account_manager, review_on=TODAY - DAY)
    with pytest.raises(Refused, match="2026/07/14が見直し日"):
        begin(customer, account_manager)
    begin(a_customer(owner=account_manager), account_manager)
    judge_investment(
        investment=waiting, state="stopped", reason="受注なし", by=account_manager, now=NOW
    )
    begin(customer, account_manager)


@pytest.mark.django_db
def test_on_the_day_of_its_review_it_is_not_late_yet(customer, account_manager):
    """The control of the test before."""
    an_investment(customer, owner=account_manager, review_on=TODAY)
    begin(customer, account_manager)


@pytest.mark.django_db
def test_extending_it_lets_another_one_begin(customer, account_manager):
    waiting = an_investment(customer, owner=account_manager, review_on=TODAY - DAY)
    for date, said in ((TODAY - DAY, "今の見直し日より後"), (TODAY + 400 * DAY, "12か月以内")):
        with pytest.raises(Refused, match=said):
            extend_investment(
                investment=waiting, review_on=date, reason="返事待ち", by=account_manager, now=NOW
            )
    extended = extend_investment(
        investment=waiting,
        review_on=TODAY + 30 * DAY,
        reason="返事待ち",
        cap_minutes=900,
        by=account_manager,
        now=NOW,
    )
    assert (extended.cap_minutes, extended.state) == (900, "open")
    assert [(row.review_on, row.cap_minutes) for row in extended.events.all()] == [
        (TODAY - DAY, 600)
    ]
    begin(customer, account_manager)


@pytest.mark.django_db
def test_a_verdict_is_for_good_and_has_a_reason(customer, account_manager):
    found = begin(customer, account_manager)
    with pytest.raises(Refused, match="理由"):
        judge_investment(
            investment=found, state="paid_back", reason=" ", by=account_manager, now=NOW
        )
    judged = {"investment": found, "reason": "受注", "by": account_manager, "now": NOW}
    judge_investment(state="paid_back", **judged)
    for act in (
        lambda: judge_investment(state="stopped", **judged),
        lambda: extend_investment(review_on=TODAY + 90 * DAY, **judged),
        lambda: change_investment(investment=found, title="別", by=account_manager, now=NOW),
    ):
        with pytest.raises(Refused, match="すでに判定"):
            act()


@pytest.mark.django_db
def test_what_is_used_of_the_cap_is_a_query_over_the_log(customer, account_manager):
    found = an_investment(customer, owner=account_manager, cap_minutes=100)
    for minutes in (60, 90, 500):
        entry = an_activity(
            customer, TODAY, staff=account_manager, minutes=minutes, cause="investment"
        )
        Activity.objects.filter(pk=entry.pk).update(
            investment=found, withdrawn_at=NOW if minutes == 500 else None
        )
    usage = investments_of(customer, on=TODAY)[0].usage
    assert (usage.used, usage.left, usage.beyond, usage.share) == (150, 0, 50, 100)


@pytest.mark.django_db
def test_five_business_days_leave_week_ends_and_holidays_out():
    friday = datetime.date(2026, 7, 17)  # before 海の日, the 20th
    assert business_day_after(friday, days=1) == datetime.date(2026, 7, 21)
    assert business_day_after(friday, days=5) == datetime.date(2026, 7, 27)
    assert business_day_after(friday, days=0) == friday


def the_day(moment):
    """What the daily job of this moment's day tells, to whom."""
    daily.ensure_runs(now=moment)
    job = JobRun.objects.get(kind=daily.KIND, key=firm_date(moment).isoformat())
    told_before = set(Notification.objects.values_list("pk", flat=True))
    with mock.patch.object(jobs, "poke"):
        jobs.run(job.pk, now=moment)
    job.refresh_from_db()
    assert job.state == "done", job.error
    new = Notification.objects.exclude(pk__in=told_before).order_by("pk")
    return [(row.code, row.recipient.name) for row in new]


@pytest.mark.django_db(transaction=True)
def test_the_owner_is_told_at_the_review_and_the_manager_five_business_days_later(
    customer, account_manager, section_manager, department_head
):
    found = begin(customer, account_manager, review_on=TODAY + 2 * DAY)  # Friday, the 17th
    told = {TODAY + days * DAY: the_day(NOW + days * DAY) for days in range(14)}
    assert {day: who for day, who in told.items() if who} == {
        datetime.date(2026, 7, 17): [("investment_review", "佐藤 美咲")],
        datetime.date(2026, 7, 27): [("investment_overdue", "中村 直樹")],
    }
    judge_investment(
        investment=found, state="stopped", reason="受注なし", by=account_manager, now=NOW
    )
    daily.ensure_runs(now=NOW + 20 * DAY)
    assert not JobRun.objects.filter(key=(TODAY + 20 * DAY).isoformat()).exists()


@pytest.mark.django_db(transaction=True)
def test_missed_days_are_made_up_and_an_extension_is_reminded_of_anew(
    customer, account_manager, section_manager
):
    found = begin(customer, account_manager, review_on=TODAY + DAY)
    late = NOW + 30 * DAY
    assert the_day(late) == [("investment_review", "佐藤 美咲")]
    assert the_day(late + DAY) == [("investment_overdue", "中村 直樹")]
    extend_investment(
        investment=found,
        review_on=firm_date(late) + 10 * DAY,
        reason="返事待ち",
        by=account_manager,
        now=late + DAY,
    )
    assert the_day(late + 9 * DAY) == []
    assert the_day(late + 10 * DAY) == [("investment_review", "佐藤 美咲")]


class Slow:
    """Two beginnings at once: the first one is held up between its check and its row."""

    def __init__(self):
        self.checked, self.go_on = threading.Event(), threading.Event()
        self.check = module.check_has_verdicts

    def __call__(self, *, customer, now):
        self.check(customer=customer, now=now)
        if not self.checked.is_set():
            self.checked.set()
            self.go_on.wait(1)


def two_at_once(customer, account_manager):
    """The first one's review is over when the second begins, three weeks on."""
    slow, outcomes = Slow(), {}

    def run(name, now, **values):
        try:
            outcomes[name] = begin(customer, account_manager, now=now, **values)
        except Refused as refused:
            outcomes[name] = refused
        finally:
            connection.close()

    with mock.patch.object(module, "check_has_verdicts", slow):
        first = threading.Thread(
            target=run, args=["first", NOW], kwargs={"review_on": TODAY + 7 * DAY}
        )
        first.start()
        slow.checked.wait(5)
        second = threading.Thread(target=run, args=["second", NOW + 21 * DAY])
        second.start()
        second.join(0.3)
        slow.go_on.set()
        first.join()
        second.join()
    return outcomes["second"]


@pytest.mark.django_db(transaction=True)
def test_nothing_begins_past_a_check_that_is_being_made(customer, account_manager):
    assert isinstance(two_at_once(customer, account_manager), Refused)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would(customer, account_manager):
    """The control."""
    plain = models.QuerySet.all
    with mock.patch.object(
        type(Customer.objects.all()), "select_for_update", lambda self: plain(self)
    ):
        assert isinstance(two_at_once(customer, account_manager), Investment)


def test_a_cap_in_hundredths_of_an_hour_is_rounded_to_minutes():
    form = VerdictForm({"verdict": "extend", "reason": "様子見", "review_on": "", "cap": "2.33"})
    form.is_valid()
    assert form.cap_minutes == 140  # 139.8


@pytest.mark.django_db
def test_the_pages_begin_change_and_judge(client_of, account_manager, customer):
    client, on = client_of(account_manager), real_today()
    create = reverse("customers:investment-create", args=[customer.pk])
    said = {
        "title": "導線の見直し",
        "expectation": "来期の受注",
        "expected_return": "2400000",
        "cap": "30",
        "review_on": str(on + 60 * DAY),
        "owner": str(account_manager.pk),
    }
    assert client.post(create, {**said, "cap": "0"}).status_code == 422
    assert client.post(create, {**said, "review_on": str(on - DAY)}).status_code == 422
    address = client.post(create, said).headers["Location"]
    page = client.get(address).content.decode()
    assert "0 / 30 h" in page
    assert "2,400<small" in page
    judge = reverse("customers:investment-judge", args=[Investment.objects.get().pk])
    extend = client.post(judge, {"verdict": "extend", "reason": "返事待ち"})
    assert (extend.status_code, "次の見直し日" in extend.content.decode()) == (422, True)
    assert client.post(judge, {"verdict": "paid_back", "reason": "受注"}).status_code == 302
    assert client.post(judge, {"verdict": "stopped", "reason": "？"}).status_code == 422
    assert Investment.objects.get().state == "paid_back"


@pytest.mark.django_db
def test_what_is_overdue_says_so_everywhere_and_locks_the_form(
    client_of, account_manager, customer
):
    an_investment(customer, owner=account_manager, review_on=real_today() - DAY, title="二つ目")
    client = client_of(account_manager)
    page = client.get(reverse("customers:investments", args=[customer.pk])).content.decode()
    assert "先に、回収済み・延長・中止のいずれかを判定" in page
    assert "investments/create" not in page
    for address in (
        reverse("customers:file", args=[customer.pk]),
        reverse("customers:investment-list"),
    ):
        assert "超過" in client.get(address).content.decode(), address


@pytest.mark.django_db
def test_the_api_begins_extends_and_judges(client_of, account_manager, auditor, customer):
    client, on = client_of(account_manager), real_today()
    address = f"/api/v1/customers/{customer.pk}/investments"
    body = {
        "title": "導線",
        "expectation": "受注",
        "expected_return": "2400000",
        "cap_minutes": 1800,
        "review_on": str(on + 60 * DAY),
    }
    found = client.post(address, body, content_type="application/json").json()
    assert (found["expected_return"], found["used_minutes"]) == ("2400000.0000", 0)
    one = f"/api/v1/investments/{found['id']}"
    extended = client.post(
        f"{one}/extend",
        {"review_on": str(on + 90 * DAY), "reason": "返事待ち"},
        content_type="application/json",
    )
    assert extended.json()["cap_minutes"] == 1800
    verdict = {"state": "open", "reason": "受注"}
    again = client.post(f"{one}/verdict", verdict, content_type="application/json")
    assert again.status_code == 400
    verdict["state"] = "paid_back"
    assert (
        client.post(f"{one}/verdict", verdict, content_type="application/json").status_code == 200
    )
    late = client.patch(one, {"title": "別"}, content_type="application/json")
    assert late.status_code == 409
    assert client_of(auditor).get(one).json()["expected_return"] == "2400000.0000"
