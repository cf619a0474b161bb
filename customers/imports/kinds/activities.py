"""The service log: entries, told apart by their number in their source (commands.md "Imports").

A line without a number is told apart by its content, as the file writes it, and its place among
equal lines; the digest of both is kept as its number, so that both kinds are found in one way.
A column that the file does not have stays as it is. What a person has corrected or withdrawn
here meanwhile stays, too, as long as the file says what it said before.
"""

from typing import Any

from django.conf import settings
from django.db.models.expressions import RawSQL

from customers.actions.goodwill import prices_following
from customers.imports import people
from customers.imports.months import months, sums
from customers.imports.overlap import check_overlap, period
from customers.imports.work import (
    Work,
    execute,
    refuse,
    refuse_twice,
    refuse_unknown_customers,
    rows,
)
from customers.models import Activity, Favor
from customers.service_log.slices import cut, rewrite_slices
from firm.dates import firm_date

SAMPLES = 20

# Every file has these; of the others, what an entry says where the file has no such column.
_REQUIRED = ("customer_id", "staff_id", "day", "started_at", "minutes")
_DEFAULTS = {
    "cause": "in_contract",
    "kind": "work",
    "channel": "",
    "direction": "",
    "initiator": "",
    "work_item": "",
    "thread": "",
    "note": "",
}
_OPTIONAL = ", ".join(
    f"coalesce(s.{name}, '{default}') AS {name}" for name, default in _DEFAULTS.items()
)

# `started_at` comes from values.read_start: the firm's day, and behind it the moment, if any.
_WRITTEN = f"""
SELECT s.line, c.id AS customer_id, p.id AS staff_id, left(s.started_at, 10)::date AS day,
       nullif(substr(s.started_at, 12), '')::timestamptz AS started_at, s.minutes, {_OPTIONAL},
       s.source_id AS given, s.staff, c.status, c.ended_on,
       CASE WHEN s.source_id IS NULL THEN md5(row(
           s.customer_code, s.staff, s.started_at, s.minutes, s.cause, s.kind, s.channel,
           s.direction, s.initiator, s.work_item, s.thread, s.note)::text) END AS digest
FROM import_staged s
LEFT JOIN customers_customer c ON c.code = s.customer_code
LEFT JOIN import_people p ON p.written = s.staff
"""
_NAMED = "SELECT *, given AS source_id FROM written WHERE given IS NOT NULL"
_NAMELESS = """
SELECT *, '#' || digest || '-' || row_number() OVER (PARTITION BY digest ORDER BY line)
FROM written WHERE given IS NULL
"""
_LINES = f"""
CREATE TEMP TABLE import_lines ON COMMIT DROP AS
WITH written AS ({_WRITTEN}), named AS ({{named}})
SELECT w.*, w.day AS date, e.id AS live_id, e.day AS live_date,
       e.customer_id AS live_customer_id,
       CASE WHEN e.withdrawn_at IS NULL THEN e.minutes END AS live_minutes,
       CASE
         WHEN e.id IS NULL THEN 'added'
         WHEN e.withdrawn_at = i.applied_at THEN 'restored'
         WHEN e.withdrawn_at IS NOT NULL THEN 'kept'
         WHEN {{same_as_e}} THEN 'unchanged'
         WHEN e.corrected_at IS DISTINCT FROM i.applied_at AND EXISTS (
             SELECT FROM customers_activityevent h WHERE h.pgh_obj_id = e.id AND {{same_as_h}})
         THEN 'kept'
         ELSE 'changed'
       END AS fate
FROM named w
LEFT JOIN customers_activity e
  ON e.source = %(source)s AND e.source_id = w.source_id AND e.source_id <> ''
LEFT JOIN customers_import i ON i.id = e.import_id;
ANALYZE import_lines (line, live_id, fate)
"""

_LIVE = "e.withdrawn_at IS NULL AND e.source <> '' AND e.source = %(source)s"
_VANISHED = f"""
DROP TABLE IF EXISTS import_vanished;
CREATE TEMP TABLE import_vanished ON COMMIT DROP AS
SELECT e.id, e.customer_id, e.day AS date, e.minutes, e.source_id
FROM customers_activity e
WHERE {_LIVE} AND e.day >= %(start)s AND e.day < %(end)s
  AND NOT EXISTS (SELECT 1 FROM import_lines l WHERE l.live_id = e.id)
"""
_OVERLAPPED = f"""
SELECT min(day) AS start, max(day) AS end FROM customers_activity e
WHERE {_LIVE} AND day BETWEEN %(first)s AND %(last)s
"""
_MONTHS = f"""
SELECT date_trunc('month', day)::date AS month, sum(minutes)::bigint AS before
FROM customers_activity e
WHERE {_LIVE} AND day >= %(start)s AND day < %(end)s
GROUP BY 1
"""

