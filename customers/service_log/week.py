"""A person's week as a sheet: a row a customer and cause, a cell a day, in hours.

A cell shows all that the person has logged there. The sheet itself keeps one entry a cell, known
by its source; what was logged in other ways stays as it is, and a cell can't go below it.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Sum, When

from customers.models import Activity, Customer, QuietWeek
from customers.service_log.coverage import A_WEEK, monday_of
from customers.service_log.entries import GRID
from firm.business_time import ONE_DAY
from firm.calendar import business_days
from firm.models import User
from firm.scope import Scope

LATELY = 4 * A_WEEK
MOST_CUSTOMERS = 80
QUARTER = 15  # minutes

# A customer and a cause: what a row is about.
Key = tuple[int, str]
CAUSES = Activity.Cause.values


@dataclass(frozen=True)
class Logged:
    """Minutes of one person for one customer, day and cause: by the sheet, and in other ways."""

    own: int = 0
    others: int = 0

    @property
    def minutes(self) -> int:
        return self.own + self.others


@dataclass
class Cell:
    """`text` is what stands in the field, `typed` its minutes where they are not saved yet,
    `others` those that were logged elsewhere.
    """

    day: datetime.date
    logged: Logged
    is_off: bool
    is_future: bool
    text: str = ""
    error: str = ""
    typed: int | None = None

    @property
    def minutes(self) -> int:
        return self.logged.minutes if self.typed is None else self.typed

    @property
    def others(self) -> str:
        return hours_text(self.logged.others)


@dataclass
class Row:
    """`was` is the cause under which the row's minutes are on record. A customer for whom nobody
    has logged anything has one row that `can_be_quiet`.
    """

    customer: Customer
    was: str
    cause: str
    cells: list[Cell]
    can_be_quiet: bool = False
    is_quiet: bool = False

    @property
    def key(self) -> str:
        return f"{self.customer.pk}-{self.was}"

    @property
    def shown(self) -> str:
        """The minutes that the page was made with, so that only what is changed is saved."""
        return ",".join(str(cell.logged.minutes) for cell in self.cells)

    @property
    def hours(self) -> str:
        return hours_text(sum(cell.minutes for cell in self.cells))


@dataclass
class Sheet:
    """`rows` by the customers' kana."""

    week: datetime.date
    today: datetime.date
    days: list[tuple[datetime.date, bool]]
    rows: list[Row] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """Whether there may be more customers than are shown."""
        return len({row.customer.pk for row in self.rows}) >= MOST_CUSTOMERS

    @property
    def before(self) -> datetime.date:
        return self.week - A_WEEK

    @property
    def after(self) -> datetime.date | None:
        """The next week, once it has begun."""
        following = self.week + A_WEEK
        return following if following <= self.today else None

    @property
    def day_sums(self) -> list[str]:
        columns = zip(*(row.cells for row in self.rows), strict=True)
        sums = [hours_text(sum(cell.minutes for cell in column)) for column in columns]
        return sums or [""] * len(self.days)

    @property
    def hours(self) -> str:
        return hours_text(sum(cell.minutes for row in self.rows for cell in row.cells))


def hours_text(minutes: int) -> str:
    """90 as 1.5, nothing for none; at most two decimals."""
    if not minutes:
        return ""
    return f"{Decimal(minutes) / 60:.2f}".rstrip("0").rstrip(".")


def sheet_of(
    person: User,
    scope: Scope,
    *,
    week: datetime.date,
    today: datetime.date,
    added: Collection[Key] = (),
) -> Sheet:
    """The week from this Monday: the person's own customers, those worked for lately, and the
    rows `added` by hand, as far as the person has the customers' files.
    """
    worked = business_days(since=week, until=week + A_WEEK)
    days = [week + place * ONE_DAY for place in range(7)]
    off = {day: day not in worked for day in days}
    logged = logged_in(person, week)
    causes: defaultdict[int, set[str]] = defaultdict(set)
    for pk, cause in {*added, *((key[0], key[2]) for key in logged)}:
        causes[pk].add(cause)
    sheet = Sheet(week=week, today=today, days=list(off.items()))
    for customer in customers_of(person, scope, week=week, added={key[0] for key in added}):
        found = causes.get(customer.pk, {CAUSES[0]})
        for place, cause in enumerate(sorted(found, key=CAUSES.index)):
            cells = [
                _cell(day, logged.get((customer.pk, day, cause), Logged()), off[day], day > today)
                for day in days
            ]
            busy, quiet = customer.is_busy, customer.is_quiet  # type: ignore[attr-defined]
            can_be_quiet = place == 0 and not busy
            sheet.rows.append(Row(customer, cause, cause, cells, can_be_quiet, quiet))
    return sheet


