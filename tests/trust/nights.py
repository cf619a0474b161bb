"""Nights under kills, a hung broker and a deaf worker; notices under kills.

As in kills.py each case works on a running installation and returns its name, what was reached,
the goal, and whether that was met.
"""

import datetime
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import psycopg

from firm.embedded.lease import BASE_DIR
from tests.ops.installation import Installation
from tests.ops.servers import connect, eventually, kill_all, named, processes_of
from tests.trust.kills import PATIENCE, RESUME_GOAL, Found, ended

CUSTOMERS = 200
PERSON = "trust@example.jp"
# What a night writes to, in order: a lock on one of them stops it in its middle.
WRITTEN = (
    "tiering_evaluation",
    "tiering_tierchange",
    "tiering_standing",
    "customers_customersnapshot",
)
DEAF_GOAL = 120.0  # seconds: until it is noticed, plus a start and a lease
# One of each is part of `make test`; what can go wrong by chance is repeated here. Most of them
# hold their own control.
REPEATED = [
    f"tests/tiering/test_{name}.py"
    for name in (
        "nights_in_adversity",
        "night_jobs",
        "publish_by_preview",
        "runs_in_order",
        "explanation_replay",
        "step",
        "held_runs",
    )
]
ACTS = """
import os, uuid
from django.db import transaction
from django.utils import timezone
from firm import audit, outbox
from firm.models import User
now = timezone.now()
person, _made = User.objects.get_or_create(email="trust@example.jp", defaults={{"name": "Trust"}})
later = now + timezone.timedelta(days=9999)
while True:
    act = str(uuid.uuid4())
    notify = lambda: outbox.queue(
        "job_failed", recipient=person, now=now, due_at=later, act=act, kind="nightly", key=act
    )
    with transaction.atomic():
        audit.record("signed_in", by=None, now=now, act=act, control={control})
        if not {control}:
            notify()
    if {control}:
        notify()
"""


def workers_killed_in_mid_run(installation: Installation, *, quick: bool) -> Found:
    """Stopped at a random table it writes to, and killed there, night after night."""
    times = 2 if quick else 20
    a_ledger(installation)
    worst, half, wrong = 0.0, 0, 0
    for months in range(1, times + 1):
        bill_all(installation)
        before = standings(installation)
        with a_run_stopped_at(installation, random.choice(WRITTEN)) as job:
            kill_workers(installation)
            half += standings(installation) != before
        started = time.monotonic()
        with connect(installation.places, "merihari_worker") as connection:
            eventually(partial(ended, connection, job), PATIENCE)
        worst = max(worst, time.monotonic() - started)
        wrong += len(set(standings(installation).items()) ^ set(expected(months).items()))
    twice = done_twice(installation)
    return (
        f"workers killed in the middle of {times} nights; worst time until the night was done",
        f"{worst:.1f} s, {half} half-written, {wrong} standings wrong, {twice} done twice",
        f"< {RESUME_GOAL:.0f} s, 0 half-written, 0 wrong, 0 done twice",
        worst < RESUME_GOAL and not half and not wrong and not twice,
    )


def a_deaf_worker(installation: Installation, *, quick: bool) -> Found:
    """Alive, and stopped: it hears nothing and renews nothing, and keeps what it was sent."""
    times = 1 if quick else 5
    worst = 0.0
    for _ in range(times):
        installation.does_a_task(PATIENCE)
        worker = installation.child("worker")
        for process in [worker, *worker.children(recursive=True)]:
            process.suspend()
        with connect(installation.places, "merihari_worker") as connection:
            job = request(connection)
            worst = max(worst, eventually(partial(ended, connection, job), 2 * PATIENCE))
    return (
        f"worker deaf {times} times; worst time until another has done the night",
        f"{worst:.1f} s",
        f"< {DEAF_GOAL:.0f} s",
        worst < DEAF_GOAL,
    )


