"""What tiering keeps off a shared screen: every tier."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from firm import screen_share


def check_tiers_may_show(request: HttpRequest) -> None:
    """Raises Forbidden while others look at the screen."""
    screen_share.check_is_off(request, _("Service tiers are not shown while the screen is shared."))
