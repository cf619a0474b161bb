"""Telling people of contract renewals ahead of them, once each."""

import datetime
from collections import defaultdict
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from customers.contracts.in_force import RENEWAL_NOTICES, renewing_within
from customers.models import ContractRevision, Customer, RenewalNotice
from firm import outbox
from firm.dates import firm_date
from firm.models import PostHolding, User
from firm.roles import Role
from firm.superiors import managers_of

MOST_LINES = 200  # of one notice; the page has them all
LAST_NOTICE = min(RENEWAL_NOTICES)


@transaction.atomic
def tell_of_renewals(*, now: datetime.datetime) -> int:
    """One notice to each person with what has come within 90, 60 or 30 days since the last one:
    to the account manager, at the last step to the nearest superior as well; to the back office
    where nobody looks after the customer. Returns how many people were told.

    Who was late is told of the step that holds now, not of those it has missed.
    """
    today = firm_date(now)
    due = list(_due(today))
    RenewalNotice.objects.bulk_create(
        RenewalNotice(
            revision=revision,
            renews_on=revision.renews_on,  # type: ignore[misc]
            days=revision.step,  # type: ignore[attr-defined]
            told_at=now,
        )
        for revision in due
    )
    by_person = _by_person(due, on=today)
    people = User.objects.active().filter(pk__in=by_person).order_by("pk")
    for person in people:
        theirs = by_person[person.pk]
        outbox.queue(
            "renewals_ahead",
            recipient=person,
            now=now,
            due_at=outbox.in_the_morning(now),
            customers=len(theirs),
            lines=[_line(revision, reader=person.pk) for revision in theirs[:MOST_LINES]],
        )
    return len(people)


def _due(today: datetime.date) -> QuerySet[ContractRevision]:
    """With `step`, the notice that is due: none was given for this or a later one."""
    steps = [
        When(renews_on__lte=today + datetime.timedelta(days=days), then=Value(days))
        for days in sorted(RENEWAL_NOTICES)
    ]
    told = RenewalNotice.objects.filter(
        revision=OuterRef("pk"), renews_on=OuterRef("renews_on"), days__lte=OuterRef("step")
    )
    return (
        renewing_within(max(RENEWAL_NOTICES), on=today)
        .filter(contract__customer__status=Customer.Status.ACTIVE)
        .annotate(step=Case(*steps, output_field=IntegerField()))
        .filter(~Exists(told))
        .select_related("contract__customer__owner")
    )


def _by_person(
    revisions: list[ContractRevision], *, on: datetime.date
) -> dict[int, list[ContractRevision]]:
    ids = (revision.contract.customer.owner_id for revision in revisions)
    owners = {owner for owner in ids if owner is not None}
    managers = managers_of(owners, on=on)
    found: dict[int, list[ContractRevision]] = defaultdict(list)
    back_office = _back_office(on)
    for revision in revisions:
        owner = revision.contract.customer.owner
        if owner is None or not owner.is_active:
            concerned = back_office
        elif revision.step == LAST_NOTICE and owner.pk in managers:  # type: ignore[attr-defined]
            concerned = {owner.pk, managers[owner.pk]}
        else:
            concerned = {owner.pk}
        for person in concerned:
            found[person].append(revision)
    return found


def _back_office(on: datetime.date) -> set[int]:
    posts = PostHolding.objects.on(on).filter(post__role=Role.BACK_OFFICE)
    return set(posts.values_list("person", flat=True))


def _line(revision: ContractRevision, *, reader: int) -> dict[str, Any]:
    customer, until = revision.contract.customer, revision.notice_by
    line: dict[str, Any] = {
        "code": "renews_notice_by" if until else "renews",
        "customer": f"{customer.code} {customer.name}",
        "contract": revision.contract.name,
        "date": str(revision.renews_on),
    }
    if until:
        line["last"] = until.isoformat()
    if customer.owner is not None and customer.owner_id != reader:
        line["owner"] = customer.owner.name
    return line
