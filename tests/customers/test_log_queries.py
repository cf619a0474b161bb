"""The log's pages ask at most twelve queries, however many rows there are."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.actions.activities import read_purpose
from customers.models import ActivityDraft, ScopeInquiry
from customers.service_log.coverage import monday_of
from customers.service_log.purpose import VERSION
from firm.dates import start_of_day, today
from tests.factories import (
    NOW,
    a_contact,
    a_contract,
    a_customer,
    a_department,
    a_goal,
    a_person,
    an_activity,
    an_investment,
)
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


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_the_form_of_a_checked_customer_with_everything_needs_few_queries(
    rows, client_of, account_manager, section_manager
):
    read_purpose(version=VERSION, by=account_manager, now=NOW)
    customer = a_customer(owner=account_manager, backup=section_manager)
    a_contact(customer)
    for number in range(rows):
        a_contract(customer, name=f"契約{number}")
        a_goal(customer, by=account_manager)
        an_investment(customer, owner=account_manager)
        an_activity(customer, today(), staff=account_manager)
    checked = ScopeInquiry.objects.create(
        customer=customer, asked_by=account_manager, asked_at=NOW, request="帳票の追加",
        minutes=90, verdict="unknown",
    )  # fmt: skip
    form = f"{reverse('customers:log-new')}?customer={customer.pk}"
    client = client_of(account_manager)
    for asked_for in (f"&inquiry={checked.pk}", "&like=last"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{form}{asked_for}").context["form"].initial
        assert len(asked) <= MOST, "\n".join(query["sql"][:300] for query in asked)


def test_a_larger_section_needs_no_more_queries(client_of, section_manager, account_manager):
    counts, client = [], client_of(section_manager)
    for _number in range(3):
        person = a_person(role="account_manager", department="営業部/第一課")
        customer = a_customer(owner=person)
        for hour in (0, 12):
            began = start_of_day(today()) + datetime.timedelta(days=-1, hours=hour)
            an_activity(customer, today(), staff=person, minutes=660, started_at=began)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("customers:log-section")).status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2] <= MOST
