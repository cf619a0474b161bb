"""From the request on the customer's file to the decision and the chip on the list."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import a_customer, a_rule_set
from tests.tiering.nights import an_evaluation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer(administrator, account_manager):
    an_evaluation(a_rule_set(by=administrator), now=timezone.now())
    return a_customer("星野町役場", owner=account_manager, tier_rank=3, trailing_revenue=1_500_000)


def test_a_request_is_sent_decided_and_seen_on_the_list(
    page_of, customer, account_manager, department_head
):
    page = page_of(account_manager)
    page.goto(reverse("customers:file", args=[customer.pk]))
    page.locator("#overrides").evaluate("one => one.scrollIntoView()")
    page.locator("#overrides").get_by_role("link", name="個別指定の申請").click()
    page.get_by_role("combobox", name="適用するランク").select_option(label="A アドバンス")
    page.get_by_role("textbox", name="理由").fill("自治体強化")
    page.get_by_role("button", name="申請する").click()
    expect(page.get_by_text("申請しました。")).to_be_visible()

    head = page_of(department_head)
    head.goto(reverse("customers:list"))
    expect(head.locator(".sidebar .badge")).to_contain_text("1")
    head.goto(reverse("tiering:overrides"))
    head.get_by_role("link", name="星野町役場").click()
    head.get_by_role("button", name="承認").click()
    expect(head.get_by_text("個別指定を承認しました。")).to_be_visible()
    expect(head.locator(".sidebar .badge")).to_have_count(0)

    page.goto(reverse("customers:list"))
    row = page.get_by_role("row", name="星野町役場")
    expect(row).to_contain_text("個別 〜")
    row.locator("a.tiered").click()
    expect(page.locator("#modal")).to_contain_text("獲得ランク")
