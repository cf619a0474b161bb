"""The reports in a browser: a number of the tier flow leads to its movers; everybody can read."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from firm.dates import first_of_month, today
from tests.factories import a_customer, a_rule_set, an_activity
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tiering.models import Evaluation, Standing, Tier
from tiering.models.standing import Reason

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def moved(administrator, account_manager):
    rules = a_rule_set(by=administrator)
    customer = a_customer(
        "みどり医療会", owner=account_manager, tier_rank=2, trailing_revenue=2_980_000
    )
    for day, tier, reason in ((1, "B", Reason.INITIAL), (10, "A", Reason.UPGRADED)):
        night = a_done_night(business_date=datetime.date(2026, 7, day))
        a_move(customer, an_evaluation(rules, job=night), before="", after=tier, reason=reason)
    return customer


def test_a_cell_of_the_flow_leads_to_its_movers(page_of, administrator, moved):
    page = page_of(administrator)
    page.goto("/reports/flow/?from=2026-07-05&until=2026-07-15")
    page.get_by_role("table").get_by_role("link", name="1", exact=True).first.click()
    page.wait_for_url("**row=*column=*#rows")
    expect(page.get_by_role("heading", name="1社")).to_be_in_viewport()
    expect(page.get_by_role("rowheader", name="みどり医療会")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_reports_are_readable_by_everybody(page_of, administrator, moved, width):
    page = page_of(administrator, viewport={"width": width, "height": 900})
    for path in (
        "/reports/concentration/?first=1&last=1",
        "/reports/coverage/?line=no_revenue",
        "/reports/flow/?from=2026-07-05&until=2026-07-15&moved=up",
    ):
        page.goto(path)
        assert not Axe().run(page).response["violations"], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.fixture
def served(moved, account_manager):
    """Work recorded for the customer, which is in its grace period."""
    Standing.objects.create(
        customer=moved,
        evaluation=Evaluation.objects.latest("pk"),
        raw_tier=Tier.objects.get(code="B"),
        earned_tier=Tier.objects.get(code="A"),
        reason=Reason.GRACE,
        trailing_revenue=2_600_000,
        below_since=datetime.date(2026, 7, 1),
        earned_since=datetime.date(2026, 1, 1),
        changed_as_of=datetime.date(2026, 7, 1),
    )
    month = first_of_month(today())
    for day in (datetime.date(2026, 6, 10), month - datetime.timedelta(days=1)):
        an_activity(moved, day, staff=account_manager, minutes=90, cost=9_000)
    return moved


@pytest.mark.parametrize("width", [1440, 390])
def test_hours_profit_and_planned_downgrades_are_readable(page_of, administrator, served, width):
    page = page_of(administrator, viewport={"width": width, "height": 900})
    for path in (
        "/reports/downgrades/",
        "/reports/allocation/?tier=2",
        f"/customers/{served.pk}/profit/",
        f"/customers/{served.pk}/tier/",
    ):
        page.goto(path)
        assert not Axe().run(page).response["violations"], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_file_fetches_the_profit_when_it_comes_into_view(page_of, administrator, served):
    page = page_of(administrator)
    page.goto(f"/customers/{served.pk}/")
    page.get_by_role("link", name="この顧客との取引の利益を見る").scroll_into_view_if_needed()
    expect(page.get_by_text("対応後の粗利").first).to_be_visible()
