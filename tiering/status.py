"""Where the nights stand, which overrides and flags wait, in one query, for the frame of every
page.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from firm.dates import firm_date, firm_zone
from firm.scope import Scope
from tiering.plan import DETECTION, KINDS, NIGHTLY

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


@dataclass(frozen=True)
class Tally:
    """Requests that are one person's to decide, and what is in force in the whole firm today."""

    waiting: int
    in_force: int


@dataclass(frozen=True)
class Flags:
    """Those of one's own customers that nobody has taken note of, and the last night that looked
    for some.
    """

    waiting: int
    seen_on: datetime.date | None


@dataclass(frozen=True)
class Frame:
    """What every page asks about tiers and flags. No `night` before the first has ended."""

    night: NightStatus | None
    overrides: Tally
    flags: Flags


# The last night that has ended, none worked out ahead; beside it the last evaluation and what a
# later night is at.
_FRAME = """
SELECT tally.waiting, tally.in_force,
       (SELECT count(*) FROM tiering_finding flag
          JOIN customers_customer customer ON customer.id = flag.customer_id
         WHERE flag.state = 'open' AND NOT flag.is_past AND customer.owner_id = %(person)s),
       (SELECT max(business_date) FROM firm_jobrun
         WHERE kind = %(detection)s AND state = 'done' AND business_date <= %(today)s),
       night.business_date, night.finished_at, evaluation.as_of,
       evaluation.number,
       EXISTS (SELECT FROM firm_jobrun running
                WHERE running.kind = ANY(%(kinds)s) AND running.state IN ('queued', 'running')),
       (SELECT max(held.id) FROM firm_jobrun held
         WHERE held.kind = %(nightly)s AND held.state = 'held' AND held.id > night.id
           AND held.business_date <= %(today)s)
  FROM (SELECT count(*) FILTER (WHERE state = 'requested'
                                  AND asked @> ARRAY[%(person)s]::bigint[]) AS waiting,
               count(*) FILTER (WHERE state IN ('approved', 'ended') AND starts_on <= %(today)s
                                  AND coalesce(ended_on, ends_on) > %(today)s) AS in_force
          FROM tiering_override) tally
  LEFT JOIN (SELECT id, business_date, finished_at FROM firm_jobrun
              WHERE kind = %(nightly)s AND state = 'done' AND finished_at IS NOT NULL
                AND business_date <= %(today)s
              ORDER BY business_date DESC, id DESC LIMIT 1) night ON true
  LEFT JOIN (SELECT e.as_of, rules.number
               FROM tiering_evaluation e JOIN tiering_ruleset rules ON rules.id = e.rule_set_id
              WHERE NOT e.is_ahead AND e.known_from <= %(today)s
              ORDER BY e.as_of DESC, e.id DESC LIMIT 1) evaluation ON true
"""


def frame_of(scope: Scope) -> Frame:
    """Asked for once a request, in one query."""
    found: Frame | None = scope.worked_out.get("tiering")
    if found is None:
        found = scope.worked_out["tiering"] = _frame(scope.person_id, now=timezone.now())
    return found


def night_status(*, now: datetime.datetime) -> NightStatus | None:
    """The last night that has ended by now."""
    return _frame(0, now=now).night


def _frame(person: int, *, now: datetime.datetime) -> Frame:
    values: dict[str, Any] = {
        "nightly": NIGHTLY,
        "detection": DETECTION,
        "kinds": list(KINDS),
        "person": person,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FRAME, values | {"today": firm_date(now)})
        waiting, in_force, flags, seen_on, *last = cursor.fetchone()
    overrides, found = Tally(waiting, in_force), Flags(flags, seen_on)
    business_date, finished_at, as_of, version, is_running, held = last
    if business_date is None:
        return Frame(None, overrides, found)
    night = NightStatus(
        business_date=business_date,
        finished_at=finished_at,
        data_until=as_of and as_of - datetime.timedelta(days=1),
        version=version,
        is_running=is_running,
        is_late=business_date < _expected(now),
        held=held,
    )
    return Frame(night, overrides, found)


def _expected(now: datetime.datetime) -> datetime.date:
    """The night that should have ended: today's an hour after it starts, before that the last."""
    local = now.astimezone(firm_zone())
    starts = datetime.time.fromisoformat(settings.NIGHT_STARTS_AT)
    due = datetime.datetime.combine(local.date(), starts, firm_zone()) + NIGHT_MAY_TAKE
    return local.date() if local >= due else local.date() - datetime.timedelta(days=1)
