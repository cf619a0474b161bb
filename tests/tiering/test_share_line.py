"""How much revenue is inside a line of the share method, if one customer's own changes."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.factories import a_customer
from tests.tiering.oracle import is_inside
from tiering.share_line import Book, Line, lowest_inside

pytestmark = pytest.mark.django_db

percentages = st.sampled_from([1, 10, 25, 33, 50, 75, 80, 95, 100]).map(Decimal)
revenues = st.lists(
    st.one_of(st.integers(-3, 40), st.sampled_from([10, 20, 20, 100])).map(Decimal),
    min_size=1,
    max_size=8,
)


def drawn_line(all_revenues: dict[str, Decimal], percent: Decimal) -> Decimal | None:
    inside = [
        revenue
        for name, revenue in all_revenues.items()
        if revenue > 0 and is_inside(name, percent, all_revenues)
    ]
    return min(inside, default=None)


def by_trial(all_revenues: dict[str, Decimal], name: str, percent: Decimal) -> Decimal:
    """One unit more after the other, from nothing, until the customer is inside."""
    own = all_revenues[name]
    revenue = own % 1 or Decimal(1)
    while not is_inside(name, percent, {**all_revenues, name: revenue}):
        revenue += 1
    return revenue


@settings(
    max_examples=examples(75),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(amounts=revenues, percent=percentages, part=st.sampled_from(["0", "0.5", "0.25"]))
def test_it_is_what_trying_one_unit_after_the_other_finds(
    db: None, amounts: list[Decimal], percent: Decimal, part: str
):
    amounts = [amounts[0] + Decimal(part), *amounts[1:]]
    book = {str(number): amount for number, amount in enumerate(amounts)}
    drawn = drawn_line(book, percent)
    if drawn is None:
        return
    with transaction.atomic():
        customers = [a_customer(trailing_revenue=amount, tier_rank=1) for amount in amounts]
        total = sum((amount for amount in amounts if amount > 0), Decimal())
        for name, customer in enumerate(customers):
            mine = Book(customer.pk, amounts[name], total)
            (found,) = lowest_inside(mine, [Line(percent, drawn)])
            assert found == by_trial(book, str(name), percent)
        transaction.set_rollback(True)


def test_the_largest_customer_has_more_room_than_the_line_drawn_says():
    """60 and 40 at 50 per cent: the line drawn is 60, but at 40 both would still be first."""
    large = a_customer(trailing_revenue=60, tier_rank=1)
    a_customer(trailing_revenue=40, tier_rank=2)
    book = Book(large.pk, Decimal(60), Decimal(100))
    assert lowest_inside(book, [Line(Decimal(50), Decimal(60))]) == [40]
