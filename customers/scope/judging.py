"""Whether what is asked is in scope: a verdict, with the facts it stands on.

A fact is a code and numbers, worded when it is shown (customers/scope/words.py) and kept so with
the inquiry. What other apps know besides, `settings.SCOPE_ADVISERS` add.
"""

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
from customers.prices import HourlyPrice, hourly_price
from customers.scope.matching import COUNTED, Match, match
from customers.scope.question import Question

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
class Advice:
    """What another app knows: said in its own words, with the label of its source. An
    `allowance` covers the minutes asked for without anybody's approval.
    """

    code: str
    label: str
    words: str
    source: str
    tone: str = ""
    is_allowance: bool = False


@dataclass(frozen=True)
class Answer:
    """`decisive` is the fact that the verdict stands on, None where nothing is known."""

    customer: Customer
    question: Question
    agreed: list[Agreed]
    verdict: str
    facts: list[Fact]
    advice: list[Advice]
    match: Match | None
    hours: Hours | None
    divided: Divided | None
    hourly: HourlyPrice | None

    @property
    def decisive(self) -> Fact | None:
        tones = {Verdict.OUT_OF_SCOPE: OVER, Verdict.ALLOWANCE: OVER, Verdict.NEEDS_APPROVAL: WARN}
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


def judge(customer: Customer, question: Question) -> Answer:
    """As of the question's day, with what is recorded up to then."""
    agreed = agreed_with(customer.pk, on=question.on)
    about = match(agreed, request=question.request, work_item=question.work_item)
    hours = hours_of([customer.pk], on=question.on).get(customer.pk)
    counts = counts_of([customer.pk], on=question.on).get(customer.pk, [])
    divided = _divided(customer, question)
    facts = [
        *_of_matter(about, counts),
        *_of_hours(hours, question),
        *_of_time(divided, question),
        *_of_channel(agreed, question),
        *_of_contacts(customer, question),
    ]
    advice = advice_for(customer, question)
    return Answer(
        customer=customer,
        question=question,
        agreed=agreed,
        verdict=_verdict(agreed, facts, advice),
        facts=facts if agreed else [Fact("no_contract"), *facts],
        advice=advice,
        match=about,
        hours=hours if hours and hours.has_terms else None,
        divided=divided,
        hourly=hourly_price(customer.pk, on=question.on),
    )


def advice_for(customer: Customer, question: Question) -> list[Advice]:
    advisers: list[Callable[[Customer, Question], list[Advice]]] = [
        import_string(path) for path in settings.SCOPE_ADVISERS
    ]
    return [one for adviser in advisers for one in adviser(customer, question)]


def _verdict(agreed: list[Agreed], facts: list[Fact], advice: list[Advice]) -> str:
    """A channel alone does not put a matter out of scope: it can be asked for by another."""
    matters = [fact for fact in facts if fact.code not in ("channel", "contacts")]
    tones = {fact.tone for fact in matters}
    if not agreed:
        return Verdict.UNKNOWN
    if OVER in tones:
        covered = any(one.is_allowance for one in advice)
        return Verdict.ALLOWANCE if covered else Verdict.OUT_OF_SCOPE
    if WARN in tones:
        return Verdict.NEEDS_APPROVAL
    about = {fact.code for fact in matters} & {"count", "hours", "included"}
    return Verdict.IN_SCOPE if about else Verdict.UNKNOWN


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


def _of_matter(about: Match | None, counts: list[Count]) -> list[Fact]:
    if about is None:
        return []
    clause = clause_of(about)
    if about.is_excluded:
        return [Fact("excluded", OVER, clause)]
    count = next((one for one in counts if one.term_id == about.term.pk), None)
    if about.term.kind in COUNTED and count is not None:
        numbers = {"used": count.used, "included": count.included, "left": count.left}
        tone = "" if count.left else OVER
        return [Fact("count", tone, {**clause, **numbers, "period": about.term.period})]
    return [Fact("included", "", clause)]


def _of_hours(hours: Hours | None, question: Question) -> list[Fact]:
    if hours is None or not hours.has_terms:
        return []
    minutes = question.minutes or 1
    numbers = {"used": hours.used, "included": hours.included, "left": hours.left}
    beyond = max(0, hours.used + minutes - hours.included)
    return [Fact("hours", OVER if beyond else "", {**numbers, "asked": question.minutes})]


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


def _of_contacts(customer: Customer, question: Question) -> list[Fact]:
    """Only where a contract says how many there may be."""
    rows = contacts_of([customer.pk], on=question.on).get(customer.pk, [])
    return [_contacts(row) for row in rows if row.most is not None]


def _contacts(row: Contacts) -> Fact:
    numbers = {"by_customer": row.by_customer, "by_us": row.by_us, "most": row.most}
    period = "week" if row.days == WEEK else "month"
    return Fact("contacts", WARN if row.beyond else "", {**numbers, "period": period})
