"""A held run on its page, in the list, on every page's banner, by the API and by the command."""

import io
import json
from functools import partial

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from customers.models import RevenueEntry
from firm.dates import firm_date
from firm.models import AuditEvent, JobRun
from tests.factories import a_customer, a_rule_set
from tests.tiering.nights import a_done_night, a_held_night, an_evaluation
from tests.tiering.test_held_runs import BREAKER, day, june, rules, tiers
from tests.tiering.test_held_runs import customers as customers  # a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def movers(account_manager, stranger):
    return [
        a_customer("みどり医療会", owner=account_manager),
        a_customer("昭栄建設", owner=stranger),
    ]


@pytest.fixture
def held_night(administrator, movers):
    return a_held_night(by=administrator, moves=movers)


def page(client, job, **query):
    response = client.get(reverse("tiering:run", args=[job.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_what_stopped_it_and_who_would_have_moved(client_of, executive, held_night):
    html = page(client_of(executive), held_night)
    assert "120社のうち31社のランクが下がります（確認なしで進めるのは12社まで）。" in html
    assert "みどり医療会" in html
    assert "昭栄建設" in html
    assert html.count("2,980") == 2
    assert "結果が誤りのように見える" in html


def test_an_empty_month_is_named_and_nobody_is_listed(client_of, executive, administrator):
    html = page(client_of(executive), a_held_night(by=administrator))
    assert "2026/06の売上明細が1件もありません" in html
    assert "ランクが変わる顧客はありません" in html


def test_a_list_that_is_cut_says_so(client_of, executive, administrator, movers):
    job = a_held_night(by=administrator, moves=movers, down=5_002)
    assert "ほかに5,000社" in page(client_of(executive), job)


def test_amounts_are_those_of_the_readers_files(client_of, section_manager, held_night):
    html = page(client_of(section_manager), held_night)
    assert "昭栄建設" in html
    assert html.count("2,980") == 1


def test_movers_can_be_narrowed_to_one_direction(client_of, executive, held_night):
    assert "みどり医療会" in page(client_of(executive), held_night, moved="down")
    assert "みどり医療会" not in page(client_of(executive), held_night, moved="up")
    url = reverse("tiering:run", args=[held_night.pk])
    assert client_of(executive).get(url, {"moved": "sideways"}).status_code == 404


def test_only_who_may_run_the_night_is_offered_to_confirm(
    client_of, executive, administrator, held_night
):
    url = reverse("tiering:accept-run", args=[held_night.pk])
    assert url in page(client_of(administrator), held_night)
    html = page(client_of(executive), held_night)
    assert url not in html
    assert "確認待ちの計算を確認する権限がありません" in html


def test_confirming_leads_to_the_run_that_evaluates_again(client_of, administrator, held_night):
    client = client_of(administrator)
    response = client.post(reverse("tiering:accept-run", args=[held_night.pk]))
    job = JobRun.objects.latest("pk")
    assert response.url == reverse("tiering:run", args=[job.pk])
    assert job.params["accepts"] == {"run": held_night.pk, "digest": "d"}
    again = client.post(reverse("tiering:accept-run", args=[held_night.pk]), follow=True)
    assert "計算の途中です" in again.content.decode()


def test_the_movers_are_exported_with_the_readers_amounts(client_of, section_manager, held_night):
    response = client_of(section_manager).get(reverse("tiering:held-export", args=[held_night.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
    head, *rows = sheet.iter_rows(values_only=True)
    assert head[1:5] == ("顧客", "変更前のランク", "変更後のランク", "対象期間の売上")
    assert [row[1:6] for row in rows] == [
        ("みどり医療会", "アドバンス", "スタンダード", 2_980_000, "ランクダウン"),
        ("昭栄建設", "アドバンス", "スタンダード", None, "ランクダウン"),
    ]


def test_only_a_held_run_has_such_a_list(client_of, executive):
    job = a_done_night()
    for name in ("tiering:held-export", "api-held-run", "api-held-movers"):
        assert client_of(executive).get(reverse(name, args=[job.pk])).status_code == 404


def test_nothing_of_it_is_there_while_the_screen_is_shared(client_of, executive, held_night):
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    html = page(client, held_night) + client.get(reverse("tiering:runs")).content.decode()
    for secret in ("みどり医療会", "昭栄建設", "2,980", "31社", "アドバンス"):
        assert secret not in html
    export = client.get(reverse("tiering:held-export", args=[held_night.pk]))
    assert export.status_code == 403


def test_the_list_says_that_nobody_moved(client_of, executive, held_night):
    html = client_of(executive).get(reverse("tiering:runs")).content.decode()
    assert "確認待ち" in html
    assert "2社が変わる見込み" in html


def test_every_page_says_that_a_night_is_held(client_of, executive, stranger, administrator):
    """With a link for those who may read runs."""
    today = firm_date(timezone.now())
    an_evaluation(a_rule_set(by=administrator), job=a_done_night(business_date=today))
    banner = "夜間計算が確認待ちです"
    assert banner not in client_of(executive).get("/preferences/").content.decode()
    job = a_held_night(by=administrator)
    JobRun.objects.filter(pk=job.pk).update(business_date=today)
    link = reverse("tiering:run", args=[job.pk])
    for person, linked in ((executive, True), (stranger, False)):
        html = client_of(person).get("/preferences/").content.decode()
        assert banner in html
        assert (link in html) == linked


def test_the_page_needs_few_queries(
    client_of, executive, held_night, django_assert_max_num_queries
):
    client = client_of(executive)
    with django_assert_max_num_queries(16):
        page(client, held_night)


def test_the_api_tells_codes_and_numbers(client_of, executive, auditor, held_night, movers):
    url = reverse("api-held-run", args=[held_night.pk])
    found = client_of(executive).get(url).json()
    assert (found["state"], found["down"], found["digest"]) == ("held", 2, "d")
    assert found["stops"][0]["allowed"] == 12
    rows = client_of(executive).get(reverse("api-held-movers", args=[held_night.pk])).json()
    assert rows["results"][0] == {
        "customer": movers[0].pk,
        "before": "A",
        "after": "B",
        "is_down": True,
        "is_foreseen": False,
        "reason": "downgraded",
        "trailing_revenue": "2980000.0000",
    }


def test_the_api_keeps_the_firms_total_from_who_may_not_see_it(
    client_of, executive, auditor, administrator
):
    fell = {"code": "total_fell", "before": "200.0000", "after": "100.0000", "fell": 50}
    job = a_held_night(by=administrator, stops=[fell])
    url = reverse("api-held-run", args=[job.pk])
    assert client_of(executive).get(url).json()["stops"][0]["before"] == "200.0000"
    stop = client_of(auditor).get(url).json()["stops"][0]
    assert (stop["before"], stop["fell"]) == (None, 50)
    assert "100.0000" not in page(client_of(auditor), job)


def test_the_api_confirms_once_however_often_it_is_asked(client_of, administrator, held_night):
    url = reverse("api-held-accept", args=[held_night.pk])
    post = partial(client_of(administrator).post, url, content_type="application/json")
    answers = [post(headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert AuditEvent.objects.filter(code="held_run_accepted").count() == 1
    assert post().status_code == 409


def nightly(*arguments: str) -> dict:
    out = io.StringIO()
    call_command("nightly", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def six_fall(customers, administrator):
    """The night of 2 July is held: six customers have no entry in June."""
    rules(administrator, BREAKER)
    june(customers[6:])
    with pytest.raises(CommandError, match="30社のうち6社") as held:
        call_command("nightly", "--date", "2026-07-02")
    assert held.value.returncode == 1


def test_the_command_confirms_what_it_held(six_fall):
    assert nightly("--date", "2026-07-02", "--accept-held")["state"] == "done"
    assert tiers().count("T2") == 6
    event = AuditEvent.objects.get(code="held_run_accepted")
    assert (event.actor, event.data["channel"]) == (None, "command")


def test_the_command_holds_again_what_has_changed(six_fall, customers):
    june(customers[:1])
    RevenueEntry.objects.filter(customer=customers[9], date=day("2026-06-15")).update(
        superseded_by_import=RevenueEntry.objects.first().import_ref
    )
    with pytest.raises(CommandError, match="別の顧客"):
        call_command("nightly", "--date", "2026-07-02", "--accept-held")
    assert tiers() == ["T1"] * 30


def test_the_command_accepts_a_replay_as_a_whole(customers, administrator):
    rules(administrator, BREAKER)
    june(customers[6:])
    dates = ("--from", "2026-06-01", "--to", "2026-07-02", "--monthly")
    with pytest.raises(CommandError):
        nightly(*dates)
    assert tiers() == ["T1"] * 30
    assert nightly(*dates, "--accept-held")["state"] == "done"
    assert tiers().count("T2") == 6


def test_the_command_takes_what_it_comes_to_where_nothing_was_held(customers, administrator):
    rules(administrator, BREAKER)
    june(customers[6:])
    assert nightly("--date", "2026-07-02", "--accept-held")["state"] == "done"
    assert tiers().count("T2") == 6
