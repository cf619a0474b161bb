"""The demo firm as it stands in the database, after the product itself has worked on it."""

import datetime
from collections import Counter

import pytest
from django.core.management import call_command
from django.utils import timezone

from customers.models import Contact, Customer, Import, RevenueEntry
from escalation.demo import company, first_screen
from escalation.demo.cards import log_cards
from escalation.demo.load import check_can_load, load, plan_for
from escalation.demo.stories import GINREI, KS, MIDORI, SHOEI, TOTO
from escalation.demo.unload import check_can_unload
from escalation.templatetags import demo
from escalation.templatetags.demo import demo_month_past
from firm.calendar import is_business_day, last_business_day
from firm.dates import add_months, firm_date, firm_zone, fiscal_period
from firm.formats import full_day
from firm.models import ClosedMonth, CompanyDay, CostRate, Firm, Post, PostHolding, User
from firm.refusals import Refused
from firm.scope import scope_of
from tests.factories import a_customer, a_person
from tiering import rule_file
from tiering.default_rules import DEFAULT
from tiering.models import BenefitUse, Evaluation, RuleSet, Standing, TierChange

pytestmark = [pytest.mark.usefixtures("loaded"), pytest.mark.django_db]


def this_month() -> datetime.date:
    return firm_date(timezone.now()).replace(day=1)


def test_its_nights_are_held_where_something_looks_wrong_like_a_new_firms():
    breaker = {"down_share": 10, "down_count": 5, "drop_share": 30}
    assert (
        DEFAULT["breaker"] == rule_file.as_data(RuleSet.objects.get(number=1))["breaker"] == breaker
    )


def test_a_hundred_and_twenty_customers_stand_in_four_tiers():
    tiers = Counter(Standing.objects.values_list("earned_tier__code", flat=True))
    assert tiers == {"S": 4, "A": 10, "B": 28, "C": 78}
    assert Contact.objects.count() == 255
    assert Customer.objects.filter(status="inactive").count() == 5


def test_shares_are_what_the_generator_gives():
    found = first_screen.split()
    assert found is not None
    shares = {s.tier.code: round(s.revenue_share, 1) for s in found.shares}
    assert shares == {"S": 31.5, "A": 25.8, "B": 27.0, "C": 15.7}
    assert found.evaluation.counts["total"] == "159070000.0000"
    trailing = sorted(Standing.objects.values_list("trailing_revenue", flat=True), reverse=True)
    assert float(round(100 * sum(trailing[:24]) / sum(trailing), 1)) == 70.8
    assert trailing[0] == 12 * 1_785_000
    assert Standing.objects.get(customer__name=TOTO).trailing_revenue == trailing[0]


def test_story_5_reached_the_next_tier_at_the_last_month_end():
    change = TierChange.objects.filter(customer__name=MIDORI).latest("as_of")
    assert (change.as_of, change.reason) == (this_month(), "upgraded")
    assert change.earned_tier.code == "A"
    before = TierChange.objects.filter(customer__name=MIDORI, as_of__lt=this_month())
    assert {row.earned_tier.code for row in before} == {"B"}


def test_story_6_is_in_the_second_month_of_three():
    standing = Standing.objects.get(customer__name=SHOEI)
    assert (standing.raw_tier.code, standing.earned_tier.code) == ("B", "A")
    assert standing.reason == "grace"
    assert standing.below_since == add_months(this_month(), -1)
    card = next(c for c in first_screen.rule_cards(first_screen.split()) if c.kind == "grace")
    assert "2/3" in card.label
    assert full_day(add_months(this_month(), 1)) in card.text


def test_nobody_but_story_6_waits_and_some_have_moved_both_ways():
    assert [s.customer.name for s in Standing.objects.filter(reason="grace")] == [SHOEI]
    reasons = Counter(TierChange.objects.values_list("reason", flat=True))
    assert reasons["initial"] == 120
    assert reasons["upgraded"] >= 5
    assert reasons["downgraded"] >= 3


def test_who_left_keeps_the_tier_of_the_last_twelve_months():
    customer = Customer.objects.get(name=KS)
    assert customer.status == "inactive"
    assert customer.standing.earned_tier.code == "B"


def test_the_nights_begin_with_the_first_full_window_and_count_as_made_then():
    evaluations = Evaluation.objects.order_by("as_of")
    assert [e.as_of for e in evaluations] == [
        add_months(this_month(), -n) for n in range(12, -1, -1)
    ]
    assert all(e.known_from == e.as_of and not e.is_ahead for e in evaluations)
    assert ClosedMonth.objects.count() == 24
    assert RuleSet.objects.get(state=RuleSet.State.PUBLISHED).published_by.name == "高橋 誠"


def test_revenue_came_in_by_one_applied_import():
    import_ = Import.objects.get()
    assert (import_.state, import_.source) == ("applied", "demo")
    assert RevenueEntry.objects.filter(import_ref=import_).count() == RevenueEntry.objects.count()
    assert RevenueEntry.objects.filter(kind="one_off").count() > 80


