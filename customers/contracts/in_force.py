"""What is agreed with a customer on a day: a query, never a copy."""

import datetime
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q, QuerySet

from customers.models import Channel, ContractRevision, ScopeExtension, ScopeTerm

RENEWAL_NOTICES = (90, 60, 30)  # days before


@dataclass(frozen=True)
class Agreed:
    """A contract as it stands on a day, with the extensions in force."""

    revision: ContractRevision
    extensions: list[ScopeExtension]

    @property
    def terms(self) -> list[ScopeTerm]:
        return list(self.revision.terms.all())

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


def revisions_on(date: datetime.date) -> QuerySet[ContractRevision]:
    return ContractRevision.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=date), valid_from__lte=date
    )


def agreed_with(customer_id: int, *, on: datetime.date) -> list[Agreed]:
    """Every contract of the customer that is in force on the day, in two queries."""
    extensions = ScopeExtension.objects.filter(starts_on__lte=on, ends_on__gt=on)
    revisions = (
        revisions_on(on)
        .filter(contract__customer=customer_id)
        .select_related("contract", "explained_by")
        .prefetch_related(
            "terms__calendar", Prefetch("contract__extensions", extensions, to_attr="extensions_on")
        )
        .order_by("contract__name")
    )
    return [
        Agreed(revision, revision.contract.extensions_on)  # type: ignore[attr-defined]
        for revision in revisions
    ]


def upcoming_for(customer_id: int, *, on: datetime.date) -> QuerySet[ContractRevision]:
    """Contracts and revisions of the customer that begin after the day, the next first."""
    return (
        ContractRevision.objects.filter(contract__customer=customer_id, valid_from__gt=on)
        .exclude(valid_to=F("valid_from"))
        .select_related("contract")
        .order_by("valid_from", "contract__name")
    )


def renewing_within(days: int, *, on: datetime.date) -> QuerySet[ContractRevision]:
    """Revisions in force whose renewal comes within so many days, the nearest first."""
    until = on + datetime.timedelta(days=days)
    return (
        revisions_on(on)
        .filter(renews_on__gte=on, renews_on__lte=until)
        .select_related("contract__customer")
        .order_by("renews_on", "contract__customer__code")
    )
