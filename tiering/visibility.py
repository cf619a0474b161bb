"""Who may see which flags. A firm begins in stages: in the first weeks flags are shown only to
the account managers whom they can help, then to their superiors, then to everybody who has the
customer's file.
"""

import datetime

from django.db.models import DateField, Exists, ExpressionWrapper, F, Q, QuerySet

from firm.models import Firm
from firm.scope import Scope

# How long after the superiors everybody else with the file.
OTHERS_LATER = 30  # days


def seen_by_superiors(*, on: datetime.date, since_days: int = 0) -> QuerySet[Firm]:
    """The firm, where its superiors have seen flags for so many days by then; else nothing."""
    begins = ExpressionWrapper(F("flags_since") + F("flags_alone_days"), output_field=DateField())
    return Firm.objects.annotate(begins=begins).filter(
        begins__lte=on - datetime.timedelta(days=since_days)
    )


def theirs(scope: Scope, *, on: datetime.date) -> Q:
    """Flags by their `customer`."""
    own = Q(customer__owner=scope.person_id) | Q(customer__backup=scope.person_id)
    below = Q(customer__owner__in=scope.people) | Q(customer__backup__in=scope.people)
    shown = own | below & Q(Exists(seen_by_superiors(on=on)))
    if scope.sees_all_files:
        shown |= Q(Exists(seen_by_superiors(on=on, since_days=OTHERS_LATER)))
    return shown
