"""Who wrote in a draft: none of them can be its second person."""

import datetime

from firm.models import User
from tiering.models import RuleSet

WRITTEN = ["authors", "revision", "changed_at"]


def note_author(*, draft: RuleSet, by: User | None, now: datetime.datetime) -> None:
    """Set WRITTEN, without saving: one author more at most, and the next revision."""
    if by is not None:
        draft.authors = sorted({*draft.authors, by.pk})
    draft.revision += 1
    draft.changed_at = now
