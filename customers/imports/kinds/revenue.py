"""Revenue: lines of the ledger, told apart by their identity (commands.md "Imports").

`import_lines` holds each line resolved: customer, net amount in the base currency, the live
entry of the same identity, and what would become of it: added, changed or unchanged.
"""

from typing import Any

from django.conf import settings

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
from firm.money import LARGEST, MINOR_UNITS

RATE_MAY_BE_OLD = 7  # days
SAMPLES = 20

# One rate per currency and day that occurs, so that the join below stays a small hash.
_RATES = """
DROP TABLE IF EXISTS import_rates;
CREATE TEMP TABLE import_rates ON COMMIT DROP AS
SELECT pair.currency, pair.date, latest.rate
FROM (
    SELECT DISTINCT currency, date FROM import_staged WHERE currency <> %(base)s
) AS pair
CROSS JOIN LATERAL (
    SELECT r.rate FROM customers_exchangerate r
    WHERE r.currency = pair.currency
      AND r.date <= pair.date AND r.date >= pair.date - %(days)s
    ORDER BY r.date DESC LIMIT 1
) AS latest;
ANALYZE import_rates
"""

_WRITTEN = """
SELECT s.line, c.id AS customer_id, s.date,
       coalesce(s.document_no, '') AS document_no, coalesce(s.line_no, '') AS line_no,
       coalesce(s.kind, 'recurring') AS kind, coalesce(s.service, '') AS service,
       coalesce(s.currency, %(base)s) AS currency,
       s.amount AS original_amount,
       CASE
         WHEN s.tax IS DISTINCT FROM 'included' AND coalesce(s.currency, %(base)s) = %(base)s
         THEN round(s.amount, %(digits)s)
         ELSE round(
           s.amount / (1 + CASE WHEN s.tax = 'included' THEN s.tax_rate ELSE 0 END)
             * CASE WHEN coalesce(s.currency, %(base)s) = %(base)s THEN 1 ELSE r.rate END,
           %(digits)s)
       END AS amount,
       round(s.cost * CASE WHEN coalesce(s.currency, %(base)s) = %(base)s THEN 1 ELSE r.rate END,
         %(digits)s) AS cost
FROM import_staged s
LEFT JOIN customers_customer c ON c.code = s.customer_code
LEFT JOIN import_rates r ON r.currency = s.currency AND r.date = s.date
"""

# Lines in the base currency with an amount finer than its smallest unit. (What is converted from
# another currency is rounded as a matter of course.)
_ROUNDED = """
SELECT count(*) AS lines FROM import_staged
WHERE coalesce(currency, %(base)s) = %(base)s
  AND (amount <> round(amount, %(digits)s) OR cost <> round(cost, %(digits)s))
"""

_LIVE = "e.superseded_by_import_id IS NULL AND e.source = %(source)s"

# With a document number the identity is its number and line, ...
_BY_DOCUMENT = f"""
SELECT w.*, 0 AS ordinal, e.id AS live_id, e.date AS live_date, e.amount AS live_amount,
       (w.date, w.amount, w.original_amount, w.currency, w.kind, w.service, w.cost)
         IS NOT DISTINCT FROM
       (e.date, e.amount, e.original_amount, e.currency, e.kind, e.service, e.cost) AS same
FROM written w
LEFT JOIN customers_revenueentry e
  ON {_LIVE} AND e.document_no <> '' AND e.customer_id = w.customer_id
 AND e.document_no = w.document_no AND e.line_no = w.line_no
WHERE w.document_no <> ''
"""
# ... without one it is the content and the place among equal lines.
_BY_CONTENT = f"""
SELECT w.*, e.id AS live_id, e.date AS live_date, e.amount AS live_amount,
       (w.amount, w.cost) IS NOT DISTINCT FROM (e.amount, e.cost) AS same
FROM (
    SELECT *, row_number() OVER (
        PARTITION BY customer_id, date, original_amount, currency, kind, service, line_no
        ORDER BY line) - 1 AS ordinal
    FROM written WHERE document_no = ''
) AS w
LEFT JOIN customers_revenueentry e
  ON {_LIVE} AND e.document_no = '' AND e.customer_id = w.customer_id AND e.date = w.date
 AND e.original_amount = w.original_amount AND e.currency = w.currency AND e.kind = w.kind
 AND e.service = w.service AND e.line_no = w.line_no AND e.ordinal = w.ordinal
"""
_LINES = f"""
CREATE TEMP TABLE import_lines ON COMMIT DROP AS
WITH written AS ({_WRITTEN}),
matched AS ({{branches}})
SELECT *, CASE WHEN live_id IS NULL THEN 'added' WHEN same THEN 'unchanged' ELSE 'changed' END
       AS fate
FROM matched;
ANALYZE import_lines
"""

_VANISHED = f"""
DROP TABLE IF EXISTS import_vanished;
CREATE TEMP TABLE import_vanished ON COMMIT DROP AS
SELECT e.id, e.customer_id, e.date, e.amount, e.document_no
FROM customers_revenueentry e
WHERE {_LIVE} AND e.date >= %(start)s AND e.date < %(end)s
  AND NOT EXISTS (SELECT 1 FROM import_lines l WHERE l.live_id = e.id)
"""

# Both begin at the index of the source's days.
_OVERLAPPED = f"""
SELECT min(date) AS start, max(date) AS end FROM customers_revenueentry e
WHERE {_LIVE} AND date BETWEEN %(first)s AND %(last)s
"""
_MONTHS = f"""
SELECT date_trunc('month', date)::date AS month, sum(amount) AS before
FROM customers_revenueentry e
WHERE {_LIVE} AND date >= %(start)s AND date < %(end)s
GROUP BY 1
"""

