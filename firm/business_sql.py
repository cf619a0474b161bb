"""Business time in SQL: the arithmetic of firm.business_time.split over rows of slices."""


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
