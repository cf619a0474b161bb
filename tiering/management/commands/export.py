"""`manage.py export standings`: what an evaluation said, as CSV. See `--help`."""

import datetime
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firm.exports import csv_chunks
from firm.refusals import Refused
from tiering.standings import EXPORT_COLUMNS, export_rows


class Command(BaseCommand):
    help = "Writes a table as CSV (UTF-8 with BOM). Exit status: 0 done, 1 refused, 2 usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tables = parser.add_subparsers(dest="table", required=True)
        standings = tables.add_parser(
            "standings", help="every customer's tier by the last evaluation for exactly this date"
        )
        standings.add_argument(
            "--as-of", type=datetime.date.fromisoformat, required=True, metavar="DATE"
        )
        standings.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = list(export_rows(options["as_of"]))
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        with open(options["out"], "wb") as file:
            file.writelines(csv_chunks(EXPORT_COLUMNS, rows))
