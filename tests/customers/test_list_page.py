"""The page of the customer list: who reads which figure, and what the address holds."""

import csv
import io
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import CustomerSnapshot
from firm.models import SavedView, User
from tests.factories import a_customer

pytestmark = pytest.mark.django_db
LIST = "/customers/"


def page(client: Client, path: str = LIST, **query: object) -> str:
    response = client.get(path, query)
    assert response.status_code == 200, response.content
    return response.content.decode()


@pytest.mark.usefixtures("book")
class TestMoney:
    def test_a_row_without_the_file_has_no_revenue_but_its_tier(
        self, client_of, account_manager: User
    ) -> None:
        text = page(client_of(account_manager))
        assert "みどり医療会" in text
        assert "21,421" in text
        assert "9,876" not in text
        assert text.count("ランク プレミア") >= 2  # 東都 and みどり

    def test_shares_are_of_the_customers_whose_revenue_may_be_seen(
        self, client_of, account_manager: User, section_manager: User
    ) -> None:
        own = page(client_of(account_manager))
        assert "売上を見られる2社について" in own
        assert "94.6%" in own  # 21,421 of 22,655
        firm = page(client_of(section_manager))
        assert "割合とグラフは全社" in firm
        assert "65.8%" in firm  # 21,421 of 32,531
        assert "9,876" not in firm

    def test_without_the_right_to_revenue_there_are_no_shares_and_no_chart(
        self, client_of, compliance: User
    ) -> None:
        text = page(client_of(compliance))
        assert "東都精機販売" in text
        assert "売上の集中" not in text
        assert "21,421" not in text
        assert "%" not in text.split('<main class="content"')[1].split("</main>")[0].replace(
            '="100%"', ""
        )

    def test_the_margin_needs_its_permission(
        self, client_of, account_manager: User, section_manager: User
    ) -> None:
        assert "64%" in page(client_of(section_manager))
        assert "粗利" not in page(client_of(account_manager))

    def test_the_unit_of_money_is_the_readers(self, client_of, account_manager: User) -> None:
        account_manager.money_unit = "ten_thousand"
        account_manager.save()
        text = page(client_of(account_manager))
        assert "2,142" in text
        assert "万円" in text


@pytest.mark.usefixtures("book")
class TestAddress:
    def test_it_holds_every_filter(self, client_of, administrator: User, stranger: User) -> None:
        client = client_of(administrator)
        text = page(client, tier="1", owner=str(stranger.pk), status="active", sort="name")
        assert "みどり医療会" in text
        assert "東都精機販売" not in text
        assert 'value="1" checked' in text

    def test_what_does_not_exist_is_answered_with_422(self, client_of, administrator: User) -> None:
        for query in ("owner=nobody", "department=0", "tier=99", "sort=cost", "status=gone"):
            response = client_of(administrator).get(f"{LIST}?{query}")
            assert response.status_code == 422, query
            assert "東都精機販売" not in response.content.decode()

    def test_a_cursor_of_another_list_is_refused(self, client_of, administrator: User) -> None:
        assert client_of(administrator).get(f"{LIST}?after=zzz").status_code == 409

    def test_a_fragment_is_the_list_alone_and_names_the_clean_address(
        self, client_of, administrator: User
    ) -> None:
        response = client_of(administrator).get(
            f"{LIST}?tier=1&owner=&sort=-revenue", headers={"HX-Request": "true"}
        )
        assert "<html" not in response.content.decode()
        assert response.headers["HX-Push-Url"] == "/customers/?tier=1"

    def test_two_characters_find_by_name_kana_code_and_phone(
        self, client_of, administrator: User
    ) -> None:
        client = client_of(administrator)
        for typed in ("東都", "とう", "トウ", "0000-1001", "K-0001", "k-0001"):
            text = page(client, reverse("customers:search"), q=typed)
            assert "東都精機販売" in text, typed
            assert "みどり医療会" not in text, typed
        assert "見つかりません" in page(client, reverse("customers:search"), q="該当なし")


