"""Too many contacts, and contacts through a channel that no contract names."""

from customers.consumption.contacts import (
    CHANNEL_OUTSIDE,
    CONTACT_COUNTS,
    CONTACTS,
    IS_CONTACT,
    ONE_CONTACT,
)
from customers.consumption.counting import TERMS
from tiering.servicing.statements.parts import COST_OF_ENTRY, summed


def _asked(kind: str, since: str) -> str:
    """Customers with such a term on some day from then on."""
    return f"""asked AS (
        SELECT DISTINCT c.customer_id AS id FROM {TERMS}
        WHERE t.kind = '{kind}' AND r.valid_from <= %(on)s
          AND (r.valid_to IS NULL OR r.valid_to > {since}))"""


# Of the week and the month the one that goes further beyond. All contacts of its days are the
# evidence; the latest of them, as many as there are too many, are what is beyond, each as its
# first entry.
FREQUENCY = summed(
    f"""
    WITH {_asked("contact_most", "%(on)s")}, {CONTACTS}, {CONTACT_COUNTS}, judged AS (
        SELECT DISTINCT ON (customer_id) customer_id, span.*,
               span.by_customer + span.by_us - span.most AS beyond
        FROM windows w
        CROSS JOIN LATERAL (VALUES
            (7, w.week_by_customer, w.week_by_us, w.a_week),
            (28, w.by_customer, w.by_us, w.a_month)
        ) AS span(days, by_customer, by_us, most)
        WHERE span.by_customer + span.by_us > %(frequency_ratio)s * span.most
          AND span.by_customer + span.by_us - span.most >= %(frequency_over)s
        ORDER BY customer_id, beyond DESC, days
    ), placed AS (
        SELECT contacts.*, row_number() OVER (
                   PARTITION BY customer_id ORDER BY day DESC, started_at DESC, id DESC) AS place
        FROM contacts
    )
    SELECT a.customer_id, a.day, (a.id = p.id AND p.place <= j.beyond)::int AS quantity,
           CASE WHEN p.place <= j.beyond THEN a.minutes ELSE 0 END AS minutes,
           CASE WHEN p.place <= j.beyond THEN {COST_OF_ENTRY} ELSE 0 END AS cost, a.id AS entry,
           jsonb_build_object('days', j.days, 'by_customer', j.by_customer, 'by_us', j.by_us,
                              'most', j.most)::text AS label
    FROM judged j
    JOIN placed p ON p.customer_id = j.customer_id AND p.day > %(on)s::date - j.days
    JOIN customers_activity a ON a.customer_id = p.customer_id AND a.day = p.day
                             AND (a.thread <> '') = p.is_thread AND {ONE_CONTACT} = p.name
                             AND {IS_CONTACT}""",
    values="SELECT customer_id, min(label)::jsonb FROM pieces GROUP BY customer_id",
)

# Every contact of a channel that has been used often enough; work that came through it is one.
CHANNEL = summed(
    f"""
    WITH {_asked("channel", "%(days_since)s")}, entries AS (
        SELECT a.customer_id, a.day, a.channel, a.id, a.minutes, {COST_OF_ENTRY} AS cost,
               row_number() OVER (
                   PARTITION BY a.customer_id, a.channel, a.day, a.thread <> '', {ONE_CONTACT}
                   ORDER BY a.started_at, a.id) AS place
        FROM asked JOIN customers_activity a ON a.customer_id = asked.id
        WHERE a.day >= %(days_since)s AND a.day <= %(on)s AND {CHANNEL_OUTSIDE}
    ), used AS (
        SELECT customer_id, channel FROM entries GROUP BY customer_id, channel
        HAVING count(*) FILTER (WHERE place = 1) >= %(channel_contacts)s
    )
    SELECT customer_id, day, (place = 1)::int AS quantity, minutes, cost, id AS entry,
           channel AS label
    FROM entries JOIN used USING (customer_id, channel)""",
    since="%(days_since)s::date",
    values="""
    SELECT customer_id, jsonb_build_object('channels', jsonb_object_agg(label, times))
    FROM (SELECT customer_id, label, sum(quantity)::int AS times
          FROM pieces GROUP BY customer_id, label) AS channels
    GROUP BY customer_id""",
    before=f"""(
        SELECT count(DISTINCT (a.channel, a.day, a.thread <> '', {ONE_CONTACT}))
        FROM customers_activity a
        WHERE a.customer_id = gross.customer_id AND a.day >= gross.month
          AND a.day < %(days_since)s AND {CHANNEL_OUTSIDE})""",
)