def _cell(day: datetime.date, logged: Logged, is_off: bool, is_future: bool) -> Cell:
    return Cell(day, logged, is_off, is_future, text=hours_text(logged.minutes))


def customers_of(
    person: User, scope: Scope, *, week: datetime.date, added: Collection[int] = ()
) -> list[Customer]:
    """By kana, with `is_busy`: somebody has logged work in the week, and `is_quiet`: somebody has
    said that nothing was done, and no entry says otherwise. Who was worked for in the week stays,
    whatever became of the customer; of very many the first by kana are taken, and those `added`
    always.
    """
    anybodys = Activity.objects.live().filter(customer=OuterRef("pk"), day__lt=week + A_WEEK)
    entries = anybodys.filter(staff=person)
    quiet = QuietWeek.objects.filter(customer=OuterRef("pk"), week=week)
    lately, now = entries.filter(day__gte=week - LATELY), entries.filter(day__gte=week)
    mine = Q(owner=person) | Q(backup=person) | Q(pk__in=added) | Exists(lately)
    chosen: Iterable[Any] = (
        Customer.objects.visible_to(scope)
        .filter(Q(status=Customer.Status.ACTIVE) & mine | Exists(now))
        .annotate(
            is_busy=Exists(anybodys.filter(day__gte=week)),
            is_quiet=Exists(quiet) & Q(is_busy=False),
            sort_key=F("snapshot__sort_key"),
            is_added=Case(When(pk__in=[0, *added], then=1), default=0),
        )
        .order_by("-is_added", "sort_key", "pk")[: MOST_CUSTOMERS + len(added)]
    )
    return sorted(chosen, key=lambda customer: (customer.sort_key, customer.pk))


def logged_in(person: User, week: datetime.date) -> dict[tuple[int, datetime.date, str], Logged]:
    """By customer, day and cause, of this person's week."""
    live = Activity.objects.live().filter(staff=person, day__gte=week, day__lt=week + A_WEEK)
    sums = live.values_list("customer", "day", "cause").annotate(
        own=Sum("minutes", filter=Q(source=GRID), default=0),
        others=Sum("minutes", filter=~Q(source=GRID), default=0),
    )
    return {tuple(key): Logged(own, others) for *key, own, others in sums}


def fill_from_week_before(sheet: Sheet, person: User) -> int:
    """Put what was logged a week earlier into empty cells, in quarter hours, leaving out the
    future and the days off. Nothing is saved. Returns how many cells that were.
    """
    before = logged_in(person, sheet.before)
    filled = 0
    for row in sheet.rows:
        for cell in row.cells:
            earlier = before.get((row.customer.pk, cell.day - A_WEEK, row.cause), Logged()).minutes
            if earlier and not (cell.text or cell.is_future or cell.is_off):
                cell.typed = max(QUARTER, round(earlier / QUARTER) * QUARTER)
                cell.text = hours_text(cell.typed)
                filled += 1
    return filled


def week_asked_for(text: str, *, today: datetime.date) -> datetime.date:
    """The Monday of a day out of an address; this week's for the future and for no day."""
    try:
        asked = datetime.date.fromisoformat(text)
    except ValueError:
        return monday_of(today)
    return monday_of(min(max(asked, datetime.date(2000, 1, 3)), today))


def found_customers(text: str, scope: Scope, *, most: int = 8) -> list[Customer]:
    """Active customers whose file this person has, by code or a part of the name."""
    text = text.strip()
    if not text:
        return []
    named = Q(code__iexact=text) | Q(name__icontains=text) | Q(name_kana__icontains=text)
    found = Customer.objects.visible_to(scope).active().filter(named)
    return list(found.order_by("snapshot__sort_key", "pk")[:most])


def next_cause(sheet: Sheet, customer: int) -> str:
    """The cause of another row for this customer: the first without one."""
    taken = {row.was for row in sheet.rows if row.customer.pk == customer}
    return next((cause for cause in CAUSES if cause not in taken), CAUSES[0])


def cells_of(rows: Iterable[Row]) -> Iterator[tuple[Row, Cell]]:
    return ((row, cell) for row in rows for cell in row.cells)
