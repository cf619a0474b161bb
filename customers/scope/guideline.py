"""The service policy: in which situation to accept, on which condition, when to offer paid work,
and when to decline; with how often each was met.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.scope.judging import Answer


class Move(models.TextChoices):
    ACCEPT = "accept", _("Accept")
    CONDITION = "condition", _("Accept on a condition")
    PAID = "paid", _("Offer as paid work")
    DECLINE = "decline", _("Decline")


@dataclass(frozen=True)
class Situation:
    code: str
    label: Promise
    move: Move
    wording: Promise


GUIDELINE = (
    Situation(
        "in_scope",
        _("It is in the contract"),
        Move.ACCEPT,
        _("We'll take care of it within the contract."),
    ),
    Situation(
        "own_fault",
        _("Our own mistake caused it"),
        Move.ACCEPT,
        _("We'll put it right at once and tell you when it is done."),
    ),
    Situation(
        "emergency",
        _("An incident stops the customer's business"),
        Move.CONDITION,
        _("First we make sure that you can work again; what it costs we settle afterwards."),
    ),
    Situation(
        "used_up",
        _("The hours or the count are used up"),
        Move.PAID,
        _("This month's share is used up. We can do it next month, or right away as paid work."),
    ),
    Situation(
        "excluded",
        _("The contract leaves it out"),
        Move.PAID,
        _("That isn't part of the contract; we'll send you an estimate."),
    ),
    Situation(
        "holiday",
        _("On a holiday, by the customer's wish"),
        Move.PAID,
        _("Work on holidays costs extra; on the next business day it is part of the contract."),
    ),
    Situation(
        "after_hours",
        _("In the evening or at night, by the customer's wish"),
        Move.PAID,
        _("We'll start first thing on the next business day; right away, it costs extra."),
    ),
    Situation(
        "channel",
        _("Through a channel that is not agreed"),
        Move.CONDITION,
        _("Send it through the agreed channel, and we'll start right away."),
    ),
    Situation(
        "too_often",
        _("More often than agreed"),
        Move.CONDITION,
        _("We'll collect the points and go through them at the next regular meeting."),
    ),
    Situation(
        "again",
        _("The same favor for the third time"),
        Move.DECLINE,
        _("We did it free of charge as an exception; from now on it is paid work."),
    ),
    Situation(
        "unreasonable",
        _("A threat, an insult or an unreasonable demand"),
        Move.DECLINE,
        _("We can't meet this demand. My manager will speak with you."),
    ),
)
_BY_FACT = {"excluded": "excluded", "count": "used_up", "hours": "used_up"}


def situations_of(answer: Answer) -> list[str]:
    """The codes of the situations that a check has met, the weightiest first."""
    found = []
    for fact in answer.facts:
        if not fact.tone:
            continue
        if fact.code in _BY_FACT:
            found.append(_BY_FACT[fact.code])
        elif fact.code == "time":
            found.append("holiday" if fact.data["holiday"] else "after_hours")
        elif fact.code == "channel":
            found.append("channel")
        elif fact.code == "contacts":
            found.append("too_often")
    if answer.question.is_incident:
        found.append("emergency")
    if answer.is_fine and not found:
        found.append("in_scope")
    return list(dict.fromkeys(found))
