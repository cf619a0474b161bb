"""The hours bar in the rows of the list: whose, when, and for whom."""

import csv
import io
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.contracts.kinds import TermLine
from firm.dates import first_of_month, today
from firm.models import User
from tests.factories import a_contract, a_customer, an_activity

pytestmark = pytest.mark.django_db
LIST = "/customers/"


@pytest.fixture
def with_hours(book: SimpleNamespace, account_manager: User, stranger: User) -> SimpleNamespace:
    """佐藤's 東都 has used 1.5 of 2 hours, a stranger's みどり 3 of 2; 東都部品 has no contract."""
    for customer, minutes in ((book.toto, 90), (book.midori, 180)):
        terms = [TermLine("hours", amount=120, period="month")]
        a_contract(customer, valid_from=first_of_month(today()), terms=terms)
        an_activity(customer, today(), staff=stranger, minutes=minutes)
    return book


def fragments(client: Client, *customers: object) -> str:
    headers = {"HX-Request": "true"}
    response = client.get(reverse("customers:hours"), {"customer": customers}, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_has_a_place_in_each_row_and_asks_for_the_bars_once_it_is_there(
    client_of, account_manager: User, with_hours: SimpleNamespace
) -> None:
    client = client_of(account_manager)
    text = client.get(LIST).content.decode()
    own = (with_hours.toto.pk, with_hours.child.pk)
    assert all(f'id="hours-{pk}"></span>' in text for pk in own)
    assert f"hours-{with_hours.midori.pk}" not in text
    assert "1.5</b>" not in text
    bars = fragments(client, *own)
    assert f'<span id="hours-{own[0]}" hx-swap-oob="true"><span class="hours">' in bars
    assert "<b>1.5</b> <small>/ 2.0 h</small>" in bars
    assert f'<span id="hours-{own[1]}" hx-swap-oob="true"><span class="absent">—' in bars


def test_without_javascript_a_link_leads_to_the_same_as_a_page(
    client_of, administrator: User, with_hours: SimpleNamespace
) -> None:
    client = client_of(administrator)
    page = client.get(LIST).content.decode()
    address = page.partition('<noscript><a href="')[2].partition('"')[0].replace("&amp;", "&")
    text = client.get(address).content.decode()
    assert "<h1>" in text
    assert "みどり医療会" in text
    assert 'class="hours hours-over"' in text
    assert "<b>3.0</b> <small>/ 2.0 h</small>" in text


def test_a_stranger_is_told_nothing_of_a_file_that_is_not_theirs(
    client_of, account_manager: User, compliance: User, with_hours: SimpleNamespace
) -> None:
    pk = with_hours.midori.pk
    assert "3.0" not in fragments(client_of(account_manager), pk)
    assert fragments(client_of(compliance), pk, with_hours.toto.pk) == ""
    assert "3.0" in fragments(client_of(with_hours.midori.owner), pk)


def test_what_is_no_customer_is_left_out(client_of, administrator: User, with_hours) -> None:
    client = client_of(administrator)
    for asked in ("", "x", "²", "0", "-1", "9" * 40):
        assert fragments(client, asked) == ""
        assert client.get(reverse("customers:hours"), {"customer": asked}).status_code == 200


def test_a_shared_screen_shows_the_hours_of_the_one_customer_without_a_mark(
    client_of, stranger: User, with_hours: SimpleNamespace
) -> None:
    client = client_of(stranger)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    text = client.get(LIST, {"q": "みどり医療会"}).content.decode()
    assert "<b>3.0</b> <small>/ 2.0 h</small>" in text
    assert "hours-over" not in text
    assert "▲" not in text
    asked = {"customer": with_hours.toto.pk}
    assert client.get(reverse("customers:hours"), asked).status_code == 403


def test_the_file_has_the_hours_as_columns(
    client_of, account_manager: User, with_hours: SimpleNamespace
) -> None:
    response = client_of(account_manager).get(
        reverse("customers:export"), {"format": "csv", "sort": "code"}
    )
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    at = next(number for number, name in enumerate(rows[0]) if name.startswith("使用時間"))
    assert [row[at : at + 2] for row in rows[1:]] == [["1.50", "2.00"], ["", ""], ["", ""]]


def test_the_bars_take_one_question_however_many_rows(
    client_of, account_manager: User, with_hours: SimpleNamespace
) -> None:
    client = client_of(account_manager)
    few = [with_hours.toto.pk]
    many = few + [a_customer(owner=account_manager).pk for _number in range(30)]
    counts = []
    for customers in (few, many):
        fragments(client, *customers)
        with CaptureQueriesContext(connection) as captured:
            fragments(client, *customers)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6
    with CaptureQueriesContext(connection) as captured:
        client.get(LIST)
    assert len(captured) <= 12
