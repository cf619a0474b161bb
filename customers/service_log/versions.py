"""What an entry said before its corrections: a version a row, with what changed in it."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Activity, Channel
from firm import formats
from firm.models import User

# Columns that a correction may change, with what they are called.
LABELS = {
    "day": gettext_lazy("Date"),
    "started_at": gettext_lazy("Start"),
    "minutes": gettext_lazy("Minutes"),
    "cause": gettext_lazy("Cause"),
    "kind": gettext_lazy("Kind of work"),
    "channel": gettext_lazy("Channel"),
    "direction": gettext_lazy("Direction"),
    "initiator": gettext_lazy("Initiative"),
    "contact_id": gettext_lazy("Contact person"),
    "work_item": gettext_lazy("Work item"),
    "quantity": gettext_lazy("How many"),
    "thread": gettext_lazy("Conversation"),
    "note": gettext_lazy("Note"),
    "goal_id": gettext_lazy("Goal"),
    "investment_id": gettext_lazy("Investment"),
    "extension_id": gettext_lazy("Extension"),
    "is_invoiced": gettext_lazy("Invoiced"),
}
CODES = {
    "cause": Activity.Cause,
    "kind": Activity.Kind,
    "channel": Channel,
    "direction": Activity.Direction,
    "initiator": Activity.Initiator,
}


@dataclass(frozen=True)
class Change:
    """Of links only that they changed: what they name may have changed since."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """The first one has no changes, and was recorded rather than corrected."""

    number: int
    at: datetime.datetime
    by: User | None
    changes: list[Change]


def versions_of(entry: Activity) -> list[Version]:
    """The latest first."""
    rows: dict[int, Any] = {row.version: row for row in entry.events.order_by("pgh_id")}  # type: ignore[attr-defined]
    rows[entry.version] = entry
    ordered = [rows[number] for number in sorted(rows)]
    people = User.objects.in_bulk({_person(row) for row in ordered} - {None})
    versions = [
        Version(
            number=row.version,
            at=row.corrected_at or row.recorded_at,
            by=people.get(_person(row)),
            changes=_changes(before, row) if before is not None else [],
        )
        for before, row in zip([None, *ordered], ordered, strict=False)
    ]
    return versions[::-1]


def _person(row: Any) -> int | None:
    return row.corrected_by_id if row.corrected_at else row.recorded_by_id


def _changes(before: Model, after: Model) -> list[Change]:
    return [
        Change(str(label), _words(name, getattr(before, name)), _words(name, getattr(after, name)))
        for name, label in LABELS.items()
        if getattr(before, name) != getattr(after, name)
    ]


def _words(name: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if name in CODES:
        return str(CODES[name](value).label)
    if name.endswith("_id"):
        return _("set")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return formats.full_moment(value)
    return formats.full_day(value) if isinstance(value, datetime.date) else str(value)
