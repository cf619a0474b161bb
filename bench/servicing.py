"""Goal 6: detection over all customers, held against bare scans of the log that it reads.

A bare scan sums the minutes of the days' slices by customer, joined with their entries, which say
what counts; without an index, as one has to read it without knowing more.
"""

import datetime
from collections.abc import Callable

from django.db import connection, transaction

from bench import data, log, nightly
from bench.lists import an_administrator
from bench.report import Goal, note, side_by_side, timed
from customers.consumption.contacts import channels_outside, contacts_of
from customers.consumption.times import outside_hours
from customers.models import ActivitySlice
from firm.business_time import ONE_DAY
from firm.dates import add_months
from firm.models import JobRun
from tiering.models import Evaluation
from tiering.servicing.differences import Outcome
from tiering.servicing.engine import detect
from tiering.servicing.rules import STANDARD

NIGHT = data.LAST_DAY + ONE_DAY
MONTH = data.LAST_DAY.replace(day=1)
BARE = """
SELECT s.customer_id, sum(s.minutes) AS total
  FROM customers_activityslice s JOIN customers_activity a ON a.id = s.activity_id
 WHERE s.day >= %(since)s AND s.day < %(until)s
       AND a.withdrawn_at IS NULL AND a.cause IN ('in_contract', 'customer_wish')
 GROUP BY s.customer_id
"""
TIMES_MONTH, TIMES_DAY = 4.0, 6.0

# Half of the log has a time of day, from eight in the morning to half past seven in the evening;
# a third of that are contacts.
TIMES = """
UPDATE customers_activity a
   SET started_at = (a.day + time '08:00' + a.id % 690 * interval '1 minute')
                    AT TIME ZONE 'Asia/Tokyo',
       kind = CASE WHEN a.id % 6 = 0 THEN 'contact' ELSE 'work' END,
       channel = CASE WHEN a.id % 6 = 0 THEN 'phone' ELSE '' END,
       direction = CASE WHEN a.id % 6 = 0 THEN CASE WHEN a.id % 4 = 0 THEN 'out' ELSE 'in' END
                        ELSE '' END
 WHERE a.id % 2 = 0 AND a.started_at IS NULL;
UPDATE customers_activityslice s
   SET start_minute = 480 + a.id % 690
  FROM customers_activity a
 WHERE a.id = s.activity_id AND a.id % 2 = 0 AND s.start_minute IS NULL
"""
# Every contract names its channels and how often one may be in touch; a tenth its support hours.
TERMS = """
INSERT INTO customers_scopeterm (
    revision_id, kind, name, amount, period, channel, emergency, included, excluded, place)
SELECT r.id, t.kind, '', t.amount, t.period, t.channel, false, '{}', '{}', t.place
  FROM customers_contractrevision r
 CROSS JOIN (VALUES ('contact_most', 4, 'month', '', 2), ('channel', NULL, '', 'mail', 3),
                    ('support_hours', NULL, '', '', 4)) AS t(kind, amount, period, channel, place)
 WHERE t.kind <> 'support_hours' OR r.id % 10 = 0
"""
# One contract in five carries unused time over, which makes a night read its whole history.
CARRYING = """
UPDATE customers_contractrevision SET carry_over = 'none', carry_cap = NULL, carry_months = NULL
 WHERE id % 5 <> 0
"""

# Whatever the tier, customers are promised contact, proposals and a meeting.
LEVELS = """
INSERT INTO tiering_servicelevel (rule_set_id, tier_id, service, amount, per, choice)
SELECT t.rule_set_id, t.tier_id, s.service, s.amount, s.per, ''
  FROM tiering_tierrule t
 CROSS JOIN (VALUES ('contact_interval', 8, ''), ('proposal', 1, 'half'),
                    ('review_meeting', 1, 'year')) AS s(service, amount, per)
"""


def run(customers: int) -> list[Goal]:
    fill()
    first = timed(night)
    outcomes: list[Outcome] = []
    again = timed(lambda: outcomes.append(night()))
    touched = list(
        ActivitySlice.objects.filter(day=data.LAST_DAY)
        .values_list("customer", flat=True)
        .distinct()
    )
    times = side_by_side(
        {
            "months": bare(since=add_months(NIGHT, -STANDARD.months)),
            "month": lambda: month(None),
            "bare month": bare(since=MONTH),
            "day": lambda: month(touched),
            "bare day": bare(since=data.LAST_DAY),
        }
    )
    note(f"the first night {first:.1f} s, a night with nothing new {again:.1f} s")
    note(f"that is {again / times['months']:.1f} × a bare scan of its three months")
    return [
        Goal(
            "4",
            "rows written by a second detection with nothing new",
            outcomes[0].written,
            0,
            unit="rows",
        ),
        Goal(
            "6",
            "times, contacts and channels of a month ÷ bare month scan",
            times["month"] / times["bare month"],
            TIMES_MONTH,
        ),
        Goal(
            "6",
            f"the same of the {len(touched):,} touched on a day ÷ bare day scan",
            times["day"] / times["bare day"],
            TIMES_DAY,
        ),
    ]


def fill() -> None:
    """Contracts for all, with what detection looks at, unless they are there."""
    log.fill(an_administrator())
    if not Evaluation.objects.exists():
        nightly.publish()
        nightly.two_months()
    with data.superuser() as database:
        (found,) = database.execute(
            "SELECT count(*) FROM customers_scopeterm WHERE kind = 'contact_most'"
        ).fetchone() or (0,)
        if not found:
            database.execute(TIMES)
            database.execute(TERMS)
            database.execute(CARRYING)
            database.execute(LEVELS)
            database.execute("VACUUM (ANALYZE)")


@transaction.atomic
def night() -> Outcome:
    """What the job does in its transaction."""
    job = JobRun.objects.create(kind="detection", created_at=data.NOW)
    return detect(job=job, on=NIGHT, rules=STANDARD, progress=lambda _done, _total: None)


def month(customers: list[int] | None) -> None:
    """The statements that the night is made of, as far as they read single days."""
    outside_hours(customers, since=MONTH, until=NIGHT)
    contacts_of(customers, on=data.LAST_DAY)
    channels_outside(customers, on=data.LAST_DAY)


def bare(*, since: datetime.date) -> Callable[[], None]:
    def scan() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off")
            cursor.execute(
                f"SELECT count(*) FROM ({BARE}) AS bare", {"since": since, "until": NIGHT}
            )

    return scan
