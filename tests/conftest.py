"""The cast (tests/cast.py) and the clock, shared by all tests."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from firm.dates import firm_date
from firm.models import User
from tests import cast
from tests.cast import a_member
from tests.factories import NOW

pytest_plugins = ["tests.databases"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no worker is left with it when the others are done."""

    def place(item: pytest.Item) -> int:
        marks = {mark.name for mark in item.iter_markers()}
        return 0 if "long" in marks else 1 if "hypothesis" in marks else 2

    items.sort(key=place)


@pytest.fixture
def now() -> datetime.datetime:
    """Wednesday, 15 July 2026, 10:00 in Tokyo; for actions, which are handed the clock."""
    return NOW


@pytest.fixture
def today(now: datetime.datetime) -> datetime.date:
    return firm_date(now)


@pytest.fixture
def account_manager(db: None) -> User:
    return a_member("account_manager")


@pytest.fixture
def section_manager(db: None) -> User:
    return a_member("section_manager")


@pytest.fixture
def department_head(db: None) -> User:
    return a_member("department_head")


@pytest.fixture
def executive(db: None) -> User:
    return a_member("executive")


@pytest.fixture
def administrator(db: None) -> User:
    return a_member("administrator")


@pytest.fixture
def back_office(db: None) -> User:
    return a_member("back_office")


@pytest.fixture
def compliance(db: None) -> User:
    return a_member("compliance")


@pytest.fixture
def auditor(db: None) -> User:
    return a_member("auditor")


@pytest.fixture
def stranger(db: None) -> User:
    """An account manager of another department."""
    return a_member("stranger")


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """`client_of(person)`: a browser in which this person is signed in; None is nobody."""
    return cast.client_of
