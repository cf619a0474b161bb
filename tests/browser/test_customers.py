"""Finding a customer and asking why it has its tier, in a real browser."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from firm.dates import add_months, first_of_month, today
from tests.factories import a_contact, a_customer, a_department, a_rule_set, an_entry, an_import
from tests.tiering.evaluations import a_night

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def toto(account_manager, administrator):
    a_rule_set(by=administrator, keep=(6_650_000, 2_660_000, 855_000), grace_evaluations=3)
    customer = a_customer(
        "東都精機販売",
        code="K-0001",
        kana="とうとせいきはんばい",
        phone="03-0000-1001",
        owner=account_manager,
        department=a_department("営業部/第一課"),
        started_on=datetime.date(2017, 10, 26),
    )
    other = a_customer("みどり医療会", code="K-0002", owner=account_manager)
    a_contact(customer, "森田 花子", phone="03-0000-2001", decider=True)
    ledger, until = an_import(), first_of_month(today())
    for months in range(1, 20):
        an_entry(customer, add_months(until, -months), 1_785_000, import_ref=ledger)
    an_entry(other, add_months(until, -1), 1_000_000, import_ref=ledger)
    a_night(today(), now=timezone.now())
    return customer


def test_a_customer_is_found_by_two_japanese_characters(page_of, account_manager, toto):
    page = page_of(account_manager)
    page.goto("/customers/")
    page.keyboard.press("/")
    page.keyboard.type("東都")
    page.get_by_role("link", name="東都精機販売 K-0001").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("東都精機販売")
    expect(page.get_by_text("森田 花子")).to_be_visible()


def test_a_tier_chip_opens_the_explanation_and_escape_closes_it(page_of, account_manager, toto):
    page = page_of(account_manager)
    page.goto("/customers/")
    page.get_by_role("row", name="東都精機販売").get_by_role("link", name="プレミア").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("到達基準の7,000千円以上です")
    expect(dialog.get_by_role("row", name="プレミア")).to_contain_text("このランク")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_filters_change_the_list_and_the_address_without_a_reload(page_of, account_manager, toto):
    page = page_of(account_manager)
    page.goto("/customers/")
    page.evaluate("window.stayed = true")
    page.get_by_role("checkbox", name="S", exact=True).check(force=True)
    expect(page.get_by_role("row", name="みどり医療会")).to_have_count(0)
    expect(page.get_by_role("row", name="東都精機販売")).to_be_visible()
    assert page.url.endswith("/customers/?tier=1")
    assert page.evaluate("window.stayed")
    page.reload()
    expect(page.get_by_role("row", name="みどり医療会")).to_have_count(0)


def test_j_and_enter_open_a_row(page_of, account_manager, toto):
    page = page_of(account_manager)
    page.goto("/customers/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("東都精機販売")


def test_everything_works_without_javascript(page_of, account_manager, toto):
    page = page_of(account_manager, java_script_enabled=False)
    page.goto("/customers/")
    page.get_by_role("checkbox", name="S", exact=True).check(force=True)
    page.get_by_role("button", name="絞り込む").click()
    expect(page.get_by_role("row", name="みどり医療会")).to_have_count(0)
    page.get_by_role("row", name="東都精機販売").get_by_role("link", name="プレミア").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("このランクの理由")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_readable_by_everybody(page_of, account_manager, toto, width, theme):
    page = page_of(account_manager, viewport={"width": width, "height": 900}, color_scheme=theme)
    for path in (
        "/customers/",
        f"/customers/{toto.pk}/?on={today() - datetime.timedelta(days=2)}",
        f"/customers/{toto.pk}/card/",
        f"/customers/{toto.pk}/tier/",
    ):
        page.goto(path)
        violations = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
