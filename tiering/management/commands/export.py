"""`manage.py export standings|findings`: what nights have said, as CSV. See `--help`."""

import datetime
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firm.exports import csv_chunks
from firm.refusals import Refused
from tiering import finding_rows, standings


class Command(BaseCommand):
    help = "Writes a table as CSV (UTF-8 with BOM). Exit status: 0 done, 1 refused, 2 usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        day = datetime.date.fromisoformat
        tables = parser.add_subparsers(dest="table", required=True)
        standings = tables.add_parser(
            "standings", help="every customer's tier by the last evaluation for exactly this date"
        )
        standings.add_argument("--as-of", type=day, required=True, metavar="DATE")
        findings = tables.add_parser(
            "findings", help="every flag, resolved ones too, whose window touches these days"
        )
        findings.add_argument("--from", type=day, dest="first", required=True, metavar="DATE")
        findings.add_argument("--to", type=day, dest="last", required=True, metavar="DATE")
        for table in (standings, findings):
            table.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            columns, rows = _table(options)
            written = list(rows)
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        with open(options["out"], "wb") as file:
            file.writelines(csv_chunks(columns, written))


def _table(options: dict[str, Any]) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    if options["table"] == "standings":
        return standings.EXPORT_COLUMNS, standings.export_rows(options["as_of"])
    rows = finding_rows.export_rows(first=options["first"], last=options["last"])
    return finding_rows.EXPORT_COLUMNS, rows
