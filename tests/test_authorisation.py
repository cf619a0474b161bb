"""Every address, asked for by everybody: tests/authorisation_matrix.py says what must come.

The cast is made and signed in once for this file, in a transaction that its tests work inside;
what one test changes, and what one member of the cast changes in it, is taken back.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from firm.actions import end_post
from firm.models import PostHolding, User
from tests.authorisation_matrix import CAST, GROUPS, MATRIX, OBJECTS
from tests.cast import a_member, client_of
from tests.factories import a_person

pytestmark = pytest.mark.django_db

OUR_OWN = ("firm:", "customers:", "tiering:", "escalation:", "api-")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What somebody who may gets for an empty body or an act that cannot be done now.
ANSWERED = {200, 201, 202, 204, 302, 400, 409, 412, 422, 503}
REFUSED_METHOD = {403, 404, 405}


class Line(NamedTuple):
    name: str
    method: str
    about: str
    allowed: frozenset[str]
    denied: int


def lines() -> Iterator[Line]:
    for text in filter(None, MATRIX.splitlines()):
        line, _, denied = text.partition(" else ")
        name, method, about, *who = line.split()
        names = [person for word in who for person in GROUPS.get(word, (word,))]
        assert set(names) <= {*CAST, "nobody"}, f"{name}: who is {names}?"
        yield Line(name, method, about, frozenset(names), int(denied or 403))


LINES = list(lines())


def url_names(patterns: list, namespace: str = "") -> Iterator[str]:
    """All addresses but the admin's, which has its own test."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from url_names(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}"


class SignedIn(NamedTuple):
    person: int
    session: str


@pytest.fixture(scope="module")
def signed_in(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, SignedIn]]:
    with django_db_blocker.unblock(), transaction.atomic():
        people = {name: a_member(name) for name in CAST}
        yield {
            name: SignedIn(person.pk, client_of(person).cookies[settings.SESSION_COOKIE_NAME].value)
            for name, person in people.items()
        }
        transaction.set_rollback(True)


@pytest.fixture
def cast(signed_in: dict[str, SignedIn], db: None) -> dict[str, User]:
    people = User.objects.in_bulk([member.person for member in signed_in.values()])
    return {name: people[member.person] for name, member in signed_in.items()}


@pytest.fixture
def browser_of(signed_in: dict[str, SignedIn]) -> Callable[[str], Client]:
    """`browser_of(name)`: a browser in which this one of the cast is signed in, or nobody."""

    def open_browser(name: str) -> Client:
        client = Client()
        if name in signed_in:
            client.cookies[settings.SESSION_COOKIE_NAME] = signed_in[name].session
        return client

    return open_browser


@pytest.fixture
def account_manager(cast: dict[str, User]) -> User:
    return cast["account_manager"]


@pytest.fixture
def administrator(cast: dict[str, User]) -> User:
    return cast["administrator"]


def ask(client: Client, line: Line, path: str, method: str) -> int:
    """The status, or 0 for being sent to the sign-in page."""
    body = {"content_type": "application/json"} if "/api/" in path else {}
    response = client.generic(method, path, **body)
    if response.streaming:
        # A file goes back to its place; the test's own connection must stay open.
        request_finished.disconnect(close_old_connections)
        response.close()
        request_finished.connect(close_old_connections)
    to_sign_in = response.headers.get("Location", "").startswith("/account/login/")
    return 0 if to_sign_in else response.status_code


def test_no_address_is_missing_from_the_matrix():
    missing = set(url_names(get_resolver().url_patterns)) - {line.name for line in LINES}
    assert not missing, f"tests/authorisation_matrix.py has no line for {sorted(missing)}"


def test_the_matrix_names_no_address_that_has_gone():
    gone = {line.name for line in LINES} - set(url_names(get_resolver().url_patterns))
    assert not gone


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.name}-{line.method}-{line.about}")
def test_each_person_is_answered_as_the_matrix_says(line, cast, browser_of):
    path = reverse(line.name, kwargs=OBJECTS[line.about](cast))
    wrong = {}
    for name in (*CAST, "nobody"):
        with transaction.atomic():
            status = ask(browser_of(name), line, path, line.method)
            transaction.set_rollback(True)
        # The sign-in's own pages may lead back to its beginning.
        is_led_back = status == 0 and not line.name.startswith(OUR_OWN)
        if name in line.allowed:
            right = status in ANSWERED or is_led_back
        elif name == "nobody" and line.allowed:
            answered = 401 if "/api/" in path or line.method == "POST" else 0
            right = status == answered or is_led_back
        elif name == "nobody":
            right = status in (0, line.denied)
        else:
            right = status == line.denied
        if not right:
            wrong[name] = status
    assert not wrong


@pytest.mark.parametrize(
    "name", sorted({line.name for line in LINES if line.name.startswith(OUR_OWN)})
)
def test_methods_the_matrix_does_not_name_are_refused(name, cast, browser_of):
    about = next(line.about for line in LINES if line.name == name)
    path = reverse(name, kwargs=OBJECTS[about](cast))
    for method in set(METHODS) - {line.method for line in LINES if line.name == name}:
        with transaction.atomic():
            status = browser_of("administrator").generic(method, path).status_code
            transaction.set_rollback(True)
        assert status in REFUSED_METHOD, f"{method} {path}: {status}"


@pytest.mark.parametrize("name", [*CAST, "nobody"])
def test_the_admin_is_for_administrators_and_changes_nothing(name, browser_of):
    client = browser_of(name)
    status = client.get("/admin/firm/user/").status_code
    assert status == (200 if name == "administrator" else 302)
    assert client.get("/admin/firm/user/add/").status_code == (
        403 if name == "administrator" else 302
    )


def test_pages_for_signed_in_people_are_not_stored(client_of, account_manager):
    assert client_of(account_manager).get("/preferences/").headers["Cache-Control"] == "no-store"


def test_nobody_changes_their_own_address(client_of, account_manager):
    response = client_of(account_manager).post("/account/email/", {"email": "new@example.jp"})
    assert response.headers["Location"] == "/preferences/"


def test_a_fragment_for_somebody_signed_out_sends_the_whole_page_to_sign_in(client):
    response = client.get("/preferences/", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"].startswith("/account/login/")


def test_a_right_taken_away_is_gone_with_the_next_request(client_of, administrator, now):

    a_person(role="administrator")
    browser = client_of(administrator)
    assert browser.get("/people/").status_code == 200
    end_post(holding=PostHolding.objects.get(person=administrator), by=None, now=now)
    assert browser.get("/people/").status_code == 403
