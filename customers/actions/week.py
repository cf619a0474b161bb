"""A person's week, saved as a sheet: one entry without a time of day a cell."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions.activities import (
    EntryData,
    confirm_quiet_week,
    correct_activity,
    record_activity,
    take_back_quiet_week,
    withdraw_activity,
)
from customers.models import Activity, Customer
from customers.service_log.coverage import A_WEEK
from customers.service_log.entries import GRID
from customers.service_log.week import hours_text
from firm import formats
from firm.models import User
from firm.refusals import Refused

# A cell of the sheet: customer, day, cause.
Place = tuple[int, datetime.date, str]


@dataclass(frozen=True)
class Wish:
    """What a cell is to show in all, in minutes; `was` is the cause it has stood under so far."""

    customer: int
    day: datetime.date
    cause: str
    minutes: int
    was: str


@dataclass(frozen=True)
class Saved:
    """How many entries were written anew, corrected and withdrawn."""

    recorded: int
    corrected: int
    withdrawn: int


@transaction.atomic
def save_week(
    *,
    week: datetime.date,
    wishes: Collection[Wish],
    quiet: Collection[int] = (),
    not_quiet: Collection[int] = (),
    by: User,
    now: datetime.datetime,
) -> Saved:
    """Bring the person's own week from this Monday to what is wished: all of it or nothing.

    `quiet` are customers for whom nothing was done that week, `not_quiet` those of whom that no
    longer holds. Sent twice, it is saved once. Raises Refused where a cell would go below what
    was logged in other ways.
    """
    # Two saves of one person's week must not both write the entry of a cell.
    User.objects.select_for_update().get(pk=by.pk)
    customers = Customer.objects.in_bulk({wish.customer for wish in wishes} | {*quiet, *not_quiet})
    own, others = _on_record(by, week)
    plan = _planned(wishes, own, others, customers)
    saved = _brought_about(plan, own, customers, by=by, now=now)
    for customer in not_quiet:
        take_back_quiet_week(customer=customers[customer], week=week, by=by, now=now)
    for customer in quiet:
        _check_nothing_done(customers[customer], week)
        confirm_quiet_week(customer=customers[customer], week=week, by=by, now=now)
    return saved


def _on_record(
    person: User, week: datetime.date
) -> tuple[dict[Place, Activity], Mapping[Place, int]]:
    """The sheet's own entries of the week, and the minutes of all the others."""
    own: dict[Place, Activity] = {}
    others: defaultdict[Place, int] = defaultdict(int)
    live = Activity.objects.live().filter(staff=person, day__gte=week, day__lt=week + A_WEEK)
    for entry in live.select_related("favor").order_by("pk"):
        place = (entry.customer_id, entry.day, entry.cause)
        if entry.source == GRID and place not in own:
            own[place] = entry
        else:
            others[place] += entry.minutes
    return own, others


def _planned(
    wishes: Iterable[Wish],
    own: Mapping[Place, Activity],
    others: Mapping[Place, int],
    customers: Mapping[int, Customer],
) -> dict[Place, int]:
    """The minutes that the sheet's own entries are to have. Rows that move to another cause leave
    their cells first; what they bring is added to what stands in the new ones then.
    """
    plan: dict[Place, int] = {}
    moving: list[tuple[Place, int]] = []
    for wish in wishes:
        old = (wish.customer, wish.day, wish.was)
        minutes = wish.minutes - others.get(old, 0)
        if minutes < 0:
            raise Refused(_below_others(customers[wish.customer], wish.day, others[old]))
        if wish.cause == wish.was:
            plan[old] = minutes
        else:
            plan[old] = 0
            moving.append(((wish.customer, wish.day, wish.cause), minutes))
    for new, minutes in moving:
        plan[new] = plan.get(new, own[new].minutes if new in own else 0) + minutes
    return plan


def _below_others(customer: Customer, day: datetime.date, minutes: int) -> str:
    return _(
        "%(customer)s, %(day)s: %(hours)s h are logged there in other ways, so the cell cannot show"
        " less. Change those entries themselves."
    ) % {"customer": customer.name, "day": formats.day(day), "hours": hours_text(minutes)}


def _brought_about(
    plan: Mapping[Place, int],
    own: Mapping[Place, Activity],
    customers: Mapping[int, Customer],
    *,
    by: User,
    now: datetime.datetime,
) -> Saved:
    done: Counter[str] = Counter()
    free = {place: own[place] for place, minutes in plan.items() if place in own and not minutes}
    for place, minutes in plan.items():
        entry = own.get(place)
        if entry is None and minutes:
            entry = _of_another_cause(place, free)
        if minutes and (entry is None or (entry.cause, entry.minutes) != (place[2], minutes)):
            customer = customers[place[0]]
            with _named(customer, place[1]):
                done[_written(customer, place, minutes, entry, by=by, now=now)] += 1
    for place, entry in free.items():
        with _named(customers[place[0]], place[1]):
            withdraw_activity(
                activity=entry,
                reason=_("Cleared in the weekly grid"),
                version=entry.version,
                by=by,
                now=now,
            )
    return Saved(done["recorded"], done["corrected"], len(free))


def _of_another_cause(place: Place, free: dict[Place, Activity]) -> Activity | None:
    """An entry of the same customer and day that lost its cell: it is corrected, not withdrawn."""
    for other in free:
        if other[:2] == place[:2]:
            return free.pop(other)
    return None


def _written(
    customer: Customer,
    place: Place,
    minutes: int,
    entry: Activity | None,
    *,
    by: User,
    now: datetime.datetime,
) -> str:
    """The cell's entry as it is wished; says what that took."""
    if entry is None:
        data = EntryData(day=place[1], minutes=minutes, cause=place[2])
        record_activity(customer=customer, data=data, source=GRID, by=by, now=now)
        return "recorded"
    data = replace(EntryData.of(entry), minutes=minutes, cause=place[2])
    correct_activity(activity=entry, data=data, version=entry.version, by=by, now=now)
    return "corrected"


@contextmanager
def _named(customer: Customer, day: datetime.date) -> Iterator[None]:
    """A refusal says which cell it is about."""
    try:
        yield
    except Refused as refused:
        words = _("%(customer)s, %(day)s: %(sentence)s") % {
            "customer": customer.name,
            "day": formats.day(day),
            "sentence": refused.sentence,
        }
        raise type(refused)(words) from None


def _check_nothing_done(customer: Customer, week: datetime.date) -> None:
    entries = Activity.objects.live().filter(
        customer=customer, day__gte=week, day__lt=week + A_WEEK
    )
    if entries.exists():
        raise Refused(
            _("%(customer)s: work is logged in this week, so it cannot be “nothing”.")
            % {"customer": customer.name}
        )
