"""The tests' databases: one migrated template, cloned for every worker of pytest-xdist.

The default connection works as the app's role, with the rights of firm/grants.py. A test that
commits (`transactional_db`) gets a fresh clone afterwards, because that role may not truncate.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase

from firm.embedded.places import Places

TEMPLATE = "merihari"


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


def fresh_clone() -> None:
    name = clone_name()
    with superuser() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    connection = connections["default"]
    with django_db_blocker.unblock():
        connection.ensure_connection()  # starts the servers, and migrates once for all workers
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
