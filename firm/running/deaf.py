"""A worker that lives and does nothing: stopped, or cut off from its broker without noticing."""

import datetime

from firm import heartbeat
from firm.models import JobRun

LOOK_EVERY = 10.0  # seconds
# Several canaries, and as long for a worker that has just been started.
DEAF_AFTER = datetime.timedelta(seconds=60)


def is_deaf(*, now: datetime.datetime) -> bool:
    """Whether no canary has been answered for long, though nobody is busy with a job: that one's
    lease would be fresh. Before the first canary of all there is nothing to go by.
    """
    age = heartbeat.age(heartbeat.CANARY, now=now)
    if age is None or age < DEAF_AFTER:
        return False
    busy = JobRun.objects.filter(state=JobRun.State.RUNNING, claimed_until__gte=now)
    return not busy.exists()
