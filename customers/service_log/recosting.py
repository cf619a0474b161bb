"""Costs of logged work over again, after a rate of its grade or premiums were set or taken back.

What work of a closed month has cost stays as it was settled; only work that had no rate at all
gets its cost there, too. A whole entry belongs to the month in which it began. Tiers that are
given stay: the next night reads the new costs.
"""

import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.db.models.expressions import RawSQL
from django.utils import timezone

from customers.models import Activity
from customers.models.imports import LEDGER_LOCK
from customers.service_log.slices import REACH, rewrite_slices
from firm.jobs import Lease, finish
from firm.models import CostRate, JobRun, Premium

# An import that reads the old rates is over, and the next one reads the new ones; two of us go one
# behind the other.
_ALONE = "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(%s)"
# Locked, so that nobody corrects an entry while its slices are written anew.
_ENTRIES = """
CREATE TEMP TABLE recosted ON COMMIT DROP AS
SELECT a.id FROM customers_activity a JOIN firm_user u ON u.id = a.staff_id
WHERE CASE WHEN %(grade)s <> '' THEN u.cost_grade = %(grade)s ELSE a.started_at IS NOT NULL END
  AND a.withdrawn_at IS NULL
  AND a.day >= %(first)s AND (%(until)s::date IS NULL OR a.day < %(until)s)
  AND (
      NOT EXISTS (
          SELECT FROM firm_closedmonth c
          WHERE c.month = date_trunc('month', a.day)::date AND c.reopened_at IS NULL)
      OR EXISTS (
          SELECT FROM customers_activityslice s
          WHERE s.activity_id = a.id AND s.loaded_cost IS NULL))
FOR NO KEY UPDATE OF a;
ANALYZE recosted
"""


@transaction.atomic
def recost(*, since: datetime.date, grade: str = "") -> int:
    """Work of this grade from `since` until its next rate; without a grade that of all grades
    with a time of day, until the next premiums. Returns how many slices were written.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [LEDGER_LOCK])
    following = CostRate.objects.filter(grade=grade) if grade else Premium.objects.all()
    until = following.filter(valid_from__gt=since).aggregate(first=Min("valid_from"))["first"]
    facts: dict[str, Any] = {"grade": grade, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, facts | {"first": since - datetime.timedelta(days=REACH)})
        slices = rewrite_slices(
            Activity.objects.filter(pk__in=RawSQL("SELECT id FROM recosted", []))
        )
        cursor.execute("DROP TABLE recosted")
    return slices


def run(job: JobRun, *, lease: Lease, now: datetime.datetime) -> None:
    """Body of the job `recost`: `params` has the day `since`, and the `grade` where a rate of one
    was the reason.
    """
    since = datetime.date.fromisoformat(job.params["since"])
    with transaction.atomic():
        slices = recost(grade=job.params.get("grade", ""), since=since)
        finish(job, now=timezone.now(), counts={"slices": slices})
