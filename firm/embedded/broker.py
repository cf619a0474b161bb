"""Celery's transport to the embedded Valkey, started at the first connection."""

import socket
import time
from pathlib import Path

from django.conf import settings
from kombu.transport import redis

from firm.embedded.lease import lease_on
from firm.embedded.places import Places

START_LIMIT = 10.0  # seconds; afterwards the caller's own patience counts


class Transport(redis.Transport):
    can_parse_url = True  # a socket's path is no virtual host

    def establish_connection(self):
        lease_on(settings.DATA).ensure()
        wait_until_listening(Places(settings.DATA).valkey_socket)
        return super().establish_connection()


def wait_until_listening(path: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                return probe.connect(str(path))
            except OSError:
                time.sleep(0.05)
