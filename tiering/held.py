"""Held runs: which one waits for somebody, what stopped it in words, and who would have moved."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from firm import formats
from firm.models import JobRun
from firm.roles import Right
from firm.scope import Scope
from firm.templatetags.ui import tier_label
from tiering import plan, wording
from tiering.chips import Chip, unranked
from tiering.engine.breaker import Verdict
from tiering.models import HeldMove

WAYS = {"": {}, "up": {"is_down": False}, "down": {"is_down": True}}


def accepts(job: JobRun, verdict: Verdict) -> bool:
    """Whether somebody has confirmed what this run comes to: these movers exactly, or, by
    command, whatever it comes to.
    """
    accepted: dict[str, Any] | None = job.params.get("accepts")
    return accepted is not None and accepted.get("digest", verdict.movers.digest) == (
        verdict.movers.digest
    )


def not_accepted_before(stops: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without a thin month that a person has accepted with as many entries, or fewer: once is
    enough, although each night of the month finds it again.
    """
    return [stop for stop in stops if "month" not in stop or not _is_known(stop)]


def _is_known(stop: dict[str, Any]) -> bool:
    accepted = JobRun.objects.filter(
        kind__in=plan.KINDS, state=JobRun.State.DONE, counts__has_key="accepted"
    ).values_list("counts__accepted__stops", flat=True)
    return any(
        known.get("month") == stop["month"] and known["entries"] <= stop["entries"]
        for stops in accepted
        for known in stops
    )


def is_overtaken(job: JobRun, *, on: datetime.date) -> bool:
    """Whether a later run of its kind has come to an end, so that nobody is asked about this one
    any more.
    """
    later = JobRun.objects.filter(
        kind=job.kind,
        pk__gt=job.pk,
        business_date__lte=max(on, job.business_date or on),
        state__in=[JobRun.State.DONE, JobRun.State.HELD],
    )
    return later.exists()


def waiting(*, kind: str, **dates: Any) -> JobRun | None:
    """The held run of these dates that can be confirmed: the last one, if nothing came after."""
    last = (
        JobRun.objects.filter(kind=kind, state__in=[JobRun.State.DONE, JobRun.State.HELD], **dates)
        .order_by("pk")
        .last()
    )
    return last if last is not None and last.state == JobRun.State.HELD else None


@dataclass(frozen=True)
class HeldRun:
    """What a held job's counts say, for reading."""

    job: JobRun

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = self.job.counts.get("held", {})
        return facts

    @property
    def as_of(self) -> datetime.date:
        return datetime.date.fromisoformat(self.facts["as_of"])

    @property
    def down(self) -> int:
        return int(self.facts["down"])

    @property
    def up(self) -> int:
        return int(self.facts["up"])

    @property
    def moved(self) -> int:
        return self.down + self.up

    @property
    def left_out(self) -> int:
        """Movers that are counted but not listed."""
        return self.moved - int(self.facts["listed"])

    @property
    def is_changed(self) -> bool:
        """Whether it was confirmed, and came to another list than the one confirmed."""
        return bool(self.facts["is_changed"])

    def sentences(self, *, unit: str | None) -> list[str]:
        """What stopped it; amounts in `unit`, none where the reader may not see the firm's."""
        return [sentence(stop, unit=unit) for stop in self.facts["stops"]]

    def moves(self, way: str = "") -> QuerySet[HeldMove]:
        """`way` is up, down or both ("")."""
        return (
            HeldMove.objects.filter(job=self.job, **WAYS[way])
            .select_related("customer", "before", "after")
            .order_by("pk")
        )


@dataclass(frozen=True)
class Mover:
    """A customer who would have moved; `revenue` is None where it isn't the reader's to see."""

    customer: Customer
    before: Chip
    after: Chip
    is_foreseen: bool
    reason: str
    has_file: bool
    revenue: Decimal | None


def movers(rows: Iterable[HeldMove], ranked: dict[str, Chip], *, scope: Scope) -> Iterator[Mover]:
    for row in rows:
        has_file = scope.has_file(row.customer.owner_id, row.customer.backup_id)
        yield Mover(
            customer=row.customer,
            before=ranked.get(row.before.code) or unranked(row.before.code),
            after=ranked.get(row.after.code) or unranked(row.after.code),
            is_foreseen=row.is_foreseen,
            reason=wording.reason_of_move(row.reason),
            has_file=has_file,
            revenue=row.trailing_revenue if has_file and scope.may(Right.REVENUE) else None,
        )


def table(rows: Iterable[Mover]) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """The movers as a file: head and rows."""
    head = [
        _("Code"),
        _("Customer"),
        _("Tier before"),
        _("Tier after"),
        _("Revenue in the period"),
        _("Reason"),
        _("In the impact preview"),
    ]
    return head, (
        (
            row.customer.code,
            row.customer.name,
            tier_label(row.before),
            tier_label(row.after),
            row.revenue,
            row.reason,
            _("Yes") if row.is_foreseen else "",
        )
        for row in rows
    )


def sentence(stop: dict[str, Any], *, unit: str | None) -> str:
    match stop["code"]:
        case "many_down":
            return _many_down(stop)
        case "month_empty":
            return _("The ledger has no entry at all for %(month)s.") % {"month": _month(stop)}
        case "month_thin":
            return _(
                "The ledger has %(entries)s entries for %(month)s; the six months before had"
                " %(mean)s on average."
            ) % {**stop, "month": _month(stop)}
        case "entries_fell":
            return _(
                "The ledger lines counted fell by %(fell)s%%: from %(before)s to %(after)s."
            ) % {
                "fell": stop["fell"],
                "before": f"{int(stop['before']):,}",
                "after": f"{int(stop['after']):,}",
            }
        case _:
            return _total_fell(stop, unit)


def _many_down(stop: dict[str, Any]) -> str:
    text = _(
        "%(down)s of %(customers)s customers would move down; up to %(allowed)s go through unasked."
    ) % {key: f"{stop[key]:,}" for key in ("down", "customers", "allowed")}
    if not stop["foreseen"]:
        return text
    count = f"{stop['foreseen']:,}"
    return f"{text} " + _("%(count)s more were in the impact preview and are not counted.") % {
        "count": count
    }


def _total_fell(stop: dict[str, Any], unit: str | None) -> str:
    if unit is None:
        return _("Total revenue fell by %(fell)s%%.") % stop
    return _("Total revenue fell by %(fell)s%%: from %(before)s to %(after)s.") % {
        "fell": stop["fell"],
        "before": formats.money(Decimal(stop["before"]), unit),
        "after": formats.money(Decimal(stop["after"]), unit),
    }


def _month(stop: dict[str, Any]) -> str:
    return formats.month(datetime.date.fromisoformat(stop["month"]))
