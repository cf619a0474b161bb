"""Goals 1 to 5: the nightly evaluation through the product's own task body, and its preview."""

import datetime
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import psutil
from django.db import connection, transaction
from django.db.models import Q, Sum

from bench import data
from bench.report import Goal, note, side_by_side, timed
from customers.models import ActivitySlice, Customer, CustomerSnapshot
from firm import jobs
from firm.models import Department, JobRun, Post, PostHolding, User
from tiering import actions, rule_file
from tiering.engine import fold, judge
from tiering.models import Evaluation, Standing, Tier, TierChange

AS_OF = datetime.date(2026, 7, 1)
START = datetime.date(2025, 7, 1)
RULES = {
    "name": "bench",
    "method": "share",
    "grace_evaluations": 3,
    "tiers": [
        {"code": "S", "enter": 31, "keep": 33},
        {"code": "A", "enter": 57, "keep": 60},
        {"code": "B", "enter": 84, "keep": 86},
        {"code": "C"},
    ],
}
FLOOR_A = f"""
SELECT customer_id, sum(amount) AS total FROM customers_revenueentry
 WHERE superseded_by_import_id IS NULL AND date >= '{START}' AND date < '{AS_OF}'
 GROUP BY customer_id
"""
FLOOR_B = f"""
SELECT customer_id, sum(cost) AS total FROM customers_activityslice
 WHERE day >= '{START}' AND day < '{AS_OF}' GROUP BY customer_id
"""
# Heap scan and hash, as the design defines the floor; the result is counted, not sent.
AS_FLOOR = "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off"
TIMES_FLOOR = {10_000: 1.6, 100_000: 1.0, 1_000_000: 0.8}
# Other bounds over the same facts, for the preview.
OTHER_RULES = RULES | {
    "tiers": [
        {"code": "S", "enter": 30, "keep": 32},
        {"code": "A", "enter": 58, "keep": 61},
        {"code": "B", "enter": 80, "keep": 84},
        {"code": "C"},
    ],
}
PREVIEW_TIMES_FLOOR = 0.3  # at 1m
PREVIEW_SECONDS = 0.3  # at 100k
MEMORY_MB = 64
WRITTEN = (Evaluation, TierChange, Standing, CustomerSnapshot)
CHANGED = 100  # one customer in so many has something new before each run


def run(customers: int) -> list[Goal]:
    if not Evaluation.objects.exists():
        publish()
    if not Evaluation.objects.filter(as_of__lt=AS_OF).exists():
        note(f"two months, every customer written: {timed(two_months):.1f} s")
    with data.superuser() as database:
        database.execute("VACUUM (ANALYZE)")
        database.execute("CHECKPOINT")
    memory = Memory()
    times = side_by_side(
        {"A": floor(FLOOR_A), "B": floor(FLOOR_B), "night": memory.watching(night)},
        before={"night": some_changes},
    )
    total = times["A"] + times["B"]
    note(f"A {times['A']:.2f} s, B {times['B']:.2f} s, night {times['night']:.2f} s")
    repeated = repeated_night()
    goals = [
        Goal("1", "nightly tiers ÷ (A + B)", times["night"] / total, TIMES_FLOOR[customers]),
        Goal("1", "memory of the night's database processes", memory.most, MEMORY_MB, unit="MB"),
        Goal("4", "rows written by a second run with nothing changed", repeated, 0, unit="rows"),
    ]
    goals.append(preview(total, customers))
    if customers == 10_000:
        goals += against_the_orm(times["night"])
    if customers == 1_000_000:
        goals += growth(times["night"])
    return goals


def publish() -> None:
    person = User.objects.filter(email="person-1@example.jp").get()
    post = Post.objects.create(role="administrator", department=Department.objects.first())
    PostHolding.objects.create(person=person, post=post, held_from=datetime.date(2020, 4, 1))
    draft = actions.create_draft(rules=rule_file.parse(RULES), by=person, now=data.NOW)
    actions.publish_rules(
        draft=draft,
        preview=actions.preview_now(draft=draft, by=person, now=data.NOW),
        effective_from=datetime.date(2026, 1, 1),
        by=person,
        approved_by=None,
        note="bench",
        now=data.NOW,
    )


def two_months() -> None:
    """What a living firm has: customers who stood somewhere before the month that is evaluated."""
    first, last = datetime.date(2026, 6, 15), datetime.date(2026, 7, 15)
    run_job(actions.request_replay(first=first, last=last, by=None, now=data.NOW))


def night() -> JobRun:
    job = JobRun.objects.filter(kind="nightly", state=JobRun.State.QUEUED).first() or asked()
    return run_job(job)


def run_job(job: JobRun) -> JobRun:
    """With its claim and its lease, as a worker does it once it has been told."""
    done = jobs.run(job.pk, now=data.NOW)
    assert done is not None
    assert done.state == JobRun.State.DONE, done.error
    return done


def asked() -> JobRun:
    return actions.request_night(date=datetime.date(2026, 7, 15), by=None, now=data.NOW)


