"""The embedded PostgreSQL and Valkey of the default install.

Settings call the functions of this module; they compute and start nothing. The servers start
at the first connection (`backend`, `broker`), are kept by one process a data directory
(`keeper`), and stop when their last user is gone (`lease`).
"""

import os
import secrets
from pathlib import Path
from typing import Any

from firm.embedded.places import Places

# What the web may spend on one statement, in milliseconds; a migration waits no longer than
# this for a lock, so that it fails cleanly instead of stopping every reader behind it.
SESSION_OPTIONS = {
    "owner": "-c lock_timeout=5000",
    "app": "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000",
    "worker": "-c idle_in_transaction_session_timeout=600000",
    "backup": "",
}


def database_settings(data: Path, role: str = "app") -> dict[str, Any]:
    """Django's settings of the embedded database, as seen by `role` (one of places.ROLES)."""
    places = Places(data)
    return {
        "ENGINE": "firm.embedded.backend",
        "NAME": os.environ.get("DATABASE_NAME") or "merihari",
        "USER": f"merihari_{role}",
        "HOST": str(places.sockets),
        "PORT": "",
        "OPTIONS": {"passfile": str(places.passwords), "options": SESSION_OPTIONS[role]},
        "DATA": str(data),
    }


def broker_url(data: Path) -> str:
    return f"redis+socket://{Places(data).valkey_socket}"


def secret_key(data: Path) -> str:
    """The installation's own secret, made once and readable by its owner only."""
    file = Places(data).secret_key
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.touch(0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, file)  # of two that start at once the first one's key stays
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text()
