"""Signs of life: a row for each regular thing that happened."""

import datetime

from firm.models import Heartbeat

# Written by a task, so its age covers beat, broker and worker together.
CANARY = "canary"
FRESH = datetime.timedelta(minutes=5)


def beat(name: str, *, now: datetime.datetime) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def age(name: str, *, now: datetime.datetime) -> datetime.timedelta | None:
    """How long ago, or None where it never happened."""
    last = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    return now - last if last else None
