"""The embedded PostgreSQL: made once and completely, started on whatever a crash left."""

import os
import secrets
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

from firm.embedded.account import Account, account_for
from firm.embedded.errors import EmbeddedError
from firm.embedded.places import ROLES, Places
from firm.embedded.service import Service

DATABASE = "merihari"
# Japanese words have trigrams only where the character type knows them: never plain C.
LOCALE = "C.UTF-8"
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


def postgres_service(places: Places) -> Service:
    account = account_for(places)
    places.make_sockets(account.uid)

    def command() -> list[str]:
        if not (places.postgres / "PG_VERSION").exists():
            make_cluster(places, account)
        directory = places.postgres.resolve()
        clear_leftovers(directory)
        return account.server(
            *("-D", str(directory)),
            *("-c", f"shared_buffers={cache_megabytes()}MB"),
            # A page's first change after a checkpoint is written whole: fewer checkpoints make
            # the night's scattered updates cheaper, and recovery stays a matter of seconds.
            *("-c", "max_wal_size=2GB"),
            *("-c", "checkpoint_timeout=15min"),
            *("-c", "listen_addresses="),
            *("-c", f"unix_socket_directories={places.sockets}"),
            *("-c", "unix_socket_permissions=0700"),
        )

    return Service(
        "postgres",
        command,
        log=places.logs / "postgres.log",
        stop_signal=signal.SIGINT,  # PostgreSQL's "fast": disconnects everyone and checkpoints
        patience=60,
    )


def cache_megabytes() -> int:
    """PostgreSQL's cache: an eighth of the memory, four gigabytes at most. It takes of it only
    what the firm's data need; the night of a million customers reads one and a half.
    """
    return max(128, min(memory() // 8 // 2**20, 4096))


def memory() -> int:
    """Bytes of the machine, or of the container as far as that is limited."""
    machine: int = psutil.virtual_memory().total
    with suppress(OSError, ValueError):  # no container, or one without a limit ("max")
        return min(machine, int(CONTAINER_LIMIT.read_text()))
    return machine


def make_cluster(places: Places, account: Account) -> None:
    """initdb, roles, passwords and the empty database: under another name, then renamed, so
    that a crash in the middle leaves nothing that looks finished.
    """
    target = places.postgres.resolve()
    draft = target.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    options = [f"--locale={LOCALE}", "--encoding=UTF8", "--username=postgres", "--no-sync"]
    run([*account.program("initdb"), "-D", str(draft), "--auth=reject", *options])
    (draft / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    with (draft / "postgresql.conf").open("a") as configuration:
        configuration.write(
            "\n# Set by merihari\n"
            "timezone = 'UTC'\n"
            "log_timezone = 'UTC'\n"
            f"include_if_exists = '{places.local_configuration}'\n"
        )
    passwords = {name: secrets.token_urlsafe(24) for name in ("postgres", *ROLES)}
    run(
        [*account.program("postgres"), "--single", "-D", str(draft), "postgres"],
        text=first_statements(passwords),
    )
    write_private(places.superuser_password, f"*:*:*:postgres:{passwords['postgres']}\n")
    write_private(
        places.passwords,
        "".join(f"*:*:*:merihari_{role}:{passwords[role]}\n" for role in ROLES),
    )
    os.sync()
    draft.rename(target)


def first_statements(passwords: dict[str, str]) -> str:
    """For the single-user server, which takes one statement a line."""
    lines = [f"ALTER ROLE postgres PASSWORD '{passwords['postgres']}';"]
    for role in ROLES:
        lines.append(f"CREATE ROLE merihari_{role} LOGIN PASSWORD '{passwords[role]}';")
    lines += [
        "GRANT pg_read_all_data TO merihari_backup;",
        f"CREATE DATABASE {DATABASE} OWNER merihari_owner;",
    ]
    return "\n".join(lines) + "\n"


def run(command: list[str], text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd="/", check=False)
    # The single-user server reports a failed statement but ends with 0.
    if done.returncode or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
        raise EmbeddedError(f"PostgreSQL could not be set up: {done.stderr.strip()[-500:]}")


def write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)


def clear_leftovers(directory: Path) -> None:
    """End what still runs in `directory`, then forget its pid file.

    The caller owns the data directory's lock, so whoever works there was left by a keeper that
    is gone. PostgreSQL itself trusts a pid file whose number now belongs to somebody else and
    refuses to start; a process's own working directory can't be mistaken.
    """
    leftovers = servers_in(directory)
    signal_all(leftovers, signal.SIGINT)
    _, stubborn = psutil.wait_procs(leftovers, timeout=5)
    signal_all(stubborn, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=5)
    (directory / "postmaster.pid").unlink(missing_ok=True)


def servers_in(directory: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["name", "cwd", "status"]):
        runs = process.info["status"] != psutil.STATUS_ZOMBIE
        if runs and process.info["name"] == "postgres" and process.info["cwd"] == str(directory):
            found.append(process)
    return found


def signal_all(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
