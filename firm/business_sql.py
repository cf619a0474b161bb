"""Business time in SQL: the arithmetic of firm.business_time.split over rows of slices."""

from firm.business_time import MINUTES_A_DAY


def divided(slice: str, calendar: str) -> str:
    """A lateral row `(inside, outside, holiday)`, in minutes, for each slice of work.

    `slice` is the alias of rows with `day`, `start_minute` (since the firm's midnight) and
    `minutes`, `calendar` an expression for a work calendar's id. A slice without a time of day,
    or on a day that the calendar does not tell, has no row: `least` and `greatest` leave NULL
    out, and would count it as work from the opening on.
    """
    overlap = (
        f"greatest(0, least(d.close_minute, {slice}.start_minute + {slice}.minutes)"
        f" - greatest(d.open_minute, {slice}.start_minute))"
    )
    return f"""LATERAL (
        SELECT inside, {slice}.minutes - inside - holiday AS outside, holiday
        FROM (
            SELECT coalesce(sum({overlap}) FILTER (WHERE NOT d.is_holiday), 0) AS inside,
                   coalesce(sum({overlap}) FILTER (WHERE d.is_holiday), 0) AS holiday
            FROM firm_calendarday d
            WHERE d.calendar_id = {calendar} AND d.day = {slice}.day
        ) AS sums
        WHERE {slice}.start_minute IS NOT NULL
          AND EXISTS (
              SELECT FROM firm_workcalendar w
              WHERE w.id = {calendar} AND {slice}.day >= w.told_since AND {slice}.day < w.told_until
          )
    )"""


def begins(day: str) -> str:
    """Whether hours begin on the day of this row of firm_calendarday: it is business time, and
    more than what runs on over midnight from the day before.
    """
    return f"""(NOT {day}.is_holiday AND NOT (
        {day}.open_minute = 0 AND {day}.close_minute < {MINUTES_A_DAY} AND EXISTS (
            SELECT FROM firm_calendarday eve
            WHERE eve.calendar_id = {day}.calendar_id AND eve.day = {day}.day - 1
              AND eve.close_minute = {MINUTES_A_DAY} AND NOT eve.is_holiday)))"""
