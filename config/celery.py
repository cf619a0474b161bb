"""The Celery app and the whole beat table.

Celery is a trigger and a pair of hands: what is to be done, and whether it was, stands in rows
(firm.models.JobRun, firm.models.Notification). A lost or doubled message therefore costs seconds.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_ready
from django.conf import settings

from firm import embedded
from firm.base_currency import check_base_currency

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

HARD_LIMIT = 2 * 60 * 60  # seconds for one task; a worker that needs longer is ended

# Seconds between two pokes. A job of a dead worker is taken over when its lease (30 s) has run
# out and somebody asks: together below a minute.
BEAT = {
    "ensure-runs": {"task": "firm.tasks.ensure_runs", "schedule": 20.0},
    "sweep-outbox": {"task": "firm.tasks.sweep_outbox", "schedule": 60.0},
    "canary": {"task": "firm.tasks.canary", "schedule": 20.0},
    "note-audit-head": {"task": "firm.tasks.note_audit_head", "schedule": 60.0},
    "keep-house": {"task": "firm.tasks.keep_house", "schedule": 3600.0},
}


def configuration() -> dict[str, Any]:
    return {
        **broker(),
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_ignore_result": True,
        "result_expires": None,
        # A message counts as done when its task has ended; a killed worker's comes again.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_time_limit": HARD_LIMIT,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": HARD_LIMIT + 600,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            "health_check_interval": 10,
        },
        # Poked again before it could run: one is enough.
        "beat_schedule": {
            name: {**entry, "options": {"expires": entry["schedule"]}}
            for name, entry in BEAT.items()
        },
        # In memory: nothing depends on what beat remembers, and no file can break.
        "beat_scheduler": "celery.beat:Scheduler",
        "beat_max_loop_interval": 5,
        "timezone": settings.TIME_ZONE,
    }


def broker() -> dict[str, str]:
    """The embedded broker is reached by a transport that starts it."""
    if embedded.broker_url(settings.DATA) != settings.BROKER_URL:
        return {"broker_url": settings.BROKER_URL}
    return {
        "broker_url": settings.BROKER_URL.removeprefix("redis+"),
        "broker_transport": "firm.embedded.broker:Transport",
    }


app = Celery("merihari")
app.add_defaults(configuration)
app.autodiscover_tasks()


@worker_init.connect
def refuse_another_currency(**kwargs: Any) -> None:
    check_base_currency()


@worker_ready.connect
def look_for_open_jobs(**kwargs: Any) -> None:
    """What a dead worker left is looked for at once, not at the next beat."""
    app.send_task("firm.tasks.ensure_runs")