def some_changes() -> None:
    """A late invoice for one customer in a hundred, other ones each time; a night is asked for."""
    asked()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO customers_revenueentry
                   (customer_id, date, amount, kind, source, document_no, line_no, ordinal,
                    service, currency, original_amount, import_id)
            SELECT id, %(day)s, 12345, 'one_off', 'late', gen_random_uuid()::text, '', 0, '', 'JPY',
                   12345, (SELECT min(id) FROM customers_import)
              FROM customers_customer
             WHERE (id + (extract(epoch FROM clock_timestamp()) * 1000)::bigint) %% %(every)s = 0
            """,
            {"day": AS_OF - datetime.timedelta(days=1), "every": CHANGED},
        )


def floor(statement: str) -> Callable[[], None]:
    def scan() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(AS_FLOOR)
            cursor.execute(f"SELECT count(*), sum(total) FROM ({statement}) floor")

    return scan


def repeated_night() -> int:
    """Rows that a night with nothing new leaves behind, JobRun apart: by the row versions
    themselves, not by what the night says of itself.
    """
    night()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (before,) = cursor.fetchone()
        night()
        tables = [model._meta.db_table for model in WRITTEN]
        counts = " + ".join(
            f"(SELECT count(*) FROM {table} WHERE xmin::text::bigint > %(before)s)"
            for table in tables
        )
        cursor.execute(f"SELECT {counts}", {"before": before})
        (written,) = cursor.fetchone()
    return written


def preview(floor: float, customers: int) -> Goal:
    """Everybody decided by other rules, from the facts that the night stored."""
    draft = actions.create_draft(rules=rule_file.parse(OTHER_RULES), by=None, now=data.NOW)
    latest = Evaluation.objects.real().latest("as_of", "pk")
    assert judge.facts_are_stored(draft, latest)

    def decide() -> None:
        with connection.cursor() as cursor:
            judge.judge(cursor, rules=draft, as_of=latest.as_of, state=fold.STANDING, stored=True)

    seconds = side_by_side({"preview": undone(decide)})["preview"]
    note(f"preview {seconds:.2f} s")
    if customers == 1_000_000:
        return Goal(
            "5", "preview from stored facts ÷ (A + B)", seconds / floor, PREVIEW_TIMES_FLOOR
        )
    return Goal("5", "preview from stored facts", seconds, PREVIEW_SECONDS, unit="s")


def growth(seconds: float) -> list[Goal]:
    """The same at a tenth of the size, in a process and a database of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench", "nightly"],
        env={**os.environ, "SCALE": "100k", "BENCH_DATA": ""},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    smaller = float(re.search(r"night ([\d.]+) s", answer).group(1))
    return [Goal("2", "growth from 100k to 1M", seconds / smaller, 13)]


def against_the_orm(seconds: float) -> list[Goal]:
    """The two ways one would write it at first, over the same customers, rolled back."""
    loop, bulk = (timed(undone(way)) for way in (one_by_one, all_at_once))
    note(f"customer by customer {loop:.1f} s, annotate and bulk_update {bulk:.1f} s")
    return [
        Goal("3", "times faster than customer by customer", loop / seconds, 200, at_least=True),
        Goal("3", "times faster than annotate + bulk_update", bulk / seconds, 50, at_least=True),
    ]


def undone(work: Callable[[], None]) -> Callable[[], None]:
    def run_and_roll_back() -> None:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)

    return run_and_roll_back


IN_WINDOW = {"date__gte": START, "date__lt": AS_OF, "superseded_by_import": None}


def one_by_one() -> None:
    top, *_others, lowest = Tier.objects.order_by("code")
    for customer in Customer.objects.all():
        revenue = customer.revenue.filter(**IN_WINDOW).aggregate(sum=Sum("amount"))["sum"] or 0
        work = ActivitySlice.objects.filter(customer=customer, day__gte=START, day__lt=AS_OF)
        standing = Standing.objects.get(customer=customer)
        standing.trailing_revenue = revenue
        standing.cost_to_serve = work.aggregate(sum=Sum("cost"))["sum"] or 0
        standing.raw_tier = top if revenue > 1_000_000 else lowest
        standing.save()


def all_at_once() -> None:
    top, *_others, lowest = Tier.objects.order_by("code")
    in_window = Q(**{f"revenue__{key}": value for key, value in IN_WINDOW.items()})
    revenues = dict(
        Customer.objects.annotate(sum=Sum("revenue__amount", filter=in_window)).values_list(
            "pk", "sum"
        )
    )
    costs = dict(
        ActivitySlice.objects.filter(day__gte=START, day__lt=AS_OF)
        .values_list("customer")
        .annotate(sum=Sum("cost"))
    )
    standings = list(Standing.objects.all())
    for standing in standings:
        standing.trailing_revenue = revenues[standing.pk] or 0
        standing.cost_to_serve = costs.get(standing.pk) or 0
        standing.raw_tier = top if standing.trailing_revenue > 1_000_000 else lowest
    Standing.objects.bulk_update(
        standings, ["trailing_revenue", "cost_to_serve", "raw_tier"], batch_size=1000
    )


class Memory:
    """The most private memory the database session of this process has had, with the processes
    that read for it, in MB: without the buffers that all sessions share.
    """

    def __init__(self) -> None:
        self.most = 0.0

    def watching(self, work: Callable[[], object]) -> Callable[[], None]:
        def watched() -> None:
            connection.ensure_connection()
            session = psutil.Process(connection.connection.info.backend_pid)
            ended = threading.Event()
            thread = threading.Thread(target=self._look, args=(session, ended))
            thread.start()
            work()
            ended.set()
            thread.join()

        return watched

    def _look(self, session: psutil.Process, ended: threading.Event) -> None:
        server = session.parent()
        while not ended.wait(0.02):
            helpers = [one for one in server.children() if _reads_for(session, one)]
            self.most = max(self.most, sum(map(_private_megabytes, [session, *helpers])))


def _reads_for(session: psutil.Process, process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return f"parallel worker for PID {session.pid}" in " ".join(process.cmdline())
    return False


def _private_megabytes(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        used = process.memory_info()
        return (used.rss - used.shared) / 1_000_000
    return 0.0
