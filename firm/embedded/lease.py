"""Using the embedded servers: a shared lock for as long as this process lives."""

import atexit
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from firm.embedded.errors import EmbeddedError
from firm.embedded.locks import is_locked, lock_within, open_lock, try_lock
from firm.embedded.places import Places
from firm.embedded.service import open_log

BASE_DIR = Path(__file__).resolve().parents[2]
START_LIMIT = 60.0  # seconds; a slow disk's recovery after a crash included


class Lease:
    """One process's use of one data directory's servers. Forked children take their own."""

    def __init__(self, data: Path) -> None:
        self.places = Places(data)
        self.descriptor: int | None = None
        self.pid = 0
        self.keeper: subprocess.Popen[bytes] | None = None
        self.guard = threading.Lock()

    def ensure(self) -> None:
        """Share the users' lock and see that a keeper runs. Cheap when both are so already."""
        with self.guard:
            if self.pid != os.getpid():
                self.take()
            if not is_locked(self.places.keeper_lock):
                self.start_keeper()

    def take(self) -> None:
        self.places.make()
        descriptor = open_lock(self.places.users_lock)
        # A keeper that is just stopping holds it for the moment this takes.
        if not lock_within(descriptor, START_LIMIT, shared=True):
            os.close(descriptor)
            raise EmbeddedError(f"The servers of {self.places.data} are stopping and don't end.")
        self.descriptor, self.pid, self.keeper = descriptor, os.getpid(), None
        atexit.register(self.release)

    def start_keeper(self) -> None:
        if self.keeper is not None and self.keeper.poll() is None:
            return  # started a moment ago, on its way to its lock
        if self.keeper is not None and self.keeper.returncode == 1:
            self.keeper = None
            raise EmbeddedError(self.last_words())
        with open_log(self.places.logs / "keeper.log") as log:
            self.keeper = subprocess.Popen(
                [sys.executable, "-m", "firm.embedded.keeper", str(self.places.data)],
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def last_words(self) -> str:
        lines = (self.places.logs / "keeper.log").read_text(errors="replace").splitlines()
        return lines[-1] if lines else "The embedded servers don't start."

    def release(self) -> None:
        """Let go; the last one waits until the servers have stopped."""
        if self.descriptor is None or self.pid != os.getpid():
            return
        os.close(self.descriptor)
        self.descriptor, self.pid = None, 0
        deadline = time.monotonic() + START_LIMIT
        while is_locked(self.places.keeper_lock) and time.monotonic() < deadline:
            if self.used_by_others():
                return
            time.sleep(0.05)
        if self.keeper is not None:
            self.keeper.wait()

    def used_by_others(self) -> bool:
        descriptor = open_lock(self.places.users_lock)
        try:
            return try_lock(descriptor, shared=True) and not try_lock(descriptor)
        finally:
            os.close(descriptor)


leases: dict[Path, Lease] = {}


def lease_on(data: Path) -> Lease:
    return leases.setdefault(data, Lease(data))
