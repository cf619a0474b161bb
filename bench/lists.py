"""Goals 7, 8 and 9: any order of the list at any depth, the page's time, and finding a customer."""

import datetime
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from io import BytesIO
from typing import Any
from unittest import mock

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.http import QueryDict
from django.test import override_settings

from bench import data, nightly
from bench.report import Goal, note, side_by_side, timed
from customers.filters import SORTS, CustomerFilter
from customers.listing import Question, listing, stages
from customers.models import CustomerSnapshot
from customers.suggestions import suggestions
from firm import keyset
from firm.models import Department, Post, PostHolding, User
from firm.scope import Scope, scope_of
from tiering.models import Evaluation

TIMES_FIRST_PAGE = 2.0
PART_OF_PLAIN = 0.35  # rows are joined by format_html_join
# Of 1M rows: there the changelist pays for counting them all, at each page and for every filter.
# With fewer it is as much faster as there are fewer to count, and the list is not.
TIMES_ADMIN = 50
TIMES_ADMIN_FROM = 1_000_000
SLOWEST_SEARCH = 35.0
SIGNED_IN_BY = "allauth.account.auth_backends.AuthenticationBackend"
TODAY = datetime.date(2026, 7, 15)


def run(customers: int) -> list[Goal]:
    if not Evaluation.objects.exists():
        nightly.publish()
        nightly.night()
    with data.superuser() as database:  # as autovacuum has, by the morning after a night
        database.execute("VACUUM (ANALYZE)")
    reader = an_administrator()
    with mock.patch("django.utils.timezone.now", return_value=data.NOW):
        return [
            *orders(scope_of(reader, on=TODAY)),
            *pages(reader, customers),
            *searches(),
        ]


def an_administrator() -> User:
    """Somebody who sees every file and, to compare, Django's admin."""
    person, created = User.objects.get_or_create(
        email="reader@example.jp",
        defaults={"name": "閲覧 太郎", "is_staff": True, "is_superuser": True},
    )
    if created:
        post = Post.objects.create(role="administrator", department=Department.objects.first())
        PostHolding.objects.create(person=person, post=post, held_from=datetime.date(2020, 4, 1))
    return person


def orders(scope: Scope) -> list[Goal]:
    """Every filter in every order, at its beginning and in its middle, beside the first page.

    The slowest few of a quick round are measured again with care, and the slowest of these counts.
    """
    first = page_of(asked("", scope), scope)
    works = {
        f"{name}, {sort}, {place}": page_of(question, scope, after)
        for name, query in filters(scope)
        for sort in SORTS
        for question in [asked(f"{query}&sort={sort}", scope)]
        for place, after in (("top", ""), ("middle", middle(question, scope)))
    }
    quick = {name: min(timed(work) for _ in range(3)) for name, work in works.items()}
    ratios = {}
    for name in sorted(quick, key=lambda name: quick[name])[-5:]:
        times = side_by_side({"first": first, "this": works[name]}, rounds=21)
        ratios[name] = times["this"] / times["first"]
    slowest = max(ratios, key=lambda name: ratios[name])
    note(f"{len(works)} orders; first page {timed(first) * 1000:.1f} ms; slowest: {slowest}")
    return [Goal("7", "slowest filter × sort ÷ first page", ratios[slowest], TIMES_FIRST_PAGE)]


def filters(scope: Scope) -> Iterator[tuple[str, str]]:
    ranks = sorted(
        CustomerSnapshot.objects.exclude(tier_rank=None)
        .order_by()
        .values_list("tier_rank", flat=True)
        .distinct()
    )
    owner = User.objects.filter(email="person-7@example.jp").get()
    yield "all", ""
    yield from ((f"tier {rank}", f"tier={rank}") for rank in ranks)
    yield "two tiers", f"tier={ranks[0]}&tier={ranks[-1]}"
    yield "owner", f"owner={owner.pk}"
    yield "department", f"department={Department.objects.order_by('pk')[1].pk}"
    yield "active", "status=active"
    yield "inactive", "status=inactive"


