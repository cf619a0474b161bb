"""Django's PostgreSQL backend that starts the embedded server at the first connection."""

import time
from pathlib import Path

from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe

from firm.embedded.lease import START_LIMIT, lease_on
from firm.embedded.schema import ensure_migrated

# What libpq says while the server is on its way up or down; it gives no code for these.
NOT_YET = (
    "No such file or directory",
    "Connection refused",
    "is starting up",
    "is shutting down",
    "in recovery mode",
    "not yet accepting connections",
    "server closed the connection unexpectedly",
)


class DatabaseWrapper(base.DatabaseWrapper):
    @async_unsafe
    def get_new_connection(self, conn_params):
        data = Path(self.settings_dict["DATA"])
        lease = lease_on(data)
        deadline = time.monotonic() + START_LIMIT
        while True:
            lease.ensure()
            try:
                connection = super().get_new_connection(conn_params)
                break
            except self.Database.OperationalError as error:
                if time.monotonic() > deadline or not says_not_yet(error):
                    raise
            time.sleep(0.05)
        ensure_migrated(connection, data, role=self.settings_dict["USER"])
        return connection


def says_not_yet(error: Exception) -> bool:
    return any(words in str(error) for words in NOT_YET)
