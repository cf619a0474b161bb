"""Runs: who reads them, how a run shows its progress and then what it did."""

import datetime

import pytest
from django.urls import reverse

from firm.models import JobRun
from tests.factories import a_customer, a_job, a_rule_set
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tiering.models.standing import Reason
from tiering.runs import jobs, run_of

LATER = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def rules(administrator):
    return a_rule_set(by=administrator)


@pytest.fixture
def night(rules):
    """Two nights: the first evaluated everybody, the second moved one up and one down."""
    first = a_done_night(business_date=datetime.date(2026, 6, 15))
    an_evaluation(rules, job=first, customers={"S": 4, "A": 9, "B": 29, "C": 78}, first=120)
    second = a_done_night(business_date=datetime.date(2026, 7, 15))
    an_evaluation(rules, job=second, upgraded=1, downgraded=1)
    return second


@pytest.fixture
def moved(night, account_manager, stranger):
    evaluation = night.evaluations.get()
    up = a_customer("みどり医療会", owner=account_manager)
    down = a_customer("昭栄建設", owner=stranger)
    a_move(up, evaluation, before="B", after="A", reason=Reason.UPGRADED)
    a_move(down, evaluation, before="A", after="B", reason=Reason.DOWNGRADED)
    return up, down


def run_page(client, job, *, htmx=False, **query):
    headers = {"HX-Request": "true"} if htmx else {}
    response = client.get(reverse("tiering:run", args=[job.pk]), query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_tells_what_each_night_did(client_of, executive, night):
    html = client_of(executive).get(reverse("tiering:runs")).content.decode()
    assert html.index("2026/07/15の夜間計算") < html.index("2026/06/15の夜間計算")
    assert "2,412" in html
    assert "自動" in html


def test_account_managers_and_the_compliance_desk_do_not_read_runs(
    client_of, account_manager, compliance, night
):
    for person in (account_manager, compliance):
        client = client_of(person)
        assert client.get(reverse("tiering:runs")).status_code == 403
        assert client.get(reverse("tiering:run", args=[night.pk])).status_code == 403


def test_another_kind_of_job_is_no_run(client_of, executive):
    job = a_job("import")
    url = reverse("tiering:run", args=[job.pk])
    assert client_of(executive).get(url).status_code == 404


def test_a_running_night_polls_and_shows_how_far_it_is(client_of, executive):
    job = a_job(
        business_date=datetime.date(2026, 7, 15),
        state=JobRun.State.RUNNING,
        claimed_until=LATER,
        progress_done=48_210,
        progress_total=100_000,
    )
    html = run_page(client_of(executive), job)
    assert 'hx-trigger="every 1s"' in html
    assert '<progress aria-label="判定した顧客" value="48210" max="100000">' in html
    part = run_page(client_of(executive), job, htmx=True)
    assert part.strip().startswith('<div id="run"')
    assert "<html" not in part


def test_polling_stops_with_the_result(client_of, executive, night):
    part = run_page(client_of(executive), night, htmx=True)
    assert "hx-trigger" not in part
    assert "<progress" not in part
    assert "完了" in part


def test_a_failed_run_says_why_in_a_sentence(client_of, executive):
    error = {"code": "too_many_attempts", "attempts": 3}
    job = a_done_night()
    JobRun.objects.filter(pk=job.pk).update(state=JobRun.State.FAILED, error=error)
    html = run_page(client_of(executive), job)
    assert "ランクはすべて計算前のままです" in html
    assert "every 1s" not in html


def test_a_night_without_a_change_says_so(client_of, executive):
    assert "何も書き換えていません" in run_page(client_of(executive), a_done_night())


def test_the_result_compares_customers_per_tier_with_the_night_before(client_of, executive, night):
    html = run_page(client_of(executive), night)
    assert "9 →" in html
    assert "<b>10</b>" in html
    assert f"?version={night.evaluations.get().rule_set.number}" in html
    assert "取り込み No.41まで" in html


def test_movers_are_listed_with_their_tiers_and_amounts(client_of, executive, night, moved):
    html = run_page(client_of(executive), night)
    assert "みどり医療会" in html
    assert "昭栄建設" in html
    assert html.count("2,980") == 2


def test_movers_can_be_narrowed_to_one_direction(client_of, executive, night, moved):
    html = run_page(client_of(executive), night, moved="down")
    assert "昭栄建設" in html
    assert "みどり医療会" not in html
    url = reverse("tiering:run", args=[night.pk])
    assert client_of(executive).get(url, {"moved": "sideways"}).status_code == 404


def test_a_further_night_of_a_date_tells_what_it_has_changed(client_of, executive, rules):
    """An invoice taken back: who had risen stands where they stood. That is no step of the fold
    from the month before, and who rose then doesn't rise again.
    """
    fallen, risen = a_customer("みどり医療会"), a_customer("昭栄建設")
    first = an_evaluation(rules, job=a_done_night(business_date=datetime.date(2026, 7, 1)))
    night = a_done_night(business_date=datetime.date(2026, 7, 2))
    again = an_evaluation(rules, job=night, upgraded=1, supersedes=first)
    a_move(fallen, first, before="B", after="A", reason=Reason.UPGRADED)
    a_move(risen, first, before="B", after="A", reason=Reason.UPGRADED)
    a_move(fallen, again, before="B", after="B", reason=Reason.UNCHANGED)
    html = run_page(client_of(executive), night, moved="down")
    assert "みどり医療会" in html
    assert "前回の結果と異なります" in html
    assert "昭栄建設" not in html
    run = run_of(jobs().get(pk=night.pk))
    assert (run.upgraded, run.downgraded) == (0, 1)


def test_a_manager_sees_no_amount_of_a_customer_of_others(client_of, section_manager, night, moved):
    up, down = moved
    html = run_page(client_of(section_manager), night)
    assert "昭栄建設" in html
    assert html.count("2,980") == 1
    assert f'href="{reverse("customers:file", args=[up.pk])}"' in html
    assert f'href="{reverse("customers:file", args=[down.pk])}"' not in html
    assert f'href="{reverse("tiering:why", args=[down.pk])}?on=2026-07-01"' in html


def test_movers_come_in_pages(client_of, executive, rules):
    job = a_done_night()
    evaluation = an_evaluation(rules, job=job, upgraded=60)
    for number in range(60):
        customer = a_customer(f"顧客{number:02}")
        a_move(customer, evaluation, before="B", after="A", reason=Reason.UPGRADED)
    client = client_of(executive)
    response = client.get(reverse("tiering:run", args=[job.pk]), {"moved": "up"})
    assert len(response.context["movers"]) == 50
    following = client.get(reverse("tiering:run", args=[job.pk]) + response.context["next_url"])
    names = [m.customer.name for m in [*response.context["movers"], *following.context["movers"]]]
    assert names == [f"顧客{number:02}" for number in range(60)]


def test_a_page_that_does_not_exist_is_refused(client_of, executive, night):
    for url in (reverse("tiering:runs"), reverse("tiering:run", args=[night.pk])):
        assert client_of(executive).get(url, {"after": "nonsense"}).status_code == 409


def test_no_customer_and_no_figure_is_there_while_the_screen_is_shared(
    client_of, executive, night, moved
):
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    html = run_page(client, night) + client.get(reverse("tiering:runs")).content.decode()
    for secret in ("みどり医療会", "昭栄建設", "2,980", "2,412", "プレミア", "ランクアップ"):
        assert secret not in html


def test_both_pages_need_few_queries(
    client_of, executive, night, moved, django_assert_max_num_queries
):
    client = client_of(executive)
    with django_assert_max_num_queries(12):
        client.get(reverse("tiering:runs"))
    with django_assert_max_num_queries(12):
        run_page(client, night)


def test_only_who_may_run_the_night_is_offered_to(client_of, executive, administrator, rules):
    assert "今すぐ再計算" not in client_of(executive).get(reverse("tiering:runs")).content.decode()
    assert "今すぐ再計算" in client_of(administrator).get(reverse("tiering:runs")).content.decode()


def test_recalculating_leads_to_the_page_of_the_run(client_of, administrator, rules):
    response = client_of(administrator).post(reverse("tiering:recalculate"))
    job = JobRun.objects.get()
    assert job.requested_by == administrator
    assert response.url == reverse("tiering:run", args=[job.pk])


def test_recalculating_needs_the_right_and_a_post(client_of, executive, administrator, rules):
    assert client_of(executive).post(reverse("tiering:recalculate")).status_code == 403
    assert client_of(administrator).get(reverse("tiering:recalculate")).status_code == 405
    assert not JobRun.objects.exists()


def test_recalculating_without_rules_is_refused_in_words(client_of, administrator):
    client = client_of(administrator)
    response = client.post(reverse("tiering:recalculate"), follow=True)
    assert response.redirect_chain == [(reverse("tiering:runs"), 302)]
    assert not JobRun.objects.exists()


@pytest.fixture
def detection():
    counts = {"opened": 5, "reopened": 1, "changed": 3, "closed": 2, "written": 22}
    return a_done_night(kind="detection", counts=counts)


def test_the_list_and_the_page_tell_what_became_of_the_flags(client_of, executive, detection):
    client = client_of(executive)
    assert "新規6・更新3・解消2" in client.get(reverse("tiering:runs")).content.decode()
    html = run_page(client, detection)
    assert "2026/07/15時点の要確認" in html
    assert "対応記録" in html


def test_while_the_screen_is_shared_there_are_no_flags(client_of, executive, detection):
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    assert "新規6" not in client.get(reverse("tiering:runs")).content.decode()
    assert "新規" not in run_page(client, detection)


def test_a_running_detection_polls_and_shows_how_far_it_is(client_of, executive):
    job = a_job(
        "detection",
        business_date=datetime.date(2026, 7, 15),
        state=JobRun.State.RUNNING,
        claimed_until=LATER,
        progress_done=4,
        progress_total=14,
    )
    html = run_page(client_of(executive), job, htmx=True)
    assert html.lstrip().startswith('<div id="run"')
    assert 'value="4" max="14"' in html
