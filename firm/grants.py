"""What each database role may do with each table, applied after every `migrate`.

A trigger explains why something is not to be done; only a missing grant prevents it, whatever
a session sets. The owner of the tables migrates and does nothing else. A table without a row
here is closed to everyone else, and a test compares this page with the catalogue.
"""

import os

import environ
from django.conf import settings
from django.db import connection

READ = ("SELECT",)
APPEND = ("SELECT", "INSERT")
EDIT = ("SELECT", "INSERT", "UPDATE")
FULL = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Never edited; one that does not hold yet may be taken back.
VERSION = ("SELECT", "INSERT", "DELETE")
# Entries are corrected by newer ones; the only mark on an old one is who superseded it.
LEDGER = ("SELECT", "INSERT", "UPDATE (superseded_by_import_id)")

# For the web (`app`) and the background work (`worker`) alike.
TABLES: dict[str, tuple[str, ...]] = {
    # Kept for ever: history, decisions, audit
    "firm_auditevent": APPEND,
    "firm_auditchain": READ,  # written at commit by a trigger with the owner's rights
    "customers_revenueentry": LEDGER,
    "customers_activityevent": APPEND,
    "customers_contactevent": APPEND,
    "customers_customerevent": APPEND,
    "customers_contractevent": APPEND,
    "customers_contractrevisionevent": APPEND,
    "customers_favorevent": APPEND,
    "customers_goalevent": APPEND,
    "customers_investmentevent": APPEND,
    "customers_loneworkanswer": APPEND,
    "customers_purposereading": APPEND,
    "customers_renewalnotice": APPEND,
    "customers_scopeextension": APPEND,
    "tiering_tierchange": APPEND,
    "tiering_benefituse": APPEND,
    "tiering_evaluation": EDIT,
    "tiering_heldmove": APPEND,
    "tiering_observation": APPEND,
    "tiering_settledpart": APPEND,
    "django_admin_log": APPEND,
    # What changes but is never deleted
    "customers_activity": EDIT,
    "customers_contract": EDIT,
    "customers_contractrevision": EDIT,
    "customers_customer": EDIT,
    "customers_exchangerate": EDIT,
    "customers_favor": EDIT,
    "customers_goal": EDIT,
    "customers_investment": EDIT,
    "customers_paymentstop": EDIT,
    "customers_scopeinquiry": EDIT,
    "customers_strategicscore": EDIT,
    "firm_billrate": EDIT,
    "firm_closedmonth": EDIT,
    "firm_department": EDIT,
    "firm_firm": ("SELECT", "UPDATE"),
    "firm_jobrun": EDIT,
    "firm_notification": EDIT,
    "firm_post": EDIT,
    "firm_postholding": EDIT,
    "firm_user": EDIT,
    "firm_workcalendar": EDIT,
    "pghistory_context": EDIT,
    "tiering_benefit": EDIT,
    "tiering_finding": EDIT,
    "tiering_override": EDIT,
    "tiering_tier": EDIT,
    # Drafts, working state and things of one person
    "account_emailaddress": FULL,
    "account_emailconfirmation": FULL,
    "authtoken_token": FULL,
    "customers_activitydraft": FULL,
    "customers_activityslice": FULL,
    "customers_contact": FULL,
    "customers_customersnapshot": FULL,
    "customers_import": FULL,
    "customers_importline": FULL,
    "customers_loneworknotice": FULL,
    "customers_quietweek": FULL,
    "customers_scopeterm": FULL,
    "customers_searchkey": FULL,
    "django_session": FULL,
    "firm_calendarday": FULL,
    "firm_calendardayoff": FULL,
    "firm_calendarhours": VERSION,
    "firm_calendarshift": FULL,
    "firm_calendarversion": VERSION,
    "firm_companyday": FULL,
    "firm_costrate": FULL,
    "firm_heartbeat": EDIT,
    "firm_holiday": FULL,
    "firm_keptanswer": FULL,
    "firm_premium": FULL,
    "firm_savedview": FULL,
    "firm_storedfile": FULL,
    "firm_user_groups": FULL,
    "firm_user_user_permissions": FULL,
    "mfa_authenticator": FULL,
    "tiering_guardrule": FULL,
    "tiering_preview": FULL,
    "tiering_previewmove": FULL,
    "tiering_ruleset": FULL,
    "tiering_servicelevel": FULL,
    "tiering_standing": FULL,
    "tiering_tiercriterion": FULL,
    "tiering_tierrule": FULL,
    # Written by `migrate` only
    "auth_group": READ,
    "auth_group_permissions": READ,
    "auth_permission": READ,
    "django_content_type": READ,
    "django_migrations": READ,
}

# VACUUM (ANALYZE) after a large import, or index-only scans go on reading the heap.
MAINTAINED_BY_WORKER = (
    "customers_activity",
    "customers_activityslice",
    "customers_customersnapshot",
    "customers_revenueentry",
    "tiering_standing",
    "tiering_tierchange",
)


def rights(role: str, table: str) -> tuple[str, ...]:
    """What `role` ("app" or "worker") may do with `table`."""
    maintained = role == "worker" and table in MAINTAINED_BY_WORKER
    return (*TABLES.get(table, ()), *(("MAINTAIN",) if maintained else ()))


def role_names() -> dict[str, str]:
    """Our names of the roles and the database's, from DATABASE_URL and DATABASE_WORKER_URL."""
    app_url = os.environ.get("DATABASE_URL")
    if not app_url:
        return {"app": "merihari_app", "worker": "merihari_worker"}
    worker_url = os.environ.get("DATABASE_WORKER_URL") or app_url
    return {
        "app": environ.Env.db_url_config(app_url)["USER"],
        "worker": environ.Env.db_url_config(worker_url)["USER"],
    }


def apply_grants() -> list[str]:
    """Set every role's rights as this page says. Returns sentences about what could not be."""
    owner = connection.settings_dict["USER"]
    tables = connection.introspection.table_names()
    notes = [
        f"firm/grants.py has no row for {table}: nobody but the owner can use it."
        for table in tables
        if table not in TABLES
    ]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for role, name in role_names().items():
            if name == owner:
                notes.append(
                    f"The role {role} works as the owner of the tables ({owner}): set "
                    "DATABASE_OWNER_URL to another user to protect the audit trail."
                )
                continue
            user = quote(name)
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {user}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {user}")
            for table in tables:
                cursor.execute(f"REVOKE ALL ON {quote(table)} FROM {user}")
                if rights(role, table):
                    granted = ", ".join(rights(role, table))
                    cursor.execute(f"GRANT {granted} ON {quote(table)} TO {user}")
    return notes


def wrong_character_type() -> str | None:
    """A sentence when Japanese words would have no trigrams here, so that search finds nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datctype, pg_encoding_to_char(encoding) FROM pg_database "
            "WHERE datname = current_database()"
        )
        character_type, encoding = cursor.fetchone()
    if encoding == "UTF8" and character_type not in ("C", "POSIX"):
        return None
    return (
        f"The database {settings.DATABASES['default']['NAME']} has the character type "
        f"{character_type} and the encoding {encoding}; create it with LC_CTYPE C.UTF-8 and UTF8."
    )
