"""The rules in words, in both languages."""

import datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from tests.factories import a_rule_set
from tiering import wording
from tiering.models import RuleSet
from tiering.versions import Status, published, status_of


@pytest.fixture
def threshold(administrator):
    return a_rule_set(
        by=administrator,
        keep=(6_650_000, 2_660_000, 855_000),
        grace_evaluations=3,
        month_close=RuleSet.MonthClose.CLOSED,
    )


@pytest.fixture
def share(administrator):
    return a_rule_set(
        by=administrator,
        method=RuleSet.Method.SHARE,
        enter=("50", "80", "95.5"),
        keep=("55", "80", "97"),
    )


def sentences(rule_set, write, language, unit="thousand"):
    with override(language):
        return [str(write(rule, rule_set, unit=unit)) for rule in rule_set.tiers.all()]


def term(rule_set, label, language="en", lowest="Core"):
    with override(language):
        return dict(wording.terms(rule_set, lowest=lowest))[label]


def test_entry_thresholds_are_amounts_in_the_readers_unit(threshold):
    assert sentences(threshold, wording.entry_text, "ja") == [
        "直近12か月の売上が7,000千円以上",
        "直近12か月の売上が2,800千円以上",
        "直近12か月の売上が900千円以上",
        "それ以外のお客様",
    ]
    assert sentences(threshold, wording.entry_text, "ja", "ten_thousand")[0] == (
        "直近12か月の売上が700万円以上"
    )
    assert sentences(threshold, wording.entry_text, "en")[0] == (
        "12-month revenue of ¥7,000k or more"
    )


def test_keep_thresholds_stand_beside_them_and_the_lowest_tier_has_none(threshold):
    assert sentences(threshold, wording.keep_text, "ja") == [
        "6,650千円以上",
        "2,660千円以上",
        "855千円以上",
        "",
    ]


def test_a_keep_threshold_equal_to_the_entry_says_so(share):
    assert sentences(share, wording.keep_text, "en") == [
        "Kept up to 55%",
        "Kept by the same threshold",
        "Kept up to 97%",
        "",
    ]


def test_shares_are_per_cent_without_idle_zeros(share):
    assert sentences(share, wording.entry_text, "ja")[:3] == [
        "売上の多い順に、累計50%まで",
        "売上の多い順に、累計80%まで",
        "売上の多い順に、累計95.5%まで",
    ]


def test_the_cut_of_a_share_is_told_as_an_amount():
    with override("ja"):
        assert wording.cut_text(Decimal("4215000"), unit="thousand") == "今の境目は4,215千円"


def test_the_grace_period_counts_months_running(threshold):
    assert "3 months running" in term(threshold, "Grace period")
    assert term(threshold, "猶予期間", "ja") == (
        "月末の数字が維持基準を3か月続けて下回るまで、ランクを保ちます。"
    )


def test_no_grace_period_says_so(share):
    assert term(share, "Grace period").startswith("None")


def test_no_revenue_names_the_lowest_tier(threshold):
    assert term(threshold, "売上がないとき", "ja", lowest="ベーシック") == (
        "売上が0以下のときは、猶予期間なしでベーシックになります。"
    )


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("window_end", value) for value in RuleSet.WindowEnd.values),
        *(("drop", value) for value in RuleSet.Drop.values),
        *(("nonpositive", value) for value in RuleSet.Nonpositive.values),
        *(("month_close", value) for value in RuleSet.MonthClose.values),
        *(("method", value) for value in RuleSet.Method.values),
    ],
)
def test_every_setting_has_a_sentence_of_its_own(field, value, language):
    choices = dict(RuleSet._meta.get_field(field).choices)
    with override(language):
        told = wording.terms(RuleSet(**{field: value}), lowest="C")
        for other in set(choices) - {value}:
            assert wording.terms(RuleSet(**{field: other}), lowest="C") != told


def test_a_period_names_its_last_day():
    with override("ja"):
        start, until = datetime.date(2026, 4, 1), datetime.date(2026, 10, 1)
        assert wording.period_text(start, until) == "2026/04/01〜2026/09/30"
        assert wording.period_text(start, None) == "2026/04/01から"
        assert wording.period_text(start, start) == "適用前に差し替え"


def test_a_duration_is_as_exact_as_one_cares():
    with override("en"):
        assert wording.duration_text(datetime.timedelta(seconds=0.04)) == "under 0.1 s"
        assert wording.duration_text(datetime.timedelta(seconds=0.42)) == "0.4 s"
        assert wording.duration_text(datetime.timedelta(seconds=42.4)) == "42 s"
        assert wording.duration_text(datetime.timedelta(seconds=125)) == "2 min 5 s"


def test_a_version_is_scheduled_then_active_then_retired(administrator):
    version = a_rule_set(
        by=administrator,
        effective_from=datetime.date(2026, 4, 1),
        effective_until=datetime.date(2026, 10, 1),
    )
    assert status_of(version, on=datetime.date(2026, 3, 31)) == Status.SCHEDULED
    assert status_of(version, on=datetime.date(2026, 4, 1)) == Status.ACTIVE
    assert status_of(version, on=datetime.date(2026, 9, 30)) == Status.ACTIVE
    assert status_of(version, on=datetime.date(2026, 10, 1)) == Status.RETIRED


def test_a_draft_is_not_among_the_published_versions(administrator, now, today):
    version = a_rule_set(by=administrator)
    draft = RuleSet.objects.create(name="次の版", method="threshold", created_at=now)
    assert status_of(draft, on=today) == Status.DRAFT
    assert [dated.version for dated in published(on=today)] == [version]
