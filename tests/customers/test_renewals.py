"""Renewals: who is told of them and when, once each; the lists of contracts to look after."""

import datetime

import pytest
from django.urls import reverse

from customers import daily
from customers.actions.renewals import tell_of_renewals
from customers.models import RenewalNotice
from firm import dates, jobs
from firm.models import JobRun, Notification
from firm.wording import notice_text
from tests.factories import NOW, a_contract, a_customer

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", code="K-1", owner=account_manager)


@pytest.fixture
def contract(customer, today):
    """To be renewed in exactly ninety days; notice a month before."""
    return a_contract(customer, renews_on=today + 90 * DAY, notice_days=30)


def told_on(now):
    """Who is told on this day."""
    before = set(Notification.objects.values_list("pk", flat=True))
    tell_of_renewals(now=now)
    fresh = Notification.objects.exclude(pk__in=before).filter(code="renewals_ahead")
    return set(fresh.values_list("recipient__name", flat=True))


def test_each_step_is_told_once_and_the_last_to_the_manager_too(
    contract, section_manager, department_head, back_office
):
    assert told_on(NOW - DAY) == set()
    assert told_on(NOW) == {"佐藤 美咲"}
    assert told_on(NOW) == set()
    assert told_on(NOW + 29 * DAY) == set()
    assert told_on(NOW + 30 * DAY) == {"佐藤 美咲"}
    assert told_on(NOW + 60 * DAY) == {"佐藤 美咲", "中村 直樹"}
    assert told_on(NOW + 90 * DAY) == set()
    assert set(RenewalNotice.objects.values_list("days", flat=True)) == {90, 60, 30}


def test_missed_days_are_made_up_by_the_step_that_holds_now(contract):
    assert told_on(NOW + 65 * DAY) == {"佐藤 美咲"}
    assert [notice.days for notice in RenewalNotice.objects.all()] == [30]


def test_another_renewal_day_is_told_anew(contract, today):
    told_on(NOW)
    contract.revisions.update(renews_on=today + 80 * DAY)
    assert told_on(NOW) == {"佐藤 美咲"}


def test_without_an_account_manager_the_back_office_is_told(customer, contract, back_office):
    customer.owner = None
    customer.save()
    assert told_on(NOW) == {"田村 陽子"}


@pytest.mark.parametrize("case", ["inactive", "ended", "renewed", "passed"])
def test_nobody_is_told_where_there_is_nothing_to_renew(case, customer, contract, today):
    if case == "inactive":
        customer.status = "inactive"
        customer.save()
    if case == "ended":
        contract.revisions.update(valid_to=today)
    if case == "renewed":
        following = contract.revisions.get()
        contract.revisions.update(valid_to=today + 90 * DAY)
        following.pk, following.number = None, 2
        following.valid_from, following.renews_on = today + 90 * DAY, None
        following.save()
    if case == "passed":
        contract.revisions.update(renews_on=today - DAY)
    assert told_on(NOW) == set()


def test_one_notice_lists_all_of_a_person_and_names_the_last_day_of_notice(
    contract, customer, account_manager, today
):
    a_contract(customer, name="制作", renews_on=today + 10 * DAY)
    tell_of_renewals(now=NOW)
    notice = Notification.objects.get(recipient=account_manager, code="renewals_ahead")
    subject, body = notice_text(notice.code, notice.data)
    assert subject == "更新の近い契約があります"
    assert "K-1 青葉商事「保守」：2026/10/13更新、通知は2026/09/13まで" in body
    assert "K-1 青葉商事「制作」：2026/07/25更新" in body
    assert "ランク" not in subject + body


def test_the_job_of_the_day_tells_once(contract):
    daily.ensure_runs(now=NOW)
    daily.ensure_runs(now=NOW)
    job = JobRun.objects.get(kind=daily.KIND)
    assert job.key == dates.firm_date(NOW).isoformat()
    jobs.run(job.pk, now=NOW)
    job.refresh_from_db()
    assert job.state == JobRun.State.DONE
    assert job.counts["renewals"] == 1


class TestPage:
    def text(self, client, **query):
        return client.get(reverse("customers:renewals"), query).content.decode()

    def test_it_says_which_notices_went_out(self, client_of, account_manager, customer):
        now, day = datetime.datetime.now(datetime.UTC), dates.today()
        contract = a_contract(customer, renews_on=day + 50 * DAY)
        client = client_of(account_manager)
        cell = 'data-label="送った通知"><span>{}</span>'
        assert cell.format("—") in self.text(client)
        RenewalNotice.objects.create(
            revision=contract.revisions.get(), renews_on=day + 50 * DAY, days=90, told_at=now
        )
        tell_of_renewals(now=now)
        assert cell.format("90日前 · 60日前") in self.text(client)

    def test_a_contract_never_explained_is_listed_until_it_is(
        self, client_of, account_manager, customer
    ):
        contract = a_contract(customer)
        client = client_of(account_manager)
        assert "青葉商事" in self.text(client, list="not-explained")
        assert "青葉商事" not in self.text(client)
        revision = contract.revisions.get()
        client.post(reverse("customers:revision-explained", args=[revision.pk]))
        assert "青葉商事" not in self.text(client, list="not-explained")

    def test_only_ones_own_are_listed(self, client_of, stranger, customer):
        a_contract(customer)
        assert "青葉商事" not in self.text(client_of(stranger), list="not-explained")

    def test_a_long_list_goes_on_by_pages_with_few_queries(
        self, client_of, administrator, customer, django_assert_max_num_queries
    ):
        for number in range(51):
            a_contract(customer, name=f"契約{number}")
        client = client_of(administrator)
        with django_assert_max_num_queries(12):
            assert 'rel="next"' in self.text(client, list="not-explained")
        assert client.get(reverse("customers:renewals"), {"after": "x"}).status_code == 409

    def test_both_lists_are_exported(self, client_of, account_manager, customer):
        a_contract(customer)
        url = reverse("customers:renewals-export")
        client = client_of(account_manager)

        def rows(**query):
            answer = client.get(url, {"format": "csv", **query})
            return b"".join(answer.streaming_content).decode("utf-8-sig")

        assert "青葉商事" in rows(list="not-explained")
        assert "青葉商事" not in rows()
