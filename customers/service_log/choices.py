"""What the form of an entry offers for one customer, in as few questions as possible."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from customers.contracts.in_force import agreed_with
from customers.contracts.wording import extension_text
from customers.models import Activity, Contact, Customer, Goal, Investment, ScopeTerm
from customers.prices import HourlyPrice, price_columns, price_in
from firm.models import User
from firm.superiors import managers_of

Choices = list[tuple[str, str]]
# Terms of which a piece of work can be one.
COUNTED = {ScopeTerm.Kind.COUNT, ScopeTerm.Kind.DELIVERABLE, ScopeTerm.Kind.MEETINGS}


@dataclass(frozen=True)
class EntryChoices:
    """Values and labels; `people` are those who may know of goodwill work besides oneself."""

    contacts: Choices = field(default_factory=list)
    work_items: Choices = field(default_factory=list)
    goals: Choices = field(default_factory=list)
    investments: Choices = field(default_factory=list)
    extensions: Choices = field(default_factory=list)
    people: Choices = field(default_factory=list)
    price: HourlyPrice | None = None


def choices_for(
    customer: Customer, *, person: User, on: datetime.date, entry: Activity | None = None
) -> EntryChoices:
    """As of the day. What an `entry` is linked to is offered as well, though it is over."""
    linked = entry or Activity(work_item="")
    manager = managers_of([person.pk], on=on).get(person.pk, 0)
    row = _read(customer, linked, manager=manager, on=on)
    agreed = agreed_with(customer.pk, on=on)
    terms = [term.name for held in agreed for term in held.terms if term.kind in COUNTED]
    extensions = [one for held in agreed for one in held.extensions]
    told = getattr(linked, "favor", None) and linked.favor.told
    known = [(one.pk, one.name) for one in (customer.owner, customer.backup, told) if one]
    colleagues = [*known, *((manager, name) for name in [row["manager_name"]] if name)]
    return EntryChoices(
        contacts=_pairs(row["contacts_open"]),
        work_items=[(name, name) for name in _once([*terms, linked.work_item])],
        goals=_pairs(row["goals_open"]),
        investments=_pairs(row["investments_open"]),
        extensions=[
            (str(one.pk), extension_text(one)) for one in _once([*extensions, linked.extension])
        ],
        people=[(str(pk), name) for pk, name in _once(colleagues) if pk != person.pk],
        price=price_in(row),
    )


def last_entry(customer: Customer, *, person: User, is_shared: bool) -> Activity | None:
    """The person's latest one for this customer: to do the same again. On a shared screen of
    those that may be read beside the customer.
    """
    entries = Activity.objects.live().filter(customer=customer, staff=person)
    entries = entries.shared() if is_shared else entries
    return entries.select_related("favor").order_by("-day", "-pk").first()


def _read(
    customer: Customer, linked: Activity, *, manager: int, on: datetime.date
) -> dict[str, Any]:
    """Contacts, open goals and investments, the price of an hour and the name of the manager, in
    one query.
    """
    goals = Goal.objects.filter(Q(state="open") | Q(pk=linked.goal_id))
    investments = Investment.objects.filter(Q(state="open") | Q(pk=linked.investment_id))
    columns = {
        "contacts_open": _labels(Contact.objects.all(), "name"),
        "goals_open": _labels(goals, "purpose"),
        "investments_open": _labels(investments, "title"),
        "manager_name": Subquery(User.objects.filter(pk=manager).values("name")),
        **price_columns(on=on),
    }
    return dict(Customer.objects.filter(pk=customer.pk).values(**columns)[0])


def _labels(rows: QuerySet[Any], column: str) -> ArraySubquery:
    theirs = rows.filter(customer=OuterRef("pk"))
    return ArraySubquery(theirs.values(json=JSONObject(pk=F("pk"), label=F(column))))


def _pairs(rows: list[dict[str, Any]]) -> Choices:
    return [(str(row["pk"]), row["label"]) for row in rows]


def _once(values: Iterable[Any]) -> list[Any]:
    """Each once, in order, without what is empty."""
    return list(dict.fromkeys(value for value in values if value))