@pytest.mark.usefixtures("book")
class TestSavedViews:
    def test_a_view_is_saved_under_its_name_and_opened_by_its_address(
        self, client_of, account_manager: User
    ) -> None:
        client = client_of(account_manager)
        response = client.post(
            reverse("customers:saved-view-create"),
            {"name": "自分の S", "query": "tier=1&owner=me&after=xyz&evil=1&sort=-revenue"},
        )
        assert response.headers["Location"] == "/customers/?tier=1&owner=me"
        assert "自分の S" in page(client)
        text = page(client, tier="1", owner="me")
        assert 'aria-current="page">自分の S' in text

    def test_a_name_is_needed(self, client_of, account_manager: User) -> None:
        response = client_of(account_manager).post(
            reverse("customers:saved-view-create"), {"name": " ", "query": "tier=1"}
        )
        assert response.status_code == 422
        assert not SavedView.objects.exists()

    def test_the_same_name_replaces(self, client_of, account_manager: User) -> None:
        client = client_of(account_manager)
        for query in ("tier=1", "tier=2"):
            client.post(reverse("customers:saved-view-create"), {"name": "A", "query": query})
        assert SavedView.objects.get().query == "tier=2"

    def test_somebody_elses_view_is_not_found(
        self, client_of, account_manager: User, stranger: User
    ) -> None:
        view = SavedView.objects.create(user=account_manager, page="customers", name="A")
        url = reverse("customers:saved-view-delete", args=[view.pk])
        assert client_of(stranger).post(url).status_code == 404
        assert client_of(account_manager).post(url).status_code == 302
        assert not SavedView.objects.exists()

    def test_there_is_an_end_to_them(self, client_of, account_manager: User) -> None:
        SavedView.objects.bulk_create(
            SavedView(user=account_manager, page="customers", name=str(number))
            for number in range(30)
        )
        response = client_of(account_manager).post(
            reverse("customers:saved-view-create"), {"name": "一つ多い", "query": ""}
        )
        assert response.status_code == 422


@pytest.mark.usefixtures("book")
def test_the_export_is_what_is_seen(client_of, account_manager: User) -> None:
    response = client_of(account_manager).get(
        reverse("customers:export"), {"format": "csv", "sort": "code"}
    )
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["コード"] for row in rows] == ["K-0001", "K-0002", "K-0003"]
    assert [row["サービスランク"] for row in rows] == ["プレミア", "スタンダード", "プレミア"]
    assert [row["12か月売上（JPY）"] for row in rows] == ["21421000", "1234000", ""]
    assert "粗利（JPY）" not in rows[0]


def test_an_empty_firm_is_told_what_comes_next(client_of, account_manager: User) -> None:
    text = page(client_of(account_manager))
    assert "顧客はまだありません" in text
    assert "はじめの手順" not in text


def test_an_empty_firm_tells_who_may_import_the_first_steps(client_of, administrator: User) -> None:
    text = page(client_of(administrator))
    assert "はじめの手順" in text
    assert reverse("customers:import-new") in text


def test_the_page_asks_at_most_twelve_times_however_many_rows(
    client_of, account_manager: User, book: SimpleNamespace, django_assert_max_num_queries
) -> None:
    for number in range(60):
        a_customer(owner=account_manager, tier_rank=3, trailing_revenue=number)
    assert CustomerSnapshot.objects.count() == 63
    client = client_of(account_manager)
    with django_assert_max_num_queries(12):
        page(client)
    with django_assert_max_num_queries(12):
        page(client, reverse("customers:file", args=[book.toto.pk]))
    with django_assert_max_num_queries(12):
        page(client, reverse("customers:card", args=[book.toto.pk]))
    with django_assert_max_num_queries(12):
        page(client, reverse("tiering:why", args=[book.toto.pk]))
    with django_assert_max_num_queries(12):
        page(client, reverse("customers:search"), q="東都")
