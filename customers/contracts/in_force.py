"""What is agreed with a customer on a day: a query, never a copy."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from customers.models import Channel, ContractRevision, ScopeExtension, ScopeTerm
from firm.models import WorkCalendar

RENEWAL_NOTICES = (90, 60, 30)  # days before


@dataclass(frozen=True)
class Agreed:
    """A contract as it stands on a day, with the extensions in force."""

    revision: ContractRevision
    terms: list[ScopeTerm]
    extensions: list[ScopeExtension]

    @property
    def channels(self) -> list[str]:
        return [str(Channel(term.channel).label) for term in self.terms if term.channel]

    @property
    def exclusions(self) -> list[ScopeTerm]:
        return [term for term in self.terms if term.kind == ScopeTerm.Kind.EXCLUSION]

    @property
    def has_hours(self) -> bool:
        return self.term(ScopeTerm.Kind.HOURS) is not None

    def term(self, kind: str) -> ScopeTerm | None:
        """The only term of a kind that stands once in a revision."""
        return next((term for term in self.terms if term.kind == kind), None)


def next_to_end(agreed: Sequence[Agreed], *, on: datetime.date) -> ContractRevision | None:
    """Of several the one whose renewal or end comes first after the day."""

    def due(revision: ContractRevision) -> datetime.date:
        days = (revision.renews_on, revision.valid_to)
        return min((day for day in days if day and day >= on), default=datetime.date.max)

    return min((held.revision for held in agreed), key=due, default=None)


def scope_lists(agreed: Iterable[Agreed]) -> dict[str, list[str]]:
    """The examples of what is included and what is not, exclusions among the latter, each once."""
    terms = [term for held in agreed for term in held.terms]
    without = [text for term in terms for text in term.excluded]
    without += [term.name for term in terms if term.kind == ScopeTerm.Kind.EXCLUSION]
    within = [text for term in terms for text in term.included]
    return {"within": list(dict.fromkeys(within)), "without": list(dict.fromkeys(without))}


def revisions_on(date: datetime.date | OuterRef) -> QuerySet[ContractRevision]:
    return ContractRevision.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=date), valid_from__lte=date
    )


def agreed_with(customer_id: int, *, on: datetime.date) -> list[Agreed]:
    """Every contract of the customer that is in force on the day, in one query."""
    return _in_force(_read(revisions_on(on), customer_id, on=on))


def agreed_and_upcoming(
    customer_id: int, *, on: datetime.date
) -> tuple[list[Agreed], list[ContractRevision]]:
    """The same, and the contracts and revisions that begin after the day, the next first."""
    not_over = ContractRevision.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    rows = list(_read(not_over.exclude(valid_to=F("valid_from")), customer_id, on=on))
    upcoming = sorted((row for row in rows if row.valid_from > on), key=lambda row: row.valid_from)
    return _in_force(row for row in rows if row.valid_from <= on), upcoming


def _read(
    revisions: QuerySet[ContractRevision], customer_id: int, *, on: datetime.date
) -> QuerySet[ContractRevision, Any]:
    """With `terms_read` and `extensions_read`, the latter as they are on the day."""
    terms = ScopeTerm.objects.filter(revision=OuterRef("pk")).order_by("place", "pk")
    extensions = ScopeExtension.objects.filter(
        contract=OuterRef("contract"), starts_on__lte=on, ends_on__gt=on
    ).order_by("-starts_on", "pk")
    return (
        revisions.filter(contract__customer=customer_id)
        .select_related("contract", "explained_by")
        .annotate(
            terms_read=ArraySubquery(terms.values(json=_TERM)),
            extensions_read=ArraySubquery(extensions.values(json=_EXTENSION)),
        )
        .order_by("contract__name", "valid_from")
    )


def _in_force(revisions: Iterable[ContractRevision]) -> list[Agreed]:
    return [
        Agreed(
            revision=row,
            terms=[_term(one) for one in row.terms_read],  # type: ignore[attr-defined]
            extensions=[_extension(one) for one in row.extensions_read],  # type: ignore[attr-defined]
        )
        for row in revisions
    ]


_TERM_COLUMNS = (
    "pk", "revision_id", "kind", "name", "amount", "period", "channel", "emergency", "included",
    "excluded", "place",
)  # fmt: skip
_TERM = JSONObject(
    calendar="calendar_id",
    calendar_name="calendar__name",
    **{column: column for column in _TERM_COLUMNS},
)
_EXTENSION_COLUMNS = ("pk", "contract_id", "kind", "name", "amount", "reference", "reason")
_EXTENSION = JSONObject(
    starts="starts_on", ends="ends_on", **{column: column for column in _EXTENSION_COLUMNS}
)


def _term(row: dict[str, Any]) -> ScopeTerm:
    calendar, name = row.pop("calendar"), row.pop("calendar_name")
    return ScopeTerm(calendar=WorkCalendar(pk=calendar, name=name) if calendar else None, **row)


def _extension(row: dict[str, Any]) -> ScopeExtension:
    starts, ends = (datetime.date.fromisoformat(row.pop(key)) for key in ("starts", "ends"))
    return ScopeExtension(starts_on=starts, ends_on=ends, **row)


def renewing_within(days: int, *, on: datetime.date) -> QuerySet[ContractRevision]:
    """Revisions in force whose renewal comes within so many days, the nearest first; not where the
    next one is signed already.
    """
    until = on + datetime.timedelta(days=days)
    following = ContractRevision.objects.filter(
        contract=OuterRef("contract"), valid_from__gt=OuterRef("valid_from")
    ).exclude(valid_to=F("valid_from"))
    return (
        revisions_on(on)
        .filter(~Exists(following), renews_on__gte=on, renews_on__lte=until)
        .select_related("contract__customer")
        .order_by("renews_on", "contract__customer__code")
    )


def not_explained(*, on: datetime.date) -> QuerySet[ContractRevision]:
    """Revisions in force that nobody has gone through with the customer."""
    return revisions_on(on).filter(explained_on__isnull=True)
