"""A customer's entries as a list: by filters, the latest first."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.consumption.marked import MarkKind, marked
from customers.consumption.marks import marks_of
from customers.models import Activity, Channel, Customer
from customers.models.activity import OPEN_CAUSES
from customers.service_log.entries import live_favor
from firm.forms import DayField
from firm.models import User

SORT = "-day"
_ROWS_A_BATCH = 500


class DayFilter(django_filters.Filter):
    field_class = DayField


def _of_a_code(label: Any, choices: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label, choices=choices, empty_label=gettext_lazy("All")
    )


class LogFilter(django_filters.FilterSet):
    """All optional; the address holds them, and what does not parse is left out of the question.
    Of several marks an entry has at least one. On a shared screen there are neither marks nor
    entries that we account for among ourselves.
    """

    person = django_filters.ChoiceFilter(
        label=gettext_lazy("Done by"), field_name="staff", empty_label=gettext_lazy("All")
    )
    cause = _of_a_code(gettext_lazy("Cause"), Activity.Cause.choices)
    channel = _of_a_code(gettext_lazy("Channel"), Channel.choices)
    since = DayFilter(label=gettext_lazy("From day"), field_name="day", lookup_expr="gte")
    until = DayFilter(label=gettext_lazy("To day"), field_name="day", lookup_expr="lte")
    mark = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Marks"),
        choices=MarkKind.choices,
        method="with_marks",
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Activity
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, customer: Customer, is_shared: bool) -> None:
        entries = Activity.objects.live().filter(customer=customer)
        super().__init__(data, entries.shared() if is_shared else entries)
        self.customer = customer
        # Distinct, so that the customer's entries are read once, and not each colleague's all.
        logged = Activity.objects.filter(customer=customer).values("staff").distinct()
        people = User.objects.filter(pk__in=logged).order_by("name").values_list("pk", "name")
        self.filters["person"].extra["choices"] = list(people)
        if is_shared:
            del self.filters["mark"]
            self.filters["cause"].extra["choices"] = [
                choice for choice in Activity.Cause.choices if choice[0] in OPEN_CAUSES
            ]

    def with_marks(
        self, entries: QuerySet[Activity], name: str, kinds: list[str]
    ) -> QuerySet[Activity]:
        return entries.filter(marked(self.customer.pk, kinds))


def shown(entries: QuerySet[Activity]) -> QuerySet[Activity]:
    return entries.select_related("staff", "contact", "favor")


def header(*, is_shared: bool, shows_price: bool) -> list[str]:
    columns = [
        _("Date"), _("Start"), _("Minutes"), _("Done by"), _("Cause"), _("Kind of work"),
        _("Channel"), _("Work item"), _("How many"), _("Contact person"),
    ]  # fmt: skip
    if not is_shared:
        columns += [_("Note"), _("Marks"), _("Goodwill work")]
        columns += [_("Usual price")] * shows_price
    return columns


def exported(
    entries: QuerySet[Activity], *, is_shared: bool, shows_price: bool
) -> Iterator[list[Any]]:
    """Rows as `header` names them, in the memory of some hundred."""
    rows = iter(shown(entries).order_by(SORT, "-pk").iterator(chunk_size=_ROWS_A_BATCH))
    while batch := list(islice(rows, _ROWS_A_BATCH)):
        marks = {} if is_shared else marks_of(batch)
        for entry in batch:
            row = _told(entry)
            if not is_shared:
                favor, own = live_favor(entry), marks.get(entry.pk)
                row += [entry.note, " / ".join(mark.words for mark in own.marks) if own else ""]
                row += [favor.why if favor else ""]
                row += [favor.usual_price if favor else None] * shows_price
            yield row


def _told(entry: Activity) -> list[Any]:
    return [
        entry.day,
        entry.started_at,
        entry.minutes,
        entry.staff.name,
        str(entry.get_cause_display()),
        str(entry.get_kind_display()),
        str(entry.get_channel_display()),
        entry.work_item,
        entry.quantity,
        entry.contact.name if entry.contact else "",
    ]
