"""Advisory file locks: the kernel lets them go however a process ends."""

import fcntl
import os
import time
from pathlib import Path


def open_lock(file: Path) -> int:
    """A descriptor to lock; closing it (or the end of the process) unlocks."""
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_within(descriptor: int, seconds: float, *, shared: bool = False) -> bool:
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor, shared=shared):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_locked(file: Path) -> bool:
    """Is anybody holding `file` exclusively? Asks with a shared lock, so askers don't collide."""
    descriptor = open_lock(file)
    try:
        return not try_lock(descriptor, shared=True)
    finally:
        os.close(descriptor)
