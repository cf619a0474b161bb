"""While the screen is shared: nothing of tiers, margins, costs or other customers."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from firm.models import SavedView, User

pytestmark = pytest.mark.django_db
# What must not be in any page; the labels of the fixture's customers and of its rules.
CANARIES = [
    "みどり医療会",
    "東都部品",
    "プレミア",
    "アドバンス",
    "スタンダード",
    "ベーシック",
    "ランクの履歴",
    "到達基準",
    "21,421",
    "9,876",
    "7,711",
    "重点",
    "決裁者",
    "キーマン",
    "保存したビューの名",
]


@pytest.fixture
def sharing(client_of, section_manager: User) -> Client:
    SavedView.objects.create(
        user=section_manager, page="customers", name="保存したビューの名", query="tier=1"
    )
    client = client_of(section_manager)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    return client


def addresses(book: SimpleNamespace) -> list[str]:
    return [
        reverse("customers:list"),
        reverse("customers:list") + "?q=東都精機販売",
        reverse("customers:list") + "?tier=1",
        reverse("customers:search") + "?q=東都",
        reverse("customers:search") + "?q=み",
        reverse("customers:file", args=[book.toto.pk]),
        reverse("customers:card", args=[book.toto.pk]),
        reverse("tiering:why", args=[book.toto.pk]),
        reverse("customers:export"),
    ]


def found(client: Client, book: SimpleNamespace) -> dict[str, list[str]]:
    texts = {url: client.get(url).getvalue().decode(errors="replace") for url in addresses(book)}
    return {
        url: [word for word in CANARIES if word in text]
        for url, text in texts.items()
        if any(word in text for word in CANARIES)
    }


def test_nothing_of_it_is_in_any_page(sharing: Client, book: SimpleNamespace) -> None:
    assert found(sharing, book) == {}


def test_without_it_every_canary_sings(
    client_of, administrator: User, book: SimpleNamespace
) -> None:
    """The control: these words do stand on the same pages otherwise."""
    SavedView.objects.create(user=administrator, page="customers", name="保存したビューの名")
    sung = {word for words in found(client_of(administrator), book).values() for word in words}
    assert sung >= set(CANARIES) - {"7,711"}


def test_one_customer_is_found_once_its_name_code_or_phone_is_complete(
    sharing: Client, book: SimpleNamespace
) -> None:
    search = reverse("customers:search")
    for typed in ("東都精機販売", "K-0001", "03-0000-1001"):
        assert "東都精機販売" in sharing.get(search, {"q": typed}).content.decode(), typed
    for typed in ("東都", "東都精機", "03-0000", "K-000", "東"):
        assert "東都精機販売" not in sharing.get(search, {"q": typed}).content.decode(), typed


def test_the_file_keeps_what_the_customer_may_see(sharing: Client, book: SimpleNamespace) -> None:
    text = sharing.get(reverse("customers:file", args=[book.toto.pk])).content.decode()
    assert "森田 花子" in text
    assert "佐藤 美咲" in text


def test_tiers_and_exports_are_refused(sharing: Client, book: SimpleNamespace) -> None:
    assert sharing.get(reverse("tiering:why", args=[book.toto.pk])).status_code == 403
    assert sharing.get(reverse("customers:export")).status_code == 403


@pytest.mark.parametrize(
    "name", ["customers:renewals", "customers:renewals-export", "customers:log-coverage-export"]
)
def test_lists_of_several_customers_are_refused(name: str, sharing: Client) -> None:
    assert sharing.get(reverse(name), {"format": "csv"}).status_code == 403
    sharing.post(reverse("firm:screen_share"), {"on": ""})
    assert sharing.get(reverse(name), {"format": "csv"}).status_code == 200
