"""What changes service levels, and what records that a benefit was given."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers.models import Customer
from firm import audit
from firm.dates import firm_date
from firm.models import User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of
from tiering.actions.authors import WRITTEN, note_author
from tiering.catalogue import STANDARD, offers
from tiering.models import Benefit, BenefitUse, RuleSet, ServiceLevel
from tiering.services import Levels, below_promise
from tiering.version_rows import tiers_of


def check_can_edit_services(*, draft: RuleSet, by: User, now: datetime.datetime) -> None:
    if not scope_of(by, on=firm_date(now)).may(Right.EDIT_RULES):
        raise Forbidden(_("%(name)s may not edit tier rules.") % {"name": by.name})
    if draft.state == RuleSet.State.PUBLISHED:
        raise Refused(_("A published version is not edited. Make a draft from it."))
    if draft.state != RuleSet.State.DRAFT:
        raise Refused(_("This version is being reviewed. Take it back to change it."))


@transaction.atomic
def save_services(
    *, draft: RuleSet, levels: Levels, by: User, now: datetime.datetime, expected_version: int
) -> None:
    """Make these the service levels of the draft. Raises Refused below the promise to everyone,
    and where somebody saved the draft after its revision `expected_version`.
    """
    draft = RuleSet.objects.select_for_update().get(pk=draft.pk)
    check_can_edit_services(draft=draft, by=by, now=now)
    if draft.revision != expected_version:
        raise Refused(
            _(
                "Somebody else has saved this draft since you opened it. Nothing of yours is lost:"
                " compare, then save again to put yours in its place."
            )
        )
    write_levels(draft=draft, levels=levels)
    note_author(draft=draft, by=by, now=now)
    draft.save(update_fields=WRITTEN)
    audit.record("services_changed", by=by, now=now, subject=draft)


def write_levels(*, draft: RuleSet, levels: Levels) -> None:
    """The rows alone, in the caller's transaction. Raises Refused below the promise."""
    known, tiers = offers(), {rule.tier_id: rule.tier for rule in tiers_of(draft)}
    for tier_id, services in levels.items():
        for code, level in services.items():
            if sentence := below_promise(known[code], level, tiers[tier_id]):
                raise Refused(sentence)
    draft.service_levels.all().delete()
    ServiceLevel.objects.bulk_create(
        ServiceLevel(
            rule_set=draft,
            tier_id=tier_id,
            service=known[code].service,
            benefit=known[code].benefit,
            amount=level.amount,
            choice=level.choice,
            per=level.per,
        )
        for tier_id, services in levels.items()
        for code, level in services.items()
    )


@transaction.atomic
def add_benefit(
    *,
    name: str,
    name_en: str = "",
    unit: str = "",
    unit_en: str = "",
    by: User,
    now: datetime.datetime,
) -> Benefit:
    """A benefit of the firm's own; which tier gets it is a matter of each version."""
    if not scope_of(by, on=firm_date(now)).may(Right.EDIT_RULES):
        raise Forbidden(_("%(name)s may not edit tier rules.") % {"name": by.name})
    if Benefit.objects.filter(name=name).exists():
        raise Refused(_("There is a benefit of this name already."))
    benefit = Benefit.objects.create(
        code=_code_for(name_en), name=name, name_en=name_en, unit=unit, unit_en=unit_en
    )
    audit.record("benefit_added", by=by, now=now, subject=benefit)
    return benefit


def _code_for(name_en: str) -> str:
    """`monthly-paper-report`; numbered where the name says nothing or is taken."""
    wished = slugify(name_en)[:30]
    taken: set[str] = {*STANDARD, *Benefit.objects.values_list("code", flat=True)}
    if wished and wished not in taken:
        return wished
    numbered: Iterable[str] = (f"{wished or 'benefit'}-{n}" for n in range(1, len(taken) + 2))
    return next(code for code in numbered if code not in taken)


def check_can_record_use(*, customer: Customer, by: User, now: datetime.datetime) -> None:
    scope = scope_of(by, on=firm_date(now))
    has_file = scope.has_file(customer.owner_id, customer.backup_id)
    if not (has_file and scope.may(Right.RECORD_WORK)):
        raise Forbidden(_("Benefits are recorded by those who look after the customer."))


@transaction.atomic
def record_use(
    *,
    customer: Customer,
    service: str,
    day: datetime.date,
    quantity: int,
    note: str = "",
    by: User,
    now: datetime.datetime,
) -> BenefitUse:
    """Note that a benefit, by its code, was given: so many times, or minutes of goodwill.

    Whether it is one of the customer's tier is said before, never a reason to refuse.
    """
    check_can_record_use(customer=customer, by=by, now=now)
    offer = offers()[service]
    if not offer.is_usable:
        raise Refused(_("%(service)s is not used up.") % {"service": offer.label})
    if day > firm_date(now):
        raise Refused(_("A benefit is recorded once it has been given, not ahead."))
    use = BenefitUse.objects.create(
        customer=customer,
        service=offer.service,
        benefit=offer.benefit,
        day=day,
        quantity=quantity,
        note=note.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    audit.record("benefit_given", by=by, now=now, subject=customer, use=use.pk, day=day.isoformat())
    return use


def check_can_reverse_use(*, use: BenefitUse, by: User, now: datetime.datetime) -> None:
    check_can_record_use(customer=use.customer, by=by, now=now)
    if use.reverses_id is not None:
        raise Refused(_("This entry takes back another one. Record the benefit again instead."))
    if BenefitUse.objects.filter(reverses=use).exists():
        raise Refused(_("This entry was taken back already."))


@transaction.atomic
def reverse_use(*, use: BenefitUse, note: str = "", by: User, now: datetime.datetime) -> BenefitUse:
    """Take a mistaken entry back: it stays, and a row of its own says that it does not count."""
    # Nobody may lock, let alone change, a row of the append-only table: the customer stands in.
    Customer.objects.select_for_update().get(pk=use.customer_id)
    check_can_reverse_use(use=use, by=by, now=now)
    reversal = BenefitUse.objects.create(
        customer=use.customer,
        service=use.service,
        benefit_id=use.benefit_id,
        day=use.day,
        quantity=use.quantity,
        note=note.strip(),
        reverses=use,
        recorded_by=by,
        recorded_at=now,
    )
    audit.record(
        "benefit_taken_back",
        by=by,
        now=now,
        subject=use.customer,
        use=use.pk,
        day=use.day.isoformat(),
    )
    return reversal
