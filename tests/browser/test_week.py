"""A week of eighteen customers by keyboard alone."""

import datetime

import pytest
from playwright.sync_api import Page, expect

from customers.actions.activities import read_purpose
from customers.models import Activity
from customers.service_log.coverage import A_WEEK, monday_of
from customers.service_log.purpose import VERSION
from firm.dates import today
from tests.factories import NOW, a_customer

pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMERS = 18
# Four minutes, at half a second a key.
MOST_KEYS = 4 * 60 * 2


class Keyboard:
    """Counts what is pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.pressed += len(keys)


def test_a_week_of_eighteen_customers_takes_few_keys(page_of, account_manager):
    read_purpose(version=VERSION, by=account_manager, now=NOW)
    for number in range(CUSTOMERS):
        a_customer(f"顧客{number:02}", kana=f"こきゃく{number:02}", owner=account_manager)
    week = monday_of(today()) - A_WEEK
    page = page_of(account_manager)
    page.goto(f"/log/week/?week={week}")
    keys = Keyboard(page)
    page.locator("[data-hours]").first.focus()
    for _column in range(3):
        for _row in range(CUSTOMERS):
            keys.press("1", ".", "5", "Enter")
        keys.press(*["ArrowUp"] * (CUSTOMERS - 1), "ArrowRight")
    expect(page.locator("[data-week-sum]")).to_have_text("81")
    keys.press("Escape", "ArrowLeft", "2", "Control+Enter")
    expect(page.get_by_text("54件を保存しました")).to_be_visible()
    assert keys.pressed <= MOST_KEYS
    assert Activity.objects.filter(source="grid").count() == 3 * CUSTOMERS
    first = Activity.objects.filter(customer__name="顧客00").order_by("-day").first()
    assert (first.day, first.minutes) == (week + datetime.timedelta(days=2), 120)


def test_cells_are_pasted_and_enter_in_the_search_adds_a_row(page_of, account_manager):
    read_purpose(version=VERSION, by=account_manager, now=NOW)
    for number in range(2):
        a_customer(f"顧客{number}", kana=f"こきゃく{number}", owner=account_manager)
    page = page_of(account_manager)
    page.goto(f"/log/week/?week={monday_of(today()) - A_WEEK}")
    page.locator("[data-hours]").first.focus()
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        "1\t2\r\n0.5\t１:15\r\n",
    )
    expect(page.locator("[data-week-sum]")).to_have_text("4.75")
    page.get_by_label("ほかの顧客").fill("顧客1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-week-row]")).to_have_count(3)
    expect(page.locator("[data-week-sum]")).to_have_text("4.75")
    assert not Activity.objects.exists()