def a_broker_hung_all_night(installation: Installation, *, quick: bool) -> Found:
    """Nights are asked for while the broker does not answer, and done when it does."""
    asleep = 20.0 if quick else 300.0
    for broker in named(processes_of(installation.data), str(installation.places.valkey_socket)):
        broker.suspend()
    with connect(installation.places, "merihari_worker") as connection:
        jobs = [request(connection) for _ in range(3)]
        time.sleep(asleep)
        for broker in named(processes_of(installation.data), "valkey"):
            with suppress(psutil.NoSuchProcess):
                broker.resume()
        started = time.monotonic()
        for job in jobs:
            eventually(partial(ended, connection, job), PATIENCE)
    took = time.monotonic() - started
    return (
        f"broker hung for {asleep:.0f} s with 3 nights waiting; time until they were done",
        f"{took:.1f} s",
        f"< {RESUME_GOAL:.0f} s",
        took < RESUME_GOAL,
    )


def notices_under_kills(installation: Installation, *, quick: bool) -> Found:
    lost, acts = lost_notices(installation, times=5 if quick else 40, control=False)
    return ("acts of processes killed at any moment, with a notice each", *told(lost, acts, 0))


def notices_beside_the_transaction(installation: Installation, *, quick: bool) -> Found:
    """The control: told after the commit, as by a message to the broker."""
    lost, acts = lost_notices(installation, times=10 if quick else 40, control=True)
    return ("control: notice after the commit", *told(lost, acts, 1))


def told(lost: int, acts: int, least: int) -> tuple[str, str, bool]:
    goal = "more than 0 lost" if least else "0 lost"
    return f"{lost} of {acts} lost", goal, acts > 0 and (lost > 0 if least else lost == 0)


def the_single_cases_again(installation: Installation, *, quick: bool) -> Found:
    times = 1 if quick else 20
    failed = 0
    environment = {**os.environ, "PYTHONHASHSEED": "random"}
    for _ in range(times):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *REPEATED],
            cwd=BASE_DIR,
            env=environment,
            capture_output=True,
            check=False,
        )
        failed += done.returncode != 0
    return (
        f"{len(REPEATED)} files of races and odd nights, {times} times",
        f"{failed} failed",
        "0 failed",
        not failed,
    )


CASES = [
    workers_killed_in_mid_run,
    a_deaf_worker,
    a_broker_hung_all_night,
    notices_under_kills,
    notices_beside_the_transaction,
    the_single_cases_again,
]


def a_ledger(installation: Installation) -> None:
    """Customers, rules, and a first night by them: everybody in T3."""
    files = Path(installation.data).parent
    customers, rules = files / "customers.csv", files / "rules.json"
    customers.write_text("code,name\n" + "".join(f"{c},{c}\n" for c in codes()))
    tiers = [{"code": "T1", "enter": 6000}, {"code": "T2", "enter": 1500}, {"code": "T3"}]
    rules.write_text(json.dumps({"name": "rules", "method": "threshold", "tiers": tiers}))
    publish = ("--effective-from", today().isoformat(), "--by", PERSON, "--note", "trust")
    for command in (
        ("people", "add", PERSON, "--name", "Trust", "--role", "administrator"),
        ("import", "customers", str(customers)),
        ("rules", "publish", str(rules), *publish),
        ("nightly", "--date", today().isoformat()),
    ):
        done = installation.run(*command)
        assert done.returncode == 0, done.stderr


def today() -> datetime.date:
    return datetime.datetime.now(ZoneInfo("Asia/Tokyo")).date()


def codes() -> list[str]:
    return [f"K{number:03}" for number in range(1, CUSTOMERS + 1)]


