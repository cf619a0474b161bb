"""A contract, from the template to the sheet for the customer."""

import pytest
from playwright.sync_api import expect

from tests.factories import a_customer

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_back_office_signs_a_contract_and_the_sheet_says_it(page_of, back_office):
    customer = a_customer("青葉商事")
    page = page_of(back_office)
    page.goto(f"/customers/{customer.pk}/")
    page.get_by_role("link", name="契約を追加").click()
    page.get_by_role("link", name="リテイナー").click()
    page.get_by_label("月額", exact=True).fill("240000")
    page.get_by_label("適用開始日").fill("2026-04-01")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("契約を登録しました")).to_be_visible()
    page.get_by_role("link", name="ご提供範囲のご案内").click()
    expect(page.get_by_text("青葉商事 御中")).to_be_visible()
    expect(page.get_by_text("月次レポート")).to_be_visible()
