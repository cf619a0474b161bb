"""What the first screen of the demo says, worked out from the demo's own data."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from escalation.demo import company, draft, headline
from escalation.demo.cards import Card
from escalation.demo.stories import HOSHINO, MIDORI, SHOEI, TOTO
from firm import formats
from firm.dates import add_months, today
from firm.models import User
from firm.roles import Role
from tiering.models import Evaluation, Override, RuleSet, Standing
from tiering.models.standing import Reason

WHAT_THEY_SEE: dict[Role, Promise] = {
    Role.ACCOUNT_MANAGER: _("My own customers: hours left, what is in scope, my week"),
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
class Split:
    """The one sentence: the lowest tier's share of the revenue beside that of the hours."""

    shares: list[headline.Share]
    evaluation: Evaluation

    @property
    def top(self) -> headline.Share:
        return self.shares[0]

    @property
    def lowest(self) -> headline.Share:
        return self.shares[-1]

    @property
    def customers(self) -> int:
        return sum(share.customers for share in self.shares)

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


def split() -> Split | None:
    """None until a night has evaluated the customers."""
    evaluation = Evaluation.objects.real().order_by("as_of", "pk").last()
    shares = headline.shares_of(evaluation) if evaluation else []
    if evaluation is None or not shares:
        return None
    return Split(shares=shares, evaluation=evaluation)


def rule_cards(found: Split) -> list[Card]:
    """Stories of the tiers to open, each as long as its number is true."""
    candidates = [_largest(found), _risen(found), _in_grace(found), _ending(), _reviewed()]
    return [card for card in candidates if card is not None]


def _standing(name: str, **conditions: object) -> Standing | None:
    return (
        Standing.objects.filter(customer__name=name, **conditions)
        .select_related("customer", "earned_tier", "raw_tier")
        .first()
    )


def _largest(found: Split) -> Card | None:
    standing = _standing(TOTO)
    if standing is None:
        return None
    total = sum(share.revenue for share in found.shares)
    return Card.of(
        standing.customer,
        kind="largest",
        key="sato",
        label=gettext("Largest customer"),
        text=gettext("%(share)s%% of the revenue depends on one customer")
        % {"share": f"{100 * standing.trailing_revenue / total:.1f}"},
    )


def _risen(found: Split) -> Card | None:
    standing = _standing(MIDORI, reason=Reason.UPGRADED, earned_since=found.evaluation.as_of)
    if standing is None:
        return None
    return Card.of(
        standing.customer,
        kind="risen",
        key="watanabe",
        label=gettext("New in its tier"),
        text=gettext("Reached %(tier)s at the last month end") % {"tier": standing.earned_tier},
    )


def _in_grace(found: Split) -> Card | None:
    standing = _standing(SHOEI, reason=Reason.GRACE)
    if standing is None or standing.below_since is None:
        return None
    as_of, since = found.evaluation.as_of, standing.below_since
    months = found.evaluation.rule_set.grace_evaluations
    month = (as_of.year - since.year) * 12 + as_of.month - since.month + 1
    return Card.of(
        standing.customer,
        kind="grace",
        key="nakamura",
        label=gettext("Grace period, month %(month)s of %(months)s")
        % {"month": month, "months": months},
        text=gettext("Goes to %(tier)s on %(day)s if nothing changes")
        % {"tier": standing.raw_tier, "day": formats.full_day(add_months(since, months - 1))},
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
    return Card.of(
        override.customer,
        kind="override",
        key="mori",
        label=gettext("Manual override"),
        text=gettext("%(tier)s by decision; over on %(day)s")
        % {"tier": override.tier, "day": formats.full_day(override.until)},
    )


def _reviewed() -> Card | None:
    """The draft that waits for its reviewer."""
    waiting = RuleSet.objects.filter(state=RuleSet.State.IN_REVIEW, name=draft.NAME).first()
    if waiting is None:
        return None
    return Card(
        kind="draft",
        key=draft.REVIEWER,
        href=reverse("tiering:draft", args=[waiting.pk]),
        label=gettext("Tier rules in review"),
        title=waiting.name,
        text=gettext("Tried out on every customer before anybody publishes it"),
    )
