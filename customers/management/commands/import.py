# ruff: noqa: N999 `import` is the command's name
"""`manage.py import KIND FILE`: read, check and write a file here and now. See `--help`."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import import_now
from customers.imports.columns import COLUMNS
from customers.imports.period import read_period
from customers.imports.report import ERROR_HEADER, Line, cut_short, error_rows, preview_lines
from customers.imports.wording import file_sentence, line_sentence
from customers.models import Import
from firm.exports import csv_chunks
from firm.refusals import Refused

SHOWN = 20  # refused cells on the terminal; --errors has more

HELP = """\
Bring in a file: CSV (UTF-8 with or without BOM, or CP932; comma, tab or semicolon) or .xlsx.

All or nothing: one refused line, and nothing is changed. Repeating a file changes nothing.
Columns go by English or Japanese names in any order; unknown ones are ignored and listed.

kinds and their columns (* required):
{kinds}

exit status: 0 done, 1 refused, 2 wrong usage
"""


def _kinds_help() -> str:
    lines = []
    for kind in Import.Kind.values:
        names = ", ".join(f"{c.name}{'*' if c.required else ''}" for c in COLUMNS[kind])
        lines.append(f"  {kind}: {names}")
    return "\n".join(lines)


class Command(BaseCommand):
    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.description = HELP.format(kinds=_kinds_help())
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=Import.Kind.values)
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, change nothing"
        )
        parser.add_argument("--json", action="store_true", help="answer as one JSON object")
        parser.add_argument(
            "--source", default="default", help="where the file comes from (default: default)"
        )
        parser.add_argument(
            "--replace",
            metavar="FROM..TO",
            help="revenue, activities: entries of this source in this period that the file lacks "
            "are retired. Months or days, the end included: 2026-04..2026-09 is up to 30 September",
        )
        parser.add_argument("--strict", action="store_true", help="refuse unknown columns")
        parser.add_argument("--errors", type=Path, metavar="FILE", help="refused cells as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path}, returncode=2)
        try:
            replaces = read_period(options["replace"]) if options["replace"] else None
        except Refused as refused:
            raise CommandError(refused.sentence, returncode=2) from None
        if path.stat().st_size > settings.UPLOAD_LIMIT_BYTES:
            limit = settings.UPLOAD_LIMIT_BYTES >> 20
            raise CommandError(_("The file is larger than %(limit)s MB.") % {"limit": limit})
        try:
            import_, refused_cells = import_now(
                kind=options["kind"],
                path=path,
                by=None,
                now=timezone.now(),
                source=options["source"],
                replaces=replaces,
                strict=options["strict"],
                dry_run=options["dry_run"],
            )
        except Refused as refused:
            raise CommandError(refused.sentence, returncode=2) from None
        lines = [Line(*cell) for cell in refused_cells]
        if options["errors"] is not None:
            self._write_errors(options["errors"], import_, lines)
        if options["json"]:
            self._answer_json(import_, lines, is_dry=options["dry_run"])
        else:
            self._answer(import_, lines, is_dry=options["dry_run"])
        if import_.state == Import.State.REFUSED:
            raise SystemExit(1)

    def _write_errors(self, path: Path, import_: Import, lines: list[Line]) -> None:
        rows = error_rows(import_, lines)
        path.write_bytes(b"".join(csv_chunks([str(name) for name in ERROR_HEADER], rows)))
        if sentence := cut_short(import_):
            self.stderr.write(sentence)

    def _answer(self, import_: Import, lines: list[Line], *, is_dry: bool) -> None:
        for line in preview_lines(import_):
            self.stdout.write(line)
        for row in error_rows(import_, lines[:SHOWN]):
            self.stderr.write(" · ".join(str(cell) for cell in row if cell not in (None, "")))
        more = import_.summary.get("refused_cells", 0) - SHOWN
        if more > 0:
            self.stderr.write(_("… and %(more)s more") % {"more": f"{more:,}"})
        if refusal := file_sentence(import_.summary.get("refusal", {})):
            self.stderr.write(refusal)
        if import_.state == Import.State.REFUSED:
            self.stderr.write(_("Refused: nothing was changed."))
        elif is_dry:
            self.stdout.write(_("Dry run: nothing was changed."))
        else:
            self.stdout.write(_("Done."))

    def _answer_json(self, import_: Import, lines: list[Line], *, is_dry: bool) -> None:
        summary = import_.summary
        answer = {
            "kind": import_.kind,
            "source": import_.source,
            "state": import_.state,
            "dry_run": is_dry,
            "applied": import_.state == Import.State.APPLIED,
            **{name: value for name, value in summary.items() if name != "refusal"},
            "refusal": file_sentence(summary.get("refusal", {})) or None,
            "errors": list(_errors(lines)),
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _errors(lines: list[Line]) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield {
            "line": line.line,
            "column": line.column,
            "code": line.code,
            "reason": line_sentence(line.code, line.data),
        }
