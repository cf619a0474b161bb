"""Telling the people concerned what a night has changed, one notice each."""

import datetime
from collections import Counter, defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from firm import outbox
from firm.business_time import ONE_DAY
from firm.dates import firm_date
from firm.models import JobRun, PostHolding, User
from firm.roles import RIGHTS, Right
from firm.superiors import managers_of
from tiering.models import Evaluation, Finding, Observation
from tiering.news import News, news_of
from tiering.visibility import seen_by_superiors

MOST_LINES = 200  # of one notice; the page has them all


def tell_of_night(*, job: JobRun, now: datetime.datetime) -> None:
    """To each account manager and the nearest superior: who has risen, has fallen or will fall.

    In the transaction of the night, so that what is undone is told to nobody. Nothing of replays
    and of nights still to come.
    """
    evaluations = Evaluation.objects.filter(job=job, is_replay=False, is_ahead=False)
    news = news_of(list(evaluations.select_related("rule_set").order_by("as_of", "pk")))
    if not news:
        return
    assert job.business_date is not None
    by_person = _by_person(news, on=job.business_date)
    people = User.objects.filter(pk__in=by_person, is_active=True).order_by("pk")
    names = dict(User.objects.filter(pk__in={one.owner for one in news}).values_list("pk", "name"))
    with_revenue = _with_revenue(by_person, on=job.business_date)
    data = {
        person: {
            "date": job.business_date.isoformat(),
            "customers": len(by_person[person.pk]),
            "lines": [
                _line(one, names, reader=person.pk, with_revenue=person.pk in with_revenue)
                for one in by_person[person.pk][:MOST_LINES]
            ],
        }
        for person in people
    }
    outbox.queue_each("tiers_of_night", data, now=now)


def tell_of_flags(*, job: JobRun, now: datetime.datetime) -> None:
    """To each account manager and backup, and once they see them the owner's nearest superior:
    how many flags of their customers this detection has opened, be it again. Without names: the
    page has them. Nothing of the past, nor where days long over are made up for.
    """
    assert job.business_date is not None
    on = job.business_date
    if on < firm_date(now) - ONE_DAY:
        return
    opened = _opened(job, on=on).values_list("customer__owner", "customer__backup")
    owners = {owner for owner, _backup in opened if owner is not None}
    managers = managers_of(owners, on=on) if seen_by_superiors(on=on).exists() else {}
    flags: Counter[int] = Counter()
    for owner, backup in opened:
        flags.update(one for one in {owner, backup, managers.get(owner)} if one is not None)
    people = User.objects.filter(pk__in=flags, is_active=True).order_by("pk")
    data = {person: {"date": on.isoformat(), "flags": flags[person.pk]} for person in people}
    outbox.queue_each("flags_of_night", data, now=now, due_at=outbox.in_the_morning(now))


def _opened(job: JobRun, *, on: datetime.date) -> QuerySet[Finding]:
    """Those that an earlier detection of the day has seen have been told."""
    today = Observation.objects.filter(finding=OuterRef("pk"), business_date=on)
    opened = Finding.objects.filter(Q(opened_on=on) | Q(reopened_on=on), is_past=False)
    return opened.filter(
        Exists(today.filter(job=job)),
        ~Exists(today.exclude(job=job)),
        state=Finding.State.OPEN,
    )


def _by_person(news: list[News], *, on: datetime.date) -> dict[int, list[News]]:
    managers = managers_of({one.owner for one in news if one.owner is not None}, on=on)
    found: dict[int, list[News]] = defaultdict(list)
    for one in news:
        if one.owner is not None:
            for person in {one.owner, managers.get(one.owner, one.owner)}:
                found[person].append(one)
    return found


def _with_revenue(people: dict[int, list[News]], *, on: datetime.date) -> set[int]:
    """Those of them whose posts let them see the revenue of their customers."""
    roles = [role for role, rights in RIGHTS.items() if Right.REVENUE in rights]
    held = PostHolding.objects.on(on).filter(person__in=people, post__role__in=roles)
    return set(held.values_list("person", flat=True))


def _line(news: News, names: dict[int, str], *, reader: int, with_revenue: bool) -> dict[str, Any]:
    """What the notice says of one customer, as code and data."""
    line: dict[str, Any] = {
        "code": news.kind.value,
        "customer": f"{news.code} {news.name}",
        "before": [news.before.name, news.before.name_en],
        "after": [news.after.name, news.after.name_en],
    }
    if news.owner != reader and news.owner in names:
        line["owner"] = names[news.owner]
    if news.falls_on is not None:
        line["date"] = news.falls_on.isoformat()
    if news.missing is not None and with_revenue:
        line["code"] = "will_fall_unless"
        line["missing"] = str(news.missing)
    return line
