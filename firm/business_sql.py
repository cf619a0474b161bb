"""Business time in SQL: the arithmetic of firm.business_time.split over rows of slices."""

from firm.business_time import MINUTES_A_DAY


def divided(slice: str, calendar: str) -> str:
    """A lateral row `(inside, outside, holiday)`, in minutes, for each slice of work.

    `slice` is the alias of rows with `day`, `start_minute` (since the firm's midnight) and
    `minutes`, `calendar` an expression for a work calendar's id. A slice without a time of day,
    or on a day that the calendar does not tell, has no row: `least` and `greatest` leave NULL
    out, and would count it as work from the opening on.
    """
    return f"""LATERAL (
        SELECT inside, {slice}.minutes - inside - holiday AS outside, holiday
        FROM (
            SELECT {_hours(slice)}
            FROM firm_calendarday d
            WHERE d.calendar_id = {calendar} AND d.day = {slice}.day
        ) AS sums
        WHERE {slice}.start_minute IS NOT NULL
          AND EXISTS (
              SELECT FROM firm_workcalendar w
              WHERE w.id = {calendar} AND {slice}.day >= w.told_since AND {slice}.day < w.told_until
          )
    )"""


def divided_all(slices: str) -> str:
    """The same of all that `slices` selects by the firm's own calendar, which is quicker for many:
    a row `(day, start_minute, minutes, inside, outside, holiday)` for all slices that are alike.
    """
    return f"""(
        SELECT day, start_minute, minutes, inside, minutes - inside - holiday AS outside, holiday
        FROM (
            SELECT s.day, s.start_minute, s.minutes, {_hours("s")}
            FROM (
                SELECT DISTINCT day, start_minute, minutes FROM ({slices}) AS slices
                WHERE start_minute IS NOT NULL
            ) AS s
            JOIN firm_workcalendar w
              ON w.is_firms AND s.day >= w.told_since AND s.day < w.told_until
            LEFT JOIN firm_calendarday d ON d.calendar_id = w.id AND d.day = s.day
            GROUP BY s.day, s.start_minute, s.minutes
        ) AS sums
    )"""


def divided_by(slices: str) -> str:
    """The same by several calendars: `slices` selects `(calendar, day, start_minute, minutes)`, all
    with a time of day, and a row has the calendar, too.
    """
    return f"""(
        SELECT calendar, day, start_minute, minutes, inside, minutes - inside - holiday AS outside,
               holiday
        FROM (
            SELECT s.calendar, s.day, s.start_minute, s.minutes, {_hours("s")}
            FROM (SELECT DISTINCT calendar, day, start_minute, minutes FROM ({slices}) AS slices) s
            JOIN firm_workcalendar w
              ON w.id = s.calendar AND s.day >= w.told_since AND s.day < w.told_until
            LEFT JOIN firm_calendarday d ON d.calendar_id = s.calendar AND d.day = s.day
            GROUP BY s.calendar, s.day, s.start_minute, s.minutes
        ) AS sums
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


def _hours(slice: str) -> str:
    """The sums `inside` and `holiday` over the calendar's rows `d` of the slice's day."""
    overlap = (
        f"greatest(0, least(d.close_minute, {slice}.start_minute + {slice}.minutes)"
        f" - greatest(d.open_minute, {slice}.start_minute))"
    )
    return (
        f"coalesce(sum({overlap}) FILTER (WHERE NOT d.is_holiday), 0) AS inside,"
        f" coalesce(sum({overlap}) FILTER (WHERE d.is_holiday), 0) AS holiday"
    )
