"""`manage.py rules publish FILE.json`: put tier rules in force. See `--help`."""

import datetime
import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from firm.models import User
from firm.refusals import Refused
from tiering import rule_file
from tiering.actions import create_draft, preview_now, publish_rules
from tiering.previews.tables import plain_text


class Command(BaseCommand):
    help = "Publishes the tier rules of a JSON file. Exit status: 0 done, 1 refused, 2 usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        publish = verbs.add_parser(
            "publish",
            help="the same act as on the rules page; works out the impact preview, prints it and"
            " publishes by it",
        )
        publish.add_argument("file", type=Path)
        publish.add_argument(
            "--effective-from",
            type=datetime.date.fromisoformat,
            required=True,
            metavar="DATE",
            help="the first day; in the past only where nothing has been evaluated since",
        )
        publish.add_argument("--by", required=True, metavar="EMAIL", help="who publishes")
        publish.add_argument(
            "--approved-by",
            metavar="EMAIL",
            help="the second person; needed once the firm has gone live",
        )
        publish.add_argument("--note", required=True, help="why; kept with the version")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path}, returncode=2)
        now = timezone.now()
        by = _person(options["by"])
        approved_by = _person(options["approved_by"]) if options["approved_by"] else None
        try:
            with transaction.atomic():
                draft = create_draft(rules=rule_file.read(path.read_bytes()), by=by, now=now)
                preview = preview_now(draft=draft, by=by, now=now)
                version = publish_rules(
                    draft=draft,
                    preview=preview,
                    effective_from=options["effective_from"],
                    by=by,
                    approved_by=approved_by,
                    note=options["note"],
                    now=now,
                    channel="command",
                    os_user=getpass.getuser(),
                )
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(plain_text(preview))
        self.stdout.write(
            _("Version %(number)s of the tier rules (%(name)s) holds from %(date)s.")
            % {
                "number": version.number,
                "name": version.name,
                "date": version.effective_from,
            }
        )


def _person(email: str) -> User:
    try:
        return User.objects.get_by_natural_key(email)
    except User.DoesNotExist:
        sentence = _("There is nobody with the address %(email)s.") % {"email": email}
        raise CommandError(sentence) from None
