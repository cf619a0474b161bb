"""The difference between two versions, in words of both languages."""

import pytest
from django.utils.translation import override

from tests.tiering.drafts import TIERS, rules_with
from tiering.differences import of_rules


def changes(language="ja", **values):
    with override(language):
        return [str(change) for change in of_rules(rules_with(), rules_with(**values)).changes]


def tiers(at, **values):
    return [row | (values if place == at else {}) for place, row in enumerate(TIERS)]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"tiers": tiers(1, enter=3_200_000)}, "アドバンスの到達基準 2,800,000円 → 3,200,000円"),
        ({"tiers": tiers(1, keep=2_600_000)}, "アドバンスの維持基準 2,520,000円 → 2,600,000円"),
        ({"tiers": tiers(0, name="最上位")}, "Sの名称 プレミア → 最上位"),
        ({"grace_evaluations": 3}, "猶予期間 なし → 3か月"),
        ({"window_months": 6}, "売上の月数 12か月 → 6か月"),
        ({"one_off_weight": 0.5}, "一時的な売上の重み 100% → 50%"),
        ({"guards": [{"fact": "margin", "enter": 10, "keep": 8}]}, "10%未満（維持は8%）"),
        ({"guards": [{"fact": "payment_stop"}]}, "なし → ベーシックまで"),
        ({"breaker": {"down_share": 10, "down_count": 5}}, "10%かつ5社超のランクダウン"),
        ({"rolls_up": True}, "グループ会社 なし → 合計で判定"),
    ],
)
def test_each_change_is_one_line(values, words):
    (line,) = changes(**values)
    assert words in line


def test_tiers_come_and_go():
    new = [TIERS[0], {"code": "B", "name": "スタンダード", "enter": 900_000}, TIERS[2]]
    assert changes(tiers=new) == [
        "ランク「スタンダード」 なし → 到達基準 900,000円",
        "ランク「アドバンス」 2,800,000円 → なし",
    ]


def test_amounts_are_in_full_so_that_no_change_hides_in_rounding():
    assert changes(tiers=tiers(1, enter=2_800_100)) == [
        "アドバンスの到達基準 2,800,000円 → 2,800,100円"
    ]


def test_equal_rules_do_not_differ_and_are_counted():
    with override("en"):
        found = of_rules(rules_with(), rules_with())
    assert not found
    assert found.unchanged > 15


def test_it_is_written_in_english_too():
    assert changes("en", tiers=tiers(1, enter=3_200_000)) == [
        "Entry threshold of Plus ¥2,800,000 → ¥3,200,000"
    ]
