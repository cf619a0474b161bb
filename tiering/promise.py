"""The promise to every customer: what holds whatever the tier. No tier may fall below it.

A customer may read these sentences: they say nothing of tiers.
"""

from django.utils.translation import gettext_lazy as _

from tiering.models import Service

PROMISE = [
    _("Every inquiry gets a reply within one business day."),
    _("Every complaint is handled to its end."),
    _("What the contract says is kept."),
    _("A day and time we have promised is kept, or moved in good time and with a word."),
    _("Where we can't do something, we say why and what is possible instead."),
]

# The parts of it that a service level could fall below: at most so many of the service's units.
# One business day is eight hours of business time.
BUSINESS_DAY_MINUTES = 8 * 60
FLOORS: dict[str, int] = {Service.FIRST_RESPONSE: BUSINESS_DAY_MINUTES}
# What the promise says of single terms, as a customer's file lists them.
PROMISED_TERMS = [
    (Service.FIRST_RESPONSE.value, Service.FIRST_RESPONSE.label, _("Within one business day")),
    ("complaints", _("Complaints"), _("Always taken up, a reply within one business day")),
]
