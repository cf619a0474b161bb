"""A service log of the past brought in at once: entries, goodwill marks and quiet weeks in bulk."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction

from customers.models import Activity, Favor, PurposeReading, QuietWeek
from customers.service_log.purpose import VERSION
from customers.service_log.slices import write_slices
from firm import audit

BATCH = 2000


@transaction.atomic
def bring_in_past_log(
    *,
    entries: Sequence[Activity],
    favors: Iterable[Favor],
    quiet: Iterable[QuietWeek],
    now: datetime.datetime,
) -> None:
    """Unsaved rows, as the system trusts them: for a demo or a migration, never for a page.

    `favors` are of these entries. Everybody counts as having read the purpose page before the
    first entry.
    """
    Activity.objects.bulk_create(entries, batch_size=BATCH)
    Favor.objects.bulk_create(favors, batch_size=BATCH)
    QuietWeek.objects.bulk_create(quiet, batch_size=BATCH)
    began = min(entry.recorded_at for entry in entries)
    PurposeReading.objects.bulk_create(
        PurposeReading(person_id=person, version=VERSION, read_at=began)
        for person in sorted({entry.staff_id for entry in entries})
    )
    write_slices(Activity.objects.filter(pk__in=[entry.pk for entry in entries]))
    audit.record("past_log_brought_in", by=None, now=now, entries=len(entries))
