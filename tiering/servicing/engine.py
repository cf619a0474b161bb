"""A night's detection: what shows is held against the flags there are, and the rows that differ
are written. A second run over unchanged data writes none.
"""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection

from customers.consumption.counting import parameters
from customers.models import Activity
from firm.models import Firm, JobRun
from firm.money import MINOR_UNITS
from tiering.models import RuleSet
from tiering.servicing import differences
from tiering.servicing.differences import Outcome
from tiering.servicing.kinds import MEASURES
from tiering.servicing.rules import Rules
from tiering.servicing.statements import PREPARATIONS, STATEMENTS, tiers
from tiering.servicing.window import Window, window_on

# Else the planner takes them for small.
ANALYZED = "ANALYZE servicing_tiers, servicing_hours, servicing_counted, servicing_outside"
Progress = Callable[[int, int], None]


def detect(*, job: JobRun, on: datetime.date, rules: Rules, progress: Progress) -> Outcome:
    """Detect for the night of the business date `on`, in the caller's transaction.

    What the firm's first night opens, and this night again, is past.
    """
    window = window_on(on, rules=rules)
    values = parameters(None, **_values(window, rules))
    with connection.cursor() as cursor:
        # Long statements are this job's business; compiling them costs more than it saves.
        cursor.execute(
            "SELECT set_config('statement_timeout', '0', true), set_config('jit', 'off', true)"
        )
        cursor.execute(differences.TABLES)
        cursor.execute(tiers.prepared(on))
        for preparation in PREPARATIONS:
            cursor.execute(preparation, values)
        cursor.execute(ANALYZED)
        for number, (kind, statement) in enumerate(STATEMENTS.items(), start=1):
            measure = MEASURES[kind]
            given = {**values, "kind": kind.value, "points": measure.points}
            cursor.execute(differences.SEEN.format(statement=statement), given)
            progress(number, len(STATEMENTS))
        return differences.write(cursor, {**values, "job": job.pk})


def _values(window: Window, rules: Rules) -> dict[str, Any]:
    since = Firm.objects.values_list("flags_since", flat=True).get()
    ratio, over = rules.hours_ratio, rules.hours_over_minutes
    if window.is_young:
        ratio, over = rules.preliminary_ratio, rules.preliminary_over_minutes
    return {
        **dataclasses.asdict(rules),
        **window.parameters,
        "version": RuleSet.objects.on(window.business_date).values_list("pk", flat=True).first(),
        "year_start": settings.FISCAL_YEAR_START,
        "us": Activity.Initiator.US,
        "tolerance": rules.tolerance_minutes,
        "together_ratio": ratio,
        "together_over": over,
        "digits": MINOR_UNITS.get(settings.BASE_CURRENCY, 2),
        "is_past": since is None or window.business_date <= since,
    }
