"""The log's pages ask at most twelve queries, however many rows there are."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.actions.activities import read_purpose
from customers.models import ActivityDraft
from customers.service_log.coverage import monday_of
from customers.service_log.purpose import VERSION
from firm.dates import today
from tests.factories import NOW, a_customer, a_department, an_activity
from tests.test_query_counts import FEW, MANY, MOST

pytestmark = pytest.mark.django_db

PAGES = ("log-week", "log-drafts", "log-mine", "log-section", "log-coverage")


@pytest.fixture
def log(account_manager, section_manager):
    def fill(rows: int) -> None:
        read_purpose(version=VERSION, by=section_manager, now=NOW)
        section = a_department("営業部/第一課")
        for number in range(rows):
            customer = a_customer(
                f"顧客{number}", owner=section_manager, backup=account_manager, department=section
            )
            day = monday_of(today()) - datetime.timedelta(days=7 * number)
            an_activity(customer, day, staff=section_manager)
            an_activity(customer, monday_of(today()), staff=account_manager)
            ActivityDraft.objects.create(
                person=section_manager,
                source="calendar",
                source_id=str(number),
                customer=customer,
                day=day,
                minutes=60,
                made_at=NOW,
            )

    return fill


@pytest.mark.parametrize("rows", [FEW, MANY])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_log_needs_few_queries(name, rows, log, client_of, section_manager):
    log(rows)
    client = client_of(section_manager)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(f"customers:{name}")).status_code == 200
    assert len(asked) <= MOST, "\n".join(query["sql"][:300] for query in asked.captured_queries)
