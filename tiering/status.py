"""Where the nights stand, in one query, for the frame of every page."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from firm.dates import firm_date, firm_zone
from tiering.plan import KINDS, NIGHTLY

NIGHT_MAY_TAKE = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class NightStatus:
    """`data_until` is the last day whose revenue counts, None before the first evaluation.
    `held` is the job of the night after it that waits for confirmation, if there is one.
    """

    business_date: datetime.date
    finished_at: datetime.datetime
    data_until: datetime.date | None
    version: int | None
    is_running: bool
    is_late: bool
    held: int | None


# The last night that has ended; beside it the last evaluation, and what a later night is at.
_STATUS = """
SELECT night.business_date, night.finished_at, evaluation.as_of, evaluation.number,
       EXISTS (SELECT FROM firm_jobrun running
                WHERE running.kind = ANY(%(kinds)s) AND running.state IN ('queued', 'running')),
       (SELECT max(held.id) FROM firm_jobrun held
         WHERE held.kind = %(nightly)s AND held.state = 'held' AND held.id > night.id
           AND held.business_date <= %(today)s)
  FROM (SELECT id, business_date, finished_at FROM firm_jobrun
         WHERE kind = %(nightly)s AND state = 'done' AND finished_at IS NOT NULL
           AND business_date <= %(today)s
         ORDER BY business_date DESC, id DESC LIMIT 1) night
  LEFT JOIN (SELECT e.as_of, rules.number
               FROM tiering_evaluation e JOIN tiering_ruleset rules ON rules.id = e.rule_set_id
              WHERE NOT e.is_ahead AND e.known_from <= %(today)s
              ORDER BY e.as_of DESC, e.id DESC LIMIT 1) evaluation ON true
"""


def night_status(*, now: datetime.datetime) -> NightStatus | None:
    """The last night that has ended, none worked out ahead; None before the first."""
    values = {"nightly": NIGHTLY, "kinds": list(KINDS), "today": firm_date(now)}
    with connection.cursor() as cursor:
        cursor.execute(_STATUS, values)
        night = cursor.fetchone()
    if night is None:
        return None
    business_date, finished_at, as_of, version, is_running, held = night
    return NightStatus(
        business_date=business_date,
        finished_at=finished_at,
        data_until=as_of and as_of - datetime.timedelta(days=1),
        version=version,
        is_running=is_running,
        is_late=business_date < _expected(now),
        held=held,
    )


def _expected(now: datetime.datetime) -> datetime.date:
    """The night that should have ended: today's an hour after it starts, before that the last."""
    local = now.astimezone(firm_zone())
    starts = datetime.time.fromisoformat(settings.NIGHT_STARTS_AT)
    due = datetime.datetime.combine(local.date(), starts, firm_zone()) + NIGHT_MAY_TAKE
    return local.date() if local >= due else local.date() - datetime.timedelta(days=1)
