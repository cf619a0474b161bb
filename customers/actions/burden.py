"""What is carried alone: the person's answer, and who looked at whose load."""

import datetime
from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import LoneWorkAnswer, LoneWorkNotice
from customers.service_log.burden import LoneWork, lone_work_of, overdue
from firm import audit, outbox
from firm.dates import firm_date, start_of_day
from firm.models import AuditEvent, User
from firm.refusals import Refused
from firm.superiors import manager_of

LONGEST_QUESTION = 500
BATCH = 200  # people asked about in one query


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
    LoneWorkNotice.objects.filter(person=by).delete()
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
def tell_of_lone_work(*, now: datetime.datetime) -> int:
    """Tell people that they carry something alone, each first and alone; on a later day, after
    five business days without an answer, their manager. Returns how many people were told.
    """
    today = firm_date(now)
    works = {work.person: work for work in _lone_works(today)}
    LoneWorkNotice.objects.exclude(person__in=works).delete()
    waiting = LoneWorkNotice.objects.select_related("person").select_for_update(of=("self",))
    known = {notice.person_id: notice for notice in waiting}
    told = 0
    for work in overdue(works.values(), on=today):
        notice = known.get(work.person)
        if notice is not None and notice.manager_id is None:
            told += _tell_manager(notice, now=now)
    new = User.objects.filter(pk__in=works.keys() - known.keys()).order_by("pk")
    for person in new:
        LoneWorkNotice.objects.create(person=person, told_at=now)
        _mail("lone_work_noticed", person, now=now, count=len(works[person.pk].entries))
    return told + len(new)


def _lone_works(today: datetime.date) -> Iterator[LoneWork]:
    people = list(User.objects.active().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(people), BATCH):
        yield from lone_work_of(people[start : start + BATCH], on=today)


def _tell_manager(notice: LoneWorkNotice, *, now: datetime.datetime) -> bool:
    """Without the name: that is read on the page, which puts it on record."""
    manager = manager_of(notice.person, on=firm_date(now))
    if manager is None:
        return False
    notice.manager = manager
    notice.save(update_fields=["manager"])
    _mail("lone_work_waits", manager, now=now)
    return True


def _mail(code: str, person: User, *, now: datetime.datetime, **data: Any) -> None:
    outbox.queue(code, recipient=person, now=now, due_at=outbox.in_the_morning(now), **data)


def record_looks(
    *,
    looks: Collection[tuple[str, int]],
    month: datetime.date,
    by: User,
    now: datetime.datetime,
) -> None:
    """That `by` was shown figures of people, each of whom finds it among their records: codes
    that say in what way, alone or in a sum, and the people's ids. Once a day for the same month,
    however often the page is opened. A look at oneself is none.
    """
    others = [(code, person) for code, person in looks if person != by.pk]
    if not others:
        return
    known = AuditEvent.objects.filter(
        subject_kind="user",
        subject_id__in=[person for _code, person in others],
        actor=by,
        at__gte=start_of_day(firm_date(now)),
        data__month=month.isoformat(),
    )
    recorded = set(known.values_list("code", "subject_id"))
    new = [look for look in others if look not in recorded]
    audit.record_each(new, of=User, by=by, now=now, month=month.isoformat())
