"""Django's `migrate`, followed by the firm's calendar and the grants of firm/grants.py."""

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection, transaction
from django.utils import timezone

from firm.grants import apply_grants, wrong_character_type
from firm.models import CalendarDay
from firm.work_calendars import ensure_firm_calendar


class Command(migrate.Command):
    help = "Updates the database's schema, then each role's rights (firm/grants.py)."

    def handle(self, *args, **options):
        refusal = wrong_character_type()
        if refusal:
            raise CommandError(refusal)
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        with transaction.atomic():
            # Not there yet on the way to an older migration.
            if CalendarDay._meta.db_table in connection.introspection.table_names():
                ensure_firm_calendar(now=timezone.now())
            for note in apply_grants():
                self.stderr.write(note)
