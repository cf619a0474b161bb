"""A worker that runs and does nothing is told from one that is busy."""

import datetime

import pytest

from firm import heartbeat
from firm.models import JobRun
from firm.running.deaf import DEAF_AFTER, is_deaf
from tests.factories import a_job

pytestmark = pytest.mark.django_db

SECOND = datetime.timedelta(seconds=1)


def test_it_is_deaf_when_it_has_noted_no_canary_for_long(now):
    heartbeat.beat(heartbeat.CANARY, now=now)
    assert not is_deaf(now=now + DEAF_AFTER - SECOND)
    assert is_deaf(now=now + DEAF_AFTER + SECOND)


def test_before_the_first_canary_of_all_nobody_can_tell(now):
    assert not is_deaf(now=now)


@pytest.mark.parametrize(("lease", "deaf"), [(SECOND, False), (-SECOND, True)])
def test_who_renews_the_lease_of_a_job_is_busy(now, lease, deaf):
    heartbeat.beat(heartbeat.CANARY, now=now)
    later = now + 2 * DEAF_AFTER
    a_job(state=JobRun.State.RUNNING, claimed_until=later + lease)
    assert is_deaf(now=later) == deaf
