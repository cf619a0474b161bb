"""What is carried alone: the person's answer, and who looked at whose load."""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import LoneWorkAnswer
from customers.service_log.burden import lone_work_of
from firm import audit, outbox
from firm.dates import firm_date
from firm.models import User
from firm.refusals import Refused
from firm.superiors import manager_of

LONGEST_QUESTION = 500


@transaction.atomic
def answer_lone_work(
    *, answer: str, by: User, now: datetime.datetime, question: str = ""
) -> LoneWorkAnswer:
    """For what was recorded until now: `asked` sends the question to the nearest superior,
    `managing` closes it. Raises Refused where nothing was asked of this person.
    """
    if not lone_work_of([by.pk], on=firm_date(now)):
        raise Refused(_("There is nothing to answer at the moment."))
    if answer not in LoneWorkAnswer.Answer.values:
        raise Refused(_("Choose an answer."))
    if answer == LoneWorkAnswer.Answer.ASKED:
        _ask(question.strip(), by=by, now=now)
    given = LoneWorkAnswer.objects.create(person=by, answer=answer, answered_at=now)
    audit.record("lone_work_answered", by=by, now=now, subject=by)
    return given


def _ask(question: str, *, by: User, now: datetime.datetime) -> None:
    manager = manager_of(by, on=firm_date(now))
    if manager is None:
        raise Refused(_("There is nobody above you to ask yet. An administrator can name one."))
    if not question:
        raise Refused(_("Write what you would like to talk about."))
    if len(question) > LONGEST_QUESTION:
        raise Refused(
            _("A text is too long: at most %(most)s characters.") % {"most": LONGEST_QUESTION}
        )
    outbox.queue("lone_work_asked", recipient=manager, now=now, asker=by.name, question=question)


@transaction.atomic
def record_looks(
    *,
    code: str,
    people: Collection[User],
    by: User,
    now: datetime.datetime,
    month: datetime.date | None = None,
) -> None:
    """That `by` was shown figures of these other people, each of whom finds it among their
    records. `code` says in what way: alone, or in a sum.
    """
    told: dict[str, Any] = {"month": month.isoformat()} if month else {}
    for person in people:
        audit.record(code, by=by, now=now, subject=person, **told)
