"""Helpers for looking at the embedded servers from outside."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from firm.embedded.lease import Lease
from firm.embedded.places import Places


def processes_of(data: Path) -> list[psutil.Process]:
    """Everything that runs on this data directory: by command line, or by where it works."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd", "status"]):
        told = " ".join(process.info["cmdline"] or [])
        works_in = process.info["cwd"] or ""
        if process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        if f"{data}" in told or works_in.startswith(str(data)):
            found.append(process)
    return [process for process in found if process.pid != psutil.Process().pid]


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """SIGKILL to each; one may have gone with the other already."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def named(processes: list[psutil.Process], word: str) -> list[psutil.Process]:
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if word in " ".join(process.cmdline()):
                found.append(process)
    return found


def postmaster(places: Places) -> psutil.Process:
    return psutil.Process(int((places.postgres / "postmaster.pid").read_text().split()[0]))


def valkey(places: Places) -> psutil.Process:
    (server,) = named(psutil.Process().children(recursive=True), str(places.valkey_socket))
    return server


def connect(places: Places, user: str = "merihari_app", **options) -> psycopg.Connection:
    passwords = places.superuser_password if user == "postgres" else places.passwords
    return psycopg.connect(
        **{
            "host": str(places.sockets),
            "user": user,
            "dbname": "merihari",
            "passfile": str(passwords),
            "autocommit": True,
            **options,
        }
    )


def ready(lease: Lease, within: float = 15.0) -> psycopg.Connection:
    """A connection, as soon as there can be one. Fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        lease.ensure()
        try:
            return connect(lease.places)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def eventually(check: Callable[[], object], within: float = 15.0) -> float:
    """Seconds until `check` is true. Errors count as not yet."""
    started = time.monotonic()
    while True:
        with suppress(Exception):
            if check():
                return time.monotonic() - started
        if time.monotonic() - started > within:
            raise AssertionError(f"not within {within} s")
        time.sleep(0.05)
