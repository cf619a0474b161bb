"""The reports in a browser: a number of the tier flow leads to its movers; everybody can read."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.factories import a_customer, a_rule_set
from tests.tiering.nights import a_done_night, a_move, an_evaluation
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
