"""`make run`: everything starts, heals when any part is killed, and ends together."""

import json
import os
import signal
import subprocess

import pytest

from tests.databases import copy_of_migrated
from tests.ops.installation import Installation
from tests.ops.servers import eventually, named, postmaster, processes_of

pytestmark = pytest.mark.long

# Seconds, on a machine that runs other tests at the same time; `make trust` measures against 15.
HEALS_WITHIN = 40.0
COUNT_FIRMS = "from firm.models import Firm; print(Firm.objects.count())"
FORGET_A_MIGRATION = (
    "from django.db import connection\n"
    "with connection.cursor() as cursor:\n"
    "    cursor.execute(\"DELETE FROM django_migrations WHERE app = 'sessions'\")\n"
)
AS_ORDINARY_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """From an empty directory, hence with all migrations."""
    installation = Installation(tmp_path_factory.mktemp("up") / "data")
    installation.start()
    yield installation
    installation.stop()
    assert processes_of(installation.data) == []


@pytest.fixture
def empty(tmp_path):
    installation = Installation(tmp_path / "data")
    yield installation
    installation.stop()


@pytest.fixture
def installation(empty):
    """Migrated, but never started."""
    copy_of_migrated(empty.data)
    return empty


def test_killed_web_answers_again(running):
    running.child("web").kill()
    eventually(lambda: running.answers("/healthz"), HEALS_WITHIN)


def test_killed_worker_works_again(running):
    running.child("worker").kill()
    running.does_a_task(HEALS_WITHIN)


def test_killed_beat_is_back(running):
    former = running.child("beat")
    former.kill()
    eventually(lambda: running.child("beat").pid != former.pid, HEALS_WITHIN)
    eventually(lambda: running.child("beat").is_running(), HEALS_WITHIN)


def test_killed_valkey_takes_tasks_again(running):
    (server,) = named(processes_of(running.data), str(running.places.valkey_socket))
    server.kill()
    running.does_a_task(HEALS_WITHIN)


def test_killed_postgres_serves_pages_and_tasks_again(running):
    postmaster(running.places).kill()
    eventually(lambda: running.answers("/readyz"), HEALS_WITHIN)
    running.does_a_task(HEALS_WITHIN)


def test_killed_keeper_is_replaced(running):
    (keeper,) = named(processes_of(running.data), "firm.embedded.keeper")
    keeper.kill()
    eventually(lambda: running.answers("/readyz"), HEALS_WITHIN)
    running.does_a_task(HEALS_WITHIN)


def test_a_second_start_says_where_the_first_one_runs(running):
    second = running.run("up")
    assert second.returncode != 0
    assert f"already running at {running.address}/" in second.stderr


def test_an_empty_firm_is_told_how_its_first_person_comes_in(running):
    assert f"export DATA={running.data} SITE_URL={running.address}\n" in running.output.read_text()


def test_a_port_in_use_is_named(running, tmp_path):
    other = Installation(tmp_path / "data", port=running.port)
    refused = other.run("up")
    assert refused.returncode != 0
    assert f"Port {running.port} can't be used" in refused.stderr


def test_commands_work_beside_it(running):
    before = postmaster(running.places).pid
    shown = running.run("showmigrations", "firm")
    assert "[X] 0001_initial" in shown.stdout
    assert postmaster(running.places).pid == before


def test_killed_as_a_whole_it_starts_again_and_ctrl_c_leaves_no_process(installation):
    installation.start()
    installation.kill_everything()
    installation.start()
    eventually(lambda: installation.answers("/readyz"), HEALS_WITHIN)
    installation.stop(signal.SIGINT)
    assert processes_of(installation.data) == []


def test_killed_alone_it_leaves_the_field_to_the_next_one(installation):
    """SIGKILL to the one who watches; what its note names may be somebody else by then."""
    with subprocess.Popen(["sleep", "300"]) as bystander:
        (installation.data / "up.json").write_text(
            json.dumps({"pid": 1, "address": "x", "children": [[bystander.pid, 1.0]]})
        )
        try:
            installation.start()
            assert bystander.poll() is None
        finally:
            bystander.kill()
    installation.up.kill()
    installation.up.wait()
    installation.start()
    eventually(lambda: installation.answers("/readyz"), HEALS_WITHIN)
    installation.stop(signal.SIGTERM)
    assert processes_of(installation.data) == []


def test_help_and_checks_start_no_server(empty):
    assert empty.run("up", "--help").returncode == 0
    assert "No changes" in empty.run("makemigrations", "--check", "--dry-run").stdout
    assert not empty.places.postgres.exists()


def test_a_database_that_lags_behind_is_refused_with_a_sentence(installation):
    installation.run("shell", "-c", FORGET_A_MIGRATION, DATABASE_ROLE="owner")
    refused = installation.run("shell", "-c", COUNT_FIRMS)
    assert refused.returncode != 0
    assert "lacks 1 migrations" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test is by an ordinary user")
def test_an_ordinary_user_gets_a_migrated_database_from_any_command(empty):
    counted = empty.run("shell", "-c", COUNT_FIRMS, prefix=AS_ORDINARY_USER)
    assert counted.stdout.strip().endswith("1"), counted.stderr
    assert processes_of(empty.data) == []
