"""From trial to earnest: four eyes by kind, and going live."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit, four_eyes, outbox
from firm.dates import firm_date
from firm.models import Firm, FourEyes, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of


def check_can_set_four_eyes(*, firm: Firm, by: User, now: datetime.datetime) -> None:
    if not scope_of(by, on=firm_date(now)).may(Right.GO_LIVE):
        raise Forbidden(_("Going live is for executives and administrators."))
    if four_eyes.is_live(firm, now=now):
        raise Refused(_("The firm has gone live: every decision of this kind takes two people."))


@transaction.atomic
def set_four_eyes(*, kind: FourEyes, is_on: bool, by: User, now: datetime.datetime) -> None:
    """Ask for a second person although the firm is in trial, or no longer. Raises Refused where
    there is nobody who could be it.
    """
    firm = Firm.objects.select_for_update().get()
    check_can_set_four_eyes(firm=firm, by=by, now=now)
    if is_on:
        _check_have_two_people([kind], now=now)
    if is_on == (kind in firm.four_eyes):
        return
    firm.four_eyes = sorted({*firm.four_eyes, kind} if is_on else {*firm.four_eyes} - {kind})
    firm.save(update_fields=["four_eyes"])
    code = "four_eyes_on" if is_on else "four_eyes_off"
    audit.record(code, by=by, now=now, subject=firm, four_eyes=kind.value)


def check_can_go_live(*, by: User, now: datetime.datetime) -> None:
    check_can_set_four_eyes(firm=Firm.objects.get(), by=by, now=now)
    _check_have_two_people(FourEyes, now=now)


@transaction.atomic
def go_live(*, by: User, now: datetime.datetime) -> None:
    """End the trial for good: from now on no rule is published and no exception made by one
    person alone.
    """
    firm = Firm.objects.select_for_update().get()
    check_can_go_live(by=by, now=now)
    firm.went_live_at = now
    firm.save(update_fields=["went_live_at"])
    audit.record("went_live", by=by, now=now, subject=firm)
    for person in four_eyes.holders(Right.GO_LIVE, on=firm_date(now)):
        outbox.queue("went_live", recipient=person, now=now, date=firm_date(now).isoformat())


def _check_have_two_people(kinds: Iterable[FourEyes], *, now: datetime.datetime) -> None:
    provided = four_eyes.with_two_people(on=firm_date(now))
    for kind in kinds:
        if kind in provided:
            continue
        raise Refused(
            _(
                "%(kind)s: nobody could be the second person. First give somebody else a post"
                " that may approve."
            )
            % {"kind": kind.label}
        )
