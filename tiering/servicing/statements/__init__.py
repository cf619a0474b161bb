"""One statement per kind. Each gives a row for every customer in whom its misfit shows:

`(customer_id, window_from, window_until, quantity, minutes, cost, settled, is_preliminary, vals,
evidence)`

`quantity` in the unit of the kind, without what has been `settled` in the window; `cost` and
`minutes` are those of what is beyond, 0 for what is not given; `evidence` the ids of entries, the
latest first. `vals` tells `by_month` what people settle when they resolve it.
"""

from tiering.models import FindingKind as Kind
from tiering.servicing.statements import (
    benefits,
    contacts,
    counts,
    goodwill,
    hours,
    outside,
    silence,
)

# What several statements read, made once before them; beside it the tiers (tiers.prepared).
PREPARATIONS = [hours.MONTHS, hours.COUNTED, outside.PREPARED]
STATEMENTS: dict[Kind, str] = {
    Kind.HOURS: hours.BEYOND,
    Kind.COUNTS: counts.COUNTS,
    Kind.AFTER_HOURS: outside.AFTER_HOURS,
    Kind.HOLIDAY: outside.HOLIDAY,
    Kind.FREQUENCY: contacts.FREQUENCY,
    Kind.CHANNEL: contacts.CHANNEL,
    Kind.GOODWILL: goodwill.GOODWILL,
    Kind.NORM_FORMING: goodwill.NORM_FORMING,
    Kind.EXCLUSION: counts.EXCLUSION,
    Kind.UNUSED_HOURS: hours.NOT_GIVEN,
    Kind.CONTACT_INTERVAL: silence.CONTACT_INTERVAL,
    Kind.UNUSED_BENEFIT: benefits.UNUSED_BENEFIT,
    Kind.NO_PROPOSAL: silence.NO_PROPOSAL,
}
