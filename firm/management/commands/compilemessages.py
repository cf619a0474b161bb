"""Django's `compilemessages` without gettext's programs, which a fresh machine doesn't have."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Compiles the message catalogues (.po) that the pages are translated by."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--locale", "-l", action="append", default=[])

    def handle(self, *args: Any, locale: list[str], **options: Any) -> None:
        for directory in settings.LOCALE_PATHS:
            for source in sorted(Path(directory).glob("*/LC_MESSAGES/*.po")):
                if not locale or source.parts[-3] in locale:
                    polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))
