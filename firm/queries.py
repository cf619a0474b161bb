"""What the firm's own pages show."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from firm.dates import add_months, first_of_month
from firm.models import AuditEvent, ClosedMonth, CompanyDay, Holiday, Post, PostHolding, User
from firm.roles import Role

# The subjects of the trail that everybody here may see the name of, and their models.
NAMED_SUBJECTS = {
    "customer": "customers.Customer",
    "department": "firm.Department",
    "user": "firm.User",
    "workcalendar": "firm.WorkCalendar",
}


def people(
    *, on: datetime.date, text: str = "", role: str = "", with_disabled: bool = False
) -> QuerySet[User]:
    """People with `holdings_now`, the posts they hold on this day."""
    found = User.objects.prefetch_related(Prefetch("holdings", _held(on), to_attr="holdings_now"))
    if not with_disabled:
        found = found.filter(is_active=True)
    for word in text.replace("\x00", "").split():
        found = found.filter(
            Q(name__icontains=word) | Q(name_kana__icontains=word) | Q(email__icontains=word)
        )
    if role in Role.values:
        found = found.filter(
            Exists(PostHolding.objects.on(on).filter(person=OuterRef("pk"), post__role=role))
        )
    return found


def holdings_of(person: User, *, on: datetime.date) -> QuerySet[PostHolding]:
    """The posts of a person that hold on this day or will, the oldest first."""
    return (
        PostHolding.objects.filter(Q(held_until__isnull=True) | Q(held_until__gt=on), person=person)
        .select_related("post__department__parent__parent")
        .order_by("held_from", "pk")
    )


def former_holdings_of(person: User, *, on: datetime.date) -> QuerySet[PostHolding]:
    return (
        PostHolding.objects.filter(person=person, held_until__lte=on)
        .select_related("post__department__parent__parent")
        .order_by("-held_until", "pk")
    )


def vacant_posts(*, on: datetime.date) -> QuerySet[Post]:
    """Posts that exist and that nobody holds on this day."""
    return (
        Post.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
        .exclude(Exists(PostHolding.objects.on(on).filter(post=OuterRef("pk"))))
        .select_related("department__parent__parent")
        .order_by("department", "role")
    )


def _held(on: datetime.date) -> QuerySet[PostHolding]:
    return (
        PostHolding.objects.on(on)
        .select_related("post__department__parent__parent")
        .order_by("held_from", "pk")
    )


def audit_events(
    *,
    code: str = "",
    person: str = "",
    subject: str = "",
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
) -> QuerySet[AuditEvent]:
    """The trail, searched. `person` is part of an actor's name or address; `subject` is
    `customer` or `customer:17`; the period is `[since, until)`.
    """
    found = AuditEvent.objects.select_related("actor", "acted_for", "link")
    if code:
        found = found.filter(code=code)
    if person:
        actors = User.objects.filter(Q(name__icontains=person) | Q(email__icontains=person))
        found = found.filter(actor__in=actors)
    if subject:
        kind, _, pk = subject.partition(":")
        found = found.filter(subject_kind=kind)
        found = found.filter(subject_id=int(pk)) if pk.isdecimal() else found
    if since:
        found = found.filter(at__gte=since)
    return found.filter(at__lt=until) if until else found


def subject_names(events: Iterable[AuditEvent]) -> dict[tuple[str, int | None], str]:
    """By kind and id, asked for once a kind. What has no name, or has gone, is left out."""
    ids = defaultdict(set)
    for event in events:
        ids[event.subject_kind].add(event.subject_id)
    return {
        (kind, pk): name
        for kind in ids.keys() & NAMED_SUBJECTS.keys()
        for pk, name in apps.get_model(NAMED_SUBJECTS[kind])
        ._default_manager.filter(pk__in=ids[kind])
        .values_list("pk", "name")
    }


@dataclass(frozen=True)
class DayOff:
    """A holiday or a company day, whichever it is."""

    day: datetime.date
    name: str
    holiday: Holiday | None = None
    company_day: CompanyDay | None = None


def days_off(year: int, *, country: str) -> list[DayOff]:
    """Holidays and company days of a year in order."""
    holidays = Holiday.objects.filter(country=country, day__year=year)
    own = CompanyDay.objects.filter(day__year=year)
    found = [DayOff(row.day, row.name, holiday=row) for row in holidays]
    found += [DayOff(row.day, row.name, company_day=row) for row in own]
    return sorted(found, key=lambda off: off.day)


@dataclass(frozen=True)
class Month:
    first: datetime.date
    closed: ClosedMonth | None


def recent_months(*, on: datetime.date, count: int) -> list[Month]:
    """The months up to the one before `on`, the latest first, each with what closed it. It goes
    back to the first closed one: what lies before that is not closed by hand any more.
    """
    closed = ClosedMonth.objects.filter(reopened_at__isnull=True).select_related("closed_by")
    by_month = {row.month: row for row in closed}
    firsts = [add_months(first_of_month(on), -back) for back in range(1, count + 1)]
    start = min(by_month, default=firsts[-1])
    return [Month(first, by_month.get(first)) for first in firsts if first >= start]


def next_month_to_close(*, on: datetime.date) -> datetime.date:
    """The month after the latest closed one; without one, the month before `on`."""
    latest = ClosedMonth.objects.filter(reopened_at__isnull=True).order_by("-month").first()
    return add_months(latest.month, 1) if latest else add_months(first_of_month(on), -1)
