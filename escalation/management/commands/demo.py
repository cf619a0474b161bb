"""`manage.py demo load|unload|logins`: the fictional firm of the first visit."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from escalation.demo import first_screen
from escalation.demo.load import load
from escalation.demo.unload import unload
from firm.models import Firm
from firm.refusals import Refused


class Command(BaseCommand):
    help = (
        "The demo firm: 13 people, 120 customers and 24 months of revenue, all invented and dated"
        " so that last month is closed. `load` brings it in, `unload` takes it away again,"
        " `logins` prints the address and one log-in per role. Load and unload refuse to run"
        " where there are data of your own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["load", "unload", "logins"])

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        try:
            getattr(self, act)()
        except Refused as refused:
            raise CommandError(refused.sentence) from None

    def load(self) -> None:
        if load(now=timezone.now()):
            self.stdout.write(_("The demo firm is loaded."))
        else:
            self.stdout.write(_("The demo firm is loaded already."))

    def unload(self) -> None:
        """The tables' owner alone may remove history, so the work is done by a child as such."""
        if settings.DATABASE_ROLE != "owner":
            command = [sys.executable, sys.argv[0], "demo", "unload"]
            child = subprocess.run(command, env={**os.environ, "DATABASE_ROLE": "owner"})
            if child.returncode:
                sys.exit(child.returncode)
            return
        if unload():
            self.stdout.write(_("The demo firm is gone."))
        else:
            self.stdout.write(_("There is no demo firm here."))

    def logins(self) -> None:
        if not Firm.objects.filter(is_demo=True).exists():
            return
        how = _("one button per role, no password:")
        self.stdout.write(f"{settings.SITE_URL}/  {how}")
        for login in first_screen.logins():
            self.stdout.write(f"  {login.person.name}  {login.role.label}: {login.sees}")
