"""Where the embedded servers keep their files and sockets."""

import hashlib
import os
import stat
from pathlib import Path

from firm.embedded.errors import EmbeddedError

ROLES = ("owner", "app", "worker", "backup")


class Places:
    """The paths under one data directory. Making one touches nothing."""

    def __init__(self, data: Path) -> None:
        self.data = Path(os.path.abspath(data))
        self.postgres = self.data / "postgres"
        self.valkey = self.data / "valkey"
        self.logs = self.data / "log"
        self.mail = self.data / "mail"  # with links that set a password
        self.passwords = self.data / "passwords"
        self.superuser_password = self.data / "passwords.superuser"
        self.secret_key = self.data / "secret_key"
        self.local_configuration = self.data / "postgresql.local.conf"
        # Locks: everyone who uses the servers shares the first, the keeper owns the second.
        self.users_lock = self.data / "users.lock"
        self.keeper_lock = self.data / "keeper.lock"
        self.migrate_lock = self.data / "migrate.lock"
        # A Unix socket's path holds 107 bytes at most, a data directory's path may not fit.
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        self.sockets = Path(f"/tmp/merihari-{os.geteuid()}-{digest}")
        self.valkey_socket = self.sockets / "valkey.sock"

    def make(self) -> None:
        """Create the directories, for this user only."""
        for directory in (self.data, self.logs, self.mail, self.valkey):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def make_sockets(self, owner: int | None = None) -> None:
        """Create the sockets' directory, or refuse what somebody else put in its place."""
        owner = os.geteuid() if owner is None else owner
        try:
            self.sockets.mkdir(mode=0o700)
            os.chown(self.sockets, owner, -1)
        except FileExistsError:
            found = self.sockets.lstat()
            if (
                not stat.S_ISDIR(found.st_mode)
                or found.st_uid != owner
                or stat.S_IMODE(found.st_mode) != 0o700
            ):
                raise EmbeddedError(
                    f"{self.sockets} is not a private directory of this user. "
                    "Remove it and start again."
                ) from None
