"""Contracts by hand: signed, revised from a day on, corrected, ended, explained."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from customers.contracts.kinds import TermLine, checked
from customers.contracts.templates import Start, start_of
from customers.models import Contract, ContractRevision, Customer, ScopeTerm
from firm import audit, formats
from firm.dates import firm_date
from firm.models import User
from firm.money import LARGEST
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of

# What a contract is made from, for whoever signs one: its lines, and a template's.
__all__ = [
    "RevisionData",
    "Start",
    "TermLine",
    "correct_revision",
    "end_contract",
    "record_explained",
    "revise_contract",
    "sign_contract",
    "start_of",
]


@dataclass(frozen=True)
class RevisionData:
    """What a revision says besides its period and its terms; the columns are ContractRevision's."""

    monthly_fee: Decimal = Decimal(0)
    annual_value: Decimal | None = None
    price_beyond: Decimal | None = None
    carry_over: str = ContractRevision.CarryOver.NONE
    carry_cap: int | None = None
    carry_months: int | None = None
    carries_deficit: bool = False
    renews_on: datetime.date | None = None
    notice_days: int | None = None
    note: str = ""

    @classmethod
    def of(cls, revision: ContractRevision) -> "RevisionData":
        return cls(**{name: getattr(revision, name) for name in cls.__dataclass_fields__})


def check_can_edit_contracts(*, by: User | None, now: datetime.datetime) -> None:
    """`by=None` is the system: an import or the demo."""
    if by is not None and not scope_of(by, on=firm_date(now)).may(Right.EDIT_CUSTOMERS):
        raise Forbidden(_("Only the back office or an administrator may change contracts."))


@transaction.atomic
def sign_contract(
    *,
    customer: Customer,
    name: str,
    template: str,
    valid_from: datetime.date,
    data: RevisionData,
    terms: Iterable[TermLine],
    by: User | None,
    now: datetime.datetime,
    valid_to: datetime.date | None = None,
) -> Contract:
    """A new contract with its first revision in `[valid_from, valid_to)`."""
    check_can_edit_contracts(by=by, now=now)
    name = name.strip()
    if not name:
        raise Refused(_("A contract needs a name."))
    # One at a time for a customer, so that no other takes the name meanwhile.
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if customer.contracts.filter(name=name).exists():
        raise Refused(_("This customer already has a contract named “%(name)s”.") % {"name": name})
    contract = Contract.objects.create(
        customer=customer, name=name, template=template, created_at=now, created_by=by
    )
    _add_revision(contract, valid_from, valid_to, data, terms, by=by, now=now)
    audit.record("contract_signed", by=by, now=now, subject=contract)
    return contract


@transaction.atomic
def revise_contract(
    *,
    contract: Contract,
    valid_from: datetime.date,
    data: RevisionData,
    terms: Iterable[TermLine],
    by: User | None,
    now: datetime.datetime,
    valid_to: datetime.date | None = None,
) -> ContractRevision:
    """Another revision from a day on; the one in force on that day ends there."""
    check_can_edit_contracts(by=by, now=now)
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    last = contract.revisions.order_by("-valid_from").first()
    if last is not None and valid_from <= last.valid_from:
        raise Refused(
            _("A revision holds from %(date)s on. The next one begins later.")
            % {"date": formats.full_day(last.valid_from)}
        )
    if last is not None and (last.valid_to is None or last.valid_to > valid_from):
        last.valid_to = valid_from
        last.save(update_fields=["valid_to"])
    revision = _add_revision(contract, valid_from, valid_to, data, terms, by=by, now=now)
    audit.record("contract_revised", by=by, now=now, subject=contract, date=valid_from.isoformat())
    return revision


