"""The help: found by the words of other houses, and true about who may do what."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from firm.help import SECTIONS, find
from firm.roles import RIGHTS, Right, Role


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("格付け", "why"),
        ("昇格", "why"),
        ("取引先", "customers"),
        ("バッチ", "runs"),
        ("インポート", "imports"),
        ("ｲﾝﾎﾟｰﾄ", "imports"),
        ("締め日 月次", "months"),
        ("ズーム", "screen-share"),
        ("権限", "roles"),
        ("工数", "log"),
        ("断り方", "scope-check"),
        ("残業", "load"),
        ("週報", "week"),
        ("残時間", "used"),
        ("過剰サービス", "flags"),
        ("一括 許容", "flag-moves"),
    ],
)
def test_a_section_is_found_by_other_words_for_it(query, slug):
    with override("ja"):
        assert slug in [section.slug for section in find(query)]


def test_a_section_is_found_by_what_it_says_in_the_readers_language():
    with override("en"):
        assert [section.slug for section in find("nothing is ever deleted")] == ["imports"]
    with override("ja"):
        assert find("nothing is ever deleted") == []


def test_no_query_shows_everything():
    assert find("") == SECTIONS
    assert find("   ") == SECTIONS


def test_everybody_reads_it_and_links_lead_only_where_one_may_go(
    client_of, account_manager, administrator
):
    html = client_of(account_manager).get(reverse("firm:help")).content.decode()
    assert f'href="{reverse("tiering:rules")}">ページを開く' in html
    assert f'href="{reverse("tiering:runs")}">ページを開く' not in html
    html = client_of(administrator).get(reverse("firm:help")).content.decode()
    assert f'href="{reverse("tiering:runs")}">ページを開く' in html


def test_the_table_of_rights_is_that_of_the_roles(client_of, account_manager):
    context = client_of(account_manager).get(reverse("firm:help")).context
    told = {str(label): cells for label, cells in context["rights"]}
    assert told["再計算"] == [Right.RUN_NIGHT in RIGHTS[role] for role in Role]


def test_a_search_without_a_result_says_so(client_of, account_manager):
    response = client_of(account_manager).get(reverse("firm:help"), {"q": "<zzz>"})
    assert "見つかりませんでした" in response.content.decode()
    assert "&lt;zzz&gt;" in response.content.decode()


def test_it_needs_few_queries(client_of, account_manager, django_assert_max_num_queries):
    client = client_of(account_manager)
    with django_assert_max_num_queries(12):
        client.get(reverse("firm:help"))
