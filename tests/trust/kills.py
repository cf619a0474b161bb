"""What SIGKILL at any moment may cost: seconds, and nothing that was acknowledged.

Each case works on a running installation and returns its name, what was reached, the goal, and
whether that was met.
"""

import datetime
import json
import random
import threading
import time
from collections.abc import Callable
from functools import partial

import psycopg

from tests.ops.installation import Installation
from tests.ops.servers import connect, eventually, kill_all, named, postmaster, processes_of

Found = tuple[str, str, str, bool]
READY_GOAL = HEAL_GOAL = 15.0  # seconds
RESUME_GOAL = 60.0  # seconds
PATIENCE = 120.0  # seconds until we stop waiting and report what we have


def each_part_killed(installation: Installation, *, quick: bool) -> Found:
    heals: dict[str, Callable[[], None]] = {
        "web": lambda: kill_child(installation, "web"),
        "worker": lambda: kill_child(installation, "worker"),
        "beat": lambda: kill_child(installation, "beat"),
        "postgres": lambda: kill_postgres(installation),
        "valkey": lambda: kill_named(installation, str(installation.places.valkey_socket)),
        "keeper": lambda: kill_named(installation, "firm.embedded.keeper"),
    }
    worst = dict.fromkeys(heals, 0.0)
    times = 1 if quick else 10
    for name in random.sample([*heals] * times, len(heals) * times):
        heals[name]()
        started = time.monotonic()
        eventually(lambda: installation.answers("/readyz"), PATIENCE)
        installation.does_a_task(PATIENCE)
        worst[name] = max(worst[name], time.monotonic() - started)
    reached = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in worst.items())
    return (
        f"each part killed {times} times; worst time to a page and a task",
        reached,
        f"< {HEAL_GOAL:.0f} s",
        max(worst.values()) < HEAL_GOAL,
    )


def the_whole_tree_killed(installation: Installation, *, quick: bool) -> Found:
    times = 2 if quick else 10
    seconds = []
    for _ in range(times):
        time.sleep(random.uniform(0, 3))
        installation.kill_everything()
        seconds.append(installation.start())
    return (
        f"everything killed {times} times, then started",
        f"{len(seconds)} of {times}, worst {max(seconds):.1f} s",
        f"{times} of {times}, < {READY_GOAL:.0f} s",
        len(seconds) == times and max(seconds) < READY_GOAL,
    )


def acknowledged_events_under_kills(installation: Installation, *, quick: bool) -> Found:
    goal, times = (500, 5) if quick else (20_000, 100)
    acknowledged = write_under_kills(installation, goal, times, synchronous_commit="on")
    lost = missing(installation, acknowledged)
    verified = installation.run("verify_audit").returncode == 0
    return (
        f"audit events acknowledged under {times} kills of PostgreSQL, the chain verified",
        f"{lost} of {len(acknowledged)} lost, chain {'whole' if verified else 'BROKEN'}",
        f"0 of {goal:,} lost, chain whole",
        lost == 0 and len(acknowledged) >= goal and verified,
    )


def the_same_without_waiting_for_the_disk(installation: Installation, *, quick: bool) -> Found:
    """The control: if this loses nothing either, the case above shows nothing."""
    times = 5 if quick else 20
    acknowledged = write_under_kills(installation, 500, times, synchronous_commit="off")
    lost = missing(installation, acknowledged)
    return (
        "control: acknowledged before they are on the disk",
        f"{lost} of {len(acknowledged)} lost",
        "more than 0",
        lost > 0,
    )


def a_dead_workers_job(installation: Installation, *, quick: bool) -> Found:
    """A night whose worker has just been killed: claimed for 30 s by nobody."""
    times = 1 if quick else 5
    worst = 0.0
    for day in range(1, times + 1):
        with connect(installation.places, "merihari_worker") as connection:
            (job,) = connection.execute(
                "INSERT INTO firm_jobrun (kind, key, business_date, state, attempt, claimed_until,"
                " progress_done, progress_total, params, counts, error, created_at, started_at)"
                " VALUES ('nightly', %(key)s, %(day)s, 'running', 1, now() + interval '30 s',"
                " 0, 0, '{}', '{}', '{}', now(), now()) RETURNING id",
                {"key": f"2020-01-{day:02}", "day": datetime.date(2020, 1, day)},
            ).fetchone()
            worst = max(worst, eventually(partial(ended, connection, job), PATIENCE))
    return (
        f"job of a dead worker, {times} times; worst time until another has done it",
        f"{worst:.1f} s",
        f"< {RESUME_GOAL:.0f} s",
        worst < RESUME_GOAL,
    )


CASES = [
    each_part_killed,
    the_whole_tree_killed,
    acknowledged_events_under_kills,
    the_same_without_waiting_for_the_disk,
    a_dead_workers_job,
]


def kill_child(installation: Installation, name: str) -> None:
    installation.child(name).kill()


def kill_postgres(installation: Installation) -> None:
    """Whatever number it has by now: it may just be starting again."""
    eventually(lambda: postmaster(installation.places).kill() is None, PATIENCE)


def kill_named(installation: Installation, word: str) -> None:
    kill_all(named(processes_of(installation.data), word))


def ended(connection: psycopg.Connection, job: int) -> bool:
    (state,) = connection.execute("SELECT state FROM firm_jobrun WHERE id = %s", [job]).fetchone()
    return state in ("done", "failed", "held")


def write_under_kills(
    installation: Installation, goal: int, times: int, *, synchronous_commit: str
) -> list[int]:
    """Four writers and one killer. The numbers of the events whose commit was acknowledged."""
    acknowledged: list[int] = []
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            try:
                with connect(installation.places) as connection:
                    connection.execute(f"SET synchronous_commit = {synchronous_commit}")
                    while not over.is_set():
                        acknowledged.append(append_event(connection))
            except psycopg.Error:
                time.sleep(0.05)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    kills = 0
    while kills < times or len(acknowledged) < goal:
        before = len(acknowledged)
        eventually(lambda at=before: len(acknowledged) > at + 20, PATIENCE)
        time.sleep(random.uniform(0, 0.3))
        if kills < times:
            kill_postgres(installation)
            kills += 1
    over.set()
    for writer in writers:
        writer.join()
    return acknowledged


def append_event(connection: psycopg.Connection) -> int:
    (number,) = connection.execute(
        "INSERT INTO firm_auditevent (code, subject_kind, data, at)"
        " VALUES ('signed_in', '', %s, now()) RETURNING id",
        [json.dumps({})],
    ).fetchone()
    return number


def missing(installation: Installation, numbers: list[int]) -> int:
    eventually(lambda: connect(installation.places).close() or True, PATIENCE)
    with connect(installation.places) as connection:
        (found,) = connection.execute(
            "SELECT count(*) FROM firm_auditevent WHERE id = ANY(%s)", [numbers]
        ).fetchone()
    return len(numbers) - found