def bill_all(installation: Installation) -> None:
    """One more invoice for everybody in the last closed month: 10 for K001, 20 for K002, …"""
    last_month = today().replace(day=1) - datetime.timedelta(days=1)
    with connect(installation.places) as connection:
        connection.execute(
            "INSERT INTO customers_revenueentry (customer_id, date, amount, kind, source,"
            " document_no, line_no, ordinal, service, currency, original_amount, import_id)"
            " SELECT id, %s, substr(code, 2)::int * 10, 'recurring', 'trust',"
            " gen_random_uuid()::text, '', 0, '', 'JPY', substr(code, 2)::int * 10,"
            " (SELECT max(id) FROM customers_import)"
            " FROM customers_customer WHERE code ~ '^K[0-9]{3}$'",
            [last_month],
        )


def expected(invoices: int) -> dict[str, str]:
    """What a calm night comes to after so many invoices for each, worked out by hand."""
    sums = {code: invoices * 10 * number for number, code in enumerate(codes(), start=1)}
    return {
        code: "T1" if total >= 6000 else "T2" if total >= 1500 else "T3"
        for code, total in sums.items()
    }


def standings(installation: Installation) -> dict[str, str]:
    with connect(installation.places) as connection:
        rows = connection.execute(
            "SELECT customer.code, tier.code FROM tiering_standing standing"
            " JOIN customers_customer customer ON customer.id = standing.customer_id"
            " JOIN tiering_tier tier ON tier.id = standing.earned_tier_id"
        ).fetchall()
    return dict(rows)


def done_twice(installation: Installation) -> int:
    """Nights that left more than one evaluation behind."""
    with connect(installation.places) as connection:
        (found,) = connection.execute(
            "SELECT count(*) FROM (SELECT FROM tiering_evaluation GROUP BY job_id"
            " HAVING count(*) > 1) twice"
        ).fetchone()
    return found


def request(connection: psycopg.Connection) -> int:
    """A night of today that waits, and of which nobody knows but its row."""
    (job,) = connection.execute(
        "INSERT INTO firm_jobrun (kind, key, business_date, state, attempt, progress_done,"
        " progress_total, params, counts, error, created_at) VALUES ('nightly',"
        " gen_random_uuid(), %s, 'queued', 0, 0, 0, '{}', '{}', '{}', now()) RETURNING id",
        [today()],
    ).fetchone()
    return job


@contextmanager
def a_run_stopped_at(installation: Installation, table: str) -> Iterator[int]:
    """A night that waits for this table, as long as the block lasts."""
    with connect(installation.places, "postgres", autocommit=False) as holder:
        holder.execute(f"LOCK TABLE {table} IN SHARE MODE")
        with connect(installation.places, "merihari_worker") as connection:
            job = request(connection)
            eventually(partial(waits, connection), PATIENCE)
        yield job
        holder.rollback()


def waits(connection: psycopg.Connection) -> bool:
    (found,) = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return found > 0


def kill_workers(installation: Installation) -> None:
    worker = installation.child("worker")
    kill_all([*worker.children(recursive=True), worker])


def lost_notices(installation: Installation, *, times: int, control: bool) -> tuple[int, int]:
    """Notices without which acts are left after so many kills, and how many acts there were."""
    script = ACTS.format(control=control)
    for _ in range(times):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-c", script],
            cwd=BASE_DIR,
            env=installation.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with connect(installation.places) as connection:
            before = acts_and_lost(connection, control=control)[0]
            eventually(
                lambda: acts_and_lost(connection, control=control)[0] > before,  # noqa: B023
                PATIENCE,
            )
        time.sleep(random.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
    with connect(installation.places) as connection:
        acts, lost = acts_and_lost(connection, control=control)
    return lost, acts


def acts_and_lost(connection: psycopg.Connection, *, control: bool) -> tuple[int, int]:
    return connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE notice.id IS NULL) FROM firm_auditevent act"
        " LEFT JOIN firm_notification notice ON notice.data->>'act' = act.data->>'act'"
        " WHERE act.data ? 'act' AND (act.data->>'control')::boolean = %s",
        [control],
    ).fetchone()
