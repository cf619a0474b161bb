"""Card, file and the explanation: what each reader gets of one customer."""

import datetime
from types import SimpleNamespace

import pytest
from django.urls import reverse

from firm.dates import first_of_month, today
from firm.models import User

pytestmark = pytest.mark.django_db


def read(client, name: str, customer, **query) -> str:
    response = client.get(reverse(name, args=[customer.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


class TestCard:
    def test_everybody_has_the_card_with_the_tier_but_without_money(
        self, client_of, stranger: User, compliance: User, book: SimpleNamespace
    ) -> None:
        for reader, customer in ((stranger, book.child), (compliance, book.toto)):
            text = read(client_of(reader), "customers:card", customer)
            assert customer.name in text
            assert "ランク" in text
            assert "佐藤 美咲" in text
            assert "21,421" not in text
            assert "1,234" not in text
            assert "顧客ページを開く" not in text

    def test_a_phone_number_can_be_dialled(
        self, client_of, compliance: User, book: SimpleNamespace
    ) -> None:
        text = read(client_of(compliance), "customers:card", book.toto)
        assert 'href="tel:0300001001"' in text


class TestFile:
    def test_a_stranger_gets_404(self, client_of, stranger: User, book: SimpleNamespace) -> None:
        url = reverse("customers:file", args=[book.child.pk])
        assert client_of(stranger).get(url).status_code == 404

    def test_the_backup_has_it(self, client_of, stranger: User, book: SimpleNamespace) -> None:
        assert "21,421" in read(client_of(stranger), "customers:file", book.toto)

    def test_it_has_the_contacts_the_group_and_the_months(
        self, client_of, account_manager: User, book: SimpleNamespace
    ) -> None:
        text = read(client_of(account_manager), "customers:file", book.toto)
        assert "森田 花子" in text
        assert 'href="tel:0300002001"' in text
        assert "東都部品" in text
        assert "月ごとの売上" in text
        assert "ランクの履歴" in text

    def test_a_day_before_the_first_night_has_no_tier(
        self, client_of, account_manager: User, book: SimpleNamespace
    ) -> None:
        before = (today() - datetime.timedelta(days=1)).isoformat()
        text = read(client_of(account_manager), "tiering:tier-history", book.toto, on=before)
        assert "まだランクがありませんでした" in text

    def test_the_history_draws_the_revenue_among_its_thresholds(
        self, client_of, account_manager: User, book: SimpleNamespace
    ) -> None:
        text = read(client_of(account_manager), "tiering:tier-history", book.toto)
        assert '<polyline class="line" points="' in text
        assert 'class="threshold-label"' in text

    @pytest.mark.parametrize("on", ["", "no day", "2026-02-31", "9999-12-31", "0001-01-01"])
    def test_any_day_is_answered(
        self, on: str, client_of, account_manager: User, book: SimpleNamespace
    ) -> None:
        for name in (
            "customers:file", "tiering:tier-history", "tiering:customer-terms",
            "tiering:benefits-left", "tiering:why",
        ):  # fmt: skip
            read(client_of(account_manager), name, book.toto, on=on)

    @pytest.mark.parametrize(
        "name",
        ["tier-history", "customer-terms", "benefits-left", "customer-overrides"],
    )
    def test_a_section_below_comes_when_it_is_seen_or_as_a_page(
        self,
        name: str,
        client_of,
        account_manager: User,
        book: SimpleNamespace,
        django_assert_max_num_queries,
    ) -> None:
        client, url = client_of(account_manager), reverse(f"tiering:{name}", args=[book.toto.pk])
        past = (today() - datetime.timedelta(days=1)).isoformat()
        file = read(client, "customers:file", book.toto, on=past)
        assert file.count(f'hx-get="{url}') == file.count(f'<a href="{url}') == 1
        for query in ({}, {"on": past}):
            with django_assert_max_num_queries(12):
                page = client.get(url, query).content.decode()
            with django_assert_max_num_queries(12):
                part = client.get(url, query, headers={"HX-Request": "true"}).content.decode()
            assert "<html" in page
            assert "<html" not in part
            assert part.strip() in page or 'action="' in part


class TestWhy:
    def test_the_reason_names_revenue_bounds_and_distances(
        self, client_of, account_manager: User, book: SimpleNamespace
    ) -> None:
        text = read(client_of(account_manager), "tiering:why", book.child)
        assert "12か月売上が1,234千円で、到達基準の900千円以上です" in text
        assert "1,566" in text  # to 2,800
        assert "379" in text  # above 855

    def test_without_the_file_it_tells_the_rules_and_not_the_figures(
        self, client_of, stranger: User, book: SimpleNamespace
    ) -> None:
        text = read(client_of(stranger), "tiering:why", book.child)
        assert "スタンダード" in text
        assert "7,000千円" in text
        assert "1,234" not in text

    def test_with_htmx_it_is_a_dialog(
        self, client_of, account_manager: User, book: SimpleNamespace
    ) -> None:
        url = reverse("tiering:why", args=[book.toto.pk])
        response = client_of(account_manager).get(url, headers={"HX-Request": "true"})
        text = response.content.decode()
        assert text.lstrip().startswith('<div class="dialog-head">')


class TestApi:
    def test_the_list_has_everybodys_card(
        self, client_of, stranger: User, book: SimpleNamespace
    ) -> None:
        rows = client_of(stranger).get("/api/v1/customers").json()["results"]
        assert [row["code"] for row in rows] == ["K-0001", "K-0002", "K-0003"]
        assert [row["has_file"] for row in rows] == [True, False, True]
        assert "21421000" not in str(rows)

    def test_the_file_keeps_its_fields_to_their_permissions(
        self,
        client_of,
        account_manager: User,
        section_manager: User,
        stranger: User,
        book: SimpleNamespace,
    ) -> None:
        url = f"/api/v1/customers/{book.toto.pk}"
        own = client_of(account_manager).get(url).json()
        assert own["trailing_revenue"] == 21_421_000
        assert own["margin"] is None
        assert client_of(section_manager).get(url).json()["margin"] == 13_709_440
        other = f"/api/v1/customers/{book.child.pk}"
        assert client_of(stranger).get(other).status_code == 404


def test_months_end_with_the_last_whole_month(
    client_of, account_manager: User, book: SimpleNamespace
) -> None:
    text = read(client_of(account_manager), "customers:file", book.toto)
    assert f"{first_of_month(today()):%Y/%m}</th>" not in text
