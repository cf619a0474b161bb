"""What the customer's tier adds to a scope check: service after hours, the goodwill budget left."""

import datetime
from collections.abc import Iterator

from django.utils.translation import gettext as _

from customers.models import Customer
from firm.advice import Advice
from tiering.benefits import Allotment, checklist_of
from tiering.catalogue import STANDARD, level_of
from tiering.models import Service
from tiering.terms import Case, Source


def advise(customer: Customer, *, on: datetime.date, minutes: int | None) -> list[Advice]:
    """Nothing for a customer without a tier, or whose tier has neither."""
    return list(_advice(Case(customer, on), minutes))


def _advice(case: Case, minutes: int | None) -> Iterator[Advice]:
    source = str(Source.TIER.label)
    by_code = {row.code: row for row in case.levels}
    after_hours = by_code.get(Service.AFTER_HOURS)
    if after_hours is not None:
        offer = STANDARD[Service.AFTER_HOURS]
        yield Advice("after_hours", offer.label, offer.words(level_of(after_hours)), source)
    if Service.GOODWILL_BUDGET in by_code:
        rows = [row for row in checklist_of(case) if row.offer.code == Service.GOODWILL_BUDGET]
        for row in rows:
            yield Advice("goodwill_budget", row.offer.label, _left(row, minutes), source)


def _left(row: Allotment, minutes: int | None) -> str:
    values = {"left": row.left_words, "quota": row.quota_words}
    if minutes is not None and minutes > row.left:
        return _("%(left)s of %(quota)s left: not enough for this") % values
    return _("%(left)s of %(quota)s left: it can be given as goodwill work") % values
