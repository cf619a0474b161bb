"""Where this app's events come from: one row of OWN a kind."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import (
    Activity,
    ContractRevision,
    Goal,
    Investment,
    PaymentStop,
    ScopeExtension,
    ScopeInquiry,
)
from customers.models.activity import ActivityQuerySet
from customers.timeline import words
from firm.timeline import Group, Source, midnight_of

WORK = Group("work", pgettext_lazy("timeline", "Entries"))
GOODWILL = Group("goodwill", _("Goodwill work"))
GOALS = Group("goals", _("Goals"))
CONTRACTS = Group("contracts", _("Contracts"))
SCOPE = Group("scope", _("Scope checks"))

HAS_FAVOR = Q(favor__isnull=False, favor__withdrawn_at__isnull=True)


def _columns(*names: str, **others: str) -> dict[str, Any]:
    return {**{name: name for name in names}, **others}


def _activities(customer: int) -> ActivityQuerySet:
    return Activity.objects.live().filter(customer=customer)


def _work(customer: int) -> QuerySet[Activity]:
    return _activities(customer).filter(
        Q(favor__isnull=True) | Q(favor__withdrawn_at__isnull=False)
    )


def _begun(customer: int) -> QuerySet[ContractRevision]:
    """Without those that an end has emptied."""
    revisions = ContractRevision.objects.filter(contract__customer=customer)
    return revisions.exclude(valid_to=F("valid_from"))


def _ended(customer: int) -> QuerySet[ContractRevision]:
    """The last revisions of contracts that have an end."""
    goes_on = _begun(customer).filter(
        contract=OuterRef("contract"), valid_from__gte=OuterRef("valid_to")
    )
    return _begun(customer).filter(~Exists(goes_on), valid_to__isnull=False)


_WORK_AT = Coalesce("started_at", midnight_of("day"))
_WORK = _columns(
    "kind", "channel", "cause", "work_item", "note", "minutes", "started_at", "is_invoiced",
    "version", staff="staff__name",
)  # fmt: skip
_GOAL = _columns("purpose", "measure", "baseline", "target", who="set_by__name")

SHARED_WORK = Source(
    "shared_activity",
    WORK,
    rows=lambda customer: _activities(customer).shared(),
    at=_WORK_AT,
    day="day",
    columns=_columns("kind", "channel", "work_item", "minutes", "started_at", staff="staff__name"),
    tell=words.shared_activity,
)

OWN = (
    Source(
        "activity",
        WORK,
        rows=_work,
        at=_WORK_AT,
        day="day",
        columns=_WORK,
        tell=words.activity,
        is_internal=True,
    ),
    Source(
        "goodwill",
        GOODWILL,
        rows=lambda customer: _activities(customer).filter(HAS_FAVOR),
        at=_WORK_AT,
        day="day",
        columns={**_WORK, "why": "favor__why", "customer_knows": "favor__customer_knows"},
        tell=words.goodwill,
        is_internal=True,
    ),
    Source(
        "investment",
        GOODWILL,
        rows=lambda customer: Investment.objects.filter(customer=customer),
        at=F("created_at"),
        columns=_columns("title", "expectation", "cap_minutes", who="created_by__name"),
        tell=words.investment,
        is_internal=True,
    ),
    Source(
        "investment_decided",
        GOODWILL,
        rows=lambda customer: Investment.objects.filter(
            customer=customer, decided_at__isnull=False
        ),
        at=F("decided_at"),
        columns=_columns("title", "state", "verdict", who="decided_by__name"),
        tell=words.investment_decided,
        is_internal=True,
    ),
    Source(
        "goal",
        GOALS,
        rows=lambda customer: Goal.objects.filter(customer=customer),
        at=F("set_at"),
        columns=_GOAL,
        tell=words.goal,
    ),
    Source(
        "goal_closed",
        GOALS,
        rows=lambda customer: Goal.objects.filter(customer=customer).exclude(state=Goal.State.OPEN),
        at=F("changed_at"),
        columns={**_GOAL, **_columns("state", "outcome")},
        tell=words.goal_closed,
    ),
    Source(
        "revision",
        CONTRACTS,
        rows=_begun,
        at=midnight_of("valid_from"),
        columns=_columns("number", name="contract__name"),
        tell=words.revision,
    ),
    Source(
        "contract_ended",
        CONTRACTS,
        rows=_ended,
        at=midnight_of("valid_to"),
        columns=_columns(name="contract__name"),
        tell=words.contract_ended,
    ),
    Source(
        "extension",
        CONTRACTS,
        rows=lambda customer: ScopeExtension.objects.filter(contract__customer=customer),
        at=F("granted_at"),
        columns=_columns(
            "kind",
            "name",
            "amount",
            "starts_on",
            "ends_on",
            "reference",
            "reason",
            contract="contract__name",
            who="granted_by__name",
        ),
        tell=words.extension,
    ),
    Source(
        "inquiry",
        SCOPE,
        rows=lambda customer: ScopeInquiry.objects.filter(customer=customer),
        at=F("asked_at"),
        columns=_columns("request", "work_item", "verdict", "outcome", who="asked_by__name"),
        tell=words.inquiry,
        is_internal=True,
    ),
    Source(
        "payment_stop",
        CONTRACTS,
        rows=lambda customer: PaymentStop.objects.filter(customer=customer),
        at=midnight_of("starts_on"),
        columns=_columns("reason", who="set_by__name"),
        tell=words.payment_stop,
        is_internal=True,
    ),
    Source(
        "payment_stop_lifted",
        CONTRACTS,
        rows=lambda customer: PaymentStop.objects.filter(
            customer=customer, lifted_at__isnull=False
        ),
        at=F("lifted_at"),
        columns=_columns("lifted_reason", who="lifted_by__name"),
        tell=words.payment_stop_lifted,
        is_internal=True,
    ),
)
