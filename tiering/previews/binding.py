"""What a preview rests on, and when it is stale."""

import datetime
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.models import Import
from firm.models import JobRun
from firm.refusals import Refused
from tiering import plan
from tiering.engine import VERSION
from tiering.models import Preview, RuleSet
from tiering.version_rows import guards_of, services_of, tiers_of

GOOD_FOR = datetime.timedelta(hours=24)

# What a draft says, by table: any other value could give other tiers or other services.
RULES = (
    "method",
    "window_months",
    "window_end",
    "grace_evaluations",
    "drop",
    "nonpositive",
    "month_close",
    "one_off_weight",
    "cold_start_months",
    "dormant_after_months",
    "minimum_tenure_days",
    "rolls_up",
    "breaker_down_share",
    "breaker_down_count",
    "breaker_drop_share",
)
TIERS = ("rank", "tier_id", "enter", "keep")
GUARDS = ("fact", "enter", "keep", "cap_id", "is_blocking")
CRITERIA = ("needs", "fact", "choice", "enter", "keep")
SERVICES = ("tier_id", "service", "benefit_id", "amount", "choice", "per")


@dataclass(frozen=True)
class Binding:
    """`run` is the last completed night or replay, `cutoff` the ledger's last import, `version`
    the number published last.
    """

    run_id: int | None
    cutoff: int
    version: int
    engine_version: str


def _runs() -> QuerySet[JobRun, int]:
    runs = JobRun.objects.filter(kind__in=(plan.NIGHTLY, plan.REPLAY), state=JobRun.State.DONE)
    return runs.order_by("-finished_at", "-pk").values_list("pk", flat=True)


def binding_now() -> Binding:
    return Binding(
        run_id=_runs().first(),
        cutoff=Import.objects.aggregate(last=Max("applied_no"))["last"] or 0,
        version=plan.latest_number(),
        engine_version=VERSION,
    )


def with_binding(previews: QuerySet[Preview]) -> QuerySet[Preview, Any]:
    """Rows that bring along what a preview made now would rest on, for a page that only reads."""
    imports = Import.objects.filter(applied_no__isnull=False).order_by("-applied_no")
    versions = RuleSet.objects.filter(number__isnull=False).order_by("-number")
    return previews.annotate(
        run_now=Subquery(_runs()[:1]),
        cutoff_now=Coalesce(Subquery(imports.values("applied_no")[:1]), 0),
        version_now=Coalesce(Subquery(versions.values("number")[:1]), 0),
    )


def _present(preview: Preview) -> Binding:
    if not hasattr(preview, "run_now"):
        return binding_now()
    return Binding(
        preview.run_now,
        preview.cutoff_now,  # type: ignore[attr-defined]
        preview.version_now,  # type: ignore[attr-defined]
        VERSION,
    )


def note_binding(preview: Preview) -> None:
    """Write what the preview rests on into it, without saving."""
    binding = binding_now()
    preview.digest = digest_of(preview.draft)
    preview.run_id, preview.cutoff = binding.run_id, binding.cutoff
    preview.version, preview.engine_version = binding.version, binding.engine_version


def digest_of(draft: RuleSet) -> str:
    """A fingerprint of what the draft, as it was read, says; its name, notes and signatures don't
    belong to it.
    """
    services = [_said(row, SERVICES) for row in services_of(draft)]
    content: dict[str, Any] = {
        "rules": _said(draft, RULES),
        "tiers": [_said(row, TIERS) for row in tiers_of(draft)],
        "criteria": [
            [row.rank, *_said(one, CRITERIA)]
            for row in tiers_of(draft)
            for one in row.criteria.all()
        ],
        "guards": [_said(row, GUARDS) for row in guards_of(draft)],
        "services": sorted(services, key=str),
    }
    text = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _said(row: Any, columns: tuple[str, ...]) -> list[Any]:
    return [getattr(row, column) for column in columns]


def check_is_fresh(*, preview: Preview, draft: RuleSet, now: datetime.datetime) -> None:
    """Raises Refused, saying which, where the preview no longer shows what publishing would do."""
    if preview.draft_id != draft.pk:
        raise Refused(_("This preview is of another draft."))
    if preview.left_at is not None:
        raise Refused(_("This preview was discarded. Make a new one."))
    _check_is_done(preview)
    if preview.digest != digest_of(draft):
        raise Refused(_("The draft has been changed since its preview. Make a new one."))
    _check_still_holds(preview, _present(preview))
    assert preview.computed_at is not None
    if now - preview.computed_at >= GOOD_FOR:
        raise Refused(_("The preview is more than 24 hours old. Make a new one."))


def _check_is_done(preview: Preview) -> None:
    state = preview.job.state if preview.job else JobRun.State.DONE
    if state == JobRun.State.FAILED:
        raise Refused(_("The preview did not finish. Make a new one."))
    if preview.computed_at is None or state != JobRun.State.DONE:
        raise Refused(_("The preview is still being worked out. Wait until it has finished."))


def _check_still_holds(preview: Preview, present: Binding) -> None:
    if preview.version != present.version:
        raise Refused(
            _("Version %(number)s has been published since the preview. Make a new one.")
            % {"number": present.version}
        )
    if preview.run_id != present.run_id:
        raise Refused(_("A nightly run has finished since the preview. Make a new one."))
    if present.run_id is None and preview.cutoff != present.cutoff:
        raise Refused(_("An import has been applied since the preview. Make a new one."))
    if preview.engine_version != present.engine_version:
        raise Refused(_("The calculation has been renewed since the preview. Make a new one."))
