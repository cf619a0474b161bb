"""The cast and the clock, shared by all tests.

佐藤 looks after customers in 営業部/第一課. 中村 manages that section, 渡辺 heads the department,
森 is an executive. 山本, of another department, is the stranger to 佐藤's customers.
"""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from firm.dates import firm_date
from firm.models import User
from tests.factories import NOW, a_person

pytest_plugins = ["tests.databases"]

SECTION = "営業部/第一課"
SIGNED_IN_BY = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def now() -> datetime.datetime:
    """Wednesday, 15 July 2026, 10:00 in Tokyo; for actions, which are handed the clock."""
    return NOW


@pytest.fixture
def today(now: datetime.datetime) -> datetime.date:
    return firm_date(now)


@pytest.fixture
def account_manager(db: None) -> User:
    return a_person(
        "佐藤 美咲", role="account_manager", department=SECTION, email="sato@example.jp"
    )


@pytest.fixture
def section_manager(db: None) -> User:
    return a_person(
        "中村 直樹", role="section_manager", department=SECTION, email="nakamura@example.jp"
    )


@pytest.fixture
def department_head(db: None) -> User:
    return a_person(
        "渡辺 隆", role="department_head", department="営業部", email="watanabe@example.jp"
    )


@pytest.fixture
def executive(db: None) -> User:
    return a_person("森 恵子", role="executive", department="経営", email="mori@example.jp")


@pytest.fixture
def administrator(db: None) -> User:
    return a_person(
        "高橋 誠", role="administrator", department="経営", email="takahashi@example.jp"
    )


@pytest.fixture
def back_office(db: None) -> User:
    return a_person(
        "田村 陽子",
        role="back_office",
        department="カスタマーサポート部",
        email="tamura@example.jp",
    )


@pytest.fixture
def compliance(db: None) -> User:
    return a_person(
        "松本 玲奈",
        role="compliance",
        department="カスタマーサポート部",
        email="matsumoto@example.jp",
    )


@pytest.fixture
def auditor(db: None) -> User:
    return a_person("石井 亮", role="auditor", department="経営", email="ishii@example.jp")


@pytest.fixture
def stranger(db: None) -> User:
    """An account manager of another department."""
    return a_person(
        "山本 翔", role="account_manager", department="制作・運用部", email="yamamoto@example.jp"
    )


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """`client_of(person)`: a browser in which this person is signed in; None is nobody."""

    def sign_in(person: User | None, **defaults: str) -> Client:
        client = Client(**defaults)
        if person is not None:
            client.force_login(person, backend=SIGNED_IN_BY)
        return client

    return sign_in
