"""The tests' databases: one data directory is migrated, and copied for whoever needs one.

The servers of a run begin with a copy, as do installations that a test starts; every worker of
pytest-xdist has a clone of the run's database. What was migrated is kept for the next run, for as
long as nothing changes that a migration reads; MIGRATE=1, as `make test` says, begins from zero.

The default connection works as the app's role, with the rights of firm/grants.py. A test that
commits (`transactional_db`) gets a fresh clone afterwards, because that role may not truncate.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase

from firm.embedded.lease import BASE_DIR
from firm.embedded.locks import lock_within, open_lock
from firm.embedded.places import Places

MIGRATED = "merihari"
LIMIT = 300.0  # seconds for somebody else to make what both need
KEPT = (settings.DATA if os.environ.get("MIGRATE") else BASE_DIR / ".pytest_cache") / "migrated"
READ_BY_MIGRATIONS = (
    "*/migrations/*.py",
    "firm/grants.py",
    "firm/work_calendars.py",
    "firm/management/commands/migrate.py",
    "firm/embedded/postgres.py",
    "requirements.lock",
    "tests/settings.py",
)


@contextmanager
def by_one_at_a_time(what: Path) -> Iterator[None]:
    """Waits for the other workers of this run, and for other runs where `what` is theirs, too."""
    lock = open_lock(what.with_suffix(".lock"))
    try:
        assert lock_within(lock, LIMIT), f"somebody else does not end with {what}"
        yield
    finally:
        os.close(lock)


def migrated() -> Places:
    """A data directory as `manage.py migrate` makes it, its servers stopped."""
    made = Places(KEPT / read_by_migrations())
    if not made.data.exists():
        shutil.rmtree(KEPT, ignore_errors=True)
        draft = Places(made.data.with_suffix(".new"))
        migrate(draft)
        draft.data.rename(made.data)
    return made


def read_by_migrations() -> str:
    digest = hashlib.sha256()
    for pattern in READ_BY_MIGRATIONS:
        for file in sorted(BASE_DIR.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def migrate(places: Places) -> None:
    places.make()
    shutil.copy(Places(settings.DATA).local_configuration, places.local_configuration)
    environment = {
        **os.environ,
        "DATA": str(places.data),
        "DATABASE_ROLE": "owner",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, str(BASE_DIR / "manage.py"), "migrate", "--verbosity=0"]
    subprocess.run([*command, "--skip-checks"], env=environment, check=True)


def copy_of_migrated(target: Path) -> None:
    """Make an empty data directory a migrated one."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with by_one_at_a_time(KEPT):
        made = migrated()
        if made.postgres.is_symlink():
            return  # out of reach, in the home of a system user: `target` is migrated by its own
        ignored = shutil.ignore_patterns("*.lock", "log")
        shutil.copytree(made.data, target, ignore=ignored, dirs_exist_ok=True)
    configuration = target / "postgres" / "postgresql.conf"
    told = f"include_if_exists = '{Places(target).local_configuration}'"
    text, found = re.subn("include_if_exists = '.*'", told, configuration.read_text())
    assert found
    configuration.write_text(text)


@contextmanager
def superuser(database: str = "postgres") -> Iterator[psycopg.Connection]:
    """The one superuser's connection: for making databases, never for what is tested."""
    places = Places(settings.DATA)
    with psycopg.connect(
        host=str(places.sockets),
        user="postgres",
        dbname=database,
        passfile=str(places.superuser_password),
        autocommit=True,
    ) as connection:
        yield connection


def clone_name() -> str:
    return f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def fresh_clone(template: str = MIGRATED) -> None:
    clone(template, clone_name())


def clone(template: str, name: str) -> None:
    with superuser() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    with by_one_at_a_time(Places(settings.DATA).postgres):
        if not Places(settings.DATA).postgres.exists():
            copy_of_migrated(settings.DATA)
    connection = connections["default"]
    with django_db_blocker.unblock():
        connection.ensure_connection()  # starts the servers
        connection.close()
    fresh_clone()
    # Commands that a test starts work in its own database, too.
    os.environ["DATABASE_NAME"] = clone_name()
    connection.settings_dict["NAME"] = clone_name()
    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = renew
    yield
    TransactionTestCase._fixture_teardown = original
    connections.close_all()


def renew(case: TransactionTestCase) -> None:
    connections.close_all()
    fresh_clone()
