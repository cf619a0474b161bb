"""The scope check: the verdict with its clause and price, what to say, and what is kept."""

from decimal import Decimal

import pytest
from django.urls import reverse

from customers.actions import read_purpose
from customers.contracts.kinds import TermLine
from customers.models import ScopeInquiry
from customers.service_log.purpose import VERSION
from firm.dates import today
from firm.models import AuditEvent
from tests.factories import a_contact, a_contract, a_customer, an_activity

pytestmark = pytest.mark.django_db

SMALL = TermLine(
    "count",
    "軽微な修正",
    amount=3,
    period="month",
    included=("テキストや画像の差し替え",),
    excluded=("新規ページ", "バナーの制作"),
)
MAIL = TermLine("channel", channel="mail")
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def customer(account_manager):
    return a_customer("ひかり堂", code="K-0102", owner=account_manager)


@pytest.fixture
def contract(customer):
    hours = TermLine("hours", amount=150, period="month")
    return a_contract(
        customer, name="保守契約", terms=[SMALL, MAIL, hours], price_beyond=Decimal(12000)
    )


@pytest.fixture
def ask(client_of, account_manager, customer):
    def get(person=account_manager, **values):
        asked = {"customer": customer.pk, "request": "", **values}
        return client_of(person).get(reverse("customers:scope"), asked)

    return get


def test_a_text_correction_and_a_new_page_get_different_answers(ask, contract):
    correction = ask(request="テキストの差し替えをお願いします", minutes="30").content.decode()
    new_page = ask(request="新規ページを作ってもらえますか", minutes="90").content.decode()
    assert "契約の範囲内です（残り3回）" in correction
    assert "契約の範囲外です" not in correction
    assert "契約の範囲外です" in new_page
    assert "保守契約 第1版「軽微な修正」に「新規ページ」は含まれません" in new_page


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (None, "有効な契約がありません"),
        ([MAIL], "契約に時間も項目も登録されていません"),
        ([SMALL], "契約の項目を選んでください"),
    ],
)
def test_where_nobody_can_tell_it_says_what_is_missing(ask, customer, terms, said):
    if terms is not None:
        a_contract(customer, terms=terms)
    page = ask(request="来週の展示会を手伝ってほしい").content.decode()
    assert "判断に必要な情報が足りません" in page
    assert said in page


def test_the_fourth_correction_of_a_month_is_outside_with_its_clause(
    ask, customer, account_manager
):
    name = "月3箇所までの軽微な修正"
    three = TermLine("count", name, amount=3, period="month", excluded=("新規ページ",))
    a_contract(customer, name="保守契約", terms=[three])
    correction, new_page = "トップの誤字を直してください", "新しいページを追加してほしい"
    assert "契約の範囲内です（残り3回）" in ask(request=correction).content.decode()
    assert f"「{name}」に「新規ページ」は含まれません" in ask(request=new_page).content.decode()
    for _ in range(3):
        an_activity(customer, today(), staff=account_manager, work_item=name)
    fourth = ask(request=correction).content.decode()
    assert "契約の範囲外です" in fourth
    assert f"保守契約 第1版「{name}」、月3回のうち3回を使用、残りなし" in fourth


def test_the_reply_has_the_clause_and_the_price_and_takes_back_first(ask, contract):
    page = ask(request="年末セールのバナーの制作", minutes="1.5h").content.decode()
    assert "<mark>18,000円</mark>" in page
    assert "<mark>保守契約 第1版「軽微な修正」</mark>" in page
    assert page.index("いったん持ち帰") < page.index("現在のご契約には含まれておりません")
    assert "¥18,000" in page  # in English, too


def test_the_contact_is_called_by_the_title(ask, contract, customer):
    head = a_contact(customer, "森田 花子", title="営業部長")
    doctor = a_contact(customer, "木村 一", title="医師")
    assert "森田部長" in ask(request="新規ページ", contact=head.pk).content.decode()
    assert "木村先生" in ask(request="新規ページ", contact=doctor.pk).content.decode()


def test_used_up_hours_are_out_of_scope(ask, contract):
    page = ask(request="相談", minutes="3h").content.decode()
    assert "契約の範囲外です" in page
    assert "契約の範囲内です" in ask(request="相談", minutes="2h").content.decode()


def test_a_channel_alone_does_not_put_it_out_of_scope(ask, contract):
    page = ask(request="テキストや画像の差し替え", channel="private_chat").content.decode()
    assert "契約の範囲内です" in page
    assert "契約にない窓口" in page


def test_the_evening_needs_approval_but_an_incident_does_not(ask, contract):
    evening = {"request": "テキストや画像の差し替え", "minutes": "60", "time": "20:00"}
    assert "承認が必要です" in ask(**evening).content.decode()
    assert "承認が必要です" not in ask(**evening, is_incident="on").content.decode()


def test_without_a_contract_not_enough_is_known(ask):
    page = ask(request="相談").content.decode()
    assert "判断に必要な情報が足りません" in page


def test_what_cannot_be_read_is_said_and_kept(ask, contract):
    answer = ask(request="相談", minutes="たくさん")
    assert answer.status_code == 422
    assert "たくさん" in answer.content.decode()


def test_a_strangers_customer_is_not_found(ask, contract, stranger):
    assert "保守契約" not in ask(person=stranger, request="新規ページ").content.decode()


