"""The form of the drafts: for each what becomes of it, and as what it is recorded."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actions.drafts import Choice
from customers.models import ActivityDraft, Customer
from customers.service_log.week import CAUSES
from firm.business_time import MINUTES_A_DAY
from firm.scope import Scope
from firm.text import fold

TAKE, LEAVE, LATER = "take", "leave", "later"


class DraftFileForm(forms.Form):
    """A calendar or hours file of one's own."""

    file = forms.FileField(
        label=gettext_lazy("Calendar or hours file"),
        help_text=gettext_lazy(
            "An .ics file, or a .csv or .xlsx file with the columns customer code or customer,"
            " date, hours or minutes, start, title. The last 3 months are read, up to 2 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar,.csv,.tsv,.txt,.xlsx"}),
    )


@dataclass
class Line:
    """A draft as its row shows it; `customer` is what stands in the field."""

    draft: ActivityDraft
    what: str
    customer: str
    cause: str
    minutes: str
    error: str = ""


@dataclass
class Settled:
    """What the form says: to be recorded, to be left out; `lines` with what is wrong."""

    lines: list[Line]
    taken: list[Choice] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        return any(line.error for line in self.lines)


def name_of(customer: Customer | None) -> str:
    """As the field offers it: the code, by which it is found again, and the name."""
    return f"{customer.code} {customer.name}" if customer else ""


def lines_of(drafts: Iterable[ActivityDraft]) -> list[Line]:
    """As proposed: those whose customer is known are to be recorded."""
    return [
        Line(
            draft=draft,
            what=TAKE if draft.customer_id else LATER,
            customer=name_of(draft.customer),
            cause=CAUSES[0],
            minutes=str(draft.minutes),
        )
        for draft in drafts
    ]


def settled(drafts: Iterable[ActivityDraft], data: QueryDict, scope: Scope) -> Settled:
    """What was chosen for these drafts; those that the page did not have wait on."""
    found = Settled(lines_of(drafts))
    for line in found.lines:
        pk = line.draft.pk
        line.what = data.get(f"what-{pk}", LATER)
        line.customer = data.get(f"customer-{pk}", line.customer).strip()
        line.cause = data.get(f"cause-{pk}", line.cause)
        line.minutes = data.get(f"minutes-{pk}", line.minutes).strip()
    customers = _named({line.customer for line in found.lines if line.what == TAKE}, scope)
    for line in found.lines:
        if line.what == LEAVE:
            found.left_out.append(line.draft.pk)
        elif line.what == TAKE:
            _take(line, customers, found)
    return found


def _take(line: Line, customers: dict[str, Customer], found: Settled) -> None:
    customer = customers.get(line.customer)
    digits = line.minutes.isascii() and line.minutes.isdigit() and len(line.minutes) <= 4
    minutes = int(line.minutes) if digits else 0
    if customer is None:
        line.error = _("Choose one of your customers.")
    elif not 1 <= minutes <= MINUTES_A_DAY:
        line.error = _("Minutes are a whole number from 1 to 1,440.")
    elif line.cause not in CAUSES:
        line.error = _("Choose a cause.")
    else:
        found.taken.append(Choice(line.draft.pk, customer, line.cause, minutes))


def _named(typed: Collection[str], scope: Scope) -> dict[str, Customer]:
    """By what was typed: a code with or without the name behind it, or a whole name."""
    codes = {text: text.split(" ")[0] for text in typed if text}
    theirs = Customer.objects.visible_to(scope).filter(
        Q(code__in={*codes.values(), *(code.upper() for code in codes.values())})
        | Q(name__in=set(typed))
    )
    by_code: dict[str, Customer] = {}
    by_name: dict[str, list[Customer]] = {}
    for customer in theirs:
        by_code[fold(customer.code)] = customer
        by_name.setdefault(customer.name, []).append(customer)
    found: dict[str, Customer | None] = {}
    for text, code in codes.items():
        named = by_name.get(text, [])
        found[text] = named[0] if len(named) == 1 else by_code.get(fold(code))
    return {text: customer for text, customer in found.items() if customer is not None}
