"""`manage.py verify_audit`: is the audit trail still what was written?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firm import audit_chain


class Command(BaseCommand):
    help = (
        "Check every event of the audit trail against the chain of hashes and the heads noted "
        "outside the database. Exit 0: nothing was changed; 1: something was."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = audit_chain.verify()
        self.stdout.write(f"{verdict.links} links hold; heads noted in {audit_chain.heads_file()}")
        if verdict.noted is None:
            self.stdout.write("No head has been noted yet: a chain written anew would not show.")
        elif verdict.unproven:
            self.stdout.write(
                f"The {verdict.unproven} links after {verdict.noted.at} are not proven by a head."
            )
        if verdict.problems:
            raise CommandError("\n".join(verdict.problems))
