"""What load balancers and monitoring are told."""

import datetime

import pytest
from django.utils import timezone

from firm import health, heartbeat, tasks
from firm.models import Heartbeat
from tests.factories import a_job

pytestmark = pytest.mark.django_db


def test_the_process_answers_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_a_migrated_database_and_a_broker_are_ready(client):
    response = client.get("/readyz")
    assert response.status_code == 200, response.content
    assert response.json()["canary"] == "never seen"


def test_a_silent_broker_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "_broker", lambda: health.Check("broker", is_well=False))
    assert client.get("/readyz").status_code == 503


def test_the_canary_tells_its_age(client):
    tasks.canary()
    assert client.get("/readyz").json()["canary"] == "ok"
    Heartbeat.objects.update(at=timezone.now() - 2 * heartbeat.FRESH)
    assert client.get("/readyz").json()["canary"] == "600 s old"


def test_the_figures_tell_how_far_the_work_is_behind(client):
    a_job(now=timezone.now() - datetime.timedelta(minutes=10))
    figures = dict(line.split() for line in client.get("/metrics").content.decode().splitlines())
    assert figures["merihari_jobs_queued"] == "1"
    assert float(figures["merihari_oldest_open_job_age_seconds"]) == pytest.approx(600, abs=30)
    assert "merihari_last_night_age_seconds" not in figures


def test_the_hourly_task_runs(db):
    tasks.keep_house()
