"""The scope check as one line under the quick log: told, never a reason not to record."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.contracts.wording import hours_text
from customers.models import Activity, Customer
from customers.scope.judging import Answer, Fact, judge
from customers.scope.question import Question
from customers.scope.words import clause_words, label_of
from customers.service_log.entries import EntryData

Cause = Activity.Cause
# What these say counts against no contract, so nothing is to be minded.
UNJUDGED = (Cause.OWN_REASON, Cause.INVESTMENT, Cause.SALES, Cause.INTERNAL)


@dataclass(frozen=True)
class Part:
    words: str
    tone: str = ""
    clause: str = ""


@dataclass(frozen=True)
class Line:
    """Its parts in order; `to_mind` where one would better request, give or note it."""

    parts: list[Part]

    @property
    def to_mind(self) -> bool:
        return any(part.tone for part in self.parts)

    def __str__(self) -> str:
        return " · ".join(part.words for part in self.parts)


def line_for(customer: Customer, data: EntryData, *, on: datetime.date | None = None) -> Line:
    """What recording `data` would mean for the contract, as of its day or of another one."""
    if data.cause in UNJUDGED:
        return Line([])
    question = Question(
        on=on or data.day,
        request=data.note,
        work_item=data.work_item,
        channel=data.channel,
        starts_at=data.started_at,
        minutes=data.minutes,
        is_incident=data.cause == Cause.INCIDENT,
    )
    return _line(judge(customer, question))


def _line(answer: Answer) -> Line:
    told = (_part(fact) for fact in answer.facts)
    return Line([part for part in told if part])


def _part(fact: Fact) -> Part | None:
    match fact.code:
        case "no_contract":
            return Part(_("No contract in force"))
        case "excluded":
            return Part(_("Not in the contract"), fact.tone, clause_words(fact.data))
        case "count":
            values = {"term": label_of(fact), "left": fact.data["left"]}
            words = _("%(term)s: %(left)s left") if fact.data["left"] else _("%(term)s: used up")
            return Part(words % values, fact.tone, clause_words(fact.data))
        case "hours":
            return _hours(fact)
        case "time" if fact.tone:
            words = (
                _("On a holiday")
                if fact.data["holiday"]
                else pgettext("scope check", "Outside support hours")
            )
            return Part(words, fact.tone)
        case "channel" if fact.tone:
            return Part(_("Channel not in the contract"), fact.tone)
        case "contacts" if fact.tone:
            return Part(_("Contacts beyond the contract"), fact.tone)
    return None


def _hours(fact: Fact) -> Part:
    left = fact.data["left"]
    if not left:
        return Part(_("No hours left"), fact.tone)
    return Part(_("%(hours)s h left") % {"hours": hours_text(left)}, fact.tone)
