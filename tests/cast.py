"""The cast of all tests.

佐藤 looks after customers in 営業部/第一課. 中村 manages that section, 渡辺 heads the department,
森 is an executive. 山本, of another department, is the stranger to 佐藤's customers.
"""

from django.test import Client

from firm.models import User
from tests.factories import a_person

SIGNED_IN_BY = "allauth.account.auth_backends.AuthenticationBackend"
SECTION = "営業部/第一課"
SUPPORT = "カスタマーサポート部"

# name in the tests: (name, role, department, e-mail)
MEMBERS = {
    "account_manager": ("佐藤 美咲", "account_manager", SECTION, "sato@example.jp"),
    "section_manager": ("中村 直樹", "section_manager", SECTION, "nakamura@example.jp"),
    "department_head": ("渡辺 隆", "department_head", "営業部", "watanabe@example.jp"),
    "executive": ("森 恵子", "executive", "経営", "mori@example.jp"),
    "administrator": ("高橋 誠", "administrator", "経営", "takahashi@example.jp"),
    "back_office": ("田村 陽子", "back_office", SUPPORT, "tamura@example.jp"),
    "compliance": ("松本 玲奈", "compliance", SUPPORT, "matsumoto@example.jp"),
    "auditor": ("石井 亮", "auditor", "経営", "ishii@example.jp"),
    "stranger": ("山本 翔", "account_manager", "制作・運用部", "yamamoto@example.jp"),
}


def a_member(key: str) -> User:
    name, role, department, email = MEMBERS[key]
    return a_person(name, role=role, department=department, email=email)


def client_of(person: User | None, **defaults: str) -> Client:
    """A browser in which this person is signed in; None is nobody."""
    client = Client(**defaults)
    if person is not None:
        client.force_login(person, backend=SIGNED_IN_BY)
    return client
