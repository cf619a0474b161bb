"""The rules page: for everybody who is signed in, without a word of it on a shared screen."""

import datetime

import pytest
from django.urls import reverse

from tests.factories import a_closed_month, a_customer, a_rule_set
from tests.tiering.nights import an_evaluation
from tiering.models import RuleSet
from tiering.promise import PROMISE


@pytest.fixture
def rules(administrator):
    return a_rule_set(
        by=administrator,
        name="2026年度の基準",
        keep=(6_650_000, 2_660_000, 855_000),
        note="到達基準を上げた",
        month_close=RuleSet.MonthClose.CALENDAR,
    )


def page(client, **query):
    response = client.get(reverse("tiering:rules"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_promise_to_every_customer_is_its_headline(client_of, account_manager):
    html = page(client_of(account_manager))
    assert html.index("全てのお客様への約束") < html.index("適用中のランク基準がありません")
    assert "お問い合わせには、1営業日以内にお返事します。" in html
    assert html.count("<li><svg") >= len(PROMISE)


def test_everybody_reads_the_thresholds(client_of, stranger, rules):
    html = page(client_of(stranger))
    for text in ("プレミア", "直近12か月の売上が7,000千円以上", "6,650千円以上", "猶予期間"):
        assert text in html


def test_figures_stand_beside_the_tiers_once_a_night_has_run(client_of, stranger, rules):
    assert "社数" not in page(client_of(stranger))
    an_evaluation(rules)
    html = page(client_of(stranger))
    assert "社数" in html
    assert f"{reverse('customers:list')}?tier=2" in html


def test_shares_are_for_those_who_may_see_the_firms_revenue(
    client_of, account_manager, auditor, section_manager, rules
):
    an_evaluation(rules)
    assert "31.3%" in page(client_of(section_manager))
    assert "売上の割合" not in page(client_of(account_manager))
    assert "売上の割合" not in page(client_of(auditor))


def test_the_share_method_tells_its_cut_of_the_last_evaluation(client_of, executive, administrator):
    rules = a_rule_set(by=administrator, method=RuleSet.Method.SHARE, enter=("50", "80", "95"))
    an_evaluation(rules, cuts={"S": "4215000.0000", "A": "1200000"})
    html = page(client_of(executive))
    assert "累計50%まで" in html
    assert "今の境目は4,215千円" in html


def test_an_older_version_can_be_read_and_has_no_figures_of_today(
    client_of, executive, administrator
):
    since = datetime.date(2026, 4, 1)
    old = a_rule_set(by=administrator, enter=(6_000_000, 2, 1), effective_until=since)
    new = a_rule_set(by=administrator, effective_from=since, note="上げた")
    an_evaluation(new)
    html = page(client_of(executive))
    assert "7,000千円以上" in html
    assert "上げた" in html
    earlier = page(client_of(executive), version=old.number)
    assert "6,000千円以上" in earlier
    assert "終了" in earlier
    assert "社数" not in earlier


@pytest.mark.parametrize("number", ["99999", "x", "-1", "１"])
def test_a_version_that_does_not_exist_is_not_found(client_of, executive, rules, number):
    response = client_of(executive).get(reverse("tiering:rules"), {"version": number})
    assert response.status_code == 404


def test_a_month_that_is_over_but_not_closed_is_said_to_be_open(
    client_of, executive, administrator, back_office, now
):
    a_rule_set(by=administrator, month_close=RuleSet.MonthClose.CLOSED)
    assert "締めた月がないため" in page(client_of(executive))
    a_closed_month(datetime.date(2026, 4, 1), by=back_office, now=now)
    assert "2026/05はまだ締めていません" in page(client_of(executive))


def test_nothing_of_the_rules_is_there_while_the_screen_is_shared(client_of, executive, rules):
    a_customer("東都精機販売")
    an_evaluation(rules)
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    html = page(client)
    assert "全てのお客様への約束" in html
    assert "ランク" not in html.partition("<main")[2].partition("</main>")[0]
    for secret in ("プレミア", "7,000千円", "31.3%", "2026年度の基準", "夜間計算 0"):
        assert secret not in html


def test_it_is_written_in_english_too(client_of, executive, rules):
    executive.language = "en"
    executive.save()
    html = page(client_of(executive))
    assert "Promise to every customer" in html
    assert "12-month revenue of ¥7,000k or more" in html
    assert "Premier" in html


def test_it_needs_few_queries(client_of, executive, rules, django_assert_max_num_queries):
    an_evaluation(rules)
    client = client_of(executive)
    with django_assert_max_num_queries(12):
        page(client)


def test_it_only_answers_a_get(client_of, executive):
    assert client_of(executive).post(reverse("tiering:rules")).status_code == 405
