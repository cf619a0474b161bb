"""Strategic scores: given and withdrawn by people, read by the nights as a fact of the rules."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, StrategicScore
from customers.models.strategic_score import HIGHEST, mean_score
from firm import audit
from firm.dates import add_months, firm_date
from firm.models import User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of

LONGEST_MONTHS = 12


@dataclass(frozen=True)
class Scores:
    """From 0 to 5 each; the third question may be left out."""

    alignment: int
    growth: int
    reference: int | None = None


def check_can_score(*, customer: Customer, by: User, now: datetime.datetime) -> None:
    if not scope_of(by, on=firm_date(now)).may(Right.SCORE_CUSTOMERS):
        raise Forbidden(
            _("Only managers, executives and administrators score the strategic fit of a customer.")
        )
    if by.pk in (customer.owner_id, customer.backup_id):
        raise Forbidden(
            _("The account manager and the backup do not score their own customer. Ask a superior.")
        )


@transaction.atomic
def score_strategic_fit(
    *,
    customer: Customer,
    scores: Scores,
    reason: str,
    theme: str = "",
    valid_until: datetime.date,
    by: User,
    now: datetime.datetime,
) -> StrategicScore:
    """In force in `[today, valid_until)`; a score in force until now ends today, so that what a
    night has read is never changed afterwards.
    """
    check_can_score(customer=customer, by=by, now=now)
    today = firm_date(now)
    _check(scores, reason=reason, valid_until=valid_until, today=today)
    Customer.objects.select_for_update().get(pk=customer.pk)
    for former in customer.strategic_scores.filter(valid_until__gt=today):
        _end(former, reason="", by=by, now=now)
    score = StrategicScore.objects.create(
        customer=customer,
        alignment=scores.alignment,
        growth=scores.growth,
        reference=scores.reference,
        value=mean_score(scores.alignment, scores.growth, scores.reference),
        theme=theme.strip(),
        reason=reason.strip(),
        valid_from=today,
        valid_until=valid_until,
        scored_by=by,
        scored_at=now,
    )
    audit.record(
        "strategic_fit_scored",
        by=by,
        now=now,
        subject=customer,
        value=str(score.value),
        last=score.last_day.isoformat(),
    )
    return score


@transaction.atomic
def withdraw_strategic_score(
    *, score: StrategicScore, reason: str, by: User, now: datetime.datetime
) -> StrategicScore:
    """It counts no more from the evaluation of tomorrow on."""
    score = (
        StrategicScore.objects.select_related("customer")
        .select_for_update(of=("self",))
        .get(pk=score.pk)
    )
    check_can_score(customer=score.customer, by=by, now=now)
    if not reason.strip():
        raise Refused(_("Say why the score is withdrawn."))
    if score.valid_until <= firm_date(now):
        raise Refused(_("This score has ended already."))
    _end(score, reason=reason.strip(), by=by, now=now)
    audit.record("strategic_fit_withdrawn", by=by, now=now, subject=score.customer)
    return score


def _end(score: StrategicScore, *, reason: str, by: User, now: datetime.datetime) -> None:
    score.valid_until = max(score.valid_from, firm_date(now))
    score.ended_by, score.ended_at, score.ended_reason = by, now, reason
    score.save(update_fields=["valid_until", "ended_by", "ended_at", "ended_reason"])


def _check(
    scores: Scores, *, reason: str, valid_until: datetime.date, today: datetime.date
) -> None:
    given = (scores.alignment, scores.growth, scores.reference)
    if not all(one is None or 0 <= one <= HIGHEST for one in given):
        raise Refused(_("Each score is a whole number from 0 to %(most)s.") % {"most": HIGHEST})
    if not reason.strip():
        raise Refused(_("Say what the scores rest on."))
    if valid_until <= today:
        raise Refused(_("The last day of a score is today or later."))
    if valid_until > add_months(today, LONGEST_MONTHS):
        raise Refused(
            _("A score holds for %(months)s months at most. Then somebody looks again.")
            % {"months": LONGEST_MONTHS}
        )
