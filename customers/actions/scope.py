"""Scope checks that came to something: kept with what was asked and what was answered."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions.activities import check_can_record
from customers.models import Contact, Customer, ScopeInquiry
from customers.scope.judging import Answer, judge
from customers.scope.question import Question
from customers.service_log.entries import too_long
from firm import audit
from firm.dates import firm_date
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
    inquiry = _inquiry(answer, outcome=outcome, by=by, at=now, settled_at=now)
    inquiry.save(force_insert=True)
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


@dataclass(frozen=True)
class PastCheck:
    """A question of the past, and what became of it by the verdict that it gets."""

    customer: Customer
    request: str
    channel: str
    minutes: int
    starts_at: datetime.datetime | None
    contact: Contact
    outcomes: Mapping[str, str]
    by: User
    at: datetime.datetime
    settled_at: datetime.datetime

    @property
    def question(self) -> Question:
        return Question(
            on=firm_date(self.starts_at or self.at),
            request=self.request,
            channel=self.channel,
            starts_at=self.starts_at,
            minutes=self.minutes,
            contact=self.contact,
        )


@transaction.atomic
def bring_in_past_checks(*, checks: Iterable[PastCheck], now: datetime.datetime) -> int:
    """As the system trusts them: for a demo or a migration, never for a page. Each is judged by
    what is recorded up to its day. Returns how many they were.
    """
    rows = []
    for check in checks:
        answer = judge(check.customer, check.question)
        outcome = check.outcomes[answer.verdict]
        rows.append(
            _inquiry(answer, outcome=outcome, by=check.by, at=check.at, settled_at=check.settled_at)
        )
    ScopeInquiry.objects.bulk_create(rows)
    audit.record("past_checks_brought_in", by=None, now=now, count=len(rows))
    return len(rows)


def _inquiry(
    answer: Answer,
    *,
    outcome: str,
    by: User,
    at: datetime.datetime,
    settled_at: datetime.datetime,
) -> ScopeInquiry:
    question = answer.question
    return ScopeInquiry(
        customer=answer.customer,
        asked_by=by,
        asked_at=at,
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
        outcome_at=None if outcome == Outcome.OPEN else settled_at,
    )
