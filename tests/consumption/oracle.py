"""The rules of customers/consumption once more, slow and obvious, over objects in memory."""

import datetime
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from customers.models import Activity, ContractRevision, Customer, ScopeExtension, ScopeTerm
from firm import business_time, work_calendars
from firm.dates import add_months, first_of_month, fiscal_period
from firm.models import WorkCalendar

ONE_DAY = datetime.timedelta(days=1)
FIRST_DAY = datetime.date(2025, 10, 1)  # before everything in the books
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
UNITS = ("count", "deliverable", "meetings")


def whole(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


class Book:
    """Everything about one customer, read once."""

    def __init__(self, customer: Customer, *, on: datetime.date) -> None:
        self.customer, self.on = customer, on
        live = Activity.objects.filter(customer=customer, withdrawn_at=None)
        links = ("favor", "extension", "investment")
        self.entries = list(live.select_related(*links).prefetch_related("slices"))
        revisions = ContractRevision.objects.filter(contract__customer=customer)
        self.terms = list(
            ScopeTerm.objects.filter(revision__in=revisions).select_related(
                "revision__contract", "calendar"
            )
        )
        self.extensions = list(ScopeExtension.objects.filter(contract__customer=customer))
        self.firms = WorkCalendar.objects.get(is_firms=True)
        self.schedules: dict[int, business_time.Schedule] = {}
        self.linked: Counter[int] = Counter()  # minutes of an extension used by linked work
        self.counted_of: dict[int, int] = {}  # minutes by the piece
        self.counted = self._counted()

    def in_force(self, day: datetime.date, *kinds: str) -> list[ScopeTerm]:
        return [
            term
            for term in self.terms
            if term.kind in kinds
            and term.revision.valid_from <= day
            and (term.revision.valid_to is None or day < term.revision.valid_to)
        ]

    def is_settled(self, entry: Activity) -> bool:
        favor = getattr(entry, "favor", None)
        return entry.is_invoiced or bool(favor and favor.from_budget and favor.withdrawn_at is None)

    def counts_at_all(self, entry: Activity, day: datetime.date) -> bool:
        if self.is_settled(entry):
            return False
        if entry.cause == "incident":
            return not any(term.emergency for term in self.in_force(day, "support_hours"))
        return entry.cause in ("in_contract", "customer_wish", "investment")

    def counts_elsewhere(self, entry: Activity) -> bool:
        if self.is_settled(entry) or entry.extension_id:
            return False
        return entry.cause in ("in_contract", "customer_wish")

    def slices(self):
        """Entry, day, start minute and minutes in the order of the work, up to the day."""
        found = [
            (piece.day, piece.start_minute is None, piece.start_minute or 0, piece.pk, piece, entry)
            for entry in self.entries
            for piece in entry.slices.all()
            if piece.day <= self.on
        ]
        return [(piece, entry) for *_order, piece, entry in sorted(found, key=lambda row: row[:4])]

    def _counted(self) -> Counter[datetime.date]:
        found: Counter[datetime.date] = Counter()
        room: dict[tuple[str, int], int] = {}
        for piece, entry in self.slices():
            if not self.counts_at_all(entry, piece.day):
                continue
            if entry.extension:
                if entry.extension.kind == "count":
                    continue
                left = room.setdefault(("extension", entry.extension_id), entry.extension.amount)
                met = min(left, piece.minutes)
                self.linked[entry.extension_id] += met
                room["extension", entry.extension_id] -= met
            elif entry.cause == "investment" and entry.investment:
                left = room.setdefault(
                    ("investment", entry.investment_id), entry.investment.cap_minutes
                )
                met = min(left, piece.minutes)
                room["investment", entry.investment_id] -= met
            else:
                met = 0
            self.counted_of[piece.pk] = piece.minutes - met
            found[piece.day] += piece.minutes - met
        return found

    # Hours

    def used(self, month: datetime.date, *, under_terms: bool) -> int:
        return sum(
            minutes
            for day, minutes in self.counted.items()
            if first_of_month(day) == month and bool(self.in_force(day, "hours")) == under_terms
        )

    def own(self, month: datetime.date) -> int | None:
        days = days_of(month)
        shares = []
        for term in self.terms:
            if term.kind == "hours":
                agreed = sum(term in self.in_force(day, "hours") for day in days)
                if agreed:
                    a_month = Decimal(term.amount) / MONTHS[term.period]
                    shares.append(whole(a_month * agreed / len(days)))
        return sum(shares) if shares else None

    def extended(self, month: datetime.date) -> int:
        total = 0
        for row in self.extensions:
            if row.kind != "hours":
                continue
            free = Decimal(row.amount - self.linked[row.pk])
            days = (row.ends_on - row.starts_on).days

            def gone(until: datetime.date, row=row, free=free, days=days) -> int:
                passed = (min(max(until, row.starts_on), row.ends_on) - row.starts_on).days
                return whole(free * passed / days)

            total += gone(add_months(month, 1)) - gone(month)
        return total

    def carried_and_owed(self, month: datetime.date) -> tuple[int, int]:
        terms = [term for term in self.terms if term.kind == "hours"]
        carries = any(t.revision.carry_over != "none" or t.revision.carries_deficit for t in terms)
        days = [piece.day for entry in self.entries for piece in entry.slices.all()]
        if not carries or not days:
            return 0, 0
        at = first_of_month(max(min(t.revision.valid_from for t in terms), min(days)))
        lots: list[tuple[int, datetime.date]] = []
        owed = 0
        while at < month:
            following = add_months(at, 1)
            own, used = self.own(at) or 0, self.used(at, under_terms=True) + owed
            to_take = used
            kept = []
            for minutes, ends in [*lots, (own, None)]:
                taken = min(minutes, to_take)
                to_take -= taken
                kept.append([minutes - taken, ends])
            overrun = max(0, to_take - self.extended(at))
            last_day = self.in_force(following - ONE_DAY, "hours")
            keeps = [t.revision.carry_months for t in last_day if t.revision.carry_over != "none"]
            for_good = not keeps or None in keeps
            kept[-1][1] = datetime.date.max if for_good else add_months(following, max(keeps))
            room = 0
            for term in last_day:
                a_month = Decimal(term.amount) / MONTHS[term.period]
                if term.revision.carry_over == "all":
                    room += 100_000_000
                elif term.revision.carry_over == "capped":
                    room += whole(a_month * term.revision.carry_cap / 100)
            has_terms = self.own(following) is not None
            lots = []
            for minutes, ends in reversed(kept):
                if ends > following and has_terms:
                    stays = min(minutes, room)
                    room -= stays
                    lots.insert(0, (stays, ends))
            owes = any(t.revision.carries_deficit for t in last_day)
            owed = overrun if owes and has_terms else 0
            at = following
        return sum(minutes for minutes, _ends in lots), owed

    # Counts

    def counts(self) -> dict[int, tuple[int, int, int]]:
        """Amount, extensions and units used, by the term."""
        units, room = self._units()
        found = {}
        for term in self.in_force(self.on, *UNITS):
            start, end = period_of(term.period, self.on)
            used = self._used(units, term, start, end)
            found[term.pk] = (term.amount, self._extended(units, room, term, start, end), used)
        return found

    def _units(self) -> tuple[dict[int, int], dict[int, int]]:
        """Units by entry up to the day, without those an extension meets, and what that leaves of
        each extension of a count.
        """
        room = {row.pk: row.amount for row in self.extensions if row.kind == "count"}
        units = {}
        for entry in sorted(self.entries, key=lambda row: (row.day, *last(row.started_at), row.pk)):
            counts = self.counts_at_all(entry, entry.day) and entry.cause != "investment"
            if not counts or entry.day > self.on:
                continue
            met = 0
            if entry.extension_id:
                met = min(room.get(entry.extension_id, entry.quantity), entry.quantity)
            if entry.extension_id in room:
                room[entry.extension_id] -= met
            units[entry.pk] = entry.quantity - met
        return units, room

    def units_beyond(self, since: datetime.date) -> dict[int, tuple[int, int]]:
        """By entry: how many of its units are beyond a term, in the periods that touch the days
        from `since` on.
        """
        units, room = self._units()
        found: dict[int, tuple[int, int]] = {}
        in_order = sorted(self.entries, key=lambda row: (row.day, *last(row.started_at), row.pk))
        for term in self.terms:
            if term.kind not in UNITS:
                continue
            nth: Counter[datetime.date] = Counter()
            for entry in in_order:
                start, end = period_of(term.period, entry.day)
                if not is_unit(entry, term) or end <= since or not units.get(entry.pk):
                    continue
                nth[start] += units[entry.pk]
                included = term.amount + self._extended(units, room, term, start, end)
                beyond = min(units[entry.pk], nth[start] - included)
                if term in self.in_force(entry.day, *UNITS) and beyond > 0:
                    most = max(beyond, found.get(entry.pk, (0, 0))[0])
                    found[entry.pk] = (most, units[entry.pk])
        return found

    def _used(self, units, term, start: datetime.date, end: datetime.date) -> int:
        return sum(
            units.get(entry.pk, 0)
            for entry in self.entries
            if start <= entry.day < end and is_unit(entry, term)
        )

    def _extended(self, units, room, term, start: datetime.date, end: datetime.date) -> int:
        if term.kind != "count":
            return 0
        overrun = {}
        for former in self.terms:
            revision = former.revision
            if (former.kind, former.name) != ("count", term.name):
                continue
            if revision.contract_id != term.revision.contract_id:
                continue
            for day in (FIRST_DAY + n * ONE_DAY for n in range((start - FIRST_DAY).days)):
                since, until = period_of(former.period, day)
                if until <= start and former in self.in_force(until - ONE_DAY, "count"):
                    beyond = self._used(units, former, since, until) - former.amount
                    overrun[since, until] = max(0, beyond)
        total = 0
        for row in sorted(self.extensions, key=lambda row: (row.ends_on, row.pk)):
            if row.kind != "count" or row.contract_id != term.revision.contract_id:
                continue
            if row.starts_on >= end or row.name != term.name:
                continue
            left = room[row.pk]
            for since, until in sorted(overrun):
                if row.starts_on < until and row.ends_on > since:
                    met = min(left, overrun[since, until])
                    overrun[since, until] -= met
                    left -= met
            total += left if row.ends_on > start else 0
        return total

    # Times

    def divided(self, piece) -> tuple[int, int, int] | None:
        """Inside, outside and holiday minutes, minute by minute."""
        if piece.start_minute is None:
            return None
        terms = self.in_force(piece.day, "support_hours")
        found = []
        for calendar in {term.calendar or self.firms for term in terms} or {self.firms}:
            schedule = self.schedule_of(calendar)
            midnight = datetime.datetime.combine(piece.day, datetime.time.min, schedule.zone)
            start = midnight + datetime.timedelta(minutes=piece.start_minute)
            end = start + datetime.timedelta(minutes=piece.minutes)
            split = business_time.split(schedule, start, end)
            found.append((split.inside, split.outside, split.holiday, calendar.pk))
        return min(found, key=lambda row: (-row[0], row[2], row[3]))[:3]

    def schedule_of(self, calendar: WorkCalendar) -> business_time.Schedule:
        if calendar.pk not in self.schedules:
            self.schedules[calendar.pk] = work_calendars.schedule_of(calendar)
        return self.schedules[calendar.pk]

    def outside(self, since: datetime.date) -> dict[datetime.date, tuple[int, int]]:
        sums: dict[datetime.date, list[int]] = {}
        for piece, entry in self.slices():
            inbound = entry.kind == "contact" and entry.direction == "in"
            if piece.day < since or inbound or not self.counts_elsewhere(entry):
                continue
            split = self.divided(piece)
            if split:
                day = sums.setdefault(piece.day, [0, 0])
                day[0] += split[1]
                day[1] += split[2]
        return {day: (out, off) for day, (out, off) in sums.items() if out + off > 15}

    # Contacts and channels

    def contacts(self, days: int) -> tuple[int, int]:
        """By the customer's initiative and by ours."""
        since = self.on - datetime.timedelta(days=days)
        entries = [
            entry
            for entry in self.entries
            if since < entry.day <= self.on
            and entry.kind == "contact"
            and entry.started_at
            and self.counts_elsewhere(entry)
        ]
        groups: dict[tuple, Activity] = {}
        for entry in sorted(entries, key=lambda row: (row.started_at, row.pk)):
            groups.setdefault(contact_of(entry), entry)
        ours = sum(
            entry.initiator == "us" or (not entry.initiator and entry.direction == "out")
            for entry in groups.values()
        )
        return len(groups) - ours, ours

    def channels(self) -> Counter[str]:
        since = self.on - datetime.timedelta(days=28)
        found = set()
        for entry in self.entries:
            agreed = self.in_force(entry.day, "channel")
            named = {term.channel for term in agreed if not term.emergency}
            if (
                since < entry.day <= self.on
                and entry.channel
                and entry.started_at
                and agreed
                and entry.channel not in named
                and self.counts_elsewhere(entry)
            ):
                found.add((entry.channel, contact_of(entry)))
        return Counter(channel for channel, _contact in found)


def contact_of(entry: Activity) -> tuple:
    """What makes one contact of a customer's entries."""
    key = ("thread", entry.thread) if entry.thread else (entry.channel, entry.direction)
    return (entry.day, *key)


def last(moment: datetime.datetime | None) -> tuple[bool, float]:
    """Sorts None last."""
    return moment is None, moment.timestamp() if moment else 0


def days_of(month: datetime.date) -> list[datetime.date]:
    count = (add_months(month, 1) - month).days
    return [month + index * ONE_DAY for index in range(count)]


def period_of(period: str, day: datetime.date) -> tuple[datetime.date, datetime.date]:
    if period == "week":
        monday = day - day.weekday() * ONE_DAY
        return monday, monday + 7 * ONE_DAY
    if period == "month":
        return first_of_month(day), add_months(first_of_month(day), 1)
    return fiscal_period(day, months=MONTHS[period])


def is_unit(entry: Activity, term: ScopeTerm) -> bool:
    if term.kind == "meetings" and not term.name:
        return entry.kind == "meeting"
    return bool(term.name) and entry.work_item == term.name