def test_a_shared_screen_shows_neither_tier_nor_goodwill(ask, contract, client_of, account_manager):
    browser = client_of(account_manager)
    browser.post(reverse("firm:screen_share"), {"on": "1", "next": "/"})
    page = browser.get(
        reverse("customers:scope"),
        {"customer": contract.customer_id, "request": "新規ページ", "minutes": "60"},
    ).content.decode()
    assert "契約の範囲外です" in page
    assert "無償対応" not in page


def record(browser, customer, **values):
    asked = {"request": "新規ページ", "minutes": "90", **values}
    return browser.post(reverse("customers:scope-record", args=[customer.pk]), asked)


def test_a_declined_request_is_kept_with_its_verdict(
    client_of, account_manager, customer, contract
):
    answer = record(client_of(account_manager), customer, outcome="declined")
    assert answer.status_code == 302
    row = ScopeInquiry.objects.get()
    assert (row.verdict, row.outcome, row.minutes) == ("out_of_scope", "declined", 90)
    assert row.reasons[0]["code"] == "excluded"
    assert AuditEvent.objects.filter(code="scope_checked", subject_id=row.pk).exists()
    page = client_of(account_manager).get(reverse("customers:scope"), {"customer": customer.pk})
    assert "新規ページ" in page.content.decode()


def test_goodwill_leads_on_to_the_quick_log(client_of, account_manager, customer, contract):
    answer = record(client_of(account_manager), customer, outcome="goodwill")
    row = ScopeInquiry.objects.get()
    assert answer.url == f"{reverse('customers:log-new')}?customer={customer.pk}&inquiry={row.pk}"


@pytest.mark.parametrize(
    "values", [{"outcome": "requested"}, {"outcome": ""}, {"outcome": "declined", "request": " "}]
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(
    client_of, account_manager, customer, contract, values
):
    answer = record(client_of(account_manager), customer, **values)
    assert answer.status_code == 422
    assert not ScopeInquiry.objects.exists()


def test_a_strangers_inquiry_is_404(client_of, stranger, customer, contract):
    assert record(client_of(stranger), customer, outcome="declined").status_code == 404


def test_the_guideline_says_what_we_recommend(client_of, account_manager):
    page = client_of(account_manager).get(reverse("customers:scope-guideline")).content.decode()
    assert "有償提案" in page


def test_the_guideline_counts_what_was_met_for_ones_own_customers(
    client_of, account_manager, stranger, customer, contract
):
    browser, address = client_of(account_manager), reverse("customers:scope-guideline")
    for outcome in ("declined", "declined", "goodwill"):
        record(browser, customer, outcome=outcome)
    record(browser, customer, outcome="logged", request="テキストの差し替え", channel="phone")
    met = {one.code: row for one, row in browser.get(address).context["situations"] if row}
    assert {code: row.number for code, row in met.items()} == {
        "excluded": 3,
        "in_scope": 1,
        "channel": 1,
    }
    assert met["excluded"].by_outcome == [("断った", 2), ("無償対応", 1)]
    assert not any(row for _one, row in client_of(stranger).get(address).context["situations"])
    browser.post(reverse("firm:screen_share"), {"on": "1"})
    assert "直近6か月" not in browser.get(address).content.decode()


def test_in_the_dialog_the_quick_log_takes_the_place_of_the_check(
    client_of, account_manager, customer, contract, now
):
    read_purpose(version=VERSION, by=account_manager, now=now)
    head = a_contact(customer, "森田 花子", title="営業部長")
    asked = {"request": "新規ページ", "minutes": "90", "outcome": "logged", "contact": head.pk}
    address = reverse("customers:scope-record", args=[customer.pk])
    browser = client_of(account_manager, **HTMX, HTTP_HX_CURRENT_URL="http://testserver/customers/")
    form = browser.post(address, asked, follow=True).content.decode()
    assert 'id="quick-log"' in form
    assert "<html" not in form
    assert 'value="1.5h"' in form
    assert f'<option value="{head.pk}" selected>' in form
    alone = client_of(account_manager, **HTMX, HTTP_HX_CURRENT_URL="http://testserver/scope/")
    assert alone.post(address, asked).headers["HX-Redirect"].startswith("/log/new/")


def test_an_answer_takes_at_most_twelve_queries(
    client_of, account_manager, section_manager, customer, contract, django_assert_max_num_queries
):
    browser = client_of(account_manager, **HTMX)
    asked = {"customer": customer.pk, "request": "新規ページ", "minutes": "90", "part": "answer"}
    browser.get(reverse("customers:scope"), asked)
    with django_assert_max_num_queries(12):
        browser.get(reverse("customers:scope"), {**asked, "time": "20:00"})


def test_used_up_is_told_on_the_file_with_its_entries(
    client_of, account_manager, customer, contract
):
    page = client_of(account_manager).get(reverse("customers:file", args=[customer.pk]))
    assert f"{today():%Y/%m}" in page.content.decode()
    used = client_of(account_manager).get(reverse("customers:consumption", args=[customer.pk]))
    assert "軽微な修正" in used.content.decode()
    for figure in ("hours", "count", "outside", "contacts", "channels"):
        rows = client_of(account_manager).get(
            reverse("customers:consumption-entries", args=[customer.pk]), {"figure": figure}
        )
        assert rows.status_code == 200
    unknown = reverse("customers:consumption-entries", args=[customer.pk])
    assert client_of(account_manager).get(unknown, {"figure": "x"}).status_code == 404


def test_whom_to_ask_and_what_the_tier_adds_come_as_lines(
    client_of, account_manager, section_manager, customer, contract
):
    address = reverse("customers:scope-advice", args=[customer.pk])
    page = client_of(account_manager).get(address, {"minutes": "60"}).content.decode()
    assert "中村 直樹" in page
