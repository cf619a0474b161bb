"""A customer is found by code, kana, any part of the name, or phone, however it is typed."""

import datetime

import pytest

from customers import search
from customers.listing import Question, listing
from customers.models import CustomerSnapshot
from customers.search import Search
from firm.models import User
from firm.scope import scope_of
from tests.factories import a_customer

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["walking", "index"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever way is taken, the same is found: a walk of one row leaves the rest to the index."""
    if request.param == "index":
        monkeypatch.setattr(search, "WALKED", 1)


def found(typed: str, by: User, today: datetime.date) -> list[str]:
    question = Question(rows=CustomerSnapshot.objects.all(), sort="code", search=Search.of(typed))
    return [row.code for row in listing(question, scope=scope_of(by, on=today)).rows]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    "typed",
    [
        "K-0001",
        "k-0001",
        "Ｋ－０００１",
        "東都",
        "都精",
        "機",
        "東都精機",
        "㈱東都",
        "(株)東都精機",
        "株式会社東都精機販売",
        "とうと",
        "トウ",
        "ﾄｳﾄｾｲｷ",
        "03-0000-1234",
        "0300001234",
        "03（0000）1234",
        "00-12",
        "-1234",
        "1234",
        "％",
        "a_b",
        "\\",
        "100",
    ],
)
def test_however_it_is_typed_the_customer_is_found(
    typed: str, administrator: User, today: datetime.date
) -> None:
    a_customer(
        "株式会社東都精機販売 100% a_b\\c",
        code="K-0001",
        kana="とうとせいきはんばい",
        phone="03-0000-1234",
    )
    a_customer("別の会社", code="Z-2", kana="べつのかいしゃ", phone="06-9999-8888")
    assert found(typed, administrator, today) == ["K-0001"]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("typed", ["龍", "zz", "該当なし", "%%", "__", "---", "09012345678"])
def test_what_is_not_there_is_not_found(
    typed: str, administrator: User, today: datetime.date
) -> None:
    a_customer("東都精機", code="K1")
    assert found(typed, administrator, today) == []


@pytest.mark.usefixtures("way")
def test_a_code_of_digits_is_found_with_its_dashes(
    administrator: User, today: datetime.date
) -> None:
    a_customer("東都精機", code="2024-001")
    assert found("2024-001", administrator, today) == ["2024-001"]
    assert found("24-00", administrator, today) == ["2024-001"]


def test_signs_that_cannot_be_stored_are_left_out() -> None:
    assert Search.of("東\x00都").folded == "東都"
    assert not Search.of(" \x00 ")
