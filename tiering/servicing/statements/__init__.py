"""One statement per kind. Each gives a row for every customer in whom its misfit shows:

`(customer_id, window_from, window_until, quantity, minutes, cost, settled, is_preliminary, vals,
evidence)`

`quantity` in the unit of the kind, without what has been `settled` in the window; `cost` and
`minutes` are those of what is beyond, 0 for what is not given; `evidence` the ids of entries, the
latest first.
"""

from tiering.models import FindingKind as Kind
from tiering.servicing.statements import hours

# What several statements read, made once before them.
PREPARATIONS = [hours.PREPARED]
STATEMENTS: dict[Kind, str] = {
    Kind.HOURS: hours.BEYOND,
    Kind.UNUSED_HOURS: hours.NOT_GIVEN,
}
