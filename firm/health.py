"""Is this installation fit to work, and how far is its background work behind?"""

import datetime
from dataclasses import dataclass

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Exists, OuterRef
from kombu.exceptions import OperationalError

from firm import heartbeat
from firm.models import JobRun, Notification

BROKER_LIMIT = 2  # seconds


@dataclass(frozen=True)
class Check:
    name: str
    is_well: bool
    note: str = ""


def readiness(*, now: datetime.datetime) -> list[Check]:
    """What a page needs. The canary is told and judged, but the web answers without it."""
    try:
        return [_migrations(), _broker(), _canary(now)]
    except DatabaseError as failure:
        return [Check("database", is_well=False, note=type(failure).__name__)]


def is_ready(checks: list[Check]) -> bool:
    return all(check.is_well for check in checks if check.name != heartbeat.CANARY)


def _migrations() -> Check:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Check("database", is_well=not missing, note=f"{len(missing)} migrations missing")


def _broker() -> Check:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_LIMIT)
    except (OSError, OperationalError) as failure:
        return Check("broker", is_well=False, note=type(failure).__name__)
    return Check("broker", is_well=True)


def _canary(now: datetime.datetime) -> Check:
    age = heartbeat.age(heartbeat.CANARY, now=now)
    note = f"{age.total_seconds():.0f} s old" if age is not None else "never seen"
    return Check(heartbeat.CANARY, is_well=age is not None and age < heartbeat.FRESH, note=note)


def metrics(*, now: datetime.datetime) -> dict[str, float]:
    """Figures by name; an age or date that does not exist is left out. Units as names say."""
    open_jobs = JobRun.objects.filter(state__in=["queued", "running"])
    # Once a later run of its kind has ended, nobody is asked about a held one any more.
    later = JobRun.objects.filter(
        kind=OuterRef("kind"), pk__gt=OuterRef("pk"), state__in=["done", "held"]
    )
    held = JobRun.objects.filter(~Exists(later), state="held")
    unsent = Notification.objects.filter(sent_at=None, failed_at=None, due_at__lte=now)
    night = JobRun.objects.filter(kind="nightly", state="done").order_by("-business_date").first()
    canary = heartbeat.age(heartbeat.CANARY, now=now)
    found = {
        "jobs_queued": open_jobs.filter(state="queued").count(),
        "jobs_running": open_jobs.filter(state="running").count(),
        "jobs_held": held.count(),
        "oldest_open_job_age_seconds": _age(
            open_jobs.order_by("created_at").values_list("created_at", flat=True).first(), now
        ),
        "outbox_due": unsent.count(),
        "outbox_oldest_due_age_seconds": _age(
            unsent.order_by("due_at").values_list("due_at", flat=True).first(), now
        ),
        "canary_age_seconds": canary.total_seconds() if canary is not None else None,
        "last_night_age_seconds": _age(night.finished_at if night else None, now),
    }
    return {f"merihari_{name}": value for name, value in found.items() if value is not None}


def _age(moment: datetime.datetime | None, now: datetime.datetime) -> float | None:
    return (now - moment).total_seconds() if moment is not None else None
