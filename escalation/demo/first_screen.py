"""What the first screen of the demo says, worked out from the demo's own data."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from escalation.demo import company, draft, headline
from escalation.demo.stories import HOSHINO, MIDORI, SHOEI, TOTO
from firm.dates import add_months, today
from firm.models import User
from firm.roles import Role
from tiering.models import Evaluation, Override, RuleSet, Standing
from tiering.models.standing import Reason

WHAT_THEY_SEE: dict[Role, Promise] = {
    Role.ACCOUNT_MANAGER: _("My own customers, and why each is in its tier"),
    Role.SECTION_MANAGER: _("The section's customers and whose tier has moved"),
    Role.DEPARTMENT_HEAD: _("The whole department, vacant posts included"),
    Role.ADMINISTRATOR: _("Tier rules, nightly runs, imports, people and posts"),
    Role.EXECUTIVE: _("How the firm's revenue is spread over customers"),
    Role.BACK_OFFICE: _("Month close, invoices coming in, customer records"),
    Role.COMPLIANCE: _("The card to answer the phone with, and no customer's amounts"),
    Role.AUDITOR: _("Every file and the audit trail, for reading only"),
}


@dataclass(frozen=True)
class Login:
    key: str
    person: User
    role: Role
    sees: Promise


@dataclass(frozen=True)
class Concentration:
    """The one sentence: the top tier's share of customers and of revenue, in per cent."""

    top: headline.Share
    shares: list[headline.Share]
    customers: int
    evaluation: Evaluation

    @property
    def charts(self) -> dict[str, headline.Chart]:
        """Drawn anew for a phone, not made smaller."""
        return {
            "wide": headline.chart(self.shares, headline.WIDE),
            "narrow": headline.chart(self.shares, headline.NARROW),
        }

    @property
    def last_month(self) -> datetime.date:
        return add_months(self.evaluation.as_of, -1)


@dataclass(frozen=True)
class Card:
    """`kind` picks the words in the template; `key` is who opens `href`, the customer's file where
    there is a customer.
    """

    kind: str
    key: str
    href: str
    customer: Customer | None = None
    standing: Standing | None = None
    override: Override | None = None
    draft: RuleSet | None = None
    share: float = 0.0
    month: int = 0
    grace_months: int = 0
    moves_on: datetime.date | None = None


def logins() -> list[Login]:
    people = User.objects.active().in_bulk(
        [company.person(key).email for key, _role in company.LOGINS], field_name="email"
    )
    return [
        Login(key=key, person=people[email], role=role, sees=WHAT_THEY_SEE[role])
        for key, role in company.LOGINS
        if (email := company.person(key).email) in people
    ]


def login_of(key: str) -> User | None:
    """Whoever may be signed in by a button, or None."""
    if key not in dict(company.LOGINS):
        return None
    return User.objects.active().filter(email=company.person(key).email).first()


def concentration() -> Concentration | None:
    """None until a night has evaluated the customers."""
    evaluation = Evaluation.objects.real().order_by("as_of", "pk").last()
    shares = headline.shares_of(evaluation) if evaluation else []
    if evaluation is None or not shares:
        return None
    return Concentration(
        top=shares[0],
        shares=shares,
        customers=sum(share.customers for share in shares),
        evaluation=evaluation,
    )


def cards(found: Concentration) -> list[Card]:
    """Stories to open, each as long as its number is true."""
    candidates = [_largest(found), _risen(found), _in_grace(found), _ending(), _reviewed()]
    return [card for card in candidates if card is not None]


def _standing(name: str, **conditions: object) -> Standing | None:
    return (
        Standing.objects.filter(customer__name=name, **conditions)
        .select_related("customer", "earned_tier", "raw_tier")
        .first()
    )


def _largest(found: Concentration) -> Card | None:
    standing = _standing(TOTO)
    if standing is None:
        return None
    total = sum(share.revenue for share in found.shares)
    share = float(100 * standing.trailing_revenue / total)
    return _card("largest", "sato", standing, share=share)


def _risen(found: Concentration) -> Card | None:
    standing = _standing(MIDORI, reason=Reason.UPGRADED, earned_since=found.evaluation.as_of)
    return _card("risen", "watanabe", standing) if standing else None


def _in_grace(found: Concentration) -> Card | None:
    standing = _standing(SHOEI, reason=Reason.GRACE)
    if standing is None or standing.below_since is None:
        return None
    as_of, since = found.evaluation.as_of, standing.below_since
    grace = found.evaluation.rule_set.grace_evaluations
    return _card(
        "grace",
        "nakamura",
        standing,
        month=(as_of.year - since.year) * 12 + as_of.month - since.month + 1,
        grace_months=grace,
        moves_on=add_months(since, grace - 1),
    )


def _ending() -> Card | None:
    """The override that ends soonest."""
    override = (
        Override.objects.in_force(today())
        .filter(customer__name=HOSHINO)
        .select_related("customer", "tier")
        .first()
    )
    if override is None:
        return None
    href = reverse("customers:file", args=[override.customer_id])
    return Card("override", "mori", href, customer=override.customer, override=override)


def _reviewed() -> Card | None:
    """The draft that waits for its reviewer."""
    waiting = RuleSet.objects.filter(state=RuleSet.State.IN_REVIEW, name=draft.NAME).first()
    if waiting is None:
        return None
    href = reverse("tiering:draft", args=[waiting.pk])
    return Card("draft", draft.REVIEWER, href, draft=waiting)


def _card(kind: str, key: str, standing: Standing, **values: Any) -> Card:
    href = reverse("customers:file", args=[standing.customer_id])
    return Card(kind, key, href, customer=standing.customer, standing=standing, **values)