@transaction.atomic
def correct_revision(
    *,
    revision: ContractRevision,
    valid_from: datetime.date,
    valid_to: datetime.date | None,
    data: RevisionData,
    terms: Iterable[TermLine],
    by: User | None,
    now: datetime.datetime,
) -> ContractRevision:
    """Put right what was entered wrongly; what stood there stays in the row's history."""
    check_can_edit_contracts(by=by, now=now)
    revision = ContractRevision.objects.select_for_update().get(pk=revision.pk)
    _check_amounts(data)
    if valid_to is not None and valid_to <= valid_from:
        raise Refused(_("The contract ends before it begins."))
    for name, value in {"valid_from": valid_from, "valid_to": valid_to, **vars(data)}.items():
        setattr(revision, name, value)
    _save_apart(revision)
    revision.terms.all().delete()
    _write_terms(revision, terms)
    audit.record(
        "contract_corrected", by=by, now=now, subject=revision.contract, number=revision.number
    )
    return revision


@transaction.atomic
def end_contract(
    *, contract: Contract, ends_on: datetime.date, by: User | None, now: datetime.datetime
) -> None:
    """`ends_on` is the first day without it. Revisions that would begin later fall away empty."""
    check_can_edit_contracts(by=by, now=now)
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    first = contract.revisions.order_by("valid_from").first()
    if first is not None and ends_on <= first.valid_from:
        raise Refused(
            _("The contract begins on %(date)s. It can't end before.")
            % {"date": formats.full_day(first.valid_from)}
        )
    for revision in contract.revisions.all():
        if revision.valid_to is None or revision.valid_to > ends_on:
            revision.valid_to = max(ends_on, revision.valid_from)
            revision.save(update_fields=["valid_to"])
    audit.record("contract_ended", by=by, now=now, subject=contract, date=ends_on.isoformat())


@transaction.atomic
def record_explained(
    *, revision: ContractRevision, on: datetime.date, by: User, now: datetime.datetime
) -> None:
    """Somebody has gone through what is included with the customer."""
    customer, scope = revision.contract.customer, scope_of(by, on=firm_date(now))
    if not (scope.has_file(customer.owner_id, customer.backup_id) and scope.may(Right.RECORD_WORK)):
        raise Forbidden(_("You don't look after this customer."))
    if on > firm_date(now):
        raise Refused(_("The day lies in the future."))
    revision.explained_on, revision.explained_by = on, by
    revision.save(update_fields=["explained_on", "explained_by"])
    audit.record("scope_explained", by=by, now=now, subject=revision.contract, date=on.isoformat())


def _add_revision(
    contract: Contract,
    valid_from: datetime.date,
    valid_to: datetime.date | None,
    data: RevisionData,
    terms: Iterable[TermLine],
    *,
    by: User | None,
    now: datetime.datetime,
) -> ContractRevision:
    if valid_to is not None and valid_to <= valid_from:
        raise Refused(_("The contract ends before it begins."))
    _check_amounts(data)
    number = (contract.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    revision = ContractRevision(
        contract=contract,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
        created_at=now,
        created_by=by,
        **vars(data),
    )
    _save_apart(revision)
    _write_terms(revision, terms)
    return revision


def _save_apart(revision: ContractRevision) -> None:
    """Raises Refused where another revision holds in its period."""
    try:
        with transaction.atomic():
            revision.save()
    except IntegrityError as error:
        if "revisions_do_not_overlap" not in str(error):
            raise
        raise Refused(_("Another revision holds in this period already.")) from None


def _check_amounts(data: RevisionData) -> None:
    for amount in (data.monthly_fee, data.annual_value, data.price_beyond):
        if amount is not None and not (amount.is_finite() and 0 <= amount <= LARGEST):
            raise Refused(_("An amount of the contract is negative or too large."))
    is_capped = data.carry_over == ContractRevision.CarryOver.CAPPED
    if is_capped != (data.carry_cap is not None):
        raise Refused(_("A cap goes with “carried over up to a cap”, and only with it."))


def _write_terms(revision: ContractRevision, terms: Iterable[TermLine]) -> None:
    ScopeTerm.objects.bulk_create(
        ScopeTerm(
            revision=revision,
            kind=line.kind,
            name=line.name,
            amount=line.amount,
            period=line.period,
            channel=line.channel,
            emergency=line.emergency,
            calendar=line.calendar,
            included=list(line.included),
            excluded=list(line.excluded),
            place=place,
        )
        for place, line in enumerate(checked(list(terms)))
    )
