"""Where a version of the tier rules stands on a day: worked out from its dates, never stored."""

import datetime
from dataclasses import dataclass

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tiering import wording
from tiering.models import RuleSet


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
        RuleSet.objects.filter(state=RuleSet.State.PUBLISHED)
        .select_related("published_by", "approved_by", "owner")
        .order_by("-effective_from", "-number")
    )
    return [Dated(version, status_of(version, on=on)) for version in versions]


def drafts() -> list[RuleSet]:
    """Everything that is not published, the latest work first."""
    rows = RuleSet.objects.exclude(state=RuleSet.State.PUBLISHED)
    return list(
        rows.select_related("created_by", "submitted_by", "approved_by").order_by(
            F("changed_at").desc(nulls_last=True), "-pk"
        )
    )


def overdue(*, on: datetime.date) -> RuleSet | None:
    """The version in force, where its half-yearly review is due by this day."""
    version = RuleSet.objects.in_force(on)
    if version is None or version.review_on is None or version.review_on > on:
        return None
    return version
