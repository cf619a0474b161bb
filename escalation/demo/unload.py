"""Taking the demo firm away again: all of it, or nothing where data of one's own are here.

A demo's history and audit trail are fiction like the rest. They are append-only for everybody
but the owner of the tables, so this works as the owner only.
"""

import datetime
import json

import pgtrigger
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer, Import
from escalation.demo import company, draft
from escalation.demo.customers import generate_customers
from escalation.demo.load import RULES, SOURCE
from firm import audit_chain
from firm.models import Firm, StoredFile, User
from firm.refusals import Refused
from firm.work_calendars import ensure_firm_calendar
from tiering.models import RuleSet

# What no demo has written, or what makes up the schema.
KEPT = frozenset(
    {
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "customers_exchangerate",
        "django_content_type",
        "django_migrations",
        "firm_firm",
        "firm_heartbeat",
        "firm_holiday",
    }
)


def strangers() -> dict[str, QuerySet]:
    """What is here and the demo has not made, by the English name of its kind."""
    rules = json.loads(RULES.read_text(encoding="utf-8"))["name"]
    customers = [customer.code for customer in generate_customers(datetime.date(2026, 1, 1))]
    found = {
        "customers": Customer.objects.exclude(code__in=customers),
        "people": User.objects.exclude(email__in=[person.email for person in company.PEOPLE]),
        "imports": Import.objects.exclude(source=SOURCE),
        "rules": RuleSet.objects.exclude(name__in=[rules, draft.NAME]),
    }
    return {kind: rows for kind, rows in found.items() if rows.exists()}


def check_can_unload() -> None:
    found = {kind: rows.count() for kind, rows in strangers().items()}
    if found:
        counts = {kind: found.get(kind, 0) for kind in ("customers", "people", "imports", "rules")}
        raise Refused(
            _(
                "This place holds your own data: customers %(customers)s, people %(people)s,"
                " imports %(imports)s, versions of tier rules %(rules)s. Nothing was removed."
            )
            % counts
        )


def unload() -> bool:
    """Returns False where there is no demo. Works with the rights of the tables' owner only."""
    if not Firm.objects.filter(is_demo=True).exists():
        return False
    with pgtrigger.ignore(), transaction.atomic():
        Firm.objects.select_for_update().get(pk=1)
        check_can_unload()
        files = [file.path for file in StoredFile.objects.all()]
        _empty_tables()
        ensure_firm_calendar(now=timezone.now())
        Firm.objects.filter(pk=1).update(name="", is_demo=False, flags_since=None)
    # The heads noted outside would call the next firm's chain a forgery.
    for path in [*files, audit_chain.heads_file()]:
        path.unlink(missing_ok=True)
    return True


def _empty_tables() -> None:
    quote = connection.ops.quote_name
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(map(quote, tables))} RESTART IDENTITY")
