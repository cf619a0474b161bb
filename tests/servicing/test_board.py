"""The board 過不足: who stands in which column, in which order, and with which amounts."""

import csv
import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from firm.models import Firm
from tests.factories import LONG_AGO, a_customer, a_rule_set
from tests.servicing.findings import a_finding
from tests.tiering.nights import an_evaluation
from tiering.models import FindingKind as Kind

pytestmark = pytest.mark.django_db
BOARD = "/findings/"


@pytest.fixture(autouse=True)
def long_since(db):
    Firm.objects.update(flags_since=LONG_AGO)


@pytest.fixture
def customers(account_manager, stranger, administrator):
    """佐藤's three, and one of a stranger's."""
    an_evaluation(a_rule_set(by=administrator), now=timezone.now())
    return {
        name: a_customer(name, owner=owner, tier_rank=rank)
        for name, owner, rank in (
            ("ひかり堂", account_manager, 4),
            ("北斗リース", account_manager, 3),
            ("東都精機", account_manager, 1),
            ("青空不動産", stranger, 3),
        )
    }


def board(client: Client, query: str = "", **headers: str) -> str:
    response = client.get(BOARD + query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def names(text: str, side: str) -> list[str]:
    """The customers of a column in order."""
    column = text.partition(f'id="{side}"')[2].partition("</section>")[0]
    return re.findall(r'class="board-name"[^>]*><bdi>([^<]+)', column)


def test_the_over_served_stand_in_order_of_loss_for_whoever_may_see_it(
    client_of, section_manager, customers
):
    a_finding(customers["ひかり堂"], quantity=600, loss=90_000, forgone_fee=200_000)
    a_finding(customers["北斗リース"], quantity=300, loss=160_000, forgone_fee=100_000)
    text = board(client_of(section_manager))
    assert names(text, "over") == ["北斗リース", "ひかり堂"]
    assert "損失の大きい順" in text
    assert ">250<small" in text


def test_an_account_manager_reads_list_prices_and_never_the_loss(
    client_of, account_manager, customers
):
    a_finding(customers["ひかり堂"], loss=91_234, forgone_fee=200_000)
    a_finding(customers["北斗リース"], loss=161_234, forgone_fee=100_000)
    text = board(client_of(account_manager), HX_Request="")
    assert names(text, "over") == ["ひかり堂", "北斗リース"]
    assert ">200<small" in text
    assert not [part for part in ("91<", "161<", "252<", "原価") if part in text]


def test_an_auditor_reads_hours_without_amounts(client_of, auditor, customers):
    a_finding(customers["ひかり堂"], quantity=300, loss=90_000, forgone_fee=200_000)
    a_finding(customers["北斗リース"], quantity=600, loss=80_000, forgone_fee=100_000)
    text = board(client_of(auditor))
    assert names(text, "over") == ["北斗リース", "ひかり堂"]
    assert "円" not in text.partition('class="board panel"')[2].partition("</section>")[0]


def test_several_flags_of_one_customer_are_one_row_with_its_largest_amount(
    client_of, section_manager, customers
):
    a_finding(customers["ひかり堂"], Kind.HOURS, quantity=1_650, loss=160_000)
    a_finding(customers["ひかり堂"], Kind.AFTER_HOURS, quantity=300, loss=40_000)
    text = board(client_of(section_manager))
    assert names(text, "over") == ["ひかり堂"]
    assert ">160<small" in text
    assert ">200<small" not in text
    assert "超過 27.5 h" in text
    assert "時間外 5.0 h" in text


def test_of_the_under_served_those_who_need_action_come_first_then_the_top_tiers(
    client_of, section_manager, customers
):
    """ひかり堂 has 4 points, 東都精機 1 in the top tier, 北斗リース 2 below it."""
    a_finding(customers["ひかり堂"], Kind.UNUSED_HOURS)
    a_finding(customers["ひかり堂"], Kind.CONTACT_INTERVAL, quantity=40)
    a_finding(customers["東都精機"], Kind.NO_PROPOSAL, quantity=96)
    a_finding(customers["北斗リース"], Kind.CONTACT_INTERVAL, quantity=31)
    text = board(client_of(section_manager))
    assert names(text, "under") == ["ひかり堂", "東都精機", "北斗リース"]
    assert "1<small>社が要対応" in text
    assert "提案 96日遅れ" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["ひかり堂", "北斗リース"]),
        ("?state=open", ["ひかり堂"]),
        ("?state=in_progress", ["北斗リース"]),
        ("?state=accepted", ["東都精機"]),
        ("?state=any", ["ひかり堂", "北斗リース", "東都精機"]),
        ("?state=past", ["北斗リース"]),
        ("?state=new", ["ひかり堂"]),
        ("?kind=counts", ["北斗リース"]),
        ("?kind=no-such-kind", ["ひかり堂", "北斗リース"]),
    ],
)
def test_the_address_says_what_is_shown(
    client_of, section_manager, customers, today, query, expected
):
    a_finding(customers["ひかり堂"], loss=3)
    a_finding(customers["北斗リース"], Kind.COUNTS, state="in_progress", is_past=True, loss=2)
    a_finding(customers["東都精機"], state="accepted", accepted_until=today, loss=1)
    assert names(board(client_of(section_manager), query), "over") == expected


