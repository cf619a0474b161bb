"""What of contracts and of the service log goes by the work calendars."""

import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import BigIntegerField, Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from customers.consumption.times import EFFECTIVE, TOLERANCE
from customers.contracts.in_force import revisions_on
from customers.models import ScopeTerm
from firm.calendar_effects import Uses
from firm.models import WorkCalendar

MOST_RESPONSES = 3


def uses_of(*, on: datetime.date) -> dict[int, Uses]:
    """By calendar: contracts in force on the day whose support hours it is, the firm's for those
    that name none, and their shortest first responses.
    """
    terms = ScopeTerm.objects.filter(revision=OuterRef("pk"))
    hours = terms.filter(kind=ScopeTerm.Kind.SUPPORT_HOURS).values("calendar")[:1]
    response = terms.filter(kind=ScopeTerm.Kind.RESPONSE).values("amount")[:1]
    firms = WorkCalendar.objects.filter(is_firms=True).values("pk")[:1]
    rows = (
        revisions_on(on)
        .annotate(
            goes_by=Coalesce(Subquery(hours), Subquery(firms), output_field=BigIntegerField()),
            response=Subquery(response),
        )
        .order_by()
        .values("goes_by")
        .annotate(contracts=Count("pk"), responses=ArrayAgg("response", distinct=True))
    )
    return {
        row["goes_by"]: Uses(
            row["contracts"], tuple(sorted(filter(None, row["responses"]))[:MOST_RESPONSES])
        )
        for row in rows
    }


def entries_outside(*, since: datetime.date, until: datetime.date) -> int:
    """Entries of `[since, until)` with more than the tolerance outside their support hours."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTSIDE, {"since": since, "until": until, "tolerance": TOLERANCE})
        (count,) = cursor.fetchone()
    return count


_OUTSIDE = f"""
SELECT count(*) FROM (
    SELECT FROM customers_activityslice s CROSS JOIN {EFFECTIVE} AS h
    WHERE s.day >= %(since)s AND s.day < %(until)s AND s.start_minute IS NOT NULL
    GROUP BY s.activity_id HAVING sum(h.outside + h.holiday) > %(tolerance)s
) AS marked
"""