_INSERTED = (*_REQUIRED, *_DEFAULTS)
# What is told of the new entries goes straight to their slices: reading them again would cost a
# look into the log for each.
_INSERT = f"""
DROP TABLE IF EXISTS import_added;
CREATE TEMP TABLE import_added (
    id bigint, customer_id bigint, staff_id bigint, day date, started_at timestamptz, minutes int
) ON COMMIT DROP;
WITH added AS (
    INSERT INTO customers_activity ({", ".join(_INSERTED)}, source, source_id, import_id,
                                    recorded_at, recorded_by_id)
    SELECT {", ".join(_INSERTED)}, %(source)s, source_id, %(import_id)s, %(now)s, %(by)s
    FROM import_lines WHERE fate = 'added'
    ORDER BY customer_id, day, line
    RETURNING id, customer_id, staff_id, day, started_at, minutes
)
INSERT INTO import_added SELECT * FROM added
"""
# What the entry is linked to belongs to its customer, an investment to its cause, an extension to
# its time.
_LINKS = ("contact_id", "goal_id")
_CORRECT = f"""
UPDATE customers_activity e
SET {{columns}}, {
    ", ".join(
        f"{link} = CASE WHEN e.customer_id = l.customer_id THEN e.{link} END" for link in _LINKS
    )
},
    investment_id = CASE WHEN e.customer_id = l.customer_id AND {{cause}} = 'investment'
                         THEN e.investment_id END,
    extension_id = CASE WHEN e.customer_id = l.customer_id THEN (
        SELECT x.id FROM customers_scopeextension x
        WHERE x.id = e.extension_id AND l.day >= x.starts_on AND l.day < x.ends_on) END,
    version = e.version + 1, corrected_at = %(now)s, corrected_by_id = %(by)s,
    withdrawn_at = NULL, withdrawn_because = '', import_id = %(import_id)s
FROM import_lines l
WHERE l.live_id = e.id AND l.fate IN ('changed', 'restored')
"""
_CHANGED = RawSQL("SELECT live_id FROM import_lines WHERE fate = 'changed'", [])
_WITHDRAW = """
UPDATE customers_activity e SET withdrawn_at = %(now)s, import_id = %(import_id)s
FROM import_vanished v WHERE v.id = e.id;
UPDATE customers_favor f SET withdrawn_at = %(now)s
FROM import_vanished v WHERE v.id = f.activity_id AND f.withdrawn_at IS NULL
"""
_ADDED = """
SELECT a.id, a.customer_id, a.day, a.started_at, a.minutes, p.cost_grade
FROM import_added a JOIN firm_user p ON p.id = a.staff_id
"""
_CORRECTED = """
SELECT live_id FROM import_lines WHERE fate IN ('changed', 'restored')
UNION ALL SELECT id FROM import_vanished
"""


def check(work: Work) -> None:
    """Fills `import_lines`. Refuses lines that the database or the clock contradicts."""
    people.find("staff")
    columns = _columns(work)
    nameless = rows("SELECT EXISTS (SELECT FROM import_staged WHERE source_id IS NULL) AS some")
    branches = [_NAMED, _NAMELESS] if nameless[0]["some"] else [_NAMED]
    execute(
        _LINES.format(
            named=" UNION ALL ".join(branches),
            same_as_e=_same(columns, "e"),
            same_as_h=_same(columns, "h"),
        ),
        source=work.import_.source,
    )
    refuse_unknown_customers()
    _refuse_contradictions(work)
    if "source_id" in work.columns:
        given = "(SELECT line, source_id FROM import_lines WHERE given IS NOT NULL) g"
        refuse_twice("source_id", "source_id", given)


def _columns(work: Work) -> list[str]:
    """Of the table, those that the file tells."""
    return [*_REQUIRED, *(name for name in _DEFAULTS if name in work.columns)]


def _same(columns: list[str], alias: str) -> str:
    """Whether line w(ritten) says what is there already; somebody yet to be created is nobody."""
    left, right = (", ".join(f"{a}.{name}" for name in columns) for a in ("w", alias))
    return f"({left}) IS NOT DISTINCT FROM ({right})"


