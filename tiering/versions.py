"""Where a version of the tier rules stands on a day: worked out from its dates, never stored."""

import datetime
from dataclasses import dataclass

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tiering import wording
from tiering.models import RuleSet, ServiceLevel

PEOPLE = ("published_by", "approved_by", "owner")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    SCHEDULED = "scheduled", _("Scheduled")
    ACTIVE = "active", pgettext_lazy("version", "Active")
    RETIRED = "retired", _("Retired")


@dataclass(frozen=True)
class Dated:
    """A version as it stands on one day."""

    version: RuleSet
    status: Status

    @property
    def is_published(self) -> bool:
        return self.version.state == RuleSet.State.PUBLISHED

    @property
    def is_active(self) -> bool:
        return self.status == Status.ACTIVE

    @property
    def period(self) -> str:
        assert self.version.effective_from is not None
        return wording.period_text(self.version.effective_from, self.version.effective_until)


def status_of(rule_set: RuleSet, *, on: datetime.date) -> Status:
    """Active in `[effective_from, effective_until)`, scheduled before it and retired after."""
    if rule_set.state != RuleSet.State.PUBLISHED:
        return Status(rule_set.state)
    assert rule_set.effective_from is not None  # the database keeps this of published versions
    if on < rule_set.effective_from:
        return Status.SCHEDULED
    if rule_set.effective_until is not None and on >= rule_set.effective_until:
        return Status.RETIRED
    return Status.ACTIVE


def published(*, on: datetime.date) -> list[Dated]:
    """Every published version, the latest first."""
    versions = (
        _rows()
        .filter(state=RuleSet.State.PUBLISHED)
        .select_related(*PEOPLE)
        .order_by("-effective_from", "-number")
    )
    return [Dated(version, status_of(version, on=on)) for version in versions]


def with_drafts(*, on: datetime.date) -> list[Dated]:
    """The same after everything that is not published, the latest work first."""
    is_draft = ~Q(state=RuleSet.State.PUBLISHED)
    versions = (
        _rows()
        .select_related(*PEOPLE, "created_by")
        .order_by(
            Case(When(is_draft, then=0), default=1),
            Case(When(is_draft, then=F("changed_at"))).desc(nulls_last=True),
            "-effective_from",
            "-number",
            "-pk",
        )
    )
    return [Dated(version, status_of(version, on=on)) for version in versions]


def _rows() -> QuerySet[RuleSet]:
    """With `has_services`, whether any tier of it has a service level."""
    services = ServiceLevel.objects.filter(rule_set=OuterRef("pk"))
    return RuleSet.objects.annotate(has_services=Exists(services))


def holds_on(version: RuleSet, *, on: datetime.date) -> bool:
    """Whether this published version is the one in force on the day."""
    since, until = version.effective_from, version.effective_until
    return since is not None and since <= on and (until is None or until > on)


def is_overdue(version: RuleSet, *, on: datetime.date) -> bool:
    """Whether its half-yearly review is due by this day."""
    return version.review_on is not None and version.review_on <= on
