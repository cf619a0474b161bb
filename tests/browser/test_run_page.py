"""The page of a run: it follows the run by itself and stops when there is a result."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from firm import jobs
from firm.models import JobRun
from tests.factories import a_customer, a_job, a_rule_set, an_entry
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tiering.models.standing import Reason

pytestmark = pytest.mark.django_db(transaction=True)


def test_recalculating_is_followed_to_its_result(page_of, administrator):
    a_rule_set(by=administrator)
    toto = a_customer("東都精機販売")
    an_entry(toto, datetime.date.today().replace(day=1) - datetime.timedelta(days=20), 8_000_000)
    page = page_of(administrator)
    page.goto("/runs/")
    page.get_by_role("button", name="今すぐ再計算").click()
    page.wait_for_url("**/runs/*/")
    expect(page.get_by_role("progressbar", name="判定した顧客")).to_be_visible()
    jobs.run(JobRun.objects.get().pk, now=timezone.now())
    expect(page.get_by_text("完了", exact=True)).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("heading", name="ランクごとの社数")).to_be_visible()


def test_the_page_asks_no_more_once_the_run_has_ended(page_of, administrator):
    job = a_job(
        business_date=datetime.date(2026, 7, 15),
        state=JobRun.State.RUNNING,
        claimed_until=timezone.now() + datetime.timedelta(hours=1),
        progress_done=10,
        progress_total=100,
    )
    page = page_of(administrator)
    page.goto(f"/runs/{job.pk}/")
    bar = page.get_by_role("progressbar", name="判定した顧客")
    expect(bar).to_have_attribute("value", "10")
    JobRun.objects.filter(pk=job.pk).update(progress_done=60)
    expect(bar).to_have_attribute("value", "60")
    JobRun.objects.filter(pk=job.pk).update(
        state=JobRun.State.DONE, started_at=timezone.now(), finished_at=timezone.now()
    )
    expect(bar).to_have_count(0)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert not asked


@pytest.mark.parametrize("width", [1440, 390])
def test_rules_and_runs_are_readable_by_everybody(page_of, administrator, width):
    rules = a_rule_set(by=administrator)
    job = a_done_night()
    evaluation = an_evaluation(rules, job=job, upgraded=1)
    a_move(a_customer("みどり医療会"), evaluation, before="B", after="A", reason=Reason.UPGRADED)
    page = page_of(administrator, viewport={"width": width, "height": 900})
    for path in ("/rules/", "/runs/", f"/runs/{job.pk}/", "/help/"):
        page.goto(path)
        assert not Axe().run(page).response["violations"], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
