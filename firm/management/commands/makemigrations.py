"""Django's `makemigrations` without a look into the database."""

from typing import Any

from django.core.management.commands import makemigrations
from django.db.migrations.loader import MigrationLoader


class SourcesOnly(MigrationLoader):
    def check_consistent_history(self, connection: Any) -> None:
        """`migrate` sees to it; a check of the sources shall not start a database server."""


makemigrations.MigrationLoader = SourcesOnly  # type: ignore[attr-defined]


class Command(makemigrations.Command):
    pass
