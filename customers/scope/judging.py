"""Whether what is asked is in scope: a verdict, with the facts it stands on.

A fact is a code and numbers, worded when it is shown (customers/scope/words.py) and kept so with
the inquiry. What other apps know besides, `settings.SCOPE_ADVISERS` add as lines of their own.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from customers.consumption.contacts import WEEK, Contacts, contacts_of
from customers.consumption.counts import Count, counts_of
from customers.consumption.hours import Hours, hours_of
from customers.consumption.times import Divided, divided_if
from customers.contracts.in_force import Agreed, agreed_with
from customers.models import Channel, Customer, ScopeInquiry, ScopeTerm
from customers.prices import HourlyPrice, Source, hourly_price
from customers.scope.matching import COUNTED, Match, match, work_items
from customers.scope.question import Question
from firm.advice import Advice

Kind = ScopeTerm.Kind
Verdict = ScopeInquiry.Verdict
OVER, WARN = "over", "warn"


@dataclass(frozen=True)
class Fact:
    """`tone` over: it is beyond what is agreed; warn: to be minded; empty: fine."""

    code: str
    tone: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    source: str = "contract"


@dataclass(frozen=True)
class Answer:
    """`decisive` is the fact that the verdict stands on, None where nothing is known."""

    customer: Customer
    question: Question
    agreed: list[Agreed]
    verdict: str
    facts: list[Fact]
    hours: Hours | None
    hourly: HourlyPrice | None

    @property
    def decisive(self) -> Fact | None:
        tones = {Verdict.OUT_OF_SCOPE: OVER, Verdict.NEEDS_APPROVAL: WARN}
        tone = tones.get(Verdict(self.verdict), "")
        return next((fact for fact in self.facts if fact.tone == tone), None)

    @property
    def is_fine(self) -> bool:
        return self.verdict == Verdict.IN_SCOPE

    @property
    def price(self) -> Decimal | None:
        """What it would cost, net, where it is not included."""
        if self.hourly is None or self.question.minutes is None or self.is_fine:
            return None
        return self.hourly.of(self.question.minutes)

    @property
    def channels(self) -> list[str]:
        """Those the contracts name for everyday matters."""
        terms = [term for held in self.agreed for term in held.terms]
        return [term.channel for term in terms if term.channel and not term.emergency]


def judge(customer: Customer, question: Question, *, agreed: list[Agreed] | None = None) -> Answer:
    """As of the question's day, with what is recorded up to then. `agreed` is what the contracts
    say on that day, for whoever has asked already.
    """
    agreed = agreed_with(customer.pk, on=question.on) if agreed is None else agreed
    about = match(agreed, request=question.request, work_item=question.work_item)
    hours = _hours_under(agreed, question)
    facts = [
        *_of_matter(about, customer, question),
        *_of_hours(hours, agreed, question),
        *_of_time(_divided(customer, question), question),
        *_of_channel(agreed, question),
        *_of_contacts(agreed, customer, question),
    ]
    verdict = _verdict(agreed, facts)
    if verdict == Verdict.UNKNOWN:
        facts.insert(0, _what_is_missing(agreed))
    return Answer(
        customer=customer,
        question=question,
        agreed=agreed,
        verdict=verdict,
        facts=facts,
        hours=hours,
        hourly=None if verdict == Verdict.IN_SCOPE else _hourly(customer, agreed, question),
    )


def _hourly(customer: Customer, agreed: list[Agreed], question: Question) -> HourlyPrice | None:
    """As customers.prices says, without asking once more for what the contracts have said."""
    prices = [held.revision.price_beyond for held in agreed]
    agreed_prices = [price for price in prices if price is not None]
    if agreed_prices:
        return HourlyPrice(min(agreed_prices), Source.CONTRACT)
    return hourly_price(customer.pk, on=question.on)


def _hours_under(agreed: list[Agreed], question: Question) -> Hours | None:
    if not any(held.has_hours for held in agreed):
        return None
    customer_id = agreed[0].revision.contract.customer_id
    return hours_of([customer_id], on=question.on).get(customer_id)


def advice_for(customer: Customer, *, on: datetime.date, minutes: int | None) -> list[Advice]:
    """What else might help where something stands in the way."""
    found: list[Advice] = []
    for path in settings.SCOPE_ADVISERS:
        adviser: Callable[..., list[Advice]] = import_string(path)
        found += adviser(customer, on=on, minutes=minutes)
    return found


def _verdict(agreed: list[Agreed], facts: list[Fact]) -> str:
    """A channel alone does not put a matter out of scope: it can be asked for by another. Nor do
    more contacts than agreed.
    """
    matters = [fact for fact in facts if fact.code not in ("channel", "contacts")]
    tones = {fact.tone for fact in matters}
    if not agreed:
        return Verdict.UNKNOWN
    if OVER in tones:
        return Verdict.OUT_OF_SCOPE
    if WARN in tones:
        return Verdict.NEEDS_APPROVAL
    about = {fact.code for fact in matters} & {"count", "hours", "included"}
    return Verdict.IN_SCOPE if about else Verdict.UNKNOWN


def _what_is_missing(agreed: list[Agreed]) -> Fact:
    """Why nobody can tell: there is no contract, nothing in it, or no item that was meant."""
    if not agreed:
        return Fact("no_contract")
    return Fact("no_item" if work_items(agreed) else "no_terms")


def _divided(customer: Customer, question: Question) -> Divided | None:
    if question.starts_at is None or not question.minutes:
        return None
    return divided_if(customer.pk, start=question.starts_at, minutes=question.minutes)


def clause_of(about: Match) -> dict[str, Any]:
    return {
        "contract": about.revision.contract.name,
        "revision": about.revision.number,
        "term": about.term.name or about.example,
        "kind": about.term.kind,
        "example": about.example if about.example != about.term.name else "",
    }


def _clause_of_hours(agreed: list[Agreed]) -> dict[str, Any]:
    """The first of the contracts with hours stands for all: their hours are one sum."""
    revision = next(held.revision for held in agreed if held.has_hours)
    return {
        "contract": revision.contract.name,
        "revision": revision.number,
        "term": "",
        "kind": Kind.HOURS,
    }


def _of_matter(about: Match | None, customer: Customer, question: Question) -> list[Fact]:
    if about is None:
        return []
    clause = clause_of(about)
    if about.is_excluded:
        return [Fact("excluded", OVER, clause)]
    count = _count(about.term, customer, question)
    if count is not None:
        numbers = {"used": count.used, "included": count.included, "left": count.left}
        tone = "" if count.left else OVER
        return [Fact("count", tone, {**clause, **numbers, "period": about.term.period})]
    return [Fact("included", "", clause)]


def _count(term: ScopeTerm, customer: Customer, question: Question) -> Count | None:
    if term.kind not in COUNTED:
        return None
    counts = counts_of([customer.pk], on=question.on).get(customer.pk, [])
    return next((one for one in counts if one.term_id == term.pk), None)


def _of_hours(hours: Hours | None, agreed: list[Agreed], question: Question) -> list[Fact]:
    if hours is None:
        return []
    minutes = question.minutes or 1
    numbers = {"used": hours.used, "included": hours.included, "left": hours.left}
    beyond = max(0, hours.used + minutes - hours.included)
    asked = {"asked": question.minutes, **_clause_of_hours(agreed)}
    return [Fact("hours", OVER if beyond else "", {**numbers, **asked})]


def _of_time(divided: Divided | None, question: Question) -> list[Fact]:
    if divided is None or question.is_incident:
        return []
    tone = WARN if divided.is_beyond else ""
    numbers = {"inside": divided.inside, "outside": divided.outside, "holiday": divided.holiday}
    return [Fact("time", tone, numbers)]


def _of_channel(agreed: list[Agreed], question: Question) -> list[Fact]:
    terms = [term for held in agreed for term in held.terms if term.kind == Kind.CHANNEL]
    if not terms or question.channel not in Channel.values or question.is_incident:
        return []
    named = [term.channel for term in terms if not term.emergency]
    tone = "" if question.channel in named else WARN
    return [Fact("channel", tone, {"channel": question.channel, "agreed": named})]


def _of_contacts(agreed: list[Agreed], customer: Customer, question: Question) -> list[Fact]:
    """Only where a contract says how many there may be."""
    if not any(held.term(Kind.CONTACT_MOST) for held in agreed):
        return []
    rows = contacts_of([customer.pk], on=question.on).get(customer.pk, [])
    return [_contacts(row) for row in rows if row.most is not None]


def _contacts(row: Contacts) -> Fact:
    numbers = {"by_customer": row.by_customer, "by_us": row.by_us, "most": row.most}
    period = "week" if row.days == WEEK else "month"
    return Fact("contacts", WARN if row.beyond else "", {**numbers, "period": period})
