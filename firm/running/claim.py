"""One `up` a data directory: a lock, and a note of what it runs for whoever comes next."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from firm.embedded.locks import open_lock, try_lock
from firm.embedded.service import Service


class AlreadyRunning(Exception):
    """The message says where."""


class Claim:
    def __init__(self, data: Path, address: str) -> None:
        self.note = data / "up.json"
        self.address = address
        self.lock = open_lock(data / "up.lock")
        if not try_lock(self.lock):
            raise AlreadyRunning(self.where())
        end_orphans(self.read().get("children", []))
        self.write([])

    def where(self) -> str:
        for _ in range(20):
            note = self.read()
            if psutil.pid_exists(note.get("pid", 0)):
                return (
                    f"Merihari is already running at {note['address']} (process {note['pid']}). "
                    "Another one needs a data directory and a port of its own: DATA=… PORT=…"
                )
            time.sleep(0.1)  # it has just started and not written yet
        return "Merihari is already starting in this data directory."

    def read(self) -> dict[str, Any]:
        try:
            return json.loads(self.note.read_text())
        except (OSError, ValueError):  # never written, or cut off by a crash
            return {}

    def write(self, services: Iterable[Service]) -> None:
        children = [
            [process.pid, psutil.Process(process.pid).create_time()]
            for process in (service.process for service in services)
            if process is not None and psutil.pid_exists(process.pid)
        ]
        draft = self.note.with_suffix(".new")
        draft.write_text(
            json.dumps({"pid": os.getpid(), "address": self.address, "children": children})
        )
        draft.replace(self.note)


def end_orphans(children: list[list[float]]) -> None:
    """End what a killed `up` has left. A number that belongs to another process by now is told
    by the moment at which that one began.
    """
    for pid, created in children:
        with suppress(psutil.Error, ProcessLookupError):
            if psutil.Process(int(pid)).create_time() == created:
                os.killpg(int(pid), signal.SIGKILL)


def listen(port: int) -> socket.socket:
    """The web's socket on the loopback address. Raises OSError where the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    listener.set_inheritable(True)
    return listener
