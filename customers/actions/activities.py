"""The service log by hand: entries recorded, corrected and withdrawn, each with its slices."""

import datetime
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.actions.goodwill import CHANGEABLE as GOODWILL
from customers.actions.goodwill import (
    change_goodwill,
    mark_goodwill,
    price_following,
    unmark_goodwill,
)
from customers.models import Activity, Customer, PurposeReading, QuietWeek
from customers.service_log.coverage import monday_of
from customers.service_log.entries import (
    EntryData,
    FavorData,
    check_entry,
    live_favor,
    too_long,
)
from customers.service_log.slices import rewrite_slices, write_slices
from firm import audit, outbox
from firm.dates import firm_date
from firm.models import User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of
from firm.superiors import manager_of

LONGEST_REASON, LONGEST_QUESTION = 200, 500

# What an entry is made from, for whoever records one.
__all__ = [
    "EntryData",
    "FavorData",
    "RecordedAlready",
    "ask_about",
    "check_can_change",
    "check_can_record",
    "confirm_quiet_week",
    "correct_activity",
    "move_activity",
    "read_purpose",
    "record_activity",
    "take_back_quiet_week",
    "withdraw_activity",
]


class RecordedAlready(Refused):
    """The source has brought an entry of this id before."""


def check_can_record(
    *, customer: Customer, by: User | None, now: datetime.datetime, staff: User | None = None
) -> None:
    """Whoever has the customer's file and logs work; for another person, whoever has theirs."""
    if by is None:
        return
    scope = scope_of(by, on=firm_date(now))
    if not (scope.has_file(customer.owner_id, customer.backup_id) and scope.may(Right.RECORD_WORK)):
        raise Forbidden(_("You don't look after this customer."))
    if staff is not None and not (scope.sees_all_files or staff.pk in scope.people):
        raise Forbidden(_("You record your own work, or that of the people below you."))


def check_can_change(*, activity: Activity, by: User | None, now: datetime.datetime) -> None:
    """The person who did it or wrote it down, their superiors, or the back office."""
    if by is None:
        return
    check_can_record(customer=activity.customer, by=by, now=now)
    scope = scope_of(by, on=firm_date(now))
    if not (
        activity.staff_id in scope.people
        or activity.recorded_by_id == by.pk
        or scope.may(Right.EDIT_CUSTOMERS)
    ):
        raise Forbidden(_("Only the person who did it, or somebody above, may change an entry."))
    if activity.withdrawn_at is not None:
        raise Refused(_("This entry was withdrawn."))


@transaction.atomic
def record_activity(
    *,
    customer: Customer,
    data: EntryData,
    by: User | None,
    now: datetime.datetime,
    staff: User | None = None,
    source: str = "",
    source_id: str = "",
) -> Activity:
    """Work of `staff`, by default of `by`; one of them is needed. `source` and `source_id` name
    where it comes from, and are recorded once: then RecordedAlready. With it “nothing this week”
    no longer holds.

    Never refused for being out of scope: what it means for the contract is a query.
    """
    check_can_record(customer=customer, by=by, now=now, staff=staff)
    check_entry(customer=customer, data=data, now=now)
    person = staff or by
    assert person is not None
    activity = Activity(
        customer=customer,
        staff=person,
        source=source,
        source_id=source_id,
        recorded_at=now,
        recorded_by=by,
        version=1,
        **data.columns,
    )
    _insert_once(activity)
    _mark(activity, data.favor, by=by, now=now)
    write_slices(Activity.objects.filter(pk=activity.pk))
    _no_longer_quiet(activity.customer, monday_of(activity.day), by=by, now=now)
    audit.record(
        "activity_recorded",
        by=by,
        now=now,
        subject=activity,
        customer=customer.pk,
        cause=data.cause,
    )
    return activity


