"""What people do about a flag: take note of it, begin, resolve it, or accept it for a time.

What nights do with flags is the engine's (tiering/servicing).
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firm import audit
from firm.dates import add_months, firm_date, first_of_month
from firm.models import Firm, User
from firm.refusals import Forbidden, Refused, refusal_of
from firm.roles import Right
from firm.scope import Scope, scope_of
from tiering.models import Finding, Observation, SettledPart
from tiering.servicing.life import MOVES, Move, resolutions

LONGEST_REASON = 300
_REASON_MISSING = {
    Move.START: gettext_lazy("Say what is being done about it."),
    Move.RESOLVE: gettext_lazy("Say how it was resolved."),
    Move.ACCEPT: gettext_lazy("Say why it is accepted."),
}
LONGEST_MONTHS = 12  # for which a flag is accepted


class FlagChanged(Refused):
    """Somebody, or a night, has changed the flag since this person saw it."""


def check_can_move(*, finding: Finding, move: Move, by: User, now: datetime.datetime) -> None:
    """Whoever sees the flag and records work; to accept it takes somebody above the owner."""
    today = firm_date(now)
    scope = scope_of(by, on=today)
    is_theirs = Finding.objects.visible_to(scope, on=today).filter(pk=finding.pk)
    if not scope.may(Right.RECORD_WORK) or not is_theirs.exists():
        raise Forbidden(_("You may not work on this customer's flags."))
    _check_step(finding, move, scope)


def refusals_of_moves(
    *, finding: Finding, by: User, now: datetime.datetime
) -> dict[Move, str | None]:
    """Why this person cannot make a move now, None where nothing speaks against it; for somebody
    who sees the flag.
    """
    scope = scope_of(by, on=firm_date(now))
    if not scope.may(Right.RECORD_WORK):
        return dict.fromkeys(Move, _("You may not work on this customer's flags."))
    return {move: refusal_of(_check_step, finding=finding, move=move, scope=scope) for move in Move}


def _check_step(finding: Finding, move: Move, scope: Scope) -> None:
    if move == Move.ACCEPT and not _may_accept(finding, scope):
        raise Forbidden(_("Only somebody above the account manager accepts a flag for a time."))
    if finding.state == Finding.State.RESOLVED:
        raise Refused(_("This flag is resolved. It comes back by itself when there is more."))
    if finding.state not in MOVES[move].begins:
        raise Refused(_("This flag is past this step already."))


def _may_accept(finding: Finding, scope: Scope) -> bool:
    if not scope.may(Right.ACCEPT_FLAGS):
        return False
    owner = finding.customer.owner_id
    return scope.sees_all_files or (owner != scope.person_id and owner in scope.people)


def begin_flags(*, on: datetime.date) -> None:
    """The firm's first detection: from this day on its stages count (tiering/visibility.py)."""
    Firm.objects.filter(flags_since__isnull=True).update(flags_since=on)


@transaction.atomic
def acknowledge_flag(
    *, finding: Finding, version: int, by: User, now: datetime.datetime, reason: str = ""
) -> Finding:
    """Take note of it. `version` is the one that the person has seen, here and below: raises
    FlagChanged where there is a newer one.
    """
    finding = _locked(finding, Move.ACKNOWLEDGE, version=version, by=by, now=now)
    return _move(finding, Move.ACKNOWLEDGE, reason, by=by, now=now)


@transaction.atomic
def start_flag(
    *, finding: Finding, version: int, reason: str, by: User, now: datetime.datetime
) -> Finding:
    """Something is being done about it; `reason` says what."""
    finding = _locked(finding, Move.START, version=version, by=by, now=now)
    return _move(finding, Move.START, reason, by=by, now=now)


@transaction.atomic
def resolve_flag(
    *,
    finding: Finding,
    version: int,
    resolution: str,
    reason: str,
    by: User,
    now: datetime.datetime,
) -> Finding:
    """It is done with; later nights leave out what the last one saw of it."""
    finding = _locked(finding, Move.RESOLVE, version=version, by=by, now=now)
    if resolution not in resolutions(finding.kind):
        raise Refused(_("Choose how it was resolved."))
    finding.resolution = resolution
    _settle(finding, now=now)
    return _move(finding, Move.RESOLVE, reason, by=by, now=now, resolution=resolution)


@transaction.atomic
def accept_flag(
    *,
    finding: Finding,
    version: int,
    until: datetime.date,
    reason: str,
    by: User,
    now: datetime.datetime,
) -> Finding:
    """Leave it as it is up to and including the day `until`; then it opens again if a night still
    sees it.
    """
    finding = _locked(finding, Move.ACCEPT, version=version, by=by, now=now)
    _check_until(until, today=firm_date(now))
    finding.accepted_until = until
    return _move(finding, Move.ACCEPT, reason, by=by, now=now, date=until.isoformat())


