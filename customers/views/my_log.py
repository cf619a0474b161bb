"""My records: what I have logged, what of it lay outside support hours, who looked at that; and
for managers their section's sum. Nothing here ranks people.
"""

import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.actions.burden import LONGEST_QUESTION, answer_lone_work, record_looks
from customers.models import Activity, LoneWorkAnswer
from customers.service_log.burden import (
    ALONE,
    Load,
    SectionLoad,
    load_of_section,
    loads_of,
    lone_work_of,
    overdue,
    section_of,
)
from customers.service_log.coverage import A_WEEK
from customers.service_log.pages import log_page
from customers.service_log.week import hours_text, week_asked_for
from firm import access
from firm.dates import add_months, first_of_month, today
from firm.models import AuditEvent, User
from firm.refusals import Refused
from firm.roles import Right
from firm.scope import Scope
from firm.wording import audit_text

MONTHS = 6
MOST_LOOKS = 50
# Under these codes the trail says who was shown figures of a person: customers.actions.burden.
LOOKS = ("load_seen", "load_in_sum_seen", "lone_work_seen")


@require_GET
@access.needs(Right.RECORD_WORK)
def mine(request: HttpRequest) -> HttpResponse:
    return _mine(request)


@require_POST
@access.needs(Right.RECORD_WORK)
def answer(request: HttpRequest) -> HttpResponse:
    """To the question whether I carry something alone."""
    given = request.POST.get("answer", "")
    question = request.POST.get("question", "")
    try:
        answer_lone_work(
            answer=given, question=question, by=access.reader(request), now=timezone.now()
        )
    except Refused as refused:
        return _mine(request, refusal=refused.sentence, question=question, status=422)
    if given == LoneWorkAnswer.Answer.ASKED:
        messages.success(request, _("Your question has been sent to your manager."))
    else:
        messages.success(request, _("Noted. Nobody else was told."))
    return redirect("customers:log-mine")


@require_GET
@access.needs(Right.SEE_JUNIORS_FILES)
def section(request: HttpRequest) -> HttpResponse:
    """My section's month. Everybody in it can read that I looked."""
    month = _month(request)
    reader = access.reader(request)
    found = load_of_mine(reader, access.scope(request), month=month)
    works = overdue(lone_work_of(found.people[1:], on=today()), on=today())
    looks = looks_at_sum(found)
    looks += [("load_seen", person) for person in found.alone]
    looks += [("lone_work_seen", work.person) for work in works]
    record_looks(looks=looks, month=month, by=reader, now=timezone.now())
    named = {*found.alone, *(work.person for work in works)}
    people = User.objects.in_bulk(named) if named else {}
    alone = sorted((people[person].name, load) for person, load in found.alone.items())
    context = {
        "month": month,
        "before": add_months(month, -1),
        "after": add_months(month, 1) if month < first_of_month(today()) else None,
        "section": found,
        "alone": [(name, figures(load)) for name, load in alone],
        "whole": figures(found.whole) if found.whole else None,
        "works": [(people[work.person].name, work) for work in works],
        "limit": hours_text(ALONE),
    }
    return log_page(request, "customers/log_section.html", context)


def load_of_mine(reader: User, scope: Scope, *, month: datetime.date) -> SectionLoad:
    people = section_of(reader.pk, scope.people, on=today())
    return load_of_section(people, manager=reader.pk, month=month)


def looks_at_sum(found: SectionLoad) -> list[tuple[str, int]]:
    """As record_looks takes them: without a sum there is none."""
    return [("load_in_sum_seen", person) for person in found.people if found.whole is not None]


def figures(load: Load) -> dict[str, str]:
    """In hours, with a 0 where there was nothing."""
    return {
        name: hours_text(getattr(load, name)) or "0"
        for name in ("logged", "outside", "holiday", "beyond")
    }


def own_months(person: User) -> list[tuple[datetime.date, Load]]:
    """The last months, this one first."""
    this_month = first_of_month(today())
    months = [add_months(this_month, -back) for back in range(MONTHS)]
    loads = loads_of([person.pk], since=months[-1], until=add_months(this_month, 1))
    return [(month, loads.get((person.pk, month), Load())) for month in months]


def looks_at(person: User) -> QuerySet[AuditEvent]:
    """Who was shown figures of this person, the latest first."""
    about = AuditEvent.objects.filter(subject_kind="user", subject_id=person.pk, code__in=LOOKS)
    return about.select_related("actor").order_by("-at", "-pk")[:MOST_LOOKS]


def _mine(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    person, day = access.reader(request), today()
    works = lone_work_of([person.pk], on=day)
    week = week_asked_for(request.GET.get("week", ""), today=day)
    entries = Activity.objects.live().filter(staff=person, day__gte=week, day__lt=week + A_WEEK)
    context = {
        "week": week,
        "last_day": week + A_WEEK - datetime.timedelta(days=1),
        "before": week - A_WEEK,
        "after": week + A_WEEK if week + A_WEEK <= day else None,
        "entries": entries.select_related("customer").order_by("day", "started_at", "pk"),
        "months": [(month, figures(load)) for month, load in own_months(person)],
        "lone_work": works[0] if works else None,
        "is_overdue": bool(overdue(works, on=day)),
        "looks": [(look, audit_text(look.code, look.data)) for look in looks_at(person)],
        "most_question": LONGEST_QUESTION,
        **shown,
    }
    return log_page(request, "customers/my_log.html", context, status=status)


def _month(request: HttpRequest) -> datetime.date:
    """Out of the address; this month where it says none, or one to come."""
    this_month = first_of_month(today())
    try:
        asked = datetime.date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return this_month
    return min(max(asked, datetime.date(2000, 1, 1)), this_month)
