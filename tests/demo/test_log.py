"""The demo's service log as the product itself reads it."""

import datetime

import pytest
from django.db.models import Sum
from django.utils import timezone

from customers.actions import check_can_record
from customers.consumption.hours import Hours, hours_between
from customers.consumption.times import outside_hours
from customers.models import (
    Activity,
    ActivitySlice,
    Customer,
    Favor,
    Goal,
    Investment,
    PurposeReading,
    ScopeInquiry,
)
from customers.service_log.coverage import closed_weeks, coverage_of
from escalation.demo import first_screen
from escalation.demo.stories import GINREI, HIKARI, KONAN, YAMATO
from firm.calendar import last_business_day
from firm.dates import add_months, firm_date, first_of_month
from tiering.models import BenefitUse, Service

pytestmark = [pytest.mark.usefixtures("loaded"), pytest.mark.django_db]
DAY = datetime.timedelta(days=1)


def t() -> datetime.date:
    return last_business_day(firm_date(timezone.now()) - DAY)


def closed_months(*names: str, months: int) -> list[Hours]:
    """The last closed months of these customers, or of all."""
    customers = Customer.objects.filter(name__in=names).values_list("pk", flat=True)
    end = first_of_month(t())
    found = hours_between(
        list(customers) if names else None, since=add_months(end, -months), on=end - DAY
    )
    return [row for row in found if row.has_terms]


def test_the_lowest_tier_brings_16_percent_of_the_revenue_and_takes_29_of_the_hours():
    found = first_screen.split()
    assert f"{found.lowest.revenue_share:.0f} {found.lowest.hours_share:.0f}" == "16 29"
    assert found.top.ratio == pytest.approx(0.66, abs=0.03)
    assert found.lowest.ratio == pytest.approx(1.83, abs=0.06)


def test_every_entry_has_its_slice_and_its_cost():
    assert Activity.objects.count() == ActivitySlice.objects.count()
    minutes = ActivitySlice.objects.aggregate(sum=Sum("minutes"))["sum"]
    assert minutes / 60 == pytest.approx(7_770, rel=0.03)
    assert not ActivitySlice.objects.filter(cost=0).exists()
    assert not ActivitySlice.objects.filter(loaded_cost__isnull=True).exists()


def test_more_is_given_away_than_the_net_figure_shows():
    months = closed_months(months=5)
    paid = sum(row.own + row.extended for row in months)
    net = sum(row.used for row in months) / paid - 1
    gross = sum(max(0, row.used - row.own - row.extended) for row in months) / paid
    assert net == pytest.approx(0.142, abs=0.03)
    assert gross == pytest.approx(0.327, abs=0.03)


def test_most_weeks_are_told_and_not_all():
    coverage = coverage_of(Customer.objects.all(), weeks=closed_weeks(on=t()))
    assert 90 < coverage.per_cent < 99


def test_everybody_who_logs_has_read_what_is_recorded():
    staff = Activity.objects.values_list("staff", flat=True).distinct()
    assert set(staff) == set(PurposeReading.objects.values_list("person", flat=True))
    assert len(staff) == 10


def test_story_2_pays_2069_yen_for_an_hour():
    (month,) = closed_months(HIKARI, months=1)
    assert (month.used, month.included) == (870, 150)
    given = Favor.objects.filter(activity__customer__name=HIKARI).aggregate(sum=Sum("usual_price"))
    assert given["sum"] == 198_250
    at_night = Activity.objects.filter(customer__name=HIKARI, channel="private_chat")
    assert at_night.count() >= 20
    assert all(timezone.localtime(entry.started_at).hour >= 22 for entry in at_night)


def test_story_8_spent_its_goodwill_budget_before_anybody_asked():
    given = Activity.objects.filter(customer__name=GINREI, favor__from_budget=True)
    assert given.aggregate(sum=Sum("minutes"))["sum"] == 210
    assert Favor.objects.filter(from_budget=True).count() == 9
    assert not BenefitUse.objects.filter(service=Service.GOODWILL_BUDGET).exists()


def test_story_9_has_one_investment_paid_back_and_one_without_its_verdict():
    paid_back, overdue = Investment.objects.filter(customer__name=KONAN).order_by("starts_on")
    assert paid_back.state == Investment.State.PAID_BACK
    assert paid_back.activities.aggregate(sum=Sum("minutes"))["sum"] == 30 * 60
    assert overdue in Investment.objects.overdue(firm_date(timezone.now()))
    assert Investment.objects.count() == 6


def test_story_12_worked_on_a_sunday_and_none_of_it_counts():
    yamato = Customer.objects.get(name=YAMATO)
    sunday = Activity.objects.filter(customer=yamato, cause="own_reason", day__iso_week_day=7)
    assert sunday.aggregate(sum=Sum("minutes"))["sum"] == 6 * 60
    day = sunday.first().day
    assert outside_hours([yamato.pk], since=day, until=day + DAY) == []
    months = closed_months(YAMATO, months=3)
    assert sum(row.used for row in months) < sum(row.own for row in months)


def test_what_was_asked_for_is_judged_by_the_contracts_and_settled():
    kept = ScopeInquiry.objects.all()
    assert 85 <= kept.count() <= 100
    assert kept.filter(customer__name=HIKARI).count() == 6
    assert set(kept.values_list("verdict", flat=True)) >= {
        "in_scope", "needs_approval", "out_of_scope", "unknown",
    }  # fmt: skip
    assert {"declined", "goodwill", "logged"} <= set(kept.values_list("outcome", flat=True))
    assert not kept.filter(asked_at__gt=timezone.now()).exists()
    old = timezone.now() - datetime.timedelta(days=40)
    assert not kept.filter(outcome="open", asked_at__lt=old).exists()


def test_goals_are_told_by_the_upper_tiers_first():
    with_goal = Goal.objects.values_list("customer__standing__earned_tier__code", flat=True)
    told = [list(with_goal).count(code) for code in "SABC"]
    assert told == [4, 10, 19, 18]


def test_owners_may_go_on_recording_where_the_demo_ends():
    for customer in Customer.objects.filter(name__in=[HIKARI, GINREI]).select_related("owner"):
        check_can_record(customer=customer, by=customer.owner, now=timezone.now())