_INSERT = """
INSERT INTO customers_revenueentry (
    customer_id, date, amount, kind, source, document_no, line_no, ordinal, service, currency,
    original_amount, cost, import_id)
SELECT customer_id, date, amount, kind, %(source)s, document_no, line_no, ordinal, service,
       currency, original_amount, cost, %(import_id)s
FROM import_lines WHERE fate <> 'unchanged'
ORDER BY customer_id, date, line
"""


def check(work: Work) -> None:
    """Fills `import_lines`. Refuses lines that the database or their own cells contradict."""
    base = settings.BASE_CURRENCY
    execute(_RATES, base=base, days=RATE_MAY_BE_OLD)
    branches = [_BY_CONTENT] if "document_no" not in work.columns else [_BY_DOCUMENT, _BY_CONTENT]
    execute(
        _LINES.format(branches=" UNION ALL ".join(branches)),
        base=base,
        digits=_digits(base),
        source=work.import_.source,
    )
    refuse_unknown_customers()
    _refuse_contradictions(base)
    if "document_no" in work.columns:
        refuse_twice(
            "document_no",
            "customer_id, document_no, line_no",
            "(SELECT * FROM import_lines WHERE document_no <> '' AND customer_id IS NOT NULL) d",
        )


def _digits(currency: str) -> int:
    """Decimals of the smallest unit."""
    return MINOR_UNITS.get(currency, 2)


def _refuse_contradictions(base: str) -> None:
    refuse(
        "tax_rate",
        "tax_rate_missing",
        "SELECT line, '{}'::jsonb AS data FROM import_staged"
        " WHERE tax = 'included' AND tax_rate IS NULL",
    )
    refuse(
        "currency",
        "no_exchange_rate",
        """
        SELECT s.line, jsonb_build_object(
            'currency', s.currency, 'date', s.date, 'days', %(days)s, 'base', %(base)s) AS data
        FROM import_staged s
        WHERE s.currency <> %(base)s AND s.date IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM import_rates r WHERE r.currency = s.currency AND r.date = s.date)
        """,
        base=base,
        days=RATE_MAY_BE_OLD,
    )
    refuse(
        "amount",
        "amount_out_of_range",
        "SELECT line, '{}'::jsonb AS data FROM import_lines"
        " WHERE abs(amount) > %(most)s OR abs(cost) > %(most)s",
        most=LARGEST,
    )


def plan(work: Work) -> dict[str, Any]:
    """Added, changed, unchanged and vanished lines with their sums in the base currency, by
    month too. Raises Unreadable where lines without a document number could count twice.
    """
    execute(_VANISHED, **period(work), source=work.import_.source)
    check_overlap(work, "document_no = ''", _OVERLAPPED, code="overlap_without_replace")
    fates = rows(
        "SELECT date, live_date, fate, count(*) AS lines, sum(amount) AS after,"
        " sum(live_amount) AS before FROM import_lines GROUP BY date, live_date, fate"
    )
    vanished = rows(
        "SELECT date, count(*) AS lines, sum(amount) AS before FROM import_vanished GROUP BY date"
    )
    figures: dict[str, Any] = {
        fate: sums([row for row in fates if row["fate"] == fate])
        for fate in ("added", "changed", "unchanged")
    }
    figures["vanished"] = sums(vanished)
    figures["file"] = sums(fates)
    figures["months"] = months(_MONTHS, fates, vanished, source=work.import_.source)
    base = settings.BASE_CURRENCY
    figures["rounded"] = rows(_ROUNDED, base=base, digits=_digits(base))[0]["lines"]
    figures["customers"] = rows("SELECT count(DISTINCT customer_id) AS n FROM import_lines")[0]["n"]
    return figures | _samples()


def write(work: Work) -> None:
    """Retire what is corrected or has vanished, then insert. Old rows are only marked."""
    marked = "UPDATE customers_revenueentry e SET superseded_by_import_id = %(import_id)s"
    execute(
        f"{marked} FROM import_lines l WHERE l.live_id = e.id AND l.fate = 'changed'",
        import_id=work.import_.pk,
    )
    execute(f"{marked} FROM import_vanished v WHERE v.id = e.id", import_id=work.import_.pk)
    execute(_INSERT, import_id=work.import_.pk, source=work.import_.source)


def _samples() -> dict[str, list[dict[str, Any]]]:
    """The largest corrections and the largest entries that would be retired."""
    changed = rows(
        """
        SELECT c.code, l.line, l.document_no, l.line_no, l.live_date::text AS date_before,
               l.date::text AS date, l.live_amount::text AS before, l.amount::text AS after
        FROM import_lines l JOIN customers_customer c ON c.id = l.customer_id
        WHERE fate = 'changed' ORDER BY abs(l.amount - l.live_amount) DESC, l.line
        LIMIT %(most)s
        """,
        most=SAMPLES,
    )
    vanished = rows(
        """
        SELECT c.code, v.document_no, v.date::text AS date, v.amount::text AS before
        FROM import_vanished v JOIN customers_customer c ON c.id = v.customer_id
        ORDER BY abs(v.amount) DESC, v.id LIMIT %(most)s
        """,
        most=SAMPLES,
    )
    return {"changed_samples": changed, "vanished_samples": vanished}