def _check_until(until: datetime.date, *, today: datetime.date) -> None:
    if not today < until <= add_months(today, LONGEST_MONTHS):
        raise Refused(
            _("Choose a day from tomorrow on, at most %(months)s months ahead.")
            % {"months": LONGEST_MONTHS}
        )


def acceptable_past(*, by: User, now: datetime.datetime) -> QuerySet[Finding]:
    """Flags of the time before the firm began that nobody has seen to and that this person may
    accept.
    """
    today = firm_date(now)
    scope = scope_of(by, on=today)
    if not scope.may(Right.ACCEPT_FLAGS):
        return Finding.objects.none()
    found = Finding.objects.visible_to(scope, on=today).open().filter(is_past=True)
    if scope.sees_all_files:
        return found
    below = scope.people - {scope.person_id}
    return found.filter(customer__owner__in=below)


@transaction.atomic
def accept_past_flags(
    *,
    findings: QuerySet[Finding],
    until: datetime.date,
    reason: str,
    by: User,
    now: datetime.datetime,
) -> int:
    """Accept those of `findings` that lie in the past and are this person's to accept, all with
    one reason. Returns how many those are.
    """
    if not scope_of(by, on=firm_date(now)).may(Right.ACCEPT_FLAGS):
        raise Forbidden(_("Only somebody above the account manager accepts a flag for a time."))
    _check_until(until, today=firm_date(now))
    reason = _said(reason, Move.ACCEPT)
    rows = acceptable_past(by=by, now=now).filter(pk__in=findings.order_by().values("pk"))
    chosen = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for finding in chosen:
        finding.accepted_until = until
        _decide(finding, Move.ACCEPT, reason, by=by, now=now)
    Finding.objects.bulk_update(chosen, _DECIDED, batch_size=500)
    audit.record_each(
        [(MOVES[Move.ACCEPT].audit, finding.pk) for finding in chosen],
        of=Finding,
        by=by,
        now=now,
        date=until.isoformat(),
    )
    return len(chosen)


def _locked(
    finding: Finding, move: Move, *, version: int, by: User, now: datetime.datetime
) -> Finding:
    rows = Finding.objects.select_related("customer").select_for_update(of=("self",))
    finding = rows.get(pk=finding.pk)
    check_can_move(finding=finding, move=move, by=by, now=now)
    if finding.version != version:
        raise FlagChanged(
            _("This flag has changed since you opened it. Look at it again, then decide.")
        )
    return finding


def _settle(finding: Finding, *, now: datetime.datetime) -> None:
    """What the last night saw, which is without what had been settled before."""
    SettledPart.objects.bulk_create(
        SettledPart(
            customer=finding.customer,
            kind=finding.kind,
            month=month,
            quantity=quantity,
            finding=finding,
            settled_at=now,
        )
        for month, quantity in _by_month(finding.observations.latest("pk")).items()
        if quantity > 0
    )


def _by_month(seen: Observation) -> dict[datetime.date, int]:
    """Where a kind tells no months, all in the last one of its window."""
    by_month: dict[str, int] = seen.values.get("by_month", {})
    if by_month:
        return {datetime.date.fromisoformat(month): size for month, size in by_month.items()}
    return {first_of_month(seen.window_until - datetime.timedelta(days=1)): seen.quantity}


_DECIDED = [
    "state",
    "resolution",
    "accepted_until",
    "reason",
    "decided_at",
    "decided_by",
    "version",
]


def _move(
    finding: Finding, move: Move, reason: str, *, by: User, now: datetime.datetime, **facts: Any
) -> Finding:
    _decide(finding, move, _said(reason, move), by=by, now=now)
    finding.save(update_fields=_DECIDED)
    audit.record(
        MOVES[move].audit,
        by=by,
        now=now,
        subject=finding,
        customer=finding.customer_id,
        flag=finding.kind,
        **facts,
    )
    return finding


def _decide(finding: Finding, move: Move, reason: str, *, by: User, now: datetime.datetime) -> None:
    finding.state = MOVES[move].leads_to
    if finding.state != Finding.State.ACCEPTED:
        finding.accepted_until = None
    finding.reason, finding.decided_by, finding.decided_at = reason, by, now
    finding.version += 1


def _said(reason: str, move: Move) -> str:
    reason = reason.strip()
    if not reason and MOVES[move].asks_reason:
        raise Refused(_REASON_MISSING[move])
    if len(reason) > LONGEST_REASON:
        raise Refused(
            _("A text is too long: at most %(most)s characters.") % {"most": LONGEST_REASON}
        )
    return reason
