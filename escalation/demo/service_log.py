"""Bringing in the service log of the demo: goals and investments by their actions, the entries of
six months in bulk, as an import would.
"""

import datetime
import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from customers.actions import (
    bring_in_past_log,
    judge_investment,
    open_investment,
    set_goal,
)
from customers.models import Activity, Contact, Customer, Favor, Goal, Investment, QuietWeek
from escalation.demo import SEED, company
from escalation.demo.activities import generate_activities
from escalation.demo.contracts import PRICE_BEYOND, DemoContract
from escalation.demo.entries import DemoEntry, Span
from escalation.demo.goals import generate_goals
from escalation.demo.log_stories import INVESTMENTS, DemoInvestment
from escalation.demo.rota import PRODUCTION
from firm.dates import firm_zone
from firm.models import User

# Where the entries of production and support come from; the others were typed here.
TIME_SHEET = "工数表"
AT = datetime.time(10)
EVENING, MORNING_AFTER = datetime.time(18, 30), datetime.time(9, 15)
LATE = 0.06  # of the entries are written down the next day
QUIET = 0.85  # of the weeks without an entry are confirmed as such


class LogWriter:
    """Rows of the database for what the generators say."""

    def __init__(self, agreed: Sequence[DemoContract], span: Span) -> None:
        self.agreed, self.span = agreed, span
        self.people = {user.email: user for user in User.objects.all()}
        self.customers = Customer.objects.select_related("owner", "backup").in_bulk(
            field_name="code"
        )
        self.contacts = {
            (contact.customer_id, contact.email): contact for contact in Contact.objects.all()
        }

    def write(self, *, now: datetime.datetime) -> None:
        goals, investments = self._goals(), self._investments()
        told = generate_activities(self.agreed, self.span)
        entries = list(self._entries(told, goals, investments))
        favors = [
            _favor(entry, row) for entry, row in zip(told, entries, strict=True) if entry.favor
        ]
        bring_in_past_log(entries=entries, favors=favors, quiet=self._quiet(told), now=now)

    def _person(self, key: str) -> User:
        return self.people[company.person(key).email]

    def _goals(self) -> dict[int, Goal]:
        """By customer."""
        made = {}
        for goal in generate_goals([one.customer for one in self.agreed], self.span):
            customer = self.customers[goal.customer.code]
            assert customer.owner is not None  # the generator gives everyone an owner
            decider = next(one for one in goal.customer.contacts if one.decider)
            made[customer.pk] = set_goal(
                customer=customer,
                **vars(goal.aim),
                agreed_with=self.contacts[customer.pk, decider.email],
                agreed_on=goal.agreed_on,
                review_on=goal.review_on,
                by=customer.owner,
                now=_at(goal.agreed_on),
            )
        return made

    def _investments(self) -> dict[str, Investment]:
        """By title. The former of two of one customer has its verdict before the next begins."""
        by_name = {customer.name: customer for customer in self.customers.values()}
        return {
            one.title: self._investment(one, by_name[one.customer])
            for one in sorted(INVESTMENTS, key=lambda one: one.opened, reverse=True)
        }

    def _investment(self, told: DemoInvestment, customer: Customer) -> Investment:
        owner = customer.owner
        assert owner is not None
        ahead = datetime.timedelta(days=max(0, -told.review))
        review = self.span.back(max(0, told.review)) + ahead
        investment = open_investment(
            customer=customer,
            title=told.title,
            expectation=told.expectation,
            expected_return=Decimal(told.expected_return),
            cap_minutes=60 * told.cap_hours,
            review_on=review,
            by=owner,
            now=_at(self.span.back(told.opened)),
        )
        if told.judged is None:
            return investment
        states = Investment.State
        return judge_investment(
            investment=investment,
            state=states.PAID_BACK if told.has_paid_back else states.STOPPED,
            reason=told.verdict,
            by=owner,
            now=_at(self.span.back(told.judged)),
        )

    def _entries(
        self,
        told: Sequence[DemoEntry],
        goals: Mapping[int, Goal],
        investments: Mapping[str, Investment],
    ) -> Iterator[Activity]:
        chance = random.Random(f"{SEED} recorded")
        last = datetime.datetime.combine(self.span.t, EVENING, firm_zone())
        for number, entry in enumerate(told, start=1):
            customer = self.customers[entry.customer.code]
            staff = self._person(entry.staff)
            is_sheet = entry.staff in PRODUCTION and customer.owner_id != staff.pk
            late = chance.random() < LATE
            yield Activity(
                customer=customer,
                staff=staff,
                day=entry.day,
                started_at=_start(entry),
                minutes=entry.minutes,
                cause=entry.cause,
                kind=entry.kind,
                channel=entry.channel,
                direction=entry.direction,
                initiator=entry.initiator,
                contact=self._contact(entry, customer),
                work_item=entry.work_item,
                quantity=1,
                note=entry.note,
                goal=_served(entry, goals.get(customer.pk)),
                investment=investments.get(entry.investment),
                source=TIME_SHEET if is_sheet else "",
                source_id=f"{number:05d}" if is_sheet else "",
                recorded_at=min(last, _written_down(entry, late=late)),
                recorded_by=staff,
                version=1,
            )

    def _contact(self, entry: DemoEntry, customer: Customer) -> Contact | None:
        if entry.contact is None:
            return None
        # A customer may have fewer people than its story has parts for.
        people = entry.customer.contacts
        return self.contacts[customer.pk, people[min(entry.contact, len(people) - 1)].email]

    def _quiet(self, told: Sequence[DemoEntry]) -> Iterator[QuietWeek]:
        """Most of the closed weeks in which nothing was written down, confirmed on the Friday."""
        chance = random.Random(f"{SEED} quiet weeks")
        busy = {(entry.customer.code, _monday(entry.day)) for entry in told}
        weeks = sorted({_monday(day) for day in self.span.office})[1:-1]
        for one in self.agreed:
            customer = self.customers[one.customer.code]
            served = {_monday(day) for day in self.span.served(one.customer)}
            for week in weeks:
                is_told = (customer.code, week) in busy or week not in served
                if not is_told and chance.random() < QUIET:
                    friday = week + datetime.timedelta(days=4)
                    yield QuietWeek(
                        customer=customer,
                        week=week,
                        confirmed_by=customer.owner,
                        confirmed_at=datetime.datetime.combine(friday, EVENING, firm_zone()),
                    )


