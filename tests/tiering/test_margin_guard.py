"""The margin guard of one customer, as the explanation tells it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiering.guards import MarginGuard
from tiering.models import Tier

A = Tier(pk=2, code="A", name="アドバンス")


def guard(booked: int | Decimal, spent: int | Decimal) -> MarginGuard:
    return MarginGuard(Decimal(10), Decimal(8), A, 2, Decimal(booked), Decimal(spent))


@pytest.mark.parametrize(
    ("booked", "spent", "enters", "keeps"),
    [
        (100, 90, True, True),
        (100, 91, False, True),
        (100, 92, False, True),
        (100, 93, False, False),
    ],
)
def test_the_bounds_are_reached_exactly(booked, spent, enters, keeps):
    found = guard(booked, spent)
    assert (found.enters, found.keeps) == (enters, keeps)
    assert found.value == 100 - spent


def test_nothing_booked_is_no_margin_and_reaches_nothing():
    found = guard(0, 0)
    assert found.value is None
    assert not found.enters
    assert not found.keeps


def test_it_caps_what_lies_above_and_leaves_the_rest():
    poor = guard(100, 95)
    assert [poor.capped(rank) for rank in (1, 2, 3)] == [2, 2, 3]
    assert guard(100, 50).capped(1) == 1
    assert poor.room_in(2) is None


@given(booked=st.integers(1, 10_000), spent=st.integers(1, 10_000))
def test_what_is_missing_is_the_smallest_amount_that_is_enough(booked, spent):
    missing = guard(booked, spent).missing_to(1)
    assert guard(booked + missing, spent).enters
    assert not guard(booked + missing - 1, spent).enters


@given(booked=st.integers(1, 10_000), spent=st.integers(1, 10_000))
def test_the_room_is_the_largest_amount_that_can_be_lost(booked, spent):
    room = guard(booked, spent).room_in(1)
    assert guard(booked - room, spent).keeps
    assert not guard(booked - room - 1, spent).keeps
