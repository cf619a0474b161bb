"""Who has to do with a manual override, and which ones there are."""

import datetime

from django.db.models import OuterRef, Q, QuerySet

from customers.models import Customer
from firm import four_eyes
from firm.models import FourEyes, PostHolding, User
from firm.roles import RIGHTS, Right, Role
from firm.scope import Scope
from firm.superiors import manager_of, superior_ids
from tiering.in_force import rules_on
from tiering.models import Override, RuleSet, Tier, TierRule
from tiering.models.override import OverrideQuerySet
from tiering.status import frame_of

ENDING_SOON = datetime.timedelta(days=30)
# Who decides where no superior may: the first of these roles that somebody holds.
_FALLBACK = (Role.EXECUTIVE, Role.ADMINISTRATOR)


def tiers_to_choose(*, on: datetime.date) -> list[Tier]:
    """From the top, of the version that today's tiers are from."""
    rules = rules_on(on)
    if rules is None:
        return []
    return [rule.tier for rule in rules.tiers.select_related("tier").order_by("rank")]


def needs_four_eyes(*, now: datetime.datetime) -> bool:
    """Whether somebody else than the requester has to approve."""
    return four_eyes.is_required(FourEyes.OVERRIDES, now=now)


def visible_to(scope: Scope) -> OverrideQuerySet:
    """Those of the customers whose file this person may read."""
    rows = Override.objects.with_end()
    if scope.sees_all_files:
        return rows
    return rows.filter(Q(customer__owner__in=scope.people) | Q(customer__backup__in=scope.people))


def requestable(scope: Scope) -> QuerySet[Customer]:
    """Customers for whom this person may ask for an override."""
    customers: QuerySet[Customer] = Customer.objects.visible_to(scope)
    return customers if scope.may(Right.REQUEST_OVERRIDE) else customers.none()


def theirs(scope: Scope) -> OverrideQuerySet:
    """Those this person has requested, or may end because they may approve."""
    rows = visible_to(scope)
    if scope.may(Right.APPROVE_OVERRIDE):
        return rows
    return rows.filter(requested_by=scope.person_id)


def deciders(customer: Customer, *, requester: User, on: datetime.date) -> list[User]:
    """Who is asked: the nearest superior of the account manager who may decide; where there is
    none the executives, and without them the administrators. Never the requester.
    """
    superiors = superior_ids(customer.owner, on=on) if customer.owner else []
    may_approve = [role for role in Role if Right.APPROVE_OVERRIDE in RIGHTS[role]]
    asked = Q(person__in=superiors, post__role__in=may_approve) | Q(post__role__in=_FALLBACK)
    held = (
        PostHolding.objects.on(on).filter(asked, person__is_active=True).exclude(person=requester)
    )
    found = list(held.select_related("person", "post").order_by("person"))
    approving = {one.person_id: one.person for one in found if one.post.role in may_approve}
    for superior in superiors:
        if superior in approving:
            return [approving[superior]]
    for role in _FALLBACK:
        people = {one.person_id: one.person for one in found if one.post.role == role}
        if people:
            return list(people.values())
    return []


def waiting_for(scope: Scope) -> int:
    """How many requests are this person's to decide: the badge."""
    return frame_of(scope).overrides.waiting if scope.may(Right.APPROVE_OVERRIDE) else 0


def losing_their_tier(version: RuleSet | OuterRef, *, since: datetime.date) -> OverrideQuerySet:
    """Approved ones that hold on this day or later, to a tier that the version does not have:
    under it they hold nothing.
    """
    kept = TierRule.objects.filter(rule_set=version).values("tier")
    held = Override.objects.filter(state=Override.State.APPROVED, ends_on__gt=since)
    return held.exclude(tier__in=kept)


def parties(override: Override, *, but: User) -> list[User]:
    """Requester, account manager and who decided, without whoever acts."""
    people = [override.requested_by, override.customer.owner, override.decided_by]
    return _distinct(people, but=but)


def to_warn(override: Override, *, on: datetime.date) -> list[User]:
    """Account manager, the manager of these, requester."""
    owner = override.customer.owner
    return _distinct([owner, manager_of(owner, on=on) if owner else None, override.requested_by])


def _distinct(people: list[User | None], *, but: User | None = None) -> list[User]:
    return list({person.pk: person for person in people if person and person != but}.values())
