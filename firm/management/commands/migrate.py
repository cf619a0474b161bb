"""Django's `migrate`, followed by the grants of firm/grants.py."""

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import transaction

from firm.grants import apply_grants, wrong_character_type


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
            for note in apply_grants():
                self.stderr.write(note)
