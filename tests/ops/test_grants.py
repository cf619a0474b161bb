"""The table of rights (firm/grants.py) and what the database's catalogue says."""

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection

from firm.embedded.places import Places
from firm.grants import TABLES, rights, role_names
from firm.models import AuditEvent
from tests.ops.servers import connect

pytestmark = pytest.mark.django_db

AUDIT_TRIGGER = "{" + AuditEvent._meta.triggers[0].get_pgid(AuditEvent) + "}"
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def tables() -> list[str]:
    return connection.introspection.table_names()


def granted(user: str, table: str) -> set[str]:
    """As the catalogue says: whole-table privileges, and `PRIVILEGE (column)` for the others."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT privilege FROM unnest(%(privileges)s::text[]) privilege
            WHERE has_table_privilege(%(user)s, %(table)s, privilege)
            UNION ALL
            SELECT 'UPDATE (' || attname || ')' FROM pg_attribute
            WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped
              AND has_column_privilege(%(user)s, attrelid, attnum, 'UPDATE')
              AND NOT has_table_privilege(%(user)s, attrelid, 'UPDATE')
            """,
            {"privileges": [*PRIVILEGES, "MAINTAIN"], "user": user, "table": table},
        )
        return {privilege for (privilege,) in cursor.fetchall()}


def test_every_table_has_a_row_and_every_row_a_table():
    assert set(tables()) == set(TABLES)


@pytest.mark.parametrize("role", ["app", "worker"])
def test_the_catalogue_agrees(role):
    user = role_names()[role]
    assert {table: granted(user, table) for table in tables()} == {
        table: set(rights(role, table)) for table in tables()
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE firm_auditevent SET code = 'x'",
        "DELETE FROM firm_auditevent",
        "TRUNCATE firm_auditevent CASCADE",
        "INSERT INTO firm_auditchain DEFAULT VALUES",
        "DELETE FROM customers_revenueentry",
        "UPDATE customers_revenueentry SET amount = 0",
        "ALTER TABLE firm_user ADD COLUMN more int",
        "CREATE TABLE more (n int)",
        "SET session_replication_role = replica",
    ],
)
def test_the_app_may_not(statement):
    with connection.cursor() as cursor:
        # The trigger's explanation is switched off: what is left is what really protects.
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [AUDIT_TRIGGER])
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            cursor.execute(statement)


def test_the_trigger_alone_would_not_protect():
    """The control: whoever has the grant can switch the trigger off."""
    owner = connect(
        Places(settings.DATA), "merihari_owner", dbname=connection.settings_dict["NAME"]
    )
    with owner, owner.transaction(force_rollback=True):
        owner.execute(
            "INSERT INTO firm_auditevent (code, subject_kind, data, at) "
            "VALUES ('signed_in', '', '{}', now())"
        )
        with pytest.raises(psycopg.Error, match="Cannot update"), owner.transaction():
            owner.execute("UPDATE firm_auditevent SET code = 'x'")
        owner.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [AUDIT_TRIGGER])
        assert owner.execute("UPDATE firm_auditevent SET code = 'x'").rowcount == 1
