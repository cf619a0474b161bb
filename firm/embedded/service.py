"""One supervised process: started, restarted with back-off when it dies, stopped in time."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

# Seconds until the next start: at once after a good life, doubling while it keeps dying.
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 4.0
GOOD_LIFE = 30.0
LOG_LIMIT = 10 * 1024 * 1024


class Service:
    """`command` is asked for before every start and may prepare or refuse."""

    def __init__(
        self,
        name: str,
        command: Callable[[], list[str]],
        *,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        patience: float = 10.0,
        environment: dict[str, str] | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> None:
        self.name = name
        self.command = command
        self.log = log
        self.stop_signal = stop_signal
        self.patience = patience
        self.environment = environment
        self.pass_fds = pass_fds
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.pause = FIRST_PAUSE
        self.next_start = 0.0
        self.deaths = 0

    def start(self) -> None:
        with open_log(self.log) as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                pass_fds=self.pass_fds,
                start_new_session=True,  # Ctrl-C in the terminal is the supervisor's alone
            )
        self.started_at = time.monotonic()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tick(self) -> str | None:
        """Start what should run. Returns a line to print when something died."""
        if self.alive():
            return None
        now = time.monotonic()
        if self.process is not None:
            message = self.note_death(now)
            self.process = None
            return message
        if now >= self.next_start:
            self.start()
        return None

    def note_death(self, now: float) -> str:
        assert self.process is not None
        self.deaths += 1
        self.pause = (
            FIRST_PAUSE if now - self.started_at > GOOD_LIFE else min(self.pause * 2, LONGEST_PAUSE)
        )
        self.next_start = now + self.pause
        return (
            f"{self.name} ended with {self.process.returncode}; "
            f"starting it again in {self.pause:.1f} s (see {self.log})"
        )

    def ask_to_stop(self) -> None:
        if self.process is not None and self.alive():
            self.process.send_signal(self.stop_signal)

    def wait_stopped(self) -> None:
        """After `ask_to_stop`: waits for `patience` seconds, then ends the whole session."""
        if self.process is None:
            return
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def life(self) -> float:
        """Seconds since the last start; 0 while it does not run."""
        return time.monotonic() - self.started_at if self.alive() else 0.0

    def kill(self) -> None:
        """At once, with all that came of it: what is stopped hears nothing gentler."""
        if self.process is not None and self.alive():
            os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        self.ask_to_stop()
        self.wait_stopped()


def open_log(file: Path):
    """Append to `file`; the former one is kept once when it has grown past LOG_LIMIT."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > LOG_LIMIT:
        file.replace(file.with_suffix(".log.1"))
    return file.open("ab")