def test_posts_are_held_twice_and_one_is_vacant():
    today = firm_date(timezone.now())
    holders = Counter(h.person.name for h in PostHolding.objects.on(today).select_related("person"))
    assert {name for name, posts in holders.items() if posts == 2} == {"渡辺 隆", "松本 玲奈"}
    assert len(holders) == 13
    held = PostHolding.objects.on(today).values("post")
    assert [post.title for post in Post.objects.exclude(pk__in=held)] == ["第二課長"]


def test_the_head_has_the_files_of_the_section_without_a_manager():
    on = firm_date(timezone.now())
    people = {user.email.split("@")[0]: user for user in User.objects.all()}
    assert people["ito"].pk in scope_of(people["watanabe"], on=on).people
    assert people["ito"].pk not in scope_of(people["nakamura"], on=on).people


def test_the_stories_are_one_click_from_the_first_screen(client_of):
    """2, 8, 9 and 12 of the log, 5, 6, 7 and 16 of the rules, beside the largest customer and the
    phone that rings; whoever opens each may.
    """
    rules = first_screen.rule_cards(first_screen.split())
    assert [card.kind for card in rules] == ["largest", "risen", "grace", "override", "draft"]
    log = log_cards()
    assert [card.kind for card in log] == [
        "phone", "too_much", "board", "own_reason", "delight", "investments",
    ]  # fmt: skip
    for card in rules + log:
        person = User.objects.get(email=company.person(card.key).email)
        page = client_of(person).get(card.href)
        assert page.status_code == 200
        assert card.kind in ("phone", "board") or card.title in page.content.decode()
    draft = RuleSet.objects.get(state=RuleSet.State.IN_REVIEW)
    assert draft.previews.get().result


def test_the_senior_account_manager_has_eighteen_customers():
    sato = User.objects.get(email="sato@example.jp")
    tiers = Counter(
        Standing.objects.filter(customer__owner=sato).values_list("earned_tier__code", flat=True)
    )
    assert tiers == {"S": 1, "A": 3, "B": 6, "C": 8}


def test_days_off_and_rates_are_the_firms():
    year = this_month().year
    assert CompanyDay.objects.filter(day=datetime.date(year, 8, 14)).exists()
    assert not is_business_day(datetime.date(year, 8, 14))
    assert set(CostRate.objects.values_list("grade", flat=True)) == set(company.COST_RATES)


def test_loading_again_changes_nothing(loaded, capsys):
    rows = {model: model.objects.count() for model in (User, Customer, RevenueEntry, TierChange)}
    assert load(now=loaded) is False
    call_command("demo", "load")
    assert "すでに読み込まれています" in capsys.readouterr().out
    assert rows == {model: model.objects.count() for model in rows}


@pytest.mark.parametrize("hour", [8, 20])
def test_nothing_of_the_log_lies_in_the_future_at_whatever_hour_it_is_loaded(loaded, hour):
    day = last_business_day(firm_date(loaded))
    plan = plan_for(datetime.datetime.combine(day, datetime.time(hour), firm_zone()))
    assert plan.t == last_business_day(day - datetime.timedelta(days=1))
    assert plan.months[-1] == add_months(day.replace(day=1), -1)


def test_one_log_in_per_role_is_printed(capsys):
    call_command("demo", "logins")
    out = capsys.readouterr().out
    assert len(out.strip().splitlines()) == 1 + len(company.LOGINS)
    Firm.objects.update(is_demo=False)
    call_command("demo", "logins")
    assert capsys.readouterr().out == ""


def test_the_demo_is_not_mixed_with_data_of_ones_own():
    check_can_load()
    Firm.objects.update(is_demo=False)
    with pytest.raises(Refused):
        check_can_load()


@pytest.mark.parametrize("make", [a_customer, a_person])
def test_unloading_is_refused_where_data_of_ones_own_are_here(make):
    check_can_unload()
    make()
    with pytest.raises(Refused, match="1"):
        check_can_unload()


def test_the_strip_says_when_the_demos_month_is_over(client, monkeypatch):
    closed = ClosedMonth.objects.latest("month").month
    assert demo_month_past(closed) is None
    assert "manage.py demo unload" not in client.get("/").content.decode()
    monkeypatch.setattr(demo, "today", lambda: add_months(this_month(), 1))
    assert demo_month_past(closed) == this_month()
    assert "manage.py demo unload" in client.get("/").content.decode()


def test_the_tiers_have_their_service_levels_and_one_benefit_hardly_anybody_uses():
    rules = RuleSet.objects.in_force(firm_date(timezone.now()))
    assert rules.service_levels.count() == 43
    readers = BenefitUse.objects.filter(benefit__code="paper-report").values("customer")
    active = Customer.objects.filter(status="active").count()
    assert round(100 * readers.distinct().count() / active) == 4


def test_story_8_has_two_of_its_reviews_of_the_year_and_story_1_none(loaded):
    year, _end = fiscal_period(plan_for(loaded).t, months=12)
    reviews = BenefitUse.objects.filter(service="review_meeting", day__gte=year)
    assert reviews.filter(customer__name=GINREI).count() == 2
    assert not reviews.filter(customer__name=TOTO).exists()
    assert all(
        use.recorded_by_id in (use.customer.owner_id, use.customer.backup_id)
        for use in BenefitUse.objects.select_related("customer")
    )
