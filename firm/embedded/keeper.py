"""The process that keeps PostgreSQL and Valkey running for one data directory.

Started by whoever needs them first; it stops them, and itself, when nobody holds the users'
lock any more. Each server is its child and gets a signal from the kernel if it disappears.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

from firm.embedded.errors import EmbeddedError
from firm.embedded.locks import lock_within, open_lock, try_lock
from firm.embedded.places import Places
from firm.embedded.postgres import postgres_service
from firm.embedded.service import Service
from firm.embedded.valkey import valkey_service

STEP = 0.1  # seconds between two looks


def keep(places: Places) -> None:
    own_lock = open_lock(places.keeper_lock)
    if not lock_within(own_lock, 1.0):
        return  # somebody else keeps them
    users_lock = open_lock(places.users_lock)
    services = [postgres_service(places), valkey_service(places)]
    told_to_stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, frame: told_to_stop.append(got))
    try:
        # With the users' lock in hand newcomers wait; they then start a keeper of their own.
        while not told_to_stop and not try_lock(users_lock):
            tick(services)
            time.sleep(STEP)
    finally:
        for service in services:
            service.ask_to_stop()
        for service in services:
            service.wait_stopped()
        shutil.rmtree(places.sockets, ignore_errors=True)


def tick(services: list[Service]) -> None:
    for service in services:
        message = service.tick()
        if message:
            print(time.strftime("%Y-%m-%d %H:%M:%S"), message, flush=True)  # noqa: T201


def main() -> None:
    try:
        os.umask(0o077)
        keep(Places(Path(sys.argv[1])))
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
