"""Another tier than the earned one, by request and decision."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from firm import audit, formats, outbox
from firm.dates import add_months, firm_date
from firm.models import User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import Scope, scope_of
from tiering import in_force, overrides
from tiering.models import Override, RuleSet, Tier
from tiering.models.override import LONGEST_MONTHS
from tiering.standings import tier_on

WARNED_DAYS = (30, 7)


def check_can_request(*, customer: Customer, by: User, now: datetime.datetime) -> None:
    scope = scope_of(by, on=firm_date(now))
    if not scope.may(Right.REQUEST_OVERRIDE) or not _has_file(scope, customer):
        raise Forbidden(_("You may not request a manual override for this customer."))
    check_none_waits(customer=customer)


def check_none_waits(*, customer: Customer) -> None:
    if Override.objects.requested().filter(customer=customer).exists():
        raise Refused(_("A request for this customer is waiting for its decision already."))


@transaction.atomic
def request_override(
    *,
    customer: Customer,
    tier: Tier,
    starts_on: datetime.date,
    ends_on: datetime.date,
    reason: str,
    by: User,
    now: datetime.datetime,
) -> Override:
    """Ask for `tier` in `[starts_on, ends_on)`; those who may decide are told."""
    check_can_request(customer=customer, by=by, now=now)
    today = firm_date(now)
    check_period(starts_on=starts_on, ends_on=ends_on, today=today)
    _check_is_free(customer, starts_on, ends_on)
    if not reason.strip():
        raise Refused(_("Say why this customer is to have another tier."))
    if tier not in overrides.tiers_to_choose(on=today):
        raise Refused(_("The tier rules in force do not have this tier."))
    asked = overrides.deciders(customer, requester=by, on=today)
    try:
        with transaction.atomic():
            override = Override.objects.create(
                customer=customer,
                tier=tier,
                earned_tier=_earned(customer, today),
                starts_on=starts_on,
                ends_on=ends_on,
                reason=reason.strip(),
                requested_by=by,
                requested_at=now,
                asked=[person.pk for person in asked],
            )
    except IntegrityError:
        raise Refused(
            _("A request for this customer is waiting for its decision already.")
        ) from None
    _record("override_requested", override, by=by, now=now)
    _tell(asked, "override_requested", override, now)
    return override


def check_period(*, starts_on: datetime.date, ends_on: datetime.date, today: datetime.date) -> None:
    if starts_on < today:
        raise Refused(_("A manual override starts today or later."))
    if ends_on <= starts_on:
        raise Refused(_("The last day must not lie before the first."))
    if ends_on > add_months(starts_on, LONGEST_MONTHS):
        raise Refused(
            _("A manual override lasts %(months)s months at most.") % {"months": LONGEST_MONTHS}
        )


def check_can_decide(*, override: Override, by: User, now: datetime.datetime) -> None:
    """Somebody else than the requester decides; alone only in a firm in trial, and to approve."""
    if override.state != Override.State.REQUESTED:
        raise Refused(_("This request has been decided already."))
    scope = scope_of(by, on=firm_date(now))
    if not scope.may(Right.APPROVE_OVERRIDE) or not _has_file(scope, override.customer):
        raise Forbidden(_("You may not decide on this manual override."))
    if override.requested_by_id == by.pk and overrides.needs_four_eyes(now=now):
        raise Forbidden(_("Nobody decides their own request. Somebody else must approve it."))


@transaction.atomic
def approve_override(
    *, override: Override, by: User, now: datetime.datetime, note: str = ""
) -> Override:
    """Put it in force from its first day on, or from today where that has passed.

    Raises Refused where another one holds in that time, whoever approves it at this moment.
    """
    in_force.lock()
    override = _locked(override)
    check_can_decide(override=override, by=by, now=now)
    today = firm_date(now)
    if override.ends_on <= today:
        raise Refused(_("The period asked for is over."))
    if override.tier not in overrides.tiers_to_choose(on=today):
        raise Refused(_("The tier rules in force do not have this tier."))
    asked_from = override.starts_on
    override.starts_on = max(asked_from, today)
    _check_is_free(override.customer, override.starts_on, override.ends_on)
    override.is_sole = override.requested_by_id == by.pk
    override.earned_tier = _earned(override.customer, today)
    _decide(override, Override.State.APPROVED, by=by, now=now, note=note)
    in_force.settle_today(on=today, customers=[override.customer_id])
    code = "sole_approver" if override.is_sole else "override_approved"
    _record(code, override, by=by, now=now, asked_from=asked_from.isoformat())
    _tell(overrides.parties(override, but=by), "override_approved", override, now)
    return override


@transaction.atomic
def reject_override(*, override: Override, note: str, by: User, now: datetime.datetime) -> Override:
    override = _locked(override)
    check_can_decide(override=override, by=by, now=now)
    if override.requested_by_id == by.pk:
        raise Refused(_("Withdraw your own request instead."))
    if not note.strip():
        raise Refused(_("Say why you reject it."))
    _decide(override, Override.State.REJECTED, by=by, now=now, note=note)
    _record("override_rejected", override, by=by, now=now)
    _tell(overrides.parties(override, but=by), "override_rejected", override, now)
    return override


def check_can_withdraw(*, override: Override, by: User, now: datetime.datetime) -> None:
    if override.state != Override.State.REQUESTED:
        raise Refused(_("This request has been decided already."))
    if override.requested_by_id != by.pk:
        raise Forbidden(_("Only who requested it may withdraw it."))


@transaction.atomic
def withdraw_override(*, override: Override, by: User, now: datetime.datetime) -> Override:
    override = _locked(override)
    check_can_withdraw(override=override, by=by, now=now)
    _decide(override, Override.State.WITHDRAWN, by=by, now=now, note="")
    _record("override_withdrawn", override, by=by, now=now)
    return override


def check_can_end(*, override: Override, by: User, now: datetime.datetime) -> None:
    """Whoever requested it or may approve one; it leads back to the rules."""
    today = firm_date(now)
    if override.state != Override.State.APPROVED or override.ends_on <= today:
        raise Refused(_("This manual override is not in force, nor will it be."))
    scope = scope_of(by, on=today)
    is_theirs = override.requested_by_id == by.pk or scope.may(Right.APPROVE_OVERRIDE)
    if not is_theirs or not _has_file(scope, override.customer):
        raise Forbidden(_("You may not end this manual override."))


@transaction.atomic
def end_override(*, override: Override, note: str, by: User, now: datetime.datetime) -> Override:
    """Before its time: from today on the earned tier holds again."""
    in_force.lock()
    override = _locked(override)
    check_can_end(override=override, by=by, now=now)
    if not note.strip():
        raise Refused(_("Say why it ends before its time."))
    today = firm_date(now)
    override.state = Override.State.ENDED
    override.ended_on = max(override.starts_on, today)
    override.ended_by, override.ended_at, override.end_note = by, now, note.strip()
    override.save(update_fields=["state", "ended_on", "ended_by", "ended_at", "end_note"])
    in_force.settle_today(on=today, customers=[override.customer_id])
    _record("override_ended", override, by=by, now=now)
    _tell(overrides.parties(override, but=by), "override_ended", override, now)
    return override


@transaction.atomic
def warn_of_ends(*, now: datetime.datetime) -> int:
    """Tell owner, owner's manager and requester of ends 30 and 7 days ahead, each once: notices
    and their mark on the override are one commit. Days that were missed are made up by the
    nearest warning alone. Returns how many overrides that were.
    """
    today = firm_date(now)
    warned = 0
    ending = Override.objects.filter(
        state=Override.State.APPROVED,
        ends_on__gt=today,
        ends_on__lte=today + datetime.timedelta(days=max(WARNED_DAYS)),
    )
    for override in ending.select_related("customer").select_for_update(of=("self",)):
        days = due_warning(override=override, today=today)
        if days is None:
            continue
        override.warned_days = days
        override.save(update_fields=["warned_days"])
        people = overrides.to_warn(override, on=today)
        _tell(people, "override_ends", override, now, due_at=outbox.in_the_morning(now))
        warned += 1
    return warned


@transaction.atomic
def ask_again(*, now: datetime.datetime) -> int:
    """Look up who is to decide on what waits: people come and go. New ones are told."""
    changed = 0
    waiting = Override.objects.requested().select_related("customer__owner", "requested_by")
    for override in waiting.select_for_update(of=("self",)):
        asked = overrides.deciders(
            override.customer, requester=override.requested_by, on=firm_date(now)
        )
        ids = [person.pk for person in asked]
        if ids == override.asked:
            continue
        new = [person for person in asked if person.pk not in override.asked]
        override.asked = ids
        override.save(update_fields=["asked"])
        _tell(new, "override_requested", override, now)
        changed += 1
    return changed


@transaction.atomic
def tell_of_lost_tiers(
    *, version: RuleSet, since: datetime.date, by: User, now: datetime.datetime
) -> int:
    """Tell the account manager and the requester of each override that holds nothing under this
    version, in force from `since` on. Returns how many overrides that are.
    """
    losing = overrides.losing_their_tier(version, since=max(since, firm_date(now)))
    rows = losing.select_related("customer__owner", "requested_by").order_by("pk")
    facts: dict[str, Any] = {"version": version.number, "date": since.isoformat()}
    for override in rows:
        _record("override_loses_tier", override, by=by, now=now, **facts)
        people = [override.requested_by, override.customer.owner]
        for person in {one.pk: one for one in people if one}.values():
            outbox.queue(
                "override_loses_tier",
                recipient=person,
                now=now,
                customer=override.customer.code,
                **facts,
            )
    return len(rows)


def due_warning(*, override: Override, today: datetime.date) -> int | None:
    """The nearest warning that is due and unsent. None is due on or before the day of decision:
    who has just decided knows.
    """
    assert override.decided_at is not None
    decided_on = firm_date(override.decided_at)
    due = [
        days
        for days in WARNED_DAYS
        if decided_on < override.ends_on - datetime.timedelta(days=days) <= today
    ]
    nearest = min(due, default=None)
    if nearest is None or (override.warned_days is not None and override.warned_days <= nearest):
        return None
    return nearest


def _has_file(scope: Scope, customer: Customer) -> bool:
    return scope.has_file(customer.owner_id, customer.backup_id)


def _locked(override: Override) -> Override:
    rows = Override.objects.select_related("customer", "tier", "requested_by")
    return rows.select_for_update(of=("self",)).get(pk=override.pk)


def _earned(customer: Customer, today: datetime.date) -> Tier | None:
    return tier_on(customer.pk, on=today).earned


def _check_is_free(customer: Customer, starts_on: datetime.date, ends_on: datetime.date) -> None:
    other = Override.objects.holding(since=starts_on, until=ends_on).filter(customer=customer)
    if found := other.first():
        raise Refused(
            _("Another manual override holds from %(first)s to %(last)s.")
            % {
                "first": formats.full_day(found.starts_on),
                "last": formats.full_day(found.until - datetime.timedelta(days=1)),
            }
        )


def _decide(
    override: Override, state: Override.State, *, by: User, now: datetime.datetime, note: str
) -> None:
    override.state = state
    override.decided_by, override.decided_at, override.decision_note = by, now, note.strip()
    try:
        with transaction.atomic():
            override.save()
    except IntegrityError as error:
        if "one_override_at_a_time" not in str(error):
            raise
        raise Refused(_("Another manual override holds in this time.")) from None


def _record(
    code: str, override: Override, *, by: User, now: datetime.datetime, **data: Any
) -> None:
    audit.record(
        code,
        by=by,
        now=now,
        subject=override,
        customer=override.customer_id,
        tier=override.tier_id,
        first=override.starts_on.isoformat(),
        last=(override.until - datetime.timedelta(days=1)).isoformat(),
        **data,
    )


def _tell(
    people: list[User],
    code: str,
    override: Override,
    now: datetime.datetime,
    *,
    due_at: datetime.datetime | None = None,
) -> None:
    for person in people:
        outbox.queue(
            code,
            recipient=person,
            now=now,
            due_at=due_at,
            customer=override.customer.code,
            first=override.starts_on.isoformat(),
            last=(override.until - datetime.timedelta(days=1)).isoformat(),
        )
