"""The rules of detection once more, slow and obvious, over one customer's objects in memory."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from customers.models import Activity, Customer, QuietWeek
from firm.dates import add_months, first_of_month, fiscal_period
from firm.models import BillRate
from tests.consumption.oracle import ONE_DAY, Book, contact_of
from tiering.models import Benefit, BenefitUse, FindingKind, SettledPart
from tiering.servicing.rules import Rules
from tiering.terms import Case

Kind = FindingKind
LENGTHS = {"week": 7, "month": 31, "quarter": 92, "half": 184, "year": 366}
MONTHS = {"quarter": 3, "half": 6, "year": 12}


@dataclass
class Piece:
    day: datetime.date
    quantity: int
    minutes: Fraction = Fraction(0)
    cost: Fraction = Fraction(0)
    entry: int | None = None


@dataclass
class Expected:
    quantity: int
    cost: Fraction = Fraction(0)
    minutes: Fraction = Fraction(0)
    by_month: dict[str, int] = field(default_factory=dict)
    evidence: list[int] = field(default_factory=list)
    is_preliminary: bool = False


class Night:
    """What a night has to see of one customer. The firm has logged for long, and its calendar
    closes its months.
    """

    def __init__(self, customer: Customer, night: datetime.date, rules: Rules) -> None:
        self.customer, self.night, self.rules = customer, night, rules
        self.last_day = night - ONE_DAY
        self.book = Book(customer, on=self.last_day)
        self.until = first_of_month(night)
        self.since = add_months(self.until, -rules.months)
        self.days_since = night - rules.window_days * ONE_DAY
        self.seen = [entry for entry in self.book.entries if entry.day <= self.last_day]
        self.settled: Counter[tuple[str, datetime.date]] = Counter()
        for part in SettledPart.objects.filter(customer=customer):
            self.settled[part.kind, part.month] += part.quantity

    def expected(self) -> dict[str, Expected]:
        found = {
            Kind.HOURS: self.hours(),
            Kind.UNUSED_HOURS: self.unused_hours(),
            Kind.COUNTS: self.summed(Kind.COUNTS, self.counts()),
            Kind.AFTER_HOURS: self.of_outside(Kind.AFTER_HOURS, 0),
            Kind.HOLIDAY: self.of_outside(Kind.HOLIDAY, 1),
            Kind.FREQUENCY: self.summed(Kind.FREQUENCY, self.frequency()),
            Kind.CHANNEL: self.summed(Kind.CHANNEL, self.channel(), self.channels_before()),
            Kind.GOODWILL: self.summed(Kind.GOODWILL, self.goodwill()),
            Kind.NORM_FORMING: self.of_norms(),
            Kind.EXCLUSION: self.summed(Kind.EXCLUSION, self.exclusion()),
            Kind.CONTACT_INTERVAL: self.summed(Kind.CONTACT_INTERVAL, self.contact_interval()),
            Kind.NO_PROPOSAL: self.summed(Kind.NO_PROPOSAL, self.no_proposal()),
            Kind.UNUSED_BENEFIT: self.summed(Kind.UNUSED_BENEFIT, self.unused_benefit()),
        }
        return {kind.value: one for kind, one in found.items() if one and one.quantity > 0}

    # Hours

    def months(self, kind: str) -> dict[datetime.date, tuple[int, int, int]]:
        """Used, included and carried of the months under terms; what is settled is not used."""
        found = {}
        month = self.since
        while month <= self.last_day:
            own = self.book.own(month)
            if own is not None:
                used, settled = self.book.used(month, under_terms=True), self.settled[kind, month]
                used = max(0, used - settled) if kind == Kind.HOURS else used + settled
                carried, owed = self.book.carried_and_owed(month)
                before = self.settled_before(kind, month)
                if kind == Kind.HOURS:
                    owed = max(0, owed - before)
                else:
                    carried = max(0, carried - before)
                found[month] = (used, own + self.book.extended(month), carried - owed)
            month = add_months(month, 1)
        return found

    def settled_before(self, kind: str, month: datetime.date) -> int:
        return sum(
            quantity
            for (settled, of_month), quantity in self.settled.items()
            if settled == kind and of_month < month
        )

    def hours(self) -> Expected | None:
        months, rules = self.months(Kind.HOURS), self.rules
        together = {month: row for month, row in months.items() if month < self.until}
        if any(self.is_whole(month) for month in together):
            used, included = totals(together)
            if used >= rules.hours_ratio * included and used - included >= rules.hours_over_minutes:
                return self.over(together, used - included)
        alarms = []
        for month in (add_months(self.until, -1), self.until):
            if month in months:
                used, included = totals({month: months[month]})
                if (
                    used >= rules.alarm_ratio * included
                    and used - included >= rules.alarm_over_minutes
                ):
                    alarms.append((used - included, month))
        if not alarms:
            return None
        beyond, month = max(alarms)
        return self.over({month: months[month]}, beyond, is_preliminary=True)

    def is_whole(self, month: datetime.date) -> bool:
        days = (add_months(month, 1) - month).days
        return all(self.book.in_force(month + n * ONE_DAY, "hours") for n in range(days))

    def over(self, months, beyond: int, *, is_preliminary: bool = False) -> Expected:
        entries, cost, minutes = self.counted(months)
        own = {month: used - included for month, (used, included, _carried) in months.items()}
        own[min(months)] -= months[min(months)][2]
        return Expected(
            beyond, beyond * Fraction(cost, minutes), Fraction(beyond), beyond_alone(own),
            entries, is_preliminary,
        )  # fmt: skip

    def counted(self, months) -> tuple[list[int], Fraction, int]:
        """The entries that count in these months under terms, their cost and their minutes."""
        found, cost, minutes = {}, Fraction(0), 0
        for piece, entry in self.book.slices():
            is_counted = self.book.counted_of.get(piece.pk, 0) > 0
            if (
                is_counted
                and min(months) <= piece.day < add_months(max(months), 1)
                and self.book.in_force(piece.day, "hours")
            ):
                found[entry.pk] = entry.day
                cost, minutes = cost + Fraction(piece.cost), minutes + piece.minutes
        return latest(found), cost, minutes

    def unused_hours(self) -> Expected | None:
        months = {
            month: row
            for month, row in self.months(Kind.UNUSED_HOURS).items()
            if month < self.until
        }
        if len(months) < self.rules.months or not self.is_logged():
            return None
        used, included = totals(months)
        if not used < self.rules.under_share * included:
            return None
        own = {month: row[1] - row[0] for month, row in months.items()}
        own[min(months)] += months[min(months)][2]
        window = dict.fromkeys((self.since, add_months(self.until, -1)))
        return Expected(
            included - used,
            by_month=beyond_alone(own),
            evidence=self.counted(window)[0],
        )

    def is_logged(self) -> bool:
        weeks = QuietWeek.objects.filter(customer=self.customer).values_list("week", flat=True)
        return any(
            self.since <= piece.day < self.until for piece, _entry in self.book.slices()
        ) or any(week < self.until and week + 7 * ONE_DAY > self.since for week in weeks)

    # What adds up

    def summed(self, kind: str, pieces: list[Piece], before: Iterable[Piece] = ()) -> Expected:
        """What is settled of a month covers first what lies before the window."""
        months: dict[datetime.date, list[Piece]] = defaultdict(list)
        for piece in pieces:
            months[first_of_month(piece.day)].append(piece)
        found = Expected(0)
        for month, ones in months.items():
            gross = sum(one.quantity for one in ones)
            if not gross:
                continue
            earlier = sum(one.quantity for one in before if first_of_month(one.day) == month)
            rest = max(0, gross - max(0, self.settled[kind, month] - earlier))
            found.quantity += rest
            found.minutes += sum(one.minutes for one in ones) * Fraction(rest, gross)
            found.cost += sum(one.cost for one in ones) * Fraction(rest, gross)
            if rest:
                found.by_month[month.isoformat()] = rest
        first_days: dict[int, datetime.date] = {}
        for piece in pieces:
            if piece.entry:
                first_days[piece.entry] = min(piece.day, first_days.get(piece.entry, piece.day))
        found.evidence = latest(first_days)
        return found

    def counts(self) -> list[Piece]:
        entries = {entry.pk: entry for entry in self.seen}
        return [
            Piece(
                entries[pk].day, beyond, Fraction(entries[pk].minutes * beyond, units),
                cost_of(entries[pk]) * Fraction(beyond, units), pk,
            )
            for pk, (beyond, units) in self.book.units_beyond(self.since).items()
        ]  # fmt: skip

    def exclusion(self) -> list[Piece]:
        return [
            Piece(entry.day, 1, Fraction(entry.minutes), cost_of(entry), entry.pk)
            for entry in self.seen
            if entry.day >= self.since
            and entry.extension_id is None
            and self.book.counts_at_all(entry, entry.day)
            and entry.work_item
            and any(
                term.name == entry.work_item for term in self.book.in_force(entry.day, "exclusion")
            )
        ]

    def of_outside(self, kind: str, which: int) -> Expected:
        """0: outside the hours, 1: on holidays."""
        pieces = self.outside(which, since=first_of_month(self.days_since))
        return self.summed(
            kind,
            [piece for piece in pieces if piece.day >= self.days_since],
            [piece for piece in pieces if piece.day < self.days_since],
        )

    def outside(self, which: int, *, since: datetime.date) -> list[Piece]:
        days = defaultdict(list)
        for piece, entry in self.book.slices():
            inbound = entry.kind == "contact" and entry.direction == "in"
            if piece.day < since or inbound or not self.book.counts_elsewhere(entry):
                continue
            split = self.book.divided(piece)
            if split:
                days[piece.day].append((piece, entry, split[1:]))
        return [
            Piece(
                day, split[which], Fraction(split[which]),
                Fraction(piece.cost) * Fraction(split[which], piece.minutes), entry.pk,
            )
            for day, rows in days.items()
            if sum(sum(split) for _piece, _entry, split in rows) > self.rules.tolerance_minutes
            for piece, entry, split in rows
            if split[which]
        ]  # fmt: skip

    def contacts(self, days: int) -> list[list[Activity]]:
        """The entries of each contact, the latest contact first."""
        since = self.night - days * ONE_DAY
        found = defaultdict(list)
        for entry in sorted(self.seen, key=lambda row: (str(row.started_at), row.pk)):
            if (
                entry.day >= since
                and entry.kind == "contact"
                and entry.started_at
                and self.book.counts_elsewhere(entry)
            ):
                found[contact_of(entry)].append(entry)
        return sorted(
            found.values(),
            key=lambda entries: (entries[0].day, entries[0].started_at, entries[0].pk),
            reverse=True,
        )

    def frequency(self) -> list[Piece]:
        judged = []
        for days, period in ((7, "week"), (28, "month")):
            agreed = [
                term.amount
                for term in self.book.in_force(self.last_day, "contact_most")
                if term.period == period
            ]
            total = len(self.contacts(days))
            beyond = total - max(agreed, default=total)
            if (
                agreed
                and total > self.rules.frequency_ratio * max(agreed)
                and beyond >= self.rules.frequency_over
            ):
                judged.append((beyond, -days))
        if not judged:
            return []
        beyond, days = max(judged)
        return [
            Piece(
                entry.day,
                int(place < beyond and nth == 0),
                Fraction(entry.minutes if place < beyond else 0),
                cost_of(entry) if place < beyond else Fraction(0),
                entry.pk,
            )
            for place, entries in enumerate(self.contacts(-days))
            for nth, entry in enumerate(entries)
        ]

    def channels_before(self) -> list[Piece]:
        return [
            Piece(entries[0].day, 1)
            for contacts in self.outside_channels(first_of_month(self.days_since)).values()
            for entries in contacts.values()
            if entries[0].day < self.days_since
        ]

    def outside_channels(self, since: datetime.date):
        """The entries of each contact, by channel."""
        used = defaultdict(lambda: defaultdict(list))
        for entry in sorted(self.seen, key=lambda row: (str(row.started_at), row.pk)):
            agreed = self.book.in_force(entry.day, "channel")
            if (
                entry.day >= since
                and entry.started_at
                and entry.channel
                and agreed
                and entry.channel not in {term.channel for term in agreed if not term.emergency}
                and self.book.counts_elsewhere(entry)
            ):
                used[entry.channel][contact_of(entry)].append(entry)
        return used

    def channel(self) -> list[Piece]:
        used = self.outside_channels(self.days_since)
        return [
            Piece(entry.day, int(nth == 0), Fraction(entry.minutes), cost_of(entry), entry.pk)
            for contacts in used.values()
            if len(contacts) >= self.rules.channel_contacts
            for entries in contacts.values()
            for nth, entry in enumerate(entries)
        ]

    # Goodwill

    def marked(self) -> list[Activity]:
        """In the order in which it was given."""
        entries = [
            entry
            for entry in self.seen
            if hasattr(entry, "favor") and entry.favor.withdrawn_at is None
        ]
        return sorted(entries, key=lambda entry: (entry.day, entry.pk))

    def goodwill(self) -> list[Piece]:
        levels = self.levels()
        a_case, a_quarter = levels.get("allowance_case"), levels.get("allowance_quarter")
        used: Counter[tuple[str, datetime.date]] = Counter()
        found = []
        for entry in self.marked():
            if entry.favor.from_budget:
                continue
            quarter = entry.favor.category, fiscal_period(entry.day, months=3)[0]
            allowed = 0
            if a_case or a_quarter:
                allowed = min(entry.minutes, a_case.amount if a_case else a_quarter.amount)
            if a_quarter:
                left = max(0, a_quarter.amount - used[quarter])
                used[quarter] += allowed
                allowed = min(allowed, left)
            beyond = entry.minutes - allowed
            if beyond and entry.day >= self.since:
                share = Fraction(beyond, entry.minutes)
                found.append(
                    Piece(entry.day, beyond, Fraction(beyond), cost_of(entry) * share, entry.pk)
                )
        return found

    def of_norms(self) -> Expected:
        since = add_months(self.night, -self.rules.months)
        before = [
            Piece(one.day, 1) for one in self.marked() if one.day < since and one.favor.category
        ]
        return self.summed(Kind.NORM_FORMING, self.norm_forming(since), before)

    def norm_forming(self, since: datetime.date) -> list[Piece]:
        entries = [one for one in self.marked() if one.day >= since and one.favor.category]
        times = Counter(one.favor.category for one in entries)
        return [
            Piece(entry.day, 1, Fraction(entry.minutes), cost_of(entry), entry.pk)
            for entry in entries
            if times[entry.favor.category] >= self.rules.repeated
        ]

    # What the tier brings

    def levels(self):
        return {row.code: row for row in Case(self.customer, self.night).levels}

    def tier_since(self) -> datetime.date:
        return self.customer.tier_changes.latest("as_of").earned_since

    def contact_interval(self) -> list[Piece]:
        agreed = [
            (-(-LENGTHS[term.period] // term.amount), term.revision.valid_from)
            for term in self.book.in_force(self.last_day, "contact_least")
            if term.amount
        ]
        level = self.levels().get("contact_interval")
        if agreed:
            days, promised = min(agreed)
        elif level:
            days, promised = 7 * level.amount, self.tier_since()
        else:
            return []
        ours = [
            entry
            for entry in self.seen
            if (entry.kind == "contact" and is_ours(entry))
            or (entry.kind in ("meeting", "proposal") and entry.initiator != "customer")
        ]
        return self.silence(days, promised, ours, [])

    def no_proposal(self) -> list[Piece]:
        level = self.levels().get("proposal")
        if level is None:
            return []
        days = -(-LENGTHS[level.per] // level.amount)
        proposals = [entry for entry in self.seen if entry.kind == "proposal"]
        by_hand = [use.day for use in self.uses("proposal") if use.day <= self.last_day]
        return self.silence(days, self.tier_since(), proposals, by_hand)

    def silence(self, days, promised, given: list[Activity], by_hand) -> list[Piece]:
        weeks = QuietWeek.objects.filter(customer=self.customer).values_list("week", flat=True)
        logged = [entry.day for entry in self.seen] + list(weeks)
        last = max([entry.day for entry in given] + by_hand, default=None)
        if last is None and not logged:
            return []
        since = max(last or min(logged), promised)
        entry = max(given, key=lambda one: (one.day, one.pk)).pk if given else None
        day = since + (days + 1) * ONE_DAY
        found = []
        while day <= self.last_day:
            found.append(Piece(day, 1, entry=entry))
            day += ONE_DAY
        return found

    def uses(self, code: str) -> list[BenefitUse]:
        uses = BenefitUse.objects.standing().filter(customer=self.customer)
        return [use for use in uses.select_related("benefit") if use.code == code]

    def unused_benefit(self) -> list[Piece]:
        found = []
        own = set(Benefit.objects.values_list("code", flat=True))
        for code, level in self.levels().items():
            if code != "review_meeting" and code not in own:
                continue
            until, _end = fiscal_period(self.night, months=MONTHS[level.per])
            start, _end = fiscal_period(until - ONE_DAY, months=MONTHS[level.per])
            used = any(start <= use.day < until for use in self.uses(code))
            if not used and self.tier_since() <= start:
                found.append(Piece(start, level.amount))
        return found


def totals(months) -> tuple[int, int]:
    used = sum(row[0] for row in months.values())
    included = sum(row[1] for row in months.values()) + months[min(months)][2]
    return used, max(0, included)


def beyond_alone(own: dict[datetime.date, int]) -> dict[str, int]:
    """The months that go beyond by themselves."""
    return {month.isoformat(): minutes for month, minutes in own.items() if minutes > 0}


def latest(days: dict[int, datetime.date]) -> list[int]:
    return sorted(days, key=lambda pk: (days[pk], pk), reverse=True)[:300]


def cost_of(entry: Activity) -> Fraction:
    return sum((Fraction(piece.cost) for piece in entry.slices.all()), Fraction(0))


def is_ours(entry: Activity) -> bool:
    return entry.initiator == "us" or (not entry.initiator and entry.direction == "out")


def fee_of(minutes: Fraction, *, on: datetime.date) -> Fraction:
    rate = BillRate.objects.filter(valid_from__lte=on).order_by("-valid_from").first()
    return minutes * Fraction(rate.amount if rate else 0) / 60


def yen(amount: Fraction) -> Decimal:
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return exact.quantize(Decimal(1), ROUND_HALF_UP)
