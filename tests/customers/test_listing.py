"""The list shows every customer's card, and money only to those who have the file."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict

from customers.filters import CustomerFilter
from customers.listing import Question, listing
from customers.models import CustomerSnapshot
from customers.search import Search
from firm.models import User
from firm.refusals import Refused
from firm.scope import Scope, scope_of
from tests.factories import a_customer, a_department, a_person

pytestmark = pytest.mark.django_db
SORTS = ["-revenue", "revenue", "name", "-name", "code", "-code", "tier", "-tier"]


def asked(*, sort: str = "-revenue", search: str = "", **values: Any) -> Question:
    return Question(
        rows=values.pop("rows", CustomerSnapshot.objects.all()),
        sort=sort,
        search=Search.of(search),
        **values,
    )


def codes(question: Question, scope: Scope, *, size: int = 50) -> list[str]:
    """All pages, one after the other."""
    found, after = [], ""
    while True:
        page = listing(question, scope=scope, after=after, size=size)
        found += [row.code for row in page.rows]
        after = page.after
        if not after:
            return found


@pytest.fixture
def five(account_manager: User, stranger: User) -> None:
    """Three customers of 佐藤's, of which one as backup, and two of a stranger's."""
    a_customer(
        "青葉", code="K1", kana="あおば", owner=account_manager, tier_rank=2, trailing_revenue=300
    )
    a_customer(
        "石田", code="K2", kana="いしだ", owner=account_manager, tier_rank=3, trailing_revenue=100
    )
    a_customer(
        "上野",
        code="K3",
        kana="うえの",
        owner=stranger,
        backup=account_manager,
        tier_rank=3,
        trailing_revenue=200,
    )
    a_customer("海老", code="K4", kana="えび", owner=stranger, tier_rank=1, trailing_revenue=900)
    a_customer("大井", code="K5", kana="おおい", owner=stranger, trailing_revenue=800)


@pytest.mark.usefixtures("five")
class TestOrder:
    def test_revenue_that_may_not_be_read_comes_last_and_by_kana(
        self, account_manager: User, scope_for: Callable[[User], Scope]
    ) -> None:
        scope = scope_for(account_manager)
        assert codes(asked(), scope) == ["K1", "K3", "K2", "K4", "K5"]
        assert codes(asked(sort="revenue"), scope) == ["K2", "K3", "K1", "K4", "K5"]

    def test_who_sees_all_files_has_one_order_by_revenue(
        self, administrator: User, scope_for: Callable[[User], Scope]
    ) -> None:
        assert codes(asked(), scope_for(administrator)) == ["K4", "K5", "K1", "K3", "K2"]

    def test_without_the_right_to_revenue_the_order_is_kana(
        self, compliance: User, scope_for: Callable[[User], Scope]
    ) -> None:
        assert codes(asked(), scope_for(compliance)) == ["K1", "K2", "K3", "K4", "K5"]

    def test_within_a_tier_the_order_is_kana_and_never_revenue(
        self, administrator: User, scope_for: Callable[[User], Scope]
    ) -> None:
        scope = scope_for(administrator)
        assert codes(asked(sort="tier"), scope) == ["K4", "K1", "K2", "K3", "K5"]
        assert codes(asked(sort="tier", tiers=(1, 3)), scope) == ["K4", "K2", "K3"]

    def test_own_customers_are_those_one_is_owner_or_backup_of(
        self, account_manager: User, scope_for: Callable[[User], Scope]
    ) -> None:
        scope = scope_for(account_manager)
        question = asked(of_person=account_manager.pk)
        assert codes(question, scope) == ["K1", "K3", "K2"]
        assert listing(question, scope=scope, size=1).count == 3


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("search", ["", "エ"])
@pytest.mark.parametrize("tiers", [(), (1, 3)])
def test_pages_of_any_size_add_up_to_the_whole_list(
    sort: str,
    search: str,
    tiers: tuple[int, ...],
    account_manager: User,
    scope_for: Callable[[User], Scope],
) -> None:
    junior, other = a_person(), a_person()
    junior.superior = account_manager
    junior.save()
    for number in range(24):
        a_customer(
            kana="エ" if number % 3 else f"エイ{number % 5}",
            owner=[account_manager, junior, other, None][number % 4],
            backup=account_manager if number % 7 == 0 else None,
            tier_rank=number % 4 or None,
            trailing_revenue=0 if number % 2 else number // 4,
        )
    scope = scope_for(account_manager)
    question = asked(sort=sort, search=search, tiers=tiers)
    whole = [row.code for row in listing(question, scope=scope, size=100).rows]
    assert len(whole) == (24 if not tiers else 12)
    assert codes(question, scope, size=1) == whole
    assert codes(question, scope, size=5) == whole


@pytest.mark.usefixtures("five")
def test_the_sum_of_the_pages_before_comes_along(
    administrator: User, scope_for: Callable[[User], Scope]
) -> None:
    scope = scope_for(administrator)
    first = listing(asked(), scope=scope, size=2)
    second = listing(asked(), scope=scope, size=2, after=first.after)
    third = listing(asked(), scope=scope, size=2, after=second.after)
    assert [first.revenue_before, second.revenue_before, third.revenue_before] == [0, 1700, 2200]


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("cursor", ["x", "WzAsIjAiLDFd", "W10", "WzksIjAiLCIxIiwxXQ", "%00"])
def test_a_foreign_cursor_is_refused(
    cursor: str, administrator: User, scope_for: Callable[[User], Scope]
) -> None:
    with pytest.raises(Refused):
        listing(asked(), scope=scope_for(administrator), after=cursor)


def test_a_department_stands_for_its_branch(administrator: User, today: datetime.date) -> None:
    section = a_department("営業部/第一課")
    a_customer(code="K1", department=section)
    a_customer(code="K2", department=section.parent)
    a_customer(code="K3", department=a_department("制作部"))
    scope = scope_of(administrator, on=today)
    form = CustomerFilter(QueryDict(f"department={section.parent_id}&sort=code"), scope=scope)
    assert form.is_valid()
    assert codes(form.question, scope) == ["K1", "K2"]
