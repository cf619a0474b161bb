"""Four eyes: which decisions take a second person, and whether there is one.

In a firm that has gone live all kinds do; in trial those that were switched on early.
"""

import datetime

from firm.models import Firm, FourEyes, PostHolding, User
from firm.roles import RIGHTS, Right, Role


def holds_for(firm: Firm | None, kind: FourEyes, *, now: datetime.datetime) -> bool:
    """`is_required` for who has the firm's row at hand."""
    if firm is None:
        return False
    return is_live(firm, now=now) or kind in firm.four_eyes


def is_live(firm: Firm | None, *, now: datetime.datetime) -> bool:
    return firm is not None and firm.went_live_at is not None and firm.went_live_at <= now


def is_required(kind: FourEyes, *, now: datetime.datetime) -> bool:
    """Whether a decision of this kind takes a person besides its author."""
    return holds_for(Firm.objects.first(), kind, now=now)


def holders(right: Right, *, on: datetime.date) -> list[User]:
    """The active people one of whose posts gives this right on a day, by name."""
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    posts = PostHolding.objects.on(on).filter(post__role__in=roles)
    return list(
        User.objects.active().filter(pk__in=posts.values("person")).order_by("name_kana", "pk")
    )


# Who begins and who confirms a decision of each kind. Kinds whose rules are not edited in this
# product yet ask for nobody.
PAIRS: dict[FourEyes, tuple[Right, Right]] = {
    FourEyes.TIERS: (Right.EDIT_RULES, Right.REVIEW_RULES),
    FourEyes.OVERRIDES: (Right.REQUEST_OVERRIDE, Right.APPROVE_OVERRIDE),
}


def with_two_people(*, on: datetime.date) -> set[FourEyes]:
    """The kinds of which at least one decision can be made by two different people."""
    held = PostHolding.objects.on(on).filter(person__in=User.objects.active())
    posts = set(held.values_list("person", "post__role"))

    def may(right: Right) -> set[int]:
        return {person for person, role in posts if right in RIGHTS[Role(role)]}

    def has_two(first: set[int], second: set[int]) -> bool:
        return bool(first) and bool(second) and len(first | second) > 1

    return {kind for kind in FourEyes if kind not in PAIRS or has_two(*map(may, PAIRS[kind]))}