@transaction.atomic
def correct_activity(
    *, activity: Activity, data: EntryData, version: int, by: User | None, now: datetime.datetime
) -> Activity:
    """The entry says `data` from now on; what it said stays in its history. `version` is the one
    that was corrected: Refused where somebody was quicker. The same again is no new version. The
    usual price of goodwill work follows the minutes, unless it was or is said otherwise.
    """
    activity = _locked(activity, version=version, by=by, now=now)
    check_entry(customer=activity.customer, data=data, now=now)
    if data == EntryData.of(activity):
        return activity
    wanted = _priced(activity, data)
    for name, value in data.columns.items():
        setattr(activity, name, value)
    activity.version += 1
    activity.corrected_at, activity.corrected_by = now, by
    activity.save()
    _mark(activity, wanted, by=by, now=now)
    rewrite_slices(Activity.objects.filter(pk=activity.pk))
    _no_longer_quiet(activity.customer, monday_of(activity.day), by=by, now=now)
    audit.record(
        "activity_corrected",
        by=by,
        now=now,
        subject=activity,
        version=activity.version,
        customer=activity.customer_id,
        cause=data.cause,
    )
    return activity


@transaction.atomic
def withdraw_activity(
    *, activity: Activity, reason: str, version: int, by: User | None, now: datetime.datetime
) -> Activity:
    """It was no work, or another customer's: the row stays with the reason, its slices go."""
    activity = _locked(activity, version=version, by=by, now=now)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the entry is withdrawn."))
    if len(reason) > LONGEST_REASON:
        raise Refused(too_long(LONGEST_REASON))
    activity.withdrawn_at, activity.withdrawn_because = now, reason
    activity.save(update_fields=["withdrawn_at", "withdrawn_because"])
    _mark(activity, None, by=by, now=now)
    rewrite_slices(Activity.objects.filter(pk=activity.pk))
    audit.record(
        "activity_withdrawn",
        by=by,
        now=now,
        subject=activity,
        customer=activity.customer_id,
        cause=activity.cause,
    )
    return activity


@transaction.atomic
def move_activity(
    *, activity: Activity, customer: Customer, version: int, by: User, now: datetime.datetime
) -> Activity:
    """It was another customer's work: withdrawn here, and the same recorded there. What it was
    linked to belongs to the first customer and stays behind; the usual price is that of the other.
    """
    activity = _locked(activity, version=version, by=by, now=now)
    if customer == activity.customer:
        raise Refused(_("It is recorded for this customer already."))
    said = EntryData.of(activity)
    links = dict.fromkeys(("contact", "goal", "investment", "extension"))
    favor = replace(said.favor, usual_price=None) if said.favor else None
    data = replace(said, **links, work_item="", favor=favor)  # type: ignore[arg-type]
    reason = _("Recorded for another customer instead: %(code)s") % {"code": customer.code}
    withdraw_activity(activity=activity, reason=reason, version=version, by=by, now=now)
    return record_activity(customer=customer, data=data, staff=activity.staff, by=by, now=now)


@transaction.atomic
def ask_about(*, activity: Activity, question: str, by: User, now: datetime.datetime) -> list[User]:
    """A question about an entry to the asker's manager and to who else looks after the customer,
    by a notice. Returns whom it went to. Nobody has to carry a customer alone.
    """
    check_can_record(customer=activity.customer, by=by, now=now)
    question = question.strip()
    if not question:
        raise Refused(_("Write what you would like to ask."))
    if len(question) > LONGEST_QUESTION:
        raise Refused(too_long(LONGEST_QUESTION))
    customer = activity.customer
    people = [manager_of(by, on=firm_date(now)), customer.owner, customer.backup]
    asked = [one for one in dict.fromkeys(filter(None, people)) if one != by and one.is_active]
    if not asked:
        raise Refused(_("There is nobody to ask yet: no manager, and no backup of this customer."))
    for person in asked:
        outbox.queue(
            "entry_question",
            recipient=person,
            now=now,
            asker=by.name,
            customer=customer.code,
            day=activity.day.isoformat(),
            question=question,
            path=f"/log/{activity.pk}/",
        )
    audit.record("entry_question", by=by, now=now, subject=activity, people=len(asked))
    return asked


