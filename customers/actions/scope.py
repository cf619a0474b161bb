"""Scope checks that came to something: kept with what was asked and what was answered."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions.activities import check_can_record
from customers.models import Customer, ScopeInquiry
from customers.scope.judging import judge
from customers.scope.question import Question
from customers.service_log.entries import too_long
from firm import audit
from firm.models import User
from firm.refusals import Refused

Outcome = ScopeInquiry.Outcome
# What a person says has become of it; a request says so itself.
SAID = (Outcome.OPEN, Outcome.DECLINED, Outcome.LOGGED, Outcome.GOODWILL)
LONGEST_ITEM = 80


@transaction.atomic
def record_inquiry(
    *,
    customer: Customer,
    question: Question,
    outcome: str,
    by: User,
    now: datetime.datetime,
) -> ScopeInquiry:
    """The question with the verdict it gets now. Whoever has the file and records work."""
    check_can_record(customer=customer, by=by, now=now)
    if outcome not in SAID:
        raise Refused(_("Say what has become of it: declined, recorded or given as goodwill."))
    if not (question.request.strip() or question.work_item):
        raise Refused(_("Write down what the customer asked for."))
    if len(question.work_item) > LONGEST_ITEM:
        raise Refused(too_long(LONGEST_ITEM))
    answer = judge(customer, question)
    inquiry = ScopeInquiry.objects.create(
        customer=customer,
        asked_by=by,
        asked_at=now,
        contact=question.contact,
        request=question.request.strip(),
        work_item=question.work_item,
        channel=question.channel,
        work_at=question.starts_at,
        minutes=question.minutes,
        verdict=answer.verdict,
        reasons=[
            {"code": fact.code, "tone": fact.tone, "data": fact.data} for fact in answer.facts
        ],
        outcome=outcome,
        outcome_at=None if outcome == Outcome.OPEN else now,
    )
    audit.record(
        "scope_checked",
        by=by,
        now=now,
        subject=inquiry,
        customer=customer.pk,
        verdict=answer.verdict,
        outcome=outcome,
    )
    return inquiry
