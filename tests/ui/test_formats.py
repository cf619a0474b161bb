"""Amounts, dates and times as each language writes them."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from firm import formats

TUESDAY = datetime.date(2026, 11, 24)
NIGHT = datetime.datetime(2026, 11, 19, 17, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("amount", "unit", "japanese", "english"),
    [
        (21_420_000, "yen", "21,420,000円", "¥21,420,000"),
        (21_420_000, "thousand", "21,420千円", "¥21,420k"),
        (21_420_000, "ten_thousand", "2,142万円", "¥2,142 ×10k"),
        (1_499, "thousand", "1千円", "¥1k"),
        (1_500, "thousand", "2千円", "¥2k"),
        (450, "thousand", "0.5千円", "¥0.5k"),
        (0, "thousand", "0千円", "¥0k"),
        (-240_000, "thousand", "−240千円", "−¥240k"),
        (Decimal("100.5"), "yen", "101円", "¥101"),
    ],
)
def test_yen_are_written_in_the_readers_unit(amount, unit, japanese, english):
    with translation.override("ja"):
        assert str(formats.money(amount, unit, "JPY")) == japanese
    with translation.override("en"):
        assert str(formats.money(amount, unit, "JPY")) == english


def test_other_currencies_are_written_in_full_whatever_the_unit():
    for unit in formats.YEN_DIVISORS:
        assert str(formats.money(Decimal("-39.62"), unit, "USD")) == "−$39.62"


@pytest.mark.parametrize(
    ("write", "value", "japanese", "english"),
    [
        (formats.day, TUESDAY, "11/24（火）", "Tue, Nov 24"),
        (formats.full_day, TUESDAY, "2026/11/24", "Nov 24, 2026"),
        (formats.month, TUESDAY, "2026/11", "Nov 2026"),
        (formats.clock, NIGHT, "02:00", "2:00 AM"),
        (formats.moment, NIGHT, "11/20 02:00", "Nov 20, 2:00 AM"),
        (formats.full_moment, NIGHT, "2026/11/20 02:00", "Nov 20, 2026, 2:00 AM"),
    ],
)
def test_dates_and_times_follow_language_and_time_zone(write, value, japanese, english):
    with timezone.override("Asia/Tokyo"):
        with translation.override("ja"):
            assert write(value) == japanese
        with translation.override("en"):
            assert write(value) == english
