"""The promise to every customer: what holds whatever the tier. No tier may fall below it.

A customer may read these sentences: they say nothing of tiers.
"""

from django.utils.translation import gettext_lazy as _

PROMISE = [
    _("Every inquiry gets a reply within one business day."),
    _("Every complaint is handled to its end."),
    _("What the contract says is kept."),
    _("A day and time we have promised is kept, or moved in good time and with a word."),
    _("Where we can't do something, we say why and what is possible instead."),
]
