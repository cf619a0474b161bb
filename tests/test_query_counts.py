"""Every signed-in page asks at most twelve queries, however many rows there are."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import PurposeReading
from customers.service_log.purpose import VERSION
from firm.models import CostRate, Firm, Holiday, User
from tests.authorisation_matrix import CAST, OBJECTS
from tests.factories import (
    LONG_AGO,
    NOW,
    a_benefit,
    a_benefit_use,
    a_contract,
    a_customer,
    a_draft,
    a_goal,
    a_level,
    a_rule_set,
    an_activity,
    an_entry,
    an_investment,
    some_goodwill,
)
from tests.servicing.findings import a_finding
from tests.test_authorisation import LINES, Line, ask
from tests.tiering.drafts import a_written_draft
from tests.tiering.nights import an_evaluation
from tests.tiering.overrides import an_override
from tiering.models import FindingKind

pytestmark = pytest.mark.django_db

MOST = 12
FEW, MANY = 2, 8

# Where there is nothing to show without more words in the address, or no page at all.
NOT_ASKED = {"customers:consumption-entries", "firm:components", "firm:metrics"}
# What brings rules of its own, so that it cannot stand beside those of `fill`.
WITH_RULES = {"preview", "override", "held_run", "held_job"}


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> dict[str, User]:
    return {name: request.getfixturevalue(name) for name in CAST}


@pytest.fixture
def fill(cast: dict[str, User]) -> Callable[[int], dict[str, Any]]:
    """Versions, an evaluation, and `rows` of what lists list; the first customer has as many of
    all that a customer has. Returns the objects of OBJECTS by what they are.
    """

    def filled(rows: int) -> dict[str, Any]:
        author, manager = cast["administrator"], cast["account_manager"]
        since = NOW.date().replace(month=4, day=1)
        a_rule_set(by=author, effective_until=since, note="1")
        rules = a_rule_set(by=author, effective_from=since, note="2")
        a_benefit()
        a_level(rules, "S", "first_response", 30)
        an_evaluation(rules)
        busy = a_customer("多忙商事", owner=manager, tier_rank=1)
        Firm.objects.update(flags_since=LONG_AGO)
        for number in range(rows):
            customer = a_customer(f"顧客{number}", owner=manager, tier_rank=1)
            an_override(customer, by=manager, approved_by=cast["department_head"])
            for owner in (customer, busy):
                a_contract(owner, name=f"契約{number}")
                an_activity(owner, NOW.date(), staff=manager)
                an_entry(owner, NOW.date(), 1_000)
                some_goodwill(owner, NOW.date(), staff=author, category=f"資料{number}")
                an_investment(owner, owner=author)
                a_goal(owner, by=author)
                a_benefit_use(owner)
                entry = an_activity(owner, NOW.date(), staff=manager)
                flag = a_finding(owner, FindingKind.values[number], entries=[entry])
            a_written_draft(author)
            a_draft(rules)
            Holiday.objects.create(country="JP", day=NOW.date().replace(day=number + 1), name="日")
            CostRate.objects.create(
                grade=f"等級{number}", valid_from=since, direct=6_000, loaded=9_000
            )
        return {
            "customer": {"pk": busy.pk},
            "draft": {"pk": a_written_draft(author).pk},
            "finding": {"pk": flag.pk},
        }

    return filled


@pytest.fixture
def clients(cast: dict[str, User], client_of: Callable[[User], Client]) -> dict[str, Client]:
    """Of people who have read what the service log is for, and had the work to log."""
    readings = [PurposeReading(person=p, version=VERSION, read_at=NOW) for p in cast.values()]
    PurposeReading.objects.bulk_create(readings)
    return {name: client_of(person) for name, person in cast.items()}


def pages(app: str) -> Iterator[Line]:
    for line in LINES:
        is_page = line.method == "GET" and line.name.startswith(f"{app}:")
        if is_page and line.name not in NOT_ASKED and line.allowed - {"nobody"}:
            yield line


def asked(
    app: str, rows: int, *, fill: Any, cast: dict[str, User], clients: dict[str, Client]
) -> dict[str, int]:
    """Queries by page and what it is about; everything is taken back."""
    counts: dict[str, int] = {}
    for has_rules in (True, False):
        with transaction.atomic():
            objects = fill(rows) if has_rules else {}
            for line in pages(app):
                if (line.about in WITH_RULES) != has_rules:
                    count = queries_of(line, objects, cast, clients)
                    if count is not None:
                        counts[f"{line.name} of {line.about}"] = count
            transaction.set_rollback(True)
    return counts


def queries_of(
    line: Line, objects: dict[str, Any], cast: dict[str, User], clients: dict[str, Client]
) -> int | None:
    """For the first of the cast who may; None where the address only leads elsewhere."""
    person = "administrator" if "administrator" in line.allowed else min(line.allowed & set(CAST))
    with transaction.atomic():
        about = objects.get(line.about) or OBJECTS[line.about](cast)
        path = reverse(line.name, kwargs=about)
        with CaptureQueriesContext(connection) as captured:
            status = ask(clients[person], line, path, "GET")
        transaction.set_rollback(True)
    assert status in (200, 302), f"{line.name}: {status}"
    return len(captured) if status == 200 else None


@pytest.mark.parametrize("app", ["firm", "customers", "tiering", "escalation"])
def test_pages_ask_few_queries_and_none_more_with_more_rows(app, fill, cast, clients):
    few = asked(app, FEW, fill=fill, cast=cast, clients=clients)
    many = asked(app, MANY, fill=fill, cast=cast, clients=clients)
    too_many = {name: count for name, count in many.items() if count > MOST}
    growing = {name: (few[name], many[name]) for name in many if many[name] > few[name]}
    assert not too_many | growing, f"more than {MOST}: {too_many}; growing: {growing}"
