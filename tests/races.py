"""Pieces of work that start together, each in a thread and on a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What came of them, in the order in which they ended: what each returned or raised."""
    gate, results = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 the test looks at it
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