def test_tabs_tell_the_whole_firm_from_the_section_and_from_ones_own(
    client_of, section_manager, executive, account_manager, customers
):
    mine = a_customer("自分の客", owner=section_manager)
    for customer in (customers["ひかり堂"], customers["青空不動産"], mine):
        a_finding(customer)
    assert len(names(board(client_of(executive)), "over")) == 3
    manager = client_of(section_manager)
    assert set(names(board(manager), "over")) == {"ひかり堂", "自分の客"}
    assert names(board(manager, "?reach=mine"), "over") == ["自分の客"]
    # Nobody widens what they see by the address.
    assert len(names(board(manager, "?reach=all"), "over")) == 2
    assert "reach=" not in board(client_of(account_manager))


def test_a_column_goes_on_on_its_next_page(client_of, section_manager, account_manager, customers):
    for number in range(27):
        customer = a_customer(f"顧客{number:02}", owner=account_manager)
        a_finding(customer, loss=1_000_000 - number)
    client = client_of(section_manager)
    first, second = board(client), board(client, "?over=2")
    assert "ほか2社を表示" in first
    assert len(names(first, "over")) == 25
    assert names(second, "over") == ["顧客25", "顧客26"]


def test_a_filter_is_answered_with_the_list_alone(client_of, section_manager, customers):
    a_finding(customers["ひかり堂"])
    text = board(client_of(section_manager), "?state=open", **{"HX-Request": "true"})
    assert "<html" not in text
    assert text.strip().startswith('<div class="board-list"')


def test_the_file_has_a_line_a_flag_and_no_loss_for_an_account_manager(
    client_of, account_manager, section_manager, customers
):
    a_finding(customers["ひかり堂"], quantity=1_650, loss=160_000, forgone_fee=330_000)
    a_finding(customers["ひかり堂"], Kind.CHANNEL, quantity=5)
    address = reverse("tiering:findings-export") + "?format=csv"

    def lines(person) -> list[dict[str, str]]:
        text = client_of(person).get(address).getvalue().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    first, second = sorted(lines(section_manager), key=lambda line: line["数量"])
    assert (first["数量"], first["単位"], first["損失（原価・JPY）"]) == ("27.5", "h", "160000")
    assert (second["要確認"], second["数量"], second["単位"]) == ("契約にない窓口", "5", "回")
    assert "損失（原価・JPY）" not in lines(account_manager)[0]
    assert lines(account_manager)[0]["機会（定価・JPY）"] in ("330000", "0")


def test_the_badge_counts_ones_own_open_flags_without_past_data(
    client_of, account_manager, section_manager, customers
):
    a_finding(customers["ひかり堂"])
    a_finding(customers["ひかり堂"], Kind.CHANNEL)
    a_finding(customers["北斗リース"], state="acknowledged")
    a_finding(customers["東都精機"], is_past=True)
    badge = '<span class="badge">2<'
    assert badge in board(client_of(account_manager))
    assert '<span class="badge">' not in board(client_of(section_manager))


def test_an_empty_board_says_what_happens_next(client_of, account_manager):
    text = board(client_of(account_manager))
    assert "対応超過の顧客はありません" in text
    assert "対応不足の顧客はありません" in text
