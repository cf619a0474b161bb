"""A firm of any size: customers, 16 ledger lines and 10 pieces of logged work each, over two
years. The same every time.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection

from bench.report import note, timed
from firm.embedded.places import Places

LINES = 16
ACTIVITIES = 10
DAYS = 730
LAST_DAY = datetime.date(2026, 6, 30)
NOW = datetime.datetime(2026, 7, 15, 1, 0, tzinfo=datetime.UTC)

PEOPLE = """
INSERT INTO firm_department (name) SELECT '第' || n || '課' FROM generate_series(1, 10) n;
INSERT INTO firm_user (password, is_superuser, email, name, name_kana, cost_grade, is_active,
                       is_staff, language, time_zone, theme, money_unit, date_joined)
SELECT '', false, 'person-' || n || '@example.jp', '社員 ' || n, '', '', true, false, 'ja',
       'Asia/Tokyo', 'auto', 'thousand', now()
  FROM generate_series(1, 100) n;
INSERT INTO customers_import (kind, source, file_name, strict, state, summary, created_at,
                              applied_at, applied_no)
VALUES ('revenue', 'default', '', false, 'applied', '{}', now(), now(), 1)
"""

CUSTOMERS = """
INSERT INTO customers_customer (id, code, name, name_kana, phone, email, postal_code, address,
                                city, country, industry, status, closing_day, payment_terms,
                                corporate_number, tags, owner_id, backup_id, department_id)
SELECT n, 'K' || lpad(n::text, 7, '0'),
       (ARRAY['青葉','みらい','東都','光和','北斗','山手','大川','中央','富士',
              '桜木'])[1 + abs(hashint4(n)) %% 10]
         || (ARRAY['製作所','商事','物流','電機','建設','食品','医療','印刷'])[1 + n / 7 %% 8] || n,
       (ARRAY['アオバ','ミライ','トウト','コウワ','ホクト','ヤマテ','オオカワ','チュウオウ','フジ',
              'サクラギ'])[1 + abs(hashint4(n)) %% 10] || n,
       '03-' || lpad((n %% 10000)::text, 4, '0') || '-' || lpad((n / 100 %% 10000)::text, 4, '0'),
       '', '', '', '', '', '', CASE WHEN n %% 20 = 0 THEN 'inactive' ELSE 'active' END, '', '', '',
       '{}', owner.id, backup.id, department.id
  FROM generate_series(1, %(customers)s) n
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS no FROM firm_user) owner
    ON owner.no = n %% 100
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS no FROM firm_user) backup
    ON backup.no = (n + 37) %% 100
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS no FROM firm_department) department
    ON department.no = n %% 10
 ORDER BY n;
SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), %(customers)s)
"""

SNAPSHOTS = """
INSERT INTO customers_customersnapshot (customer_id, code, name, sort_key, search_key, owner_id,
                                        backup_id, department_id, status, in_grace,
                                        trailing_revenue, cost_to_serve)
SELECT id, code, name, name_kana,
       lower(code) || ' ' || name || ' ' || name_kana || ' ' || replace(phone, '-', ''),
       owner_id, backup_id, department_id, status, false, 0, 0
  FROM customers_customer ORDER BY id;
INSERT INTO customers_searchkey (customer_id, search_key)
SELECT customer_id, search_key FROM customers_customersnapshot ORDER BY customer_id
"""

# A customer's size is lognormal; a tenth has nothing in the last year, some lines are credits.
REVENUE = """
INSERT INTO customers_revenueentry (customer_id, date, amount, kind, source, document_no, line_no,
                                    ordinal, service, currency, original_amount, import_id)
SELECT customer, day, amount, 'recurring', 'default', customer || '-' || no, '', 0, '', 'JPY',
       amount, 1
  FROM (SELECT customer, no,
               %(last)s::date - (CASE WHEN customer %% 10 = 0 THEN 366 ELSE 0 END
                 + (no * 45 + customer %% 45) %% (%(days)s
                   - CASE WHEN customer %% 10 = 0 THEN 366 ELSE 0 END)) AS day,
               round((10000 * exp(1.42 * (sqrt(-2 * ln((hashint4(customer) & 65535) / 65536.0
                 + 1e-6)) * cos(6.2831853 * (hashint4(-customer) & 65535) / 65536.0))))::numeric)
                 * CASE WHEN no = 7 AND customer %% 13 = 0 THEN -1 ELSE 1 END AS amount
          FROM generate_series(1, %(customers)s) customer, generate_series(1, %(lines)s) no
       ) lines
"""

ACTIVITY = """
INSERT INTO customers_activity (customer_id, staff_id, day, minutes, cause)
SELECT customer, (SELECT min(id) FROM firm_user) + customer %% 100,
       %(last)s::date - (no * 71 + customer %% 71) %% %(days)s, 15 + customer %% 90, 'in_contract'
  FROM generate_series(1, %(customers)s) customer, generate_series(1, %(lines)s) no;
INSERT INTO customers_activityslice (activity_id, customer_id, day, minutes, cost)
SELECT id, customer_id, day, minutes, minutes * 100 FROM customers_activity
"""


@contextmanager
def superuser() -> Iterator[psycopg.Connection]:
    """For filling tables without asking every foreign key and trigger, never for what is
    measured.
    """
    places = Places(settings.DATA)
    with psycopg.connect(
        host=str(places.sockets),
        user="postgres",
        dbname=connection.settings_dict["NAME"],
        passfile=str(places.superuser_password),
        autocommit=True,
        cursor_factory=psycopg.ClientCursor,
    ) as opened:
        opened.execute("SET session_replication_role = replica")
        yield opened


def prepare(customers: int) -> None:
    """Fill the database, or take over one that holds as many customers."""
    connection.ensure_connection()  # starts the servers and migrates
    with superuser() as database:
        found = database.execute("SELECT count(*) FROM customers_customer").fetchone()
        if found == (customers,):
            return
        seconds = timed(lambda: fill(database, customers))
        note(f"{customers:,} customers made in {seconds:.0f} s")


def fill(database: psycopg.Connection, customers: int) -> None:
    common = {"customers": customers, "last": LAST_DAY, "days": DAYS}
    database.execute("SET maintenance_work_mem = '512MB'")
    with without_indexes(database):
        database.execute(PEOPLE)
        database.execute(CUSTOMERS, common)
        database.execute(SNAPSHOTS)
        database.execute(REVENUE, common | {"lines": LINES})
        database.execute(ACTIVITY, common | {"lines": ACTIVITIES})
    database.execute("VACUUM (ANALYZE)")
    database.execute("CHECKPOINT")


@contextmanager
def without_indexes(database: psycopg.Connection) -> Iterator[None]:
    """Built at once over what is there, they cost a fraction of what each row would."""
    found = database.execute(
        """
        SELECT index.indexname, index.indexdef FROM pg_indexes index
         WHERE index.schemaname = 'public' AND index.tablename LIKE 'customers@_%' ESCAPE '@'
           AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = index.indexname)
        """
    ).fetchall()
    for name, _definition in found:
        database.execute(f'DROP INDEX "{name}"')
    yield
    for _name, definition in found:
        database.execute(definition)
