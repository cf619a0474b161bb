"""What the board is asked for: whose customers, which kinds, in which state. All of it stands in
the address.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from firm.scope import Scope
from tiering.models import Finding, FindingKind
from tiering.models.finding import FindingQuerySet
from tiering.servicing.kinds import OVER, UNDER

State = Finding.State


class Reach(StrEnum):
    """Whose customers."""

    ALL = "all"
    TEAM = "team"
    MINE = "mine"


class Shown(StrEnum):
    """In which state; what somebody has to see to unless another is asked for. Past data are the
    flags that were there before the firm began.
    """

    TO_DO = ""
    NEW = "new"
    PAST = "past"
    OPEN = State.OPEN
    ACKNOWLEDGED = State.ACKNOWLEDGED
    IN_PROGRESS = State.IN_PROGRESS
    ACCEPTED = State.ACCEPTED
    RESOLVED = State.RESOLVED
    ANY = "any"

    @property
    def label(self) -> str:
        named = {
            Shown.TO_DO: _("To do"),
            Shown.NEW: _("To do, without past data"),
            Shown.PAST: _("To do, past data only"),
            Shown.ANY: _("All"),
        }
        return named.get(self) or str(State(self.value).label)


@dataclass(frozen=True)
class Question:
    """A value that the address has and nobody offers is left out of it."""

    reach: Reach
    owner: int | None = None
    kind: FindingKind | None = None
    state: Shown = Shown.TO_DO

    def flags(self, scope: Scope, *, on: datetime.date) -> FindingQuerySet:
        """Those of the question that this person may see on that day."""
        found = Finding.objects.visible_to(scope, on=on).filter(self._whose(scope), self._state)
        if self.owner is not None:
            found = found.filter(customer__owner=self.owner)
        if self.kind is not None:
            found = found.filter(kind=self.kind)
        return found

    def _whose(self, scope: Scope) -> Q:
        if self.reach is Reach.ALL:
            return Q()
        people = scope.people if self.reach is Reach.TEAM else {scope.person_id}
        return Q(customer__owner__in=people) | Q(customer__backup__in=people)

    @property
    def _state(self) -> Q:
        to_do = Q(state__in=(State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS))
        match self.state:
            case Shown.TO_DO:
                return to_do
            case Shown.NEW | Shown.PAST:
                return to_do & Q(is_past=self.state is Shown.PAST)
            case Shown.ANY:
                return Q()
            case state:
                return Q(state=state.value)


def reaches(scope: Scope) -> list[tuple[Reach, str]]:
    """The tabs a person has, the widest first; none where all are one's own."""
    found = []
    if scope.sees_all_files:
        found.append((Reach.ALL, _("Whole firm")))
    if len(scope.people) > 1:
        department = next((post.department for post in scope.posts if post.department), None)
        found.append((Reach.TEAM, str(department) if department else _("My team")))
    return [*found, (Reach.MINE, _("My own"))]


def kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """For the menu, by direction."""
    return [
        (_("Over-served"), [(kind.value, str(kind.label)) for kind in OVER]),
        (_("Under-served"), [(kind.value, str(kind.label)) for kind in UNDER]),
    ]


def question_of(data: QueryDict, scope: Scope) -> Question:
    offered = [reach for reach, _label in reaches(scope)]
    owner = data.get("owner", "")
    return Question(
        reach=_one_of(offered, data.get("reach", ""), offered[0]),
        owner=int(owner) if owner.isdecimal() and len(owner) <= 18 else None,
        kind=_one_of(list(FindingKind), data.get("kind", ""), None),
        state=_one_of(list(Shown), data.get("state", ""), Shown.TO_DO),
    )


def _one_of(offered: Any, text: str, otherwise: Any) -> Any:
    return next((choice for choice in offered if choice.value == text), otherwise)
