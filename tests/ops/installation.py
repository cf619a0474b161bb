"""A whole installation for the tests: `manage.py up` in a data directory of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

import psutil
from celery import Celery

from firm.embedded.lease import BASE_DIR
from firm.embedded.places import Places
from tests.ops.servers import eventually, kill_all, processes_of

READY_LIMIT = 120.0  # seconds; the first start on a machine that does other things, too
NAMES = ("web", "worker", "beat")


class Installation:
    def __init__(self, data: Path, port: int | None = None) -> None:
        self.data = data
        self.places = Places(data)
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.output = data.with_name(f"{data.name}.output")
        self.up: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        environment = {
            **os.environ,
            "DATA": str(self.data),
            "PORT": str(self.port),
            "DEMO": "0",
            "DATABASE_NAME": "",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        environment.pop("DATABASE_ROLE", None)  # the tests' own; each command knows its role
        return environment

    def start(self) -> float:
        """Seconds until it said "ready"."""
        started = time.monotonic()
        with self.output.open("wb") as output:
            self.up = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=BASE_DIR,
                env=self.environment(),
                stdout=output,
                stderr=output,
            )
        try:
            eventually(self.said_ready, within=READY_LIMIT)
        except AssertionError as error:
            raise AssertionError(self.output.read_text()) from error
        return time.monotonic() - started

    def said_ready(self) -> bool:
        if self.up.poll() is not None:
            raise SystemExit(f"it ended with {self.up.returncode}: {self.output.read_text()}")
        return "\nready\n" in self.output.read_text()

    def run(
        self, *arguments: str, prefix: tuple[str, ...] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*prefix, sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env={**self.environment(), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        if self.up is not None:
            self.up.send_signal(number)
            self.up.wait(60)
            self.up = None

    def kill_everything(self) -> None:
        """SIGKILL to `up` and all that came of it, as a power cut would."""
        tree = [*psutil.Process(self.up.pid).children(recursive=True), psutil.Process(self.up.pid)]
        kill_all({*tree, *processes_of(self.data)})
        self.up.wait()
        self.up = None

    def child(self, name: str) -> psutil.Process:
        """Once all are running: while one is being restarted, the note leaves it out."""
        eventually(lambda: len(self.children()) == len(NAMES), 30.0)
        return psutil.Process(self.children()[NAMES.index(name)][0])

    def children(self) -> list[list[float]]:
        return json.loads((self.data / "up.json").read_text())["children"]

    def answers(self, path: str) -> bool:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=5) as response:
            return response.status == 200

    def does_a_task(self, within: float = 15.0) -> float:
        """Seconds until a task that is sent now was done by the worker."""
        task = str(uuid.uuid4())
        started = time.monotonic()
        # Not as the current one: this process has tests of its own to do with its own broker.
        broker = f"redis+socket://{self.places.valkey_socket}"
        sender = Celery(broker=broker, set_as_current=False)
        eventually(lambda: sender.send_task("firm.tasks.canary", task_id=task), within)
        sender.close()
        log = self.places.logs / "worker.log"
        eventually(lambda: f"[{task}] succeeded" in log.read_text(), within)
        return time.monotonic() - started


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
