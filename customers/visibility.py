"""Which customers a person may open. Everybody signed in has the card; the file is for the
owner, the backup, their superiors and the roles that see all files (firm/scope.py).
"""

from typing import Self

from django.db import models
from django.db.models import Q

from firm.scope import Scope


def _theirs(scope: Scope) -> Q:
    if scope.sees_all_files:
        return Q()
    return Q(owner_id__in=scope.people) | Q(backup_id__in=scope.people)


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, scope: Scope) -> Self:
        """Customers whose file this person may read; a view answers 404 for the others."""
        return self.filter(_theirs(scope))

    def active(self) -> Self:
        return self.filter(status="active")


class SnapshotQuerySet(models.QuerySet):
    def visible_to(self, scope: Scope) -> Self:
        """Rows whose file, and so whose revenue, this person may read."""
        return self.filter(_theirs(scope))

    def card_only(self, scope: Scope) -> Self:
        """The other rows: names and tiers, no money."""
        if scope.sees_all_files:
            return self.none()
        return self.exclude(_theirs(scope))
