"""What the pages of flags have in common."""

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from firm import access
from firm.dates import today
from firm.refusals import Forbidden
from firm.roles import Right
from tiering import actions
from tiering.flags.sheet import Sheet, of_customer
from tiering.servicing.life import MOVES, Move


def sheet_of(request: HttpRequest, pk: int) -> Sheet:
    """404 for whoever may not see the flag."""
    check_screen(request)
    found, siblings = of_customer(pk, access.scope(request), on=today())
    if found is None:
        raise Http404
    return Sheet(found, siblings)


def moves_of(request: HttpRequest, sheet: Sheet) -> dict[str, str | None]:
    """Why a move cannot be made, None where it can; those that are over are left out."""
    refusals = actions.refusals_of_moves(
        finding=sheet.finding, by=access.reader(request), now=timezone.now()
    )
    begun = sheet.finding.state
    return {
        move.value: refusal
        for move, refusal in refusals.items()
        if refusal is None or begun in MOVES[Move(move)].begins
    }


def money_seen(request: HttpRequest) -> dict[str, bool]:
    scope = access.scope(request)
    return {"sees_loss": scope.may(Right.MARGIN), "sees_fee": scope.may(Right.PRICE)}


def check_screen(request: HttpRequest) -> None:
    if request.screen_share:  # type: ignore[attr-defined]
        raise Forbidden(_("Flags are not shown while the screen is shared."))