def _served(entry: DemoEntry, goal: Goal | None) -> Goal | None:
    """Meetings and proposals serve the goal from the day it was agreed."""
    serves = entry.kind in (Activity.Kind.MEETING, Activity.Kind.PROPOSAL)
    if goal is None or goal.agreed_on is None or not serves:
        return None
    return goal if goal.agreed_on <= entry.day else None


def _favor(entry: DemoEntry, row: Activity) -> Favor:
    assert entry.favor is not None
    price = PRICE_BEYOND * entry.minutes / 60
    return Favor(
        activity=row,
        usual_price=price.quantize(Decimal(1), ROUND_HALF_UP),
        why=entry.favor.why,
        category=entry.favor.category,
        customer_knows=entry.favor.customer_knows,
        from_budget=entry.favor.from_budget,
    )


def _start(entry: DemoEntry) -> datetime.datetime | None:
    if entry.start is None:
        return None
    time = datetime.time(entry.start // 60, entry.start % 60)
    return datetime.datetime.combine(entry.day, time, firm_zone())


def _written_down(entry: DemoEntry, *, late: bool) -> datetime.datetime:
    """In the evening, after what was done in it; now and then the next morning."""
    if late:
        return _at(entry.day, MORNING_AFTER) + datetime.timedelta(days=1)
    start = _start(entry)
    done = start + datetime.timedelta(minutes=entry.minutes) if start else _at(entry.day)
    return max(done, _at(entry.day, EVENING))


def _monday(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=day.weekday())


def _at(day: datetime.date, time: datetime.time = AT) -> datetime.datetime:
    return datetime.datetime.combine(day, time, firm_zone())
