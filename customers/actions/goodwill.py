"""Goodwill work: the mark on an entry of the service log that it was given for nothing."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from customers.models import Activity, Customer, Favor
from customers.prices import hourly_price, price_columns, price_in
from firm import audit
from firm.dates import firm_date
from firm.models import User
from firm.money import LARGEST
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of

CHANGEABLE = {"usual_price", "why", "category", "customer_knows", "told", "from_budget"}


def check_can_give(*, customer: Customer, by: User | None, now: datetime.datetime) -> None:
    """Who looks after the customer; `by=None` is the system: an import or the demo."""
    if by is None:
        return
    scope = scope_of(by, on=firm_date(now))
    has_file = scope.has_file(customer.owner_id, customer.backup_id)
    if not (has_file and scope.may(Right.RECORD_WORK)):
        raise Forbidden(_("You don't look after this customer."))


@transaction.atomic
def mark_goodwill(
    *,
    activity: Activity,
    why: str,
    by: User | None,
    now: datetime.datetime,
    usual_price: Decimal | None = None,
    category: str = "",
    customer_knows: bool = False,
    told: User | None = None,
    from_budget: bool = False,
) -> Favor:
    """Without `usual_price` it is minutes x the price of an hour beyond the contract, else the
    firm's list price. `told` is the colleague who knows of it as well.

    Raises Refused where no price is known, for an entry that is invoiced or withdrawn, and for one
    that bears the mark already.
    """
    check_can_give(customer=activity.customer, by=by, now=now)
    locked = Activity.objects.select_for_update().get(pk=activity.pk)
    _check_is_free(locked)
    if usual_price is None:
        usual_price = usual_price_of(activity=locked)
    values = {
        "usual_price": usual_price,
        "why": why.strip(),
        "category": category.strip(),
        "customer_knows": customer_knows,
        "told": told,
        "from_budget": from_budget,
    }
    _check(values)
    favor = Favor.objects.filter(activity=activity).first()
    if favor is not None and favor.withdrawn_at is None:
        raise Refused(_("This entry is marked as goodwill work already."))
    if favor is None:
        favor = Favor(activity=activity)
    for name, value in {**values, "withdrawn_at": None}.items():
        setattr(favor, name, value)
    favor.save()
    _record("goodwill_marked", favor, by=by, now=now)
    return favor


@transaction.atomic
def change_goodwill(
    *, favor: Favor, by: User | None, now: datetime.datetime, **values: Any
) -> list[str]:
    """Set some of CHANGEABLE; returns the names of those that were different."""
    assert values.keys() <= CHANGEABLE
    favor = _locked(favor)
    check_can_give(customer=favor.activity.customer, by=by, now=now)
    for name in values.keys() & {"why", "category"}:
        values[name] = values[name].strip()
    _check(values)
    changed = sorted(name for name in values if getattr(favor, name) != values[name])
    if not changed:
        return []
    for name in changed:
        setattr(favor, name, values[name])
    favor.save(update_fields=changed)
    _record("goodwill_changed", favor, by=by, now=now, fields=changed)
    return changed


@transaction.atomic
def unmark_goodwill(*, favor: Favor, by: User | None, now: datetime.datetime) -> None:
    """The work stays in the log, as work of the contract; what the mark said stays readable."""
    favor = _locked(favor)
    check_can_give(customer=favor.activity.customer, by=by, now=now)
    favor.withdrawn_at = now
    favor.save(update_fields=["withdrawn_at"])
    _record("goodwill_unmarked", favor, by=by, now=now)


def usual_price_of(*, activity: Activity) -> Decimal:
    """What the entry's minutes usually cost on its day. Raises Refused where no price is known."""
    price = hourly_price(activity.customer_id, on=activity.day)
    if price is None:
        raise Refused(
            _("Neither the contract nor the firm's list names an hourly price: say the usual one.")
        )
    return price.of(activity.minutes)


def price_following(*, favor: Favor, day: datetime.date, minutes: int) -> Decimal:
    """The mark's price once its entry says this day and these minutes: the usual one again where
    it is that of what the entry says so far, else as it is.
    """
    entry = favor.activity
    before, after = (hourly_price(entry.customer_id, on=on) for on in (entry.day, day))
    if before is None or after is None or favor.usual_price != before.of(entry.minutes):
        return favor.usual_price
    return after.of(minutes)


@contextmanager
def prices_following(*, favors: QuerySet[Favor]) -> Iterator[None]:
    """Around a change of many entries at once: of these marks those with the usual price have the
    usual one of what the entry says afterwards.
    """
    before = _usual_prices(favors)
    following = [favor for favor in favors if favor.usual_price == before[favor.pk]]
    yield
    after = _usual_prices(favors)
    changed = []
    for favor in following:
        price = after[favor.pk]
        if price is not None and price != favor.usual_price:
            favor.usual_price = price
            changed.append(favor)
    Favor.objects.bulk_update(changed, ["usual_price"], batch_size=1000)


def _usual_prices(favors: QuerySet[Favor]) -> dict[int, Decimal | None]:
    """By the mark; None where no price is known."""
    columns = price_columns(on=OuterRef("activity__day"), customer="activity__customer")
    rows = favors.values("pk", minutes=F("activity__minutes"), **columns)
    prices = {row["pk"]: (price_in(row), row["minutes"]) for row in rows}
    return {pk: price.of(minutes) if price else None for pk, (price, minutes) in prices.items()}


def _check_is_free(activity: Activity) -> None:
    if activity.withdrawn_at is not None:
        raise Refused(_("This entry was withdrawn."))
    if activity.is_invoiced:
        raise Refused(_("This entry is invoiced, so it is no goodwill work."))


def _check(values: dict[str, Any]) -> None:
    if "why" in values and not values["why"]:
        raise Refused(_("Say in a few words why it was given for nothing."))
    price = values.get("usual_price", Decimal(0))
    if not (price.is_finite() and 0 <= price <= LARGEST):
        raise Refused(_("The usual price is negative or too large."))


def _locked(favor: Favor) -> Favor:
    """The row as it stands now. Raises Refused where the mark has been taken off."""
    rows = Favor.objects.select_related("activity__customer").select_for_update(of=("self",))
    found = rows.get(pk=favor.pk)
    if found.withdrawn_at is not None:
        raise Refused(_("The mark of goodwill work has been taken off this entry."))
    return found


def _record(
    code: str, favor: Favor, *, by: User | None, now: datetime.datetime, **data: Any
) -> None:
    audit.record(
        code,
        by=by,
        now=now,
        subject=favor.activity.customer,
        entry=favor.activity_id,
        day=favor.activity.day.isoformat(),
        **data,
    )
