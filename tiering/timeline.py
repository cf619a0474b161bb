"""What tiers bring to a customer's timeline. While the screen is shared, nothing of it is told."""

import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from firm import formats
from firm.business_time import ONE_DAY
from firm.timeline import Group, Source, Told, midnight_of
from tiering.models import Override, TierChange
from tiering.models.standing import Reason

TIERS = Group("tiers", gettext_lazy("Tier"))


def _moves(customer: int) -> QuerySet[TierChange]:
    """Where the earned tier changed, as the last evaluation of that date has it."""
    changes = TierChange.objects.filter(
        customer=customer, evaluation__is_ahead=False, evaluation__is_replay=False
    )
    later = changes.filter(as_of=OuterRef("as_of"), evaluation__gt=OuterRef("evaluation"))
    return changes.filter(~Exists(later), earned_since=F("as_of"))


def _held(customer: int) -> QuerySet[Override]:
    return Override.objects.filter(customer=customer, state__in=Override.HELD)


def _told_move(said: dict[str, Any]) -> Told:
    return Told(
        str(Reason(said["reason"]).label),
        title=_("Tier: %(tier)s") % {"tier": _name(said)},
        is_key=True,
        has_time=False,
    )


def _told_override(said: dict[str, Any]) -> Told:
    first, end = (datetime.date.fromisoformat(said[key]) for key in ("starts_on", "ends_on"))
    period = {"first": formats.full_day(first), "last": formats.full_day(end - ONE_DAY)}
    return Told(
        _("Manual override"),
        title=_("%(tier)s, %(first)s to %(last)s") % {"tier": _name(said), **period},
        detail=said["because"],
        who=said["who"],
        href=reverse("tiering:override", args=[said["pk"]]),
        is_key=True,
    )


def _told_end(said: dict[str, Any]) -> Told:
    return Told(
        _("Manual override ended early"),
        title=_name(said),
        detail=said["because"],
        who=said["who"],
        href=reverse("tiering:override", args=[said["pk"]]),
    )


def _name(said: dict[str, Any]) -> str:
    """The firm's own word, or the English one where it has any and the reader wants that."""
    return said["tier_en"] if said["tier_en"] and get_language() == "en" else said["tier"]


CHANGES = Source(
    "tier_change",
    TIERS,
    rows=_moves,
    at=midnight_of("evaluation__known_from"),
    columns={
        "reason": "reason",
        "tier": "earned_tier__name",
        "tier_en": "earned_tier__name_en",
    },
    tell=_told_move,
    is_internal=True,
)

_OVERRIDE = {"pk": "pk", "tier": "tier__name", "tier_en": "tier__name_en"}

OVERRIDES = Source(
    "override",
    TIERS,
    rows=_held,
    at=F("decided_at"),
    columns={
        **_OVERRIDE,
        "starts_on": "starts_on",
        "ends_on": "ends_on",
        "because": "reason",
        "who": "decided_by__name",
    },
    tell=_told_override,
    is_internal=True,
)

OVERRIDES_ENDED = Source(
    "override_ended",
    TIERS,
    rows=lambda customer: _held(customer).filter(ended_at__isnull=False),
    at=F("ended_at"),
    columns={**_OVERRIDE, "because": "end_note", "who": "ended_by__name"},
    tell=_told_end,
    is_internal=True,
)
