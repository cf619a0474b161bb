"""After hours, and holiday work: what of our own work lies outside the effective support hours,
on days on which that is more than the tolerance.
"""

from customers.consumption.counting import ASKED
from customers.consumption.times import outside_slices
from tiering.servicing.statements.parts import summed

_FIRST = "date_trunc('month', %(days_since)s::date)::date"

# A row a slice of the days looked at, read by both kinds; and of the days of the same month before
# them, of customers of whom some of that month is settled.
PREPARED = f"""
CREATE TEMPORARY TABLE servicing_outside ON COMMIT DROP AS
WITH {ASKED} {outside_slices("%(days_since)s", "%(business_date)s")};
CREATE TEMPORARY TABLE servicing_outside_before ON COMMIT DROP AS
WITH asked AS (
    SELECT DISTINCT customer_id AS id FROM tiering_settledpart
    WHERE kind IN ('after_hours', 'holiday') AND month = {_FIRST}
) {outside_slices(_FIRST, "%(days_since)s")}
"""


def _beyond(minutes: str) -> str:
    """Minutes of one column; an entry costs what that part of it does."""
    return summed(
        f"""
        SELECT customer_id, day, {minutes} AS quantity, {minutes} AS minutes,
               cost * {minutes} / minutes AS cost, activity_id AS entry, '' AS label
        FROM servicing_outside WHERE {minutes} > 0""",
        since="%(days_since)s::date",
        values="""
        SELECT customer_id, jsonb_build_object('by_day', jsonb_object_agg(day, minutes::int))
        FROM (SELECT customer_id, day, sum(quantity) AS minutes
              FROM pieces GROUP BY customer_id, day) AS days
        GROUP BY customer_id""",
        before=f"""(
            SELECT coalesce(sum({minutes}), 0) FROM servicing_outside_before AS before
            WHERE before.customer_id = gross.customer_id
              AND date_trunc('month', before.day) = gross.month)""",
    )


AFTER_HOURS = _beyond("outside")
HOLIDAY = _beyond("holiday")
