"""The promise to every customer: what holds whatever the tier. No tier may fall below it."""

from django.utils.translation import gettext_lazy as _

PROMISE = [
    _("Every inquiry gets a reply within one business day."),
    _("Every complaint is handled to its end."),
    _("What the contract says holds, whatever the tier."),
    _("A day and time we have promised is kept, or moved in good time and with a word."),
    _("Where we can't do something, we say why and what is possible instead."),
]