@transaction.atomic
def confirm_quiet_week(
    *, customer: Customer, week: datetime.date, by: User, now: datetime.datetime
) -> QuietWeek:
    """Nothing was done for the customer in the week from this Monday. Said twice, it is said."""
    check_can_record(customer=customer, by=by, now=now)
    if week.weekday() != 0:
        raise Refused(_("A week begins on a Monday."))
    if week > firm_date(now):
        raise Refused(_("The day lies in the future."))
    quiet, is_new = QuietWeek.objects.get_or_create(
        customer=customer, week=week, defaults={"confirmed_by": by, "confirmed_at": now}
    )
    if is_new:
        audit.record("week_quiet", by=by, now=now, subject=customer, first=week.isoformat())
    return quiet


@transaction.atomic
def take_back_quiet_week(
    *, customer: Customer, week: datetime.date, by: User, now: datetime.datetime
) -> None:
    """“Nothing was done” no longer holds for the week from this Monday, if it was ever said."""
    check_can_record(customer=customer, by=by, now=now)
    _no_longer_quiet(customer, week, by=by, now=now)


@transaction.atomic
def read_purpose(*, version: int, by: User, now: datetime.datetime) -> None:
    """This person has read what is recorded here, why, and who sees it."""
    reading, is_new = PurposeReading.objects.get_or_create(
        person=by, version=version, defaults={"read_at": now}
    )
    if is_new:
        audit.record("purpose_read", by=by, now=now, version=reading.version)


def _insert_once(activity: Activity) -> None:
    try:
        with transaction.atomic():
            activity.save(force_insert=True)
    except IntegrityError as error:
        if "activity_source_id_once" not in str(error):
            raise
        raise RecordedAlready(_("This is recorded already.")) from None


def _no_longer_quiet(
    customer: Customer, week: datetime.date, *, by: User | None, now: datetime.datetime
) -> None:
    taken, _kinds = QuietWeek.objects.filter(customer=customer, week=week).delete()
    if taken:
        audit.record("week_not_quiet", by=by, now=now, subject=customer, first=week.isoformat())


def _locked(
    activity: Activity, *, version: int, by: User | None, now: datetime.datetime
) -> Activity:
    locked = Activity.objects.select_for_update(of=("self",)).select_related(
        "customer", "favor", "contact", "goal", "investment", "extension__contract"
    )
    activity = locked.get(pk=activity.pk)
    check_can_change(activity=activity, by=by, now=now)
    _check_version(activity, version)
    return activity


def _check_version(activity: Activity, version: int) -> None:
    if activity.version != version:
        raise Refused(
            _("Somebody has corrected this entry in the meantime. Look at what it says now.")
        )


def _priced(activity: Activity, data: EntryData) -> FavorData | None:
    """The mark that is wanted on an entry as it stands before its correction."""
    favor, wanted = live_favor(activity), data.favor
    if favor is None or wanted is None or wanted.usual_price not in (None, favor.usual_price):
        return wanted
    price = price_following(favor=favor, day=data.day, minutes=data.minutes)
    return replace(wanted, usual_price=price)


def _mark(
    activity: Activity, wanted: FavorData | None, *, by: User | None, now: datetime.datetime
) -> None:
    """The goodwill mark as it is wanted; without a price its own or the usual one."""
    favor = live_favor(activity)
    if wanted is None:
        if favor is not None:
            unmark_goodwill(favor=favor, by=by, now=now)
        return
    values = {name: getattr(wanted, name) for name in GOODWILL}
    if favor is None:
        mark_goodwill(activity=activity, by=by, now=now, **values)
    else:
        if values["usual_price"] is None:
            del values["usual_price"]
        change_goodwill(favor=favor, by=by, now=now, **values)
