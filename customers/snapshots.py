"""The rows that lists and search read, kept in step with the customers they are about.

Called by the actions and imports that change a customer or the phones of its contacts, in their
transaction. The tier and money columns belong to the nightly run and stay as they are.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection

from firm.text import search_key, sort_key

CUSTOMERS_A_BATCH = 5_000

_READ = """
SELECT c.id, c.code, c.name, c.name_kana, c.phone,
       array(SELECT unnest(ARRAY[t.phone, t.mobile])
             FROM customers_contact t WHERE t.customer_id = c.id ORDER BY 1)
FROM customers_customer c WHERE c.id = ANY(%s)
"""
_WRITE = """
WITH k AS (
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS k(id, sort_key, search_key)
), searchable AS (
    INSERT INTO customers_searchkey (customer_id, search_key) SELECT id, search_key FROM k
    ON CONFLICT (customer_id) DO UPDATE SET search_key = EXCLUDED.search_key
    WHERE customers_searchkey.search_key <> EXCLUDED.search_key
)
INSERT INTO customers_customersnapshot (
    customer_id, code, name, sort_key, search_key, owner_id, backup_id, department_id, status,
    in_grace, trailing_revenue, cost_to_serve)
SELECT c.id, c.code, c.name, k.sort_key, k.search_key, c.owner_id, c.backup_id, c.department_id,
       c.status, false, 0, 0
FROM k
JOIN customers_customer c ON c.id = k.id
ON CONFLICT (customer_id) DO UPDATE SET
    code = EXCLUDED.code, name = EXCLUDED.name, sort_key = EXCLUDED.sort_key,
    search_key = EXCLUDED.search_key, owner_id = EXCLUDED.owner_id,
    backup_id = EXCLUDED.backup_id, department_id = EXCLUDED.department_id,
    status = EXCLUDED.status
"""


def refresh(customer_ids: Iterable[int]) -> None:
    """Write the snapshot rows of these customers anew, or for the first time."""
    with connection.cursor() as cursor:
        for batch in _batches(customer_ids):
            cursor.execute(_READ, [batch])
            found = cursor.fetchall()
            sort_keys = [sort_key(name=name, kana=kana) for _, _, name, kana, _, _ in found]
            search_keys = [
                search_key(code=code, name=name, kana=kana, phones=[phone, *phones])
                for _, code, name, kana, phone, phones in found
            ]
            cursor.execute(_WRITE, [[row[0] for row in found], sort_keys, search_keys])


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(ids)
    while batch := list(islice(remaining, CUSTOMERS_A_BATCH)):
        yield batch
