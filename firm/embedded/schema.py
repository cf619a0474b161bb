"""Is the database migrated? An empty one is, on the spot; one that lags behind is refused."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.apps import apps

from firm.embedded.errors import EmbeddedError
from firm.embedded.lease import BASE_DIR
from firm.embedded.locks import lock_within, open_lock
from firm.embedded.places import Places

MIGRATION_LIMIT = 600.0  # seconds to wait for somebody else's migration
checked: set[tuple[Path, str]] = set()


def ensure_migrated(connection: Any, data: Path, *, role: str) -> None:
    """Looks once a process, for every role but the owner, who is the one that migrates.

    Raises EmbeddedError with the missing migrations' number.
    """
    key = (data, connection.info.dbname)
    if key in checked or role.endswith("_owner"):
        return
    if not is_migrated(connection):
        migrate(connection, data)
    missing = migrations_on_disk() - applied_migrations(connection)
    if missing:
        raise EmbeddedError(
            f"The database in {data} lacks {len(missing)} migrations. "
            "Run `make run` or `manage.py migrate`."
        )
    checked.add(key)


def migrate(connection: Any, data: Path) -> None:
    """In a process of its own, as the owner, and once if several find the database empty."""
    lock = open_lock(Places(data).migrate_lock)
    try:
        if not lock_within(lock, MIGRATION_LIMIT):
            raise EmbeddedError(f"Somebody else's migration of {data} does not end.")
        if not is_migrated(connection):
            environment = {
                **os.environ,
                "DATABASE_ROLE": "owner",
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
            command = [sys.executable, str(BASE_DIR / "manage.py"), "migrate"]
            options = ["--verbosity=0", "--skip-checks"]  # the pages are not looked at here
            subprocess.run([*command, *options], env=environment, check=True)
    finally:
        os.close(lock)


def is_migrated(connection: Any) -> bool:
    """The last thing `migrate` does is to grant this table to the other roles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(to_regclass('django_migrations'), 'SELECT')")
        (readable,) = cursor.fetchone()
    connection.commit()
    return bool(readable)


def applied_migrations(connection: Any) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        found = set(cursor.fetchall())
    connection.commit()
    return found


def migrations_on_disk() -> set[tuple[str, str]]:
    """By file name: importing them all would cost every command a quarter of a second."""
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }
