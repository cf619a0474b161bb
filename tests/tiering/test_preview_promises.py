"""What a preview says of the hours promised: beside those there are, in yen, and by manager."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from firm.models import BillRate, CostRate, WorkCalendar
from tests.factories import a_contract, a_customer, a_level, a_person, an_entry
from tests.tiering.evaluations import a_night, published, some_rules
from tests.tiering.previews import a_draft, a_preview
from tiering.catalogue import STANDARD, Measure, Offer
from tiering.models import Benefit, Service
from tiering.previews.loads import loads
from tiering.previews.promised import hours_of, promised
from tiering.previews.shown import shown_of

pytestmark = pytest.mark.django_db

STRICT = [{"code": "T1", "enter": 800}, {"code": "T2", "enter": 100}, {"code": "T3"}]


@pytest.mark.parametrize(("minutes", "shown"), [(15, "0.3"), (14, "0.2"), (-15, "-0.3")])
def test_half_a_tenth_is_rounded_up(minutes, shown):
    assert hours_of(minutes) == Decimal(shown)


@pytest.fixture
def clock() -> datetime.datetime:
    return timezone.now()


@pytest.fixture
def draft(administrator, account_manager, clock):
    """One customer would move from T1 to T2: from 12 h a quarter and 4 meetings to 3 h."""
    since = clock.date() - datetime.timedelta(days=40)
    rules = published(some_rules(), by=administrator, since=str(since), now=clock)
    last_month = clock.date().replace(day=1) - datetime.timedelta(days=15)
    customer = a_customer("みどり医療会", owner=account_manager)
    an_entry(customer, last_month, 550)
    an_entry(a_customer("東都精機販売", owner=a_person("渡辺")), last_month, 900)
    a_contract(customer)
    draft = a_draft(some_rules(tiers=STRICT), by=administrator, now=clock)
    for version in (rules, draft):
        a_level(version, "T1", "goodwill_budget", 720)
        a_level(version, "T1", "review_meeting", 4, per="year")
        a_level(version, "T2", "goodwill_budget", 180)
    a_night(timezone.localdate(clock), now=clock)
    return draft


def the_promises(draft, by, clock):
    return promised(shown_of(a_preview(draft, by=by, now=clock)))


def test_hours_are_of_budgets_and_meetings_for_all_customers(draft, administrator, clock):
    found = the_promises(draft, administrator, clock)
    # Two in T1: 4 h of budget and 40 min of meetings a month each. Then one, and 1 h in T2.
    assert (found.before, found.after) == (2 * 280, 280 + 60)
    words = {line.label: (line.before, line.after) for line in found.lines}
    assert words == {"レビュー会議": ("8回", "4回"), "特別対応枠": ("96時間", "60時間")}
    assert found.capacity.contracts == 600


def test_what_is_promised_is_written_with_separators():
    budget, report = (
        STANDARD[Service.GOODWILL_BUDGET],
        Offer("report", Measure.COUNT, Benefit(unit="部")),
    )
    assert budget.figure(3008 * 60) == "3,008時間"
    assert report.figure(1440) == "1,440部"


def test_without_a_calendar_and_rates_nothing_is_made_up(draft, administrator, clock):
    WorkCalendar.objects.update(told_until=datetime.date(2026, 1, 1))
    found = the_promises(draft, administrator, clock)
    assert found.hours_of_people is None
    assert (found.at_price, found.at_cost) == (None, None)


def test_the_hours_there_are_come_from_the_firm_s_calendar(
    draft, administrator, account_manager, clock
):
    account_manager.cost_grade = "G2"
    account_manager.save()
    BillRate.objects.create(valid_from=datetime.date(2020, 1, 1), amount=12_000, set_at=clock)
    for since, direct in ((datetime.date(2020, 1, 1), 3_000), (datetime.date(2021, 1, 1), 3_600)):
        CostRate.objects.create(grade="G2", valid_from=since, direct=direct, loaded=direct)
    found = the_promises(draft, administrator, clock)
    assert found.capacity.people == 2
    # Nine hours on some 240 days.
    assert 170 < found.hours_of_each < 190
    assert found.at_price == (Decimal(112_000), Decimal(68_000))
    assert found.at_cost == (Decimal(33_600), Decimal(20_400))


def test_managers_stand_in_the_order_of_their_names_and_only_where_something_changes(
    draft, administrator, account_manager, clock
):
    (load,) = loads(shown_of(a_preview(draft, by=administrator, now=clock)))
    assert load.name == account_manager.name
    assert [(chip.code, *counts) for chip, *counts in load.tiers] == [
        ("T1", 1, 0),
        ("T2", 0, 1),
        ("T3", 0, 0),
    ]
    assert (load.hours_before, load.hours_after) == (Decimal("4.7"), Decimal("1.0"))


def test_a_change_of_the_services_alone_concerns_their_managers_too(
    draft, administrator, account_manager, clock
):
    draft.service_levels.filter(service="goodwill_budget").update(amount=60)
    draft.tiers.filter(rank=1).update(enter=500, keep=450)
    found = loads(shown_of(a_preview(draft, by=administrator, now=clock)))
    assert len(found) == 2
    assert not any(load.moves for load in found)


def test_the_tables_are_exported_and_money_is_behind_its_right(
    client_of, draft, administrator, department_head, clock
):
    BillRate.objects.create(valid_from=datetime.date(2020, 1, 1), amount=12_000, set_at=clock)
    preview = a_preview(draft, by=administrator, now=clock)
    address = reverse("tiering:preview-export", args=[preview.pk])

    def lines(person, table):
        answer = client_of(person).get(address, {"format": "csv", "table": table})
        return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert "レビュー会議,8回,4回,1.3,0.7" in lines(administrator, "promised")
    assert any("112000" in line for line in lines(department_head, "promised"))
    assert len(lines(administrator, "managers")) == 2
    assert client_of(administrator).get(address, {"table": "people"}).status_code == 404


def test_the_page_and_the_api_say_the_same(client_of, draft, administrator, clock):
    WorkCalendar.objects.update(told_until=datetime.date(2026, 1, 1))
    preview = a_preview(draft, by=administrator, now=clock)
    client = client_of(administrator)
    text = client.get(reverse("tiering:preview", args=[preview.pk])).content.decode()
    assert "<b>16 h</b>" in text
    read = client.get(reverse("api-preview", args=[preview.pk])).json()
    assert read["promised"] == {
        "before": 560,
        "after": 340,
        "contracts": 600,
        "working": None,
        "price_before": None,
        "price_after": None,
        "cost_before": None,
        "cost_after": None,
    }
    (manager,) = read["account_managers"]
    assert manager["before"] == {"T1": 1, "T2": 0, "T3": 0}
