"""More than a contract says, for a time: by hand, or by a request that was approved."""

import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from customers.actions.contracts import check_can_edit_contracts
from customers.models import Contract, ScopeExtension, ScopeTerm
from customers.models.contract import MOST_MINUTES
from firm import audit, formats
from firm.business_time import ONE_DAY
from firm.models import User
from firm.refusals import Refused

MOST_TIMES = 10_000

Period = tuple[datetime.date, datetime.date]


@transaction.atomic
def extend_scope(
    *,
    contract: Contract,
    kind: str,
    amount: int,
    starts_on: datetime.date,
    ends_on: datetime.date,
    reference: str,
    reason: str,
    by: User | None,
    now: datetime.datetime,
    name: str = "",
) -> ScopeExtension:
    """In `[starts_on, ends_on)`; `reference` names the decision. `amount` is minutes, or times of
    the count `name`.

    Raises Refused where the contract has no such count or does not hold on all these days.
    """
    check_can_edit_contracts(by=by, now=now)
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    _check_amount(kind, amount)
    _check_counted(contract, kind, name.strip())
    if not reference.strip() or not reason.strip():
        raise Refused(_("Say who agreed to the extension, and why."))
    if ends_on <= starts_on:
        raise Refused(_("The extension ends before it begins."))
    _check_holds(contract, starts_on, ends_on)
    extension = ScopeExtension.objects.create(
        contract=contract,
        kind=kind,
        name=name.strip(),
        amount=amount,
        starts_on=starts_on,
        ends_on=ends_on,
        reference=reference.strip(),
        reason=reason.strip(),
        granted_at=now,
        granted_by=by,
    )
    audit.record("scope_extended", by=by, now=now, subject=contract, kind=kind, amount=amount)
    return extension


def _check_amount(kind: str, amount: int) -> None:
    if amount < 1:
        raise Refused(_("An extension is of at least one minute, or one time."))
    if amount > (MOST_MINUTES if kind == ScopeTerm.Kind.HOURS else MOST_TIMES):
        raise Refused(_("An extension of so much is a slip of the pen."))


def _check_counted(contract: Contract, kind: str, name: str) -> None:
    if kind == ScopeTerm.Kind.HOURS and not name:
        return
    counts = ScopeTerm.objects.filter(revision__contract=contract, kind=kind, name=name)
    if kind != ScopeTerm.Kind.COUNT or not counts.exists():
        raise Refused(_("This contract does not count “%(name)s”.") % {"name": name or kind})


def _check_holds(contract: Contract, starts_on: datetime.date, ends_on: datetime.date) -> None:
    periods = _periods_of(contract)
    if not any(first <= starts_on and ends_on <= end for first, end in periods):
        raise Refused(
            _("The contract does not hold on all these days. It holds %(periods)s.")
            % {"periods": _(", ").join(_said(*period) for period in periods)}
        )


def _periods_of(contract: Contract) -> list[Period]:
    """The stretches in which some revision holds, without the borders between revisions."""
    rows = contract.revisions.exclude(valid_to=F("valid_from")).order_by("valid_from")
    found: list[Period] = []
    for first, end in rows.values_list("valid_from", "valid_to"):
        last = end or datetime.date.max
        if found and found[-1][1] == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _said(first: datetime.date, end: datetime.date) -> str:
    if end == datetime.date.max:
        return _("from %(first)s on") % {"first": formats.full_day(first)}
    return _("%(first)s to %(last)s") % {
        "first": formats.full_day(first),
        "last": formats.full_day(end - ONE_DAY),
    }