def asked(query: str, scope: Scope) -> Question:
    form = CustomerFilter(QueryDict(query), scope=scope)
    assert form.is_valid(), form.errors
    return form.question


def page_of(question: Question, scope: Scope, after: str = "") -> Callable[[], object]:
    return lambda: listing(question, scope=scope, after=after)


def middle(question: Question, scope: Scope) -> str:
    """The cursor half-way down the list: row 500,000 of a million. Found by counting, once."""
    left = question.whole.count() // 2
    for number, stage in enumerate(stages(question, scope)):
        size = sum(part.count() for part in stage.parts)
        if left < size:
            key = list(stage.next(left + 1, behind=None))[-1]
            return keyset.cursor(number, key)
        left -= size
    return ""


def pages(reader: User, customers: int) -> list[Goal]:
    """The list as the server answers it, through every middleware, to somebody signed in."""
    with a_session(reader) as cookie, override_settings(ROOT_URLCONF="bench.urls"):
        ask = asking(cookie)
        works: dict[str, Callable[[], object]] = {
            "list": lambda: [ask("/customers/") for _ in range(10)],
            "plain": lambda: [ask("/bench/plain/") for _ in range(10)],
            "admin": lambda: ask("/bench/admin/customers/customersnapshot/"),
        }
        for work in works.values():
            work()
        times = side_by_side(works)
    seconds, admin = {name: times[name] / 10 for name in ("list", "plain")}, times["admin"]
    times_admin = admin / seconds["list"]
    note(
        f"requests/s of one process: list {1 / seconds['list']:.0f}, without a template"
        f" {1 / seconds['plain']:.0f}, Django's changelist {1 / admin:.1f}"
    )
    part = Goal(
        "8",
        "requests/s of the list ÷ a view without a template",
        seconds["plain"] / seconds["list"],
        PART_OF_PLAIN,
        at_least=True,
    )
    name = "requests/s of the list ÷ Django's changelist"
    if customers < TIMES_ADMIN_FROM:
        note(f"{name}: {times_admin:.1f} ×; the goal of {TIMES_ADMIN} × is for a million rows")
        return [part]
    return [part, Goal("8", name, times_admin, TIMES_ADMIN, at_least=True)]


@contextmanager
def a_session(reader: User) -> Iterator[str]:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(reader.pk)
    session[BACKEND_SESSION_KEY] = SIGNED_IN_BY
    session[HASH_SESSION_KEY] = reader.get_session_auth_hash()
    session.save()
    yield f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
    session.delete()


def asking(cookie: str) -> Callable[[str], None]:
    """Through the WSGI application, as gunicorn calls it."""
    application = import_module("config.wsgi").application

    def ask(address: str) -> None:
        statuses: list[str] = []
        path, _mark, query = address.partition("?")

        def start(status: str, headers: list[Any], *rest: Any) -> None:
            statuses.append(status)

        environment = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_COOKIE": cookie,
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
        }
        answer = application(environment, start)
        b"".join(answer)
        answer.close()
        assert statuses == ["200 OK"], f"{address}: {statuses}"

    return ask


def searches() -> list[Goal]:
    """Pieces of 1 to 20 characters out of the middle of real keys, and text that is nowhere."""
    dice = random.Random(20260401)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT search_key FROM customers_customersnapshot"
            " ORDER BY hashint8(customer_id) LIMIT 60"
        )
        keys = [row[0] for row in cursor.fetchall()]
    texts = ["龠", "zz", "ゐゑ", "該当なし", "q-9", "株式会社", "0312"]
    for length in range(1, 21):
        for key in dice.sample(keys, 6):
            start = dice.randrange(max(len(key) - length, 1))
            texts.append(key[start : start + length])
    taken = {text: min(timed(partial(suggestions, text)) for _ in range(3)) for text in texts}
    slowest = max(taken, key=lambda text: taken[text])
    note(f"{len(texts)} searches; the slowest was for “{slowest}”")
    taken_most = taken[slowest] * 1000
    return [Goal("9", "slowest search of 1–20 characters", taken_most, SLOWEST_SEARCH, unit="ms")]
