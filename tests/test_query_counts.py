"""Every signed-in page asks at most twelve queries, however many rows there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from firm.models import Holiday
from tests.authorisation_matrix import CAST, OBJECTS
from tests.factories import (
    NOW,
    a_benefit,
    a_benefit_use,
    a_contract,
    a_customer,
    a_draft,
    a_goal,
    a_level,
    a_rule_set,
    an_investment,
    some_goodwill,
)
from tests.tiering.drafts import a_written_draft
from tests.tiering.nights import an_evaluation
from tests.tiering.overrides import an_override

pytestmark = pytest.mark.django_db

MOST = 12
FEW, MANY = 2, 8

# Pages of lists and of versions, by name and what they are about (OBJECTS).
PAGES = (
    ("tiering:rules", "-"),
    ("tiering:service-levels", "-"),
    ("tiering:overrides", "-"),
    ("tiering:compare-rules", "-"),
    ("tiering:draft-services", "draft"),
    ("tiering:publish-form", "draft"),
    ("tiering:concentration", "-"),
    ("tiering:coverage", "-"),
    ("tiering:flow", "-"),
    ("tiering:allocation", "-"),
    ("tiering:downgrades", "-"),
    ("tiering:benefit-report", "-"),
    ("tiering:runs", "-"),
    ("customers:renewals", "-"),
    ("customers:goodwill-list", "-"),
    ("customers:goodwill", "customer"),
    ("customers:investment-list", "-"),
    ("customers:investment", "investment"),
    ("customers:goal-list", "-"),
    ("customers:goal", "goal"),
    ("firm:prices", "-"),
    ("customers:contract-new", "customer"),
    ("customers:contract-revise", "contract"),
    ("firm:going_live", "-"),
    ("firm:calendar", "-"),
    ("firm:work_calendar", "calendar"),
)


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> dict:
    return {name: request.getfixturevalue(name) for name in CAST}


@pytest.fixture
def firm(cast):
    """Versions, an evaluation, and `rows` of what lists list."""

    def fill(rows: int) -> None:
        author, decider = cast["administrator"], cast["department_head"]
        since = NOW.date().replace(month=4, day=1)
        a_rule_set(by=author, effective_until=since, note="1")
        rules = a_rule_set(by=author, effective_from=since, note="2")
        a_benefit()
        a_level(rules, "S", "first_response", 30)
        an_evaluation(rules)
        for number in range(rows):
            customer = a_customer(f"顧客{number}", owner=cast["account_manager"], tier_rank=1)
            an_override(customer, by=cast["account_manager"], approved_by=decider)
            a_contract(customer)
            some_goodwill(customer, NOW.date(), staff=author, category="資料")
            an_investment(customer, owner=author)
            a_goal(customer, by=author)
            a_benefit_use(customer)
            a_written_draft(author)
            a_draft(rules)
            Holiday.objects.create(country="JP", day=NOW.date().replace(day=number + 1), name="日")

    return fill


@pytest.mark.parametrize("rows", [FEW, MANY])
@pytest.mark.parametrize(("name", "about"), PAGES)
def test_a_page_needs_few_queries(name, about, rows, cast, firm, client_of):
    firm(rows)
    address = reverse(name, kwargs=OBJECTS[about](cast))
    client = client_of(cast["administrator"])
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    assert len(asked) <= MOST, "\n".join(query["sql"][:300] for query in asked.captured_queries)
