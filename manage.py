#!/usr/bin/env python
"""Merihari's command line; `manage.py help` lists what it can do."""

import os
import sys

# As whom a command works in the database: the schema belongs to the owner; what an operator
# starts by hand may take its time, as the background work may; the web may not.
ROLES = {
    "migrate": "owner",
    "up": "owner",  # it migrates; what it starts gets a role of its own
    "makemigrations": "owner",
    "sqlmigrate": "owner",
    "pgtrigger": "owner",
    "runserver": "app",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("DATABASE_ROLE", ROLES.get(command, "worker"))
    from django.core.management import execute_from_command_line

    from firm.embedded.errors import EmbeddedError

    try:
        execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
