"""The rules a firm begins from that has none: four tiers by share of revenue, with every
safeguard on. Nothing of it holds before an administrator has looked at it and published it.
"""

from typing import Any

DEFAULT: dict[str, Any] = {
    "name": "ランク基準",
    "method": "share",
    "window_months": 12,
    "window_end": "closed_months",
    "month_close": "closed_or_day_10",
    "grace_evaluations": 2,
    "drop": "to_raw",
    "nonpositive": "at_once",
    "cold_start": {"months": 3},
    "dormant_after_months": 13,
    "tiers": [
        {"code": "S", "name": "プレミア", "name_en": "Premier", "enter": 50, "keep": 53},
        {"code": "A", "name": "アドバンス", "name_en": "Plus", "enter": 80, "keep": 83},
        {"code": "B", "name": "スタンダード", "name_en": "Standard", "enter": 95, "keep": 98},
        {"code": "C", "name": "ベーシック", "name_en": "Core"},
    ],
    "guards": [
        {"fact": "margin", "enter": 10, "keep": 8},
        {"fact": "payment_stop"},
    ],
    "breaker": {"down_share": 10, "down_count": 5, "drop_share": 30},
}
