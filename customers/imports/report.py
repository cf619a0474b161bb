"""An import in words and rows: the preview on a terminal, the refused cells as a file."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports import job
from customers.imports.columns import label_of
from customers.imports.wording import hours_of, line_sentence, listed
from customers.models import Import
from firm import formats

ERROR_HEADER = (
    gettext_lazy("Line"),
    gettext_lazy("Column"),
    gettext_lazy("Reason"),
    gettext_lazy("Value"),
)


class Line(NamedTuple):
    """A refused cell, or a whole line where `column` is empty."""

    line: int
    column: str
    code: str
    data: dict[str, Any]


def error_rows(import_: Import, lines: Iterable[Line]) -> Iterator[tuple[Any, ...]]:
    """Under ERROR_HEADER; columns by the name the file gives them."""
    names = dict(import_.summary.get("columns", ()))
    for line, column, code, data in lines:
        label = names.get(column) or (column and label_of(import_.kind, column))
        yield line, label, line_sentence(code, data), data.get("value", "")


def cut_short(import_: Import) -> str:
    """That the refused cells are more than those kept; "" where all of them are."""
    cells = import_.summary.get("refused_cells", 0)
    if cells <= job.REPORTED_LINES:
        return ""
    return _("Of %(all)s refused cells, the file has only the first %(most)s.") % {
        "all": f"{cells:,}",
        "most": f"{job.REPORTED_LINES:,}",
    }


def fates(import_: Import) -> list[tuple[str, int]]:
    """(label, lines) of what becomes of the lines; without vanished ones where there are none."""
    figures = import_.summary.get("figures", {})
    labels = {
        "added": _("Added"),
        "changed": _("Changed"),
        "vanished": _("Dropped"),
        "unchanged": _("Unchanged"),
    }
    return [(label, figures[fate]["lines"]) for fate, label in labels.items() if fate in figures]


def preview_lines(import_: Import) -> Iterator[str]:
    """What was understood and what would change, for a terminal."""
    summary = import_.summary
    if "columns" in summary:
        read_as = [f"{name} = {written}" for name, written in summary["columns"]]
        yield _("Columns: %(columns)s") % {"columns": ", ".join(read_as)}
    if summary.get("ignored"):
        yield _("Ignored columns: %(columns)s") % {"columns": listed(summary["ignored"])}
    if totals := summary.get("left_out", {}).get("totals"):
        yield _("Total lines left out: %(lines)s") % {"lines": ", ".join(map(str, totals))}
    if summary.get("refused"):
        yield _("Refused lines: %(count)s") % {"count": summary["refused"]}
    figures = summary.get("figures", {})
    for label, lines in fates(import_):
        yield f"{label}: {lines}"
    if figures.get("kept"):
        yield _("Corrected or withdrawn here since, kept as they are: %(count)s") % {
            "count": figures["kept"]
        }
    if figures.get("rounded"):
        yield _("Lines with an amount rounded to the smallest unit: %(count)s") % {
            "count": figures["rounded"]
        }
    for title, key in (
        (_("People created without a sign-in: %(names)s"), "new_people"),
        (_("Departments created: %(names)s"), "new_departments"),
        (_("Joined with people known by name: %(names)s"), "joined_people"),
    ):
        if figures.get(key, {}).get("count"):
            yield title % {"names": ", ".join(figures[key]["names"])}
    for month in figures.get("months", ()):
        yield "{}: {} → {}{}".format(
            month["month"][:7],
            _measured(figures, month["before"]),
            _measured(figures, month["after"]),
            f" ({_('closed month')})" if month["closed"] else "",
        )


def _measured(figures: dict[str, Any], value: str) -> str:
    if figures.get("unit") == "minutes":
        return _("%(hours)s h") % {"hours": hours_of(Decimal(value))}
    return str(formats.money(Decimal(value), "yen"))
