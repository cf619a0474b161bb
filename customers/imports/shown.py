"""An import as its page shows it: the summary's codes and texts as labels and numbers."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports.columns import label_of
from customers.imports.report import Line, cut_short, error_rows
from customers.imports.wording import NAMED, file_sentence, more_than_named
from customers.models import Import
from firm import wording
from firm.models import JobRun

REFUSED_SHOWN = 50
SEPARATORS: dict[str, Promise] = {
    "comma": gettext_lazy("comma"),
    "tab": gettext_lazy("tab"),
    "semicolon": gettext_lazy("semicolon"),
}
ENCODINGS = {"utf-8": "UTF-8", "cp932": "CP932 (Shift_JIS)"}
# The state chip's looks, by what an import's state means.
CHIPS = {
    Import.State.PREVIEWED: "held",
    Import.State.APPLIED: "done",
    Import.State.REFUSED: "failed",
    Import.State.LEFT: "queued",
}


@dataclass(frozen=True)
class Fate:
    """What becomes of some of the lines: how many, and their sums where they have any."""

    label: str
    lines: int
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


class Shown:
    """`{{ import.… }}` in templates; wraps the row, whose fields it passes on as `row`."""

    def __init__(self, row: Import) -> None:
        self.row = row
        self.summary: dict[str, Any] = row.summary
        self.figures: dict[str, Any] = row.summary.get("figures", {})

    @property
    def is_dead(self) -> bool:
        """The job gave up; its reason is `error`."""
        job = self.row.job
        return (
            job is not None
            and job.state == JobRun.State.FAILED
            and self.row.state in (Import.State.READING, Import.State.APPLYING)
        )

    @property
    def is_open(self) -> bool:
        return self.row.state in (Import.State.READING, Import.State.APPLYING) and not self.is_dead

    @property
    def chip(self) -> str:
        if self.is_dead:
            return "failed"
        return "running" if self.is_open else CHIPS[Import.State(self.row.state)]

    @property
    def state_label(self) -> str:
        return _("Did not finish") if self.is_dead else str(self.row.get_state_display())

    @property
    def error(self) -> str:
        return wording.error_text(self.row.job.error) if self.row.job else ""

    @property
    def refusal(self) -> str:
        return file_sentence(self.summary.get("refusal", {}))

    @property
    def last_replaced_day(self) -> datetime.date | None:
        """The period's end as people say it: included."""
        until = self.row.replace_until
        return until - datetime.timedelta(days=1) if until else None

    @property
    def format(self) -> str:
        understood = self.summary.get("understood", {})
        if understood.get("format") == "xlsx":
            return _("Excel, sheet “%(sheet)s”") % understood
        if not understood:
            return ""
        return _("CSV, %(encoding)s, separated by %(separator)s") % {
            "encoding": ENCODINGS[understood["encoding"]],
            "separator": SEPARATORS[understood["separator"]],
        }

    @property
    def header_line(self) -> int | None:
        return self.summary.get("understood", {}).get("header_line")

    @property
    def columns(self) -> list[tuple[str, str]]:
        """(as the file writes it, what it was read as)."""
        return [
            (written, label_of(self.row.kind, name))
            for name, written in self.summary.get("columns", ())
        ]

    @property
    def ignored(self) -> list[str]:
        """The first of the unknown columns; `more_ignored` counts the others."""
        return self.summary.get("ignored", [])[:NAMED]

    @property
    def more_ignored(self) -> str:
        return more_than_named(self.summary.get("ignored", []))

    @property
    def left_out(self) -> str:
        left_out = self.summary.get("left_out", {})
        parts = []
        if empty := left_out.get("empty"):
            parts.append(_("%(count)s empty lines") % {"count": empty})
        if totals := left_out.get("totals"):
            lines = ", ".join(map(str, totals))
            parts.append(_("total lines: %(lines)s") % {"lines": lines})
        return " · ".join(parts)

    @property
    def has_sums(self) -> bool:
        """Whether its lines add up to something: amounts, or minutes of the service log."""
        return "vanished" in self.figures

    @property
    def is_in_minutes(self) -> bool:
        return self.figures.get("unit") == "minutes"

    @cached_property
    def fates(self) -> list[Fate]:
        labels = {
            "added": _("Added"),
            "changed": _("Changed"),
            "vanished": _("Dropped"),
            "unchanged": _("Unchanged"),
        }
        return [
            _fate(label, self.figures[key]) for key, label in labels.items() if key in self.figures
        ]

    @property
    def changes_nothing(self) -> bool:
        return bool(self.figures) and not any(fate.lines for fate in self.fates[:-1])

    @property
    def file_total(self) -> Decimal | None:
        file = self.figures.get("file")
        return Decimal(file["after"]) if file else None

    @property
    def months(self) -> list[dict[str, Any]]:
        return [
            {
                "month": datetime.date.fromisoformat(month["month"]),
                "before": Decimal(month["before"]),
                "after": Decimal(month["after"]),
                "change": Decimal(month["after"]) - Decimal(month["before"]),
                "closed": month["closed"],
            }
            for month in self.figures.get("months", ())
        ]

    @property
    def closed_months(self) -> list[datetime.date]:
        return [month["month"] for month in self.months if month["closed"]]

    @property
    def changed_columns(self) -> list[tuple[str, int]]:
        return [
            (label_of(self.row.kind, name), lines)
            for name, lines in self.figures.get("changed_columns", {}).items()
        ]

    @property
    def changed_samples(self) -> list[dict[str, Any]]:
        return _typed(self.figures.get("changed_samples", ()))

    @property
    def vanished_samples(self) -> list[dict[str, Any]]:
        return _typed(self.figures.get("vanished_samples", ()))

    @property
    def rates(self) -> list[tuple[str, datetime.date, list[tuple[str, Decimal | None, Decimal]]]]:
        """(whose, from which day, (label, before, after) of each amount); None before is new."""
        return [
            (
                rate["name"],
                datetime.date.fromisoformat(rate["date"]),
                [
                    (label_of(self.row.kind, name), before and Decimal(before), Decimal(after))
                    for name, before, after in rate["amounts"]
                ],
            )
            for rate in self.figures.get("rates", ())
        ]

    @property
    def created(self) -> list[tuple[str, str, str]]:
        """(label, names, note) of what else comes into being."""
        parts = (
            (_("New people"), "new_people", _("They are added without a sign-in.")),
            (_("Known by name"), "joined_people", _("They get the address of this file.")),
            (_("New departments"), "new_departments", ""),
            (_("Grades that nobody has"), "unheld_grades", _("Check how they are written.")),
        )
        return [
            (label, ", ".join(found["names"]), note)
            for label, key, note in parts
            if (found := self.figures.get(key, {})).get("count")
        ]

    @property
    def has_details(self) -> bool:
        return any(
            self.figures.get(key) for key in ("months", "changed_columns", "new_contacts", "rates")
        ) or bool(self.created)

    @cached_property
    def refused_rows(self) -> list[tuple[Any, ...]]:
        lines = self.row.refused.values_list("line", "column", "code", "data")[:REFUSED_SHOWN]
        return list(error_rows(self.row, [Line(*line) for line in lines]))

    @property
    def cut_short(self) -> str:
        return cut_short(self.row)

    @property
    def refused_count(self) -> int:
        return self.summary.get("refused", 0)


def _fate(label: str, figures: dict[str, Any]) -> Fate:
    before, after = figures.get("before"), figures.get("after")
    return Fate(
        label,
        figures["lines"],
        Decimal(before) if before is not None else None,
        Decimal(after) if after is not None else None,
    )


def _typed(samples: Any) -> list[dict[str, Any]]:
    """Sums and dates of the sampled lines, which JSON keeps as text or numbers."""
    measured, dates = ("before", "after"), ("date", "date_before")
    return [
        {
            **sample,
            **{name: Decimal(sample[name]) for name in measured if sample.get(name)},
            **{name: datetime.date.fromisoformat(sample[name]) for name in dates if name in sample},
        }
        for sample in samples
    ]