def _refuse_contradictions(work: Work) -> None:
    refuse(
        "started_at",
        "in_the_future",
        "SELECT line, jsonb_build_object('value', coalesce("
        "   to_char(started_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD HH24:MI'), day::text)) AS data"
        " FROM import_lines WHERE day > %(today)s OR started_at > %(now)s",
        zone=settings.FIRM_TIME_ZONE,
        today=firm_date(work.now),
        now=work.now,
    )
    refuse(
        "started_at",
        "no_longer_a_customer",
        "SELECT line, jsonb_build_object('value', day, 'date', ended_on) AS data"
        " FROM import_lines WHERE status = 'inactive' AND day > ended_on",
    )


def plan(work: Work) -> dict[str, Any]:
    """Added, changed, unchanged and vanished lines with their sums in minutes, by month too.
    Raises Unreadable where lines without a number could count twice.
    """
    execute(_VANISHED, **period(work), source=work.import_.source)
    check_overlap(work, "given IS NULL", _OVERLAPPED, code="activities_overlap")
    fates = rows(
        "SELECT date, live_date, fate, count(*) AS lines, sum(minutes)::bigint AS after,"
        " sum(live_minutes)::bigint AS before FROM import_lines GROUP BY date, live_date, fate"
    )
    vanished = rows(
        "SELECT date, count(*) AS lines, sum(minutes)::bigint AS before FROM import_vanished"
        " GROUP BY date"
    )
    parts = {"added": ("added", "restored"), "changed": ("changed",), "unchanged": ("unchanged",)}
    return {
        "unit": "minutes",
        **{
            part: sums([row for row in fates if row["fate"] in among])
            for part, among in parts.items()
        },
        "kept": sum(row["lines"] for row in fates if row["fate"] == "kept"),
        "vanished": sums(vanished),
        "file": sums(fates),
        "months": months(_MONTHS, fates, vanished, source=work.import_.source),
        "customers": rows("SELECT count(DISTINCT customer_id) AS n FROM import_lines")[0]["n"],
        "new_people": people.missing(),
        **_samples(),
    }


def _samples() -> dict[str, list[dict[str, Any]]]:
    """The largest corrections and the largest entries that would be withdrawn."""
    number = "CASE WHEN source_id LIKE '#%%' THEN '' ELSE source_id END AS document_no"
    changed = rows(
        f"""
        SELECT c.code, l.line, {number}, l.live_date::text AS date_before, l.date::text AS date,
               l.live_minutes AS before, l.minutes AS after
        FROM import_lines l JOIN customers_customer c ON c.id = l.customer_id
        WHERE fate = 'changed' ORDER BY abs(l.minutes - l.live_minutes) DESC, l.line
        LIMIT %(most)s
        """,
        most=SAMPLES,
    )
    vanished = rows(
        f"""
        SELECT c.code, {number}, v.date::text AS date, v.minutes AS before
        FROM import_vanished v JOIN customers_customer c ON c.id = v.customer_id
        ORDER BY v.minutes DESC, v.id LIMIT %(most)s
        """,
        most=SAMPLES,
    )
    return {"changed_samples": changed, "vanished_samples": vanished}


def write(work: Work) -> None:
    """Insert, correct and withdraw; what an entry said before stays in its history."""
    people.create_missing(work)
    execute(
        "UPDATE import_lines l SET staff_id = p.id FROM import_people p"
        " WHERE l.staff_id IS NULL AND p.written = l.staff"
    )
    facts = {
        "import_id": work.import_.pk,
        "now": work.now,
        "by": work.by.pk if work.by else None,
    }
    execute(_INSERT, source=work.import_.source, **facts)
    _slice_added()
    if rows(f"SELECT EXISTS ({_CORRECTED}) AS some")[0]["some"]:
        _correct(_columns(work), **facts)


def _correct(columns: list[str], **facts: Any) -> None:
    marks = Favor.objects.filter(activity__in=_CHANGED, withdrawn_at=None)
    with prices_following(favors=marks):
        execute(
            _CORRECT.format(
                columns=", ".join(f"{name} = l.{name}" for name in columns),
                cause="l.cause" if "cause" in columns else "e.cause",
            ),
            **facts,
        )
    execute(_WITHDRAW, **facts)
    rewrite_slices(Activity.objects.filter(pk__in=RawSQL(_CORRECTED, [])))


def _slice_added() -> None:
    (span,) = rows("SELECT min(day) AS first, max(day) AS last FROM import_added")
    if span["first"] is not None:
        cut(_ADDED, [], **span)
